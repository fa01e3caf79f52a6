"""The records of the practice org: SQLite in memory, one table per object, one column per stored field.

Imports the catalog and ids. Queries read through ``connection``; only transactions and the seeding write.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from cadence_desk.practice.org.ids import canonical

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence_desk.practice.org.catalog.model import Catalog, FieldDef, ObjectDef

_COLUMN_TYPES = {"boolean": "INTEGER", "int": "INTEGER", "datetime": "INTEGER"}
_COLUMN_TYPES |= {"double": "REAL", "percent": "REAL", "currency": "REAL"}
_INDEXED_STATES = frozenset({"State", "ActionCadenceState", "IsTrackerActive"})
_UNINDEXED = frozenset(
    {"CreatedById", "LastModifiedById", "RootStepId", "ReportsToId", "RelatedToId", "ExitGlobalRuleId"}
)
_NO_TOUCH = "'Root','Branch','ListenerBranch','DaisyChain'"

_CALCULATED = {
    "ActionCadence.ActiveTargets": (
        '(SELECT COUNT(*) FROM "ActionCadenceTracker" ct WHERE ct."ActionCadenceId" = {a}."Id"'
        ' AND ct."IsTrackerActive" = 1 AND ct."IsDeleted" = 0)'
    ),
    "ActionCadence.TotalTargets": (
        '(SELECT COUNT(*) FROM "ActionCadenceTracker" ct WHERE ct."ActionCadenceId" = {a}."Id" AND ct."IsDeleted" = 0)'
    ),
    "ActionCadence.TotalSteps": (
        '(SELECT COUNT(*) FROM "ActionCadenceStep" cs WHERE cs."ActionCadenceId" = {a}."Id"'
        f' AND cs."GraphState" = \'Included\' AND cs."IsDeleted" = 0 AND cs."Type" NOT IN ({_NO_TOUCH}))'
    ),
    "ActionCadence.SuccessfulCompletions": (
        '(SELECT COUNT(*) FROM "ActionCadenceTracker" ct WHERE ct."ActionCadenceId" = {a}."Id" AND ct."IsDeleted" = 0'
        " AND ct.\"State\" = 'Complete' AND (ct.\"CompletionDisposition\" = 'Success'"
        " OR ct.\"CompletionReason\" IN ('AutomaticallyExited','LeadConverted')))"
    ),
    "ActionCadenceStep.IsOrphan": "(CASE WHEN {a}.\"GraphState\" = 'Included' THEN 0 ELSE 1 END)",
    "ActionCadenceStepTracker.IsActionTaken": '(CASE WHEN {a}."ActionTakenDateTime" IS NULL THEN 0 ELSE 1 END)',
    "ActionCadenceStepTracker.SecondsOverdue": (
        "(CASE WHEN {a}.\"State\" IN ('Active','InProgress','Error','Paused') AND {a}.\"DueDateTime\" < org_now()"
        ' THEN (org_now() - {a}."DueDateTime") / 1000 ELSE 0 END)'
    ),
}


class Store:
    """All tables of an org. Raw values: text, 0/1 for checkboxes, epoch milliseconds, ``YYYY-MM-DD``, numbers, None."""

    def __init__(self, catalog: Catalog, now_ms: Callable[[], int]) -> None:
        self._catalog = catalog
        self.connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        self.connection.create_function("org_now", 0, now_ms)
        for pragma in (
            "journal_mode = MEMORY",
            "synchronous = OFF",
            "temp_store = MEMORY",
            "cache_size = -20000",
        ):
            self.connection.execute(f"PRAGMA {pragma}")
        self._reads: dict[str, tuple[str, tuple[str, ...]]] = {}
        for one in catalog.objects:
            self._create_table(one)
        catalog.subscribe(self._add_column)

    def close(self) -> None:
        """Let the records go."""
        self.connection.close()

    def columns(self, definition: ObjectDef) -> tuple[str, ...]:
        """Return the names of an object's stored fields, in describe order, without companion columns."""
        return self._read_plan(definition)[1]

    def read(self, sobject: str, record_id: str, *, deleted: bool = False) -> dict[str, object] | None:
        """Return a record's raw stored fields by its 15- or 18-character id; None when there is none.

        Args:
            sobject: the object's API name.
            record_id: either form of the id.
            deleted: also find records in the recycle bin.
        """
        definition = self._catalog.find(sobject)
        key = canonical(record_id)
        if definition is None or key is None:
            return None
        statement, names = self._read_plan(definition)
        row = self.connection.execute(statement, (key,)).fetchone()
        if row is None:
            return None
        found: dict[str, object] = dict(zip(names, row, strict=True))
        return found if deleted or not found.get("IsDeleted") else None

    def rows(self, sql: str, values: Sequence[object] = ()) -> list[dict[str, object]]:
        """Run a statement of our own and return its rows by column name."""
        cursor = self.connection.execute(sql, values)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor]

    def value(self, sql: str, values: Sequence[object] = ()) -> object:
        """Run a statement of our own and return its first value, None without a row."""
        row = self.connection.execute(sql, values).fetchone()
        return None if row is None else row[0]

    def expression(self, definition: ObjectDef, field: FieldDef, alias: str) -> str:
        """Return the SQL for a field of the table known as ``alias`` in the statement.

        A compound address has no value of its own: use its parts (``compound_of``); here it gives NULL.
        """
        if field.compound_of:
            return "NULL"
        calculated = _CALCULATED.get(f"{definition.name}.{field.name}")
        if calculated is not None:
            return calculated.replace("{a}", alias)
        return f'{alias}."{field.name}"'

    def bulk(self, sobject: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
        """Write many new rows at once, without change capture: for seeding only; ``fill_types`` comes after."""
        definition = self._catalog.require(sobject)
        known = set(self.columns(definition))
        wrong = [name for name in columns if name not in known]
        if wrong:
            raise KeyError(f"{sobject} has no column {', '.join(wrong)}")
        names = ", ".join(f'"{name}"' for name in columns)
        marks = ", ".join("?" * len(columns))
        self.connection.executemany(f'INSERT INTO "{sobject}" ({names}) VALUES ({marks})', rows)

    def purge(self, sobject: str, record_id: str) -> None:
        """Remove a record for good, as an emptied recycle bin does: no event, no list of deletions tells it."""
        definition = self._catalog.require(sobject)
        self.connection.execute(f'DELETE FROM "{definition.name}" WHERE "Id" = ?', (canonical(record_id),))

    def fill_types(self) -> None:
        """Fill the companion type columns of all rows that came in bulk."""
        for definition in self._catalog.objects:
            for field in definition.fields.values():
                if field.stored and field.polymorphic:
                    cases = " ".join(
                        f"WHEN '{prefix}' THEN '{name}'" for name, prefix in self._prefixes(field)
                    )
                    self.connection.execute(
                        f'UPDATE "{definition.name}" SET "{field.name}__type" = CASE substr("{field.name}", 1, 3) {cases}'
                        f' END WHERE "{field.name}" IS NOT NULL'
                    )

    def create_indexes(self) -> None:
        """Index foreign keys, states, stamps and unique fields; done after seeding because it is faster so."""
        for definition in self._catalog.objects:
            for field in definition.fields.values():
                if field.stored:
                    self._index(definition.name, field)

    def keep_unique(self, sobject: str, name: str, *, on: bool) -> None:
        """Begin or cease to hold a field unique; values that stand in the way are emptied, the oldest stays."""
        index = f'"{sobject}_{name}"'
        self.connection.execute(f"DROP INDEX IF EXISTS {index}")
        if on:
            self.connection.execute(
                f'UPDATE "{sobject}" SET "{name}" = NULL WHERE rowid NOT IN '
                f'(SELECT MIN(rowid) FROM "{sobject}" GROUP BY "{name}" COLLATE NOCASE)'
            )
            self._index(sobject, self._catalog.require(sobject).fields[name])

    def _prefixes(self, field: FieldDef) -> list[tuple[str, str]]:
        found = ((name, self._catalog.find(name)) for name in field.reference_to)
        return [(name, one.key_prefix) for name, one in found if one is not None and one.key_prefix]

    def _index(self, table: str, field: FieldDef) -> None:
        name = f'"{table}_{field.name}"'
        if field.unique:
            where = f'"{field.name}" IS NOT NULL AND "IsDeleted" = 0'
            self.connection.execute(
                f'CREATE UNIQUE INDEX IF NOT EXISTS {name} ON "{table}" ("{field.name}" COLLATE NOCASE) WHERE {where}'
            )
        elif (
            (field.type == "reference" and field.name not in _UNINDEXED)
            or field.name in _INDEXED_STATES
            or field.name in {"SystemModstamp", "Email", "Name"}
        ):
            self.connection.execute(f'CREATE INDEX IF NOT EXISTS {name} ON "{table}" ("{field.name}")')

    def _create_table(self, definition: ObjectDef) -> None:
        parts: list[str] = []
        for field in definition.fields.values():
            if field.stored:
                parts.extend(self._column_parts(field))
        self.connection.execute(f'CREATE TABLE "{definition.name}" ({", ".join(parts)})')

    def _column_parts(self, field: FieldDef) -> list[str]:
        if field.name == "Id":
            return ['"Id" TEXT PRIMARY KEY NOT NULL']
        kind = _COLUMN_TYPES.get(field.type, "TEXT")
        start = " DEFAULT 0" if field.type == "boolean" or field.default == 0 else ""
        column = [f'"{field.name}" {kind}{start}']
        return [*column, f'"{field.name}__type" TEXT'] if field.polymorphic else column

    def _add_column(self, sobject: str, field: FieldDef) -> None:
        self._reads.pop(sobject, None)
        if field.stored:
            for part in self._column_parts(field):
                self.connection.execute(f'ALTER TABLE "{sobject}" ADD COLUMN {part}')

    def _read_plan(self, definition: ObjectDef) -> tuple[str, tuple[str, ...]]:
        plan = self._reads.get(definition.name)
        if plan is None:
            names = tuple(one.name for one in definition.fields.values() if one.stored)
            listed = ", ".join(f'"{name}"' for name in names)
            plan = (f'SELECT {listed} FROM "{definition.name}" WHERE "Id" = ?', names)
            self._reads[definition.name] = plan
        return plan
