"""Compiles whole queries to SQL: which records (ids only), how to read them, counts and grouped sums.

Imports the binder, filters and projection. Called by the runner; every statement has its values bound.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.soql.filters import FilterCompiler, Fragment, joined
from cadence_desk.practice.soql.functions import column_of
from cadence_desk.practice.soql.literals import family
from cadence_desk.practice.soql.problems import INVALID_FIELD, MALFORMED_QUERY, OUT_OF_RANGE, Misread
from cadence_desk.practice.soql.projection import ChildPlan, Projection
from cadence_desk.practice.soql.selecting import ProjectionBuilder
from cadence_desk.practice.soql.sources import Column, Reading, Source, open_source
from cadence_desk.practice.soql.syntax import Operand, Ordering, Path, Query, Selected

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.org.catalog.model import FieldDef, ObjectDef

MOST_OFFSET = 2_000
"""OFFSET (facts on REST, section 2.1)."""

MOST_CHILDREN = 2_000
_MOST_SEMI_JOINS = 2
_SCOPES = frozenset({"everything", "mine"})


@dataclass(frozen=True, slots=True)
class RowsStatement:
    """A query for records: `find` gives their ids in order, `read` takes a JSON list of ids and gives their rows."""

    find: Fragment
    read: str
    projection: Projection


@dataclass(slots=True)
class QueryCompiler:
    """Compiles the statements of one query and its inner queries."""

    reading: Reading
    _semi_joins: int = 0
    _aliases: int = field(default=0)

    def rows(self, query: Query) -> RowsStatement:
        """Return the statements of a query for records.

        Raises:
            Misread: with the place in the query.
        """
        self._check_rows(query)
        entity = self.reading.object_named(query.source)
        projection = self._projection(query, entity)
        source = self._open(entity, query)
        where = self.where(source, query)
        order = self.ordering(source, query.order, [source.own(entity.fields["Id"]).sql])
        bounds = self.bounds(query)
        tail = f" ORDER BY {order}{bounds.sql}"
        find = Fragment(
            f'SELECT {source.alias}."Id"{from_(source)}{where.sql}{tail}', where.values + bounds.values
        )
        shown = projection.source
        read = (
            f"SELECT {projection.select_list} FROM json_each(?) picked"
            f' CROSS JOIN "{entity.name}" {shown.alias} ON {shown.alias}."Id" = picked.value{shown.joins}'
            " ORDER BY picked.key"
        )
        return RowsStatement(find, read, projection)

    def count(self, query: Query) -> Fragment:
        """Return the statement of SELECT COUNT()."""
        source = self._open(self.reading.object_named(query.source), query)
        where, bounds = self.where(source, query), self.bounds(query)
        sql = f"SELECT COUNT(*) FROM (SELECT 1{from_(source)}{where.sql}{bounds.sql})"
        return Fragment(sql, where.values + bounds.values)

    def where(self, source: Source, query: Query, extra: tuple[Fragment, ...] = ()) -> Fragment:
        """Return the WHERE clause: the query's condition, its scope, and no deleted records unless they are asked for."""
        parts = list(extra)
        if not self.reading.all_rows and "IsDeleted" in source.entity.fields:
            parts.append(Fragment(f'{source.alias}."IsDeleted" = 0'))
        if query.scope is not None:
            parts.extend(self._scope(source, query.scope))
        if query.where is not None:
            parts.append(FilterCompiler(source, self._subselect).compile(query.where))
        if not parts:
            return Fragment("")
        found = joined("AND", parts)
        return Fragment(f" WHERE {found.sql}", found.values)

    def _open(self, entity: ObjectDef, query: Query) -> Source:
        self._aliases += 1
        return open_source(self.reading, entity, f"t{self._aliases}", query.alias)

    def _scope(self, source: Source, scope: Path) -> list[Fragment]:
        word = scope.text.lower()
        if word not in _SCOPES:
            raise Misread(MALFORMED_QUERY, f"Scope '{scope.text}' is not supported", scope.at)
        if word == "everything":
            return []
        owner = source.entity.field("OwnerId")
        if owner is None:
            raise Misread(
                MALFORMED_QUERY,
                f"Scope '{scope.text}' needs an owner; {source.entity.name} has none",
                scope.at,
            )
        return [Fragment(f"{source.own(owner).sql} = ?", (self.reading.user_id,))]

    def ordering(
        self,
        source: Source,
        order: tuple[Ordering, ...],
        last: list[str],
        find: Callable[[Operand], Column] | None = None,
    ) -> str:
        """Return the terms of ORDER BY; `last` breaks ties, so that the same query gives the same order."""
        terms = []
        for one in order:
            column = find(one.operand) if find else column_of(source, one.operand)
            if not column.field.sortable or column.field.type == "address":
                sentence = f"field '{column.field.name}' can not be sorted in a query call"
                raise Misread(INVALID_FIELD, sentence, one.operand.at)
            direction = "DESC" if one.descending else "ASC"
            terms.append(f"{_sort_key(column)} {direction} NULLS {'LAST' if one.nulls_last else 'FIRST'}")
        return ", ".join(terms + [key for key in last if key not in terms])

    def bounds(self, query: Query) -> Fragment:
        """Return LIMIT and OFFSET.

        Raises:
            Misread: NUMBER_OUTSIDE_VALID_RANGE for an OFFSET above 2,000.
        """
        if query.offset is not None and query.offset.value > MOST_OFFSET:
            sentence = f"Maximum SOQL offset allowed is {MOST_OFFSET}"
            raise Misread(OUT_OF_RANGE, sentence, query.offset.at)
        if query.limit is None and query.offset is None:
            return Fragment("")
        limit = query.limit.value if query.limit else -1
        return Fragment(" LIMIT ? OFFSET ?", (limit, query.offset.value if query.offset else 0))

    def _check_rows(self, query: Query) -> None:
        if query.having is not None:
            raise Misread(MALFORMED_QUERY, "HAVING needs GROUP BY", query.source.at)

    def _projection(self, query: Query, entity: ObjectDef) -> Projection:
        source = self._open(entity, query)
        return ProjectionBuilder(Projection(source), query, self._child).build()

    def _child(self, query: Query, entity: ObjectDef, link: FieldDef) -> ChildPlan:
        """Return the plan of a sub-query: number the children of each parent in order, then read the first ones."""
        if query.group or any(isinstance(one, Selected) and is_grouping(one.operand) for one in query.select):
            raise Misread(
                MALFORMED_QUERY, "Sub-queries over child records cannot group or aggregate", query.at
            )
        self._check_rows(query)
        projection = self._projection(query, entity)
        source = self._open(entity, query)
        parent = source.own(link).sql
        among = Fragment(f"{parent} IN (SELECT value FROM json_each(?))")
        where = self.where(source, query, (among,))
        order = self.ordering(source, query.order, [source.own(entity.fields["Id"]).sql])
        self.bounds(query)
        skipped = query.offset.value if query.offset else 0
        most = min(query.limit.value if query.limit else MOST_CHILDREN, MOST_CHILDREN)
        shown = projection.source
        sql = (
            f'WITH placed AS (SELECT {source.alias}."Id" AS child, {parent} AS parent,'
            f" ROW_NUMBER() OVER (PARTITION BY {parent} ORDER BY {order}) AS place{from_(source)}{where.sql})"
            f" SELECT placed.parent, {projection.select_list} FROM placed"
            f' CROSS JOIN "{entity.name}" {shown.alias} ON {shown.alias}."Id" = placed.child{shown.joins}'
            " WHERE placed.place > ? AND placed.place <= ? ORDER BY placed.parent, placed.place"
        )
        return ChildPlan(sql, (*where.values, skipped, skipped + most), projection)

    def _subselect(self, query: Query) -> Fragment:
        self._semi_joins += 1
        if self._semi_joins > _MOST_SEMI_JOINS:
            sentence = f"Only {_MOST_SEMI_JOINS} semi join sub-selects are allowed in one query"
            raise Misread(MALFORMED_QUERY, sentence, query.at)
        selected = query.select[0]
        single = len(query.select) == 1 and isinstance(selected, Selected)
        if not single or query.order or query.limit or query.offset or query.group:
            sentence = "A semi join sub-select selects one id field and has no ORDER BY, LIMIT or GROUP BY"
            raise Misread(MALFORMED_QUERY, sentence, query.at)
        assert isinstance(selected, Selected)
        source = self._open(self.reading.object_named(query.source), query)
        column = column_of(source, selected.operand)
        if family(column.field) != "id":
            sentence = f"The selected field '{column.field.name}' of a semi join must be an id or a reference"
            raise Misread(MALFORMED_QUERY, sentence, selected.operand.at)
        where = self.where(source, query, (Fragment(f"{column.sql} IS NOT NULL"),))
        return Fragment(f"SELECT {column.sql}{from_(source)}{where.sql}", where.values)


def from_(source: Source) -> str:
    """Return the FROM clause; asked for last, when all columns have asked for their joins."""
    return f' FROM "{source.entity.name}" {source.alias}{source.joins}'


def is_grouping(operand: Operand) -> bool:
    """Whether an operand makes its query a grouped one."""
    return not isinstance(operand, Path) and operand.word in {
        "COUNT",
        "COUNT_DISTINCT",
        "MIN",
        "MAX",
        "SUM",
        "AVG",
    }


def _sort_key(column: Column) -> str:
    """Return what to sort by: text without regard to case, picklists in the order of their definition.

    Values that the definition does not list come last (SOQL and SOSL Reference, ORDER BY, limits).
    """
    if column.field.picklist:
        whens = " ".join(
            f"WHEN '{one.value.replace(chr(39), chr(39) * 2)}' THEN {number}"
            for number, one in enumerate(column.field.picklist)
        )
        other = f"CASE WHEN {column.sql} IS NULL THEN NULL ELSE {len(column.field.picklist)} END"
        return f"CASE {column.sql} {whens} ELSE {other} END"
    return f"{column.sql} COLLATE NOCASE" if family(column.field) == "text" else column.sql


@dataclass(frozen=True, slots=True)
class GroupKey:
    """One key of an aggregate result and how its values are shown."""

    name: str
    render: Callable[[Any], object]
