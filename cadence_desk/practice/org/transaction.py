"""A unit of work on the org: writes records, stamps them, runs triggers, and tells the net changes at the end.

Imports store, values, derived fields and changes. Opened by ``PracticeOrg.transaction`` only.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cadence_desk.practice.org.changes import CommittedChange
from cadence_desk.practice.org.ids import IdMint, canonical
from cadence_desk.practice.org.values import DmlError, to_raw

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from cadence_desk.practice.org.catalog.model import Catalog, FieldDef, ObjectDef
    from cadence_desk.practice.org.derived import Derivation
    from cadence_desk.practice.org.store import Store

Row = dict[str, object]
_SYSTEM = frozenset(
    {
        "Id",
        "IsDeleted",
        "CreatedDate",
        "CreatedById",
        "LastModifiedDate",
        "LastModifiedById",
        "SystemModstamp",
    }
)
_ALWAYS_CHANGED = ("LastModifiedDate", "SystemModstamp")
_FULL_NAME_OF_PARTS = frozenset({"Lead", "Contact", "User"})


class Trigger(Protocol):
    """Reacts to a written record inside the same transaction."""

    def after_write(self, transaction: Transaction, sobject: str, before: Row | None, after: Row) -> None:
        """Do what follows from the write; ``before`` is None for a new record."""


@dataclass(slots=True)
class Ground:
    """What every transaction of an org stands on."""

    store: Store
    catalog: Catalog
    ids: IdMint
    derivation: Derivation
    triggers: list[Trigger] = field(default_factory=list)
    more_values: Callable[[str], Collection[str]] = lambda _field: ()


class Transaction:
    """Writes without the API's own checks of createable and updateable flags (those belong to the REST face).

    Values may come raw or as JSON has them (ISO dates, 15-character ids). A record written several times counts as one
    change. Dates and times are stored in whole seconds, as on the platform.
    """

    def __init__(self, ground: Ground, user_id: str, origin: str, moment_ms: int) -> None:
        self.user_id = user_id
        self.origin = origin
        self.moment_ms = moment_ms
        self.now = moment_ms // 1000 * 1000
        self.store = ground.store
        self._ground = ground
        self._before: dict[tuple[str, str], Row | None] = {}
        self._deferred: dict[str, Callable[[Transaction], None]] = {}

    def read(self, sobject: str, record_id: object, *, deleted: bool = False) -> Row | None:
        """Return a record as this transaction sees it."""
        return self.store.read(sobject, str(record_id), deleted=deleted) if record_id else None

    def insert(self, sobject: str, fields: Mapping[str, object]) -> str:
        """Create a record and return its id.

        Raises:
            DmlError: a field is unknown, missing, or its value does not fit.
        """
        definition = self._definition(sobject)
        row = self._checked(definition, fields)
        for one in definition.fields.values():
            if one.stored and one.name not in row:
                row[one.name] = self._default(one)
        row["Id"] = self._ground.ids.mint(definition.key_prefix or "000")
        for name, value in (("Created", self.now), ("LastModified", self.now)):
            row[f"{name}Date"] = value
            row[f"{name}ById"] = self.user_id
        row["SystemModstamp"] = self.now
        row["IsDeleted"] = 0
        self._ground.derivation.fill(definition, row, None, self.now)
        self._require(definition, row)
        self._write(definition, row, None, tuple(row))
        return str(row["Id"])

    def update(self, sobject: str, record_id: str, fields: Mapping[str, object]) -> None:
        """Change fields of a record; it is stamped even when no value differs.

        Raises:
            DmlError: the record or a field does not exist, or a value does not fit.
        """
        definition, before = self._existing(sobject, record_id)
        self._change(definition, before, self._checked(definition, fields))

    def settle(self, sobject: str, record_id: str, fields: Mapping[str, object]) -> bool:
        """Change fields of a record only if some value differs; returns whether it did."""
        definition, before = self._existing(sobject, record_id)
        raw = self._checked(definition, fields)
        if all(before.get(name) == value for name, value in raw.items()):
            return False
        self._change(definition, before, raw)
        return True

    def delete(self, sobject: str, record_id: str) -> None:
        """Move a record to the recycle bin.

        Raises:
            DmlError: there is no such record, or it is there already.
        """
        definition, before = self._existing(sobject, record_id)
        self._change(definition, before, {"IsDeleted": 1})

    def undelete(self, sobject: str, record_id: str) -> None:
        """Bring a record back from the recycle bin.

        Raises:
            DmlError: no such record is in the bin.
        """
        definition = self._definition(sobject)
        before = self.store.read(definition.name, record_id, deleted=True)
        if before is None or not before["IsDeleted"]:
            raise DmlError("UNDELETE_FAILED", "Entity is not in the recycle bin")
        self._change(definition, before, {"IsDeleted": 0})

    def defer(self, key: str, work: Callable[[Transaction], None]) -> None:
        """Have something done once just before the commit, however often it is asked for under the same key."""
        self._deferred[key] = work

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo everything done inside when it ends with an exception, which then passes on."""
        kept, later = dict(self._before), dict(self._deferred)
        self.store.connection.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self.store.connection.execute("ROLLBACK TO attempt")
            self.store.connection.execute("RELEASE attempt")
            self._before, self._deferred = kept, later
            raise
        self.store.connection.execute("RELEASE attempt")

    def finish(self) -> None:
        """Do the deferred work; called before the commit."""
        while self._deferred:
            key = next(iter(self._deferred))
            self._deferred.pop(key)(self)

    def net_changes(self) -> tuple[CommittedChange, ...]:
        """Return what this transaction changed, each record once, in the order of the first touch."""
        found: list[CommittedChange] = []
        for (sobject, record_id), before in self._before.items():
            after = self.store.read(sobject, record_id, deleted=True)
            if after is None:
                continue
            kind = _kind(before, after)
            if kind is not None:
                changed, nulled = (
                    _difference(sobject, before, after) if kind == "UPDATE" and before else ((), ())
                )
                found.append(
                    CommittedChange(sobject, record_id, kind, after, changed, nulled, len(found) + 1)
                )
        return tuple(found)

    def _definition(self, sobject: str) -> ObjectDef:
        definition = self._ground.catalog.find(sobject)
        if definition is None:
            raise DmlError("INVALID_TYPE", f"sObject type '{sobject}' is not supported.")
        return definition

    def _existing(self, sobject: str, record_id: str) -> tuple[ObjectDef, Row]:
        definition = self._definition(sobject)
        before = self.store.read(definition.name, record_id, deleted=True)
        if before is None:
            raise DmlError("NOT_FOUND", "The requested resource does not exist")
        if before["IsDeleted"]:
            raise DmlError("ENTITY_IS_DELETED", "entity is deleted")
        return definition, before

    def _checked(self, definition: ObjectDef, fields: Mapping[str, object]) -> Row:
        row: Row = {}
        for name, value in fields.items():
            found = definition.field(name)
            if found is None or not found.stored or found.name in _SYSTEM:
                raise DmlError(
                    "INVALID_FIELD", f"No such column '{name}' on sobject of type {definition.name}", (name,)
                )
            more = self._ground.more_values(f"{definition.name}.{found.name}") if found.picklist else ()
            row[found.name] = to_raw(found, value, more)
            if found.type == "reference" and row[found.name]:
                self._check_reference(found, str(row[found.name]))
        return row

    def _check_reference(self, found: FieldDef, record_id: str) -> None:
        target = self._ground.catalog.by_prefix(record_id)
        if target is None or target.name not in found.reference_to:
            raise DmlError(
                "FIELD_INTEGRITY_EXCEPTION",
                f"{found.label}: id value of incorrect type: {record_id}",
                (found.name,),
            )
        state = self.store.value(f'SELECT "IsDeleted" FROM "{target.name}" WHERE "Id" = ?', (record_id,))
        if state is None:
            raise DmlError("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", (found.name,))
        if state and target.name not in {"ActionCadenceTracker", "ActionCadenceStepTracker"}:
            raise DmlError("ENTITY_IS_DELETED", "entity is deleted", (found.name,))

    def _default(self, one: FieldDef) -> object:
        if one.name == "OwnerId":
            return self.user_id
        return int(bool(one.default)) if one.type == "boolean" else one.default

    @staticmethod
    def _require(definition: ObjectDef, row: Row) -> None:
        missing = tuple(
            one.name
            for one in definition.fields.values()
            if one.stored and not one.nillable and row.get(one.name) is None
        )
        if missing:
            raise DmlError(
                "REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing
            )
        if definition.name == "Task" and str(row.get("WhoId") or "").startswith("00Q") and row.get("WhatId"):
            raise DmlError(
                "FIELD_INTEGRITY_EXCEPTION", "Related To cannot be set together with a lead", ("WhatId",)
            )

    def _change(self, definition: ObjectDef, before: Row, raw: Row) -> None:
        after = {**before, **raw}
        after["LastModifiedDate"] = after["SystemModstamp"] = self.now
        after["LastModifiedById"] = self.user_id
        self._ground.derivation.fill(definition, after, before, self.now)
        self._require(definition, after)
        changed = tuple(name for name, value in after.items() if before.get(name) != value)
        self._write(definition, after, before, changed)

    def _write(self, definition: ObjectDef, after: Row, before: Row | None, names: tuple[str, ...]) -> None:
        self._before.setdefault((definition.name, str(after["Id"])), before)
        values = {name: after[name] for name in names}
        for name in names:
            if definition.fields[name].polymorphic:
                target = self._ground.catalog.by_prefix(str(after[name])) if after[name] else None
                values[f"{name}__type"] = target.name if target else None
        try:
            self.store.connection.execute(*_statement(definition.name, values, before))
        except sqlite3.IntegrityError as problem:
            raise _duplicate(definition, problem, after) from None
        for trigger in self._ground.triggers:
            trigger.after_write(self, definition.name, before, after)


def _statement(table: str, values: Row, before: Row | None) -> tuple[str, list[object]]:
    if before is None:
        names = ", ".join(f'"{name}"' for name in values)
        return f'INSERT INTO "{table}" ({names}) VALUES ({", ".join("?" * len(values))})', list(
            values.values()
        )
    if not values:
        return "SELECT 1", []
    pairs = ", ".join(f'"{name}" = ?' for name in values)
    return f'UPDATE "{table}" SET {pairs} WHERE "Id" = ?', [*values.values(), before["Id"]]


def _duplicate(definition: ObjectDef, problem: sqlite3.IntegrityError, row: Row) -> DmlError:
    name = next(
        (one.name for one in definition.fields.values() if one.unique and one.name in str(problem)), "Id"
    )
    return DmlError(
        "DUPLICATE_VALUE", f"duplicate value found: {name} duplicates value on record", (name,) if row else ()
    )


def _kind(before: Row | None, after: Row) -> str | None:
    if before is None:
        return None if after["IsDeleted"] else "CREATE"
    if before["IsDeleted"] != after["IsDeleted"]:
        return "DELETE" if after["IsDeleted"] else "UNDELETE"
    return None if after["IsDeleted"] else "UPDATE"


def _difference(sobject: str, before: Row, after: Row) -> tuple[tuple[str, ...], tuple[str, ...]]:
    changed = tuple(
        name
        for name, value in after.items()
        if (name in _ALWAYS_CHANGED or before.get(name) != value)
        and not (name == "Name" and sobject in _FULL_NAME_OF_PARTS)
    )
    return changed, tuple(name for name in changed if after[name] is None)


def same_id(one: object, other: object) -> bool:
    """Whether two ids mean the same record, in either form."""
    return canonical(one) is not None and canonical(one) == canonical(other)
