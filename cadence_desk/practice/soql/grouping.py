"""Compiles grouped queries: GROUP BY, aggregates, HAVING, their aliases.

Imports the statement compiler. Called by the runner.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from cadence_desk.practice.soql.cells import renderer
from cadence_desk.practice.soql.filters import FilterCompiler, Fragment
from cadence_desk.practice.soql.functions import column_of, is_aggregate, same_operand
from cadence_desk.practice.soql.problems import INVALID_FIELD, MALFORMED_QUERY, Misread
from cadence_desk.practice.soql.sources import Column, Source, open_source
from cadence_desk.practice.soql.statements import GroupKey, QueryCompiler, from_
from cadence_desk.practice.soql.syntax import (
    Call,
    ChildSelect,
    Comparison,
    Condition,
    Junction,
    Negation,
    Operand,
    Path,
    Query,
    Selected,
    SubselectMembership,
)


@dataclass(frozen=True, slots=True)
class GroupsStatement:
    """A grouped query: its statement and the keys of its result, one per column."""

    find: Fragment
    keys: tuple[GroupKey, ...]


def is_count(query: Query) -> bool:
    """Whether a query is SELECT COUNT() without a field."""
    first = query.select[0]
    return (
        len(query.select) == 1
        and isinstance(first, Selected)
        and isinstance(first.operand, Call)
        and first.operand.word == "COUNT"
        and not first.operand.arguments
    )


def is_grouped(query: Query) -> bool:
    """Whether a query answers with aggregate results."""
    return bool(query.group) or any(
        isinstance(one, Selected) and is_aggregate(one.operand) for one in query.select
    )


@dataclass(slots=True)
class GroupCompiler:
    """Compiles one grouped query."""

    compiler: QueryCompiler
    query: Query
    source: Source = field(init=False)
    _unnamed: int = 0

    def compile(self) -> GroupsStatement:
        """Return the statement of the query.

        Raises:
            Misread: with the place in the query.
        """
        query = self.query
        entity = self.compiler.reading.object_named(query.source)
        self.source = open_source(self.compiler.reading, entity, "g", query.alias)
        self._check_bounds()
        groups = [self._group(one) for one in query.group]
        columns, keys = self._selected()
        where = self.compiler.where(self.source, query)
        having = self._having()
        order = self.compiler.ordering(self.source, query.order, groups, self._grouped)
        bounds = self.compiler.bounds(query)
        grouping = f" GROUP BY {', '.join(groups)}" if groups else ""
        ordering = f" ORDER BY {order}" if order else ""
        sql = f"SELECT {', '.join(columns)}{from_(self.source)}{where.sql}{grouping}{having.sql}{ordering}{bounds.sql}"
        return GroupsStatement(Fragment(sql, where.values + having.values + bounds.values), tuple(keys))

    def _check_bounds(self) -> None:
        query = self.query
        if not query.group and query.limit is not None:
            sentence = "Non-grouped query that uses overall aggregate functions cannot also use LIMIT"
            raise Misread(MALFORMED_QUERY, sentence, query.limit.at)
        if not query.group and query.having is not None:
            raise Misread(MALFORMED_QUERY, "HAVING needs GROUP BY", query.source.at)

    def _group(self, operand: Operand) -> str:
        if is_aggregate(operand) or (isinstance(operand, Call) and operand.word in {"ROLLUP", "CUBE"}):
            word = operand.word if isinstance(operand, Call) else ""
            raise Misread(MALFORMED_QUERY, f"GROUP BY does not support '{word}'", operand.at)
        column = column_of(self.source, operand)
        if isinstance(operand, Path) and not column.field.groupable:
            raise Misread(
                INVALID_FIELD, f"field '{column.field.name}' can not be grouped in a query call", operand.at
            )
        return column.sql

    def _selected(self) -> tuple[list[str], list[GroupKey]]:
        columns: list[str] = []
        keys: dict[str, GroupKey] = {}
        for item in self.query.select:
            if not isinstance(item, Selected):
                at = item.at
                what = "Sub-queries" if isinstance(item, ChildSelect) else "TYPEOF"
                raise Misread(MALFORMED_QUERY, f"{what} cannot stand in a grouped query", at)
            column = self._grouped(item.operand)
            name = item.alias or self._name(item.operand, column)
            if name.lower() in keys:
                raise Misread(MALFORMED_QUERY, f"duplicate alias: {name}", item.alias_at or item.operand.at)
            keys[name.lower()] = GroupKey(name, renderer(column.field))
            columns.append(column.sql)
        return columns, list(keys.values())

    def _name(self, operand: Operand, column: Column) -> str:
        if isinstance(operand, Path):
            return column.field.name
        self._unnamed += 1
        return f"expr{self._unnamed - 1}"

    def _grouped(self, operand: Operand) -> Column:
        """Return the column of an operand that is an aggregate or stands in GROUP BY."""
        if isinstance(operand, Call) and operand.word == "FIELDS":
            raise Misread(MALFORMED_QUERY, "FIELDS cannot stand in a grouped query", operand.at)
        column = column_of(self.source, operand)
        if not is_aggregate(operand) and not any(
            same_operand(self.source, operand, one) for one in self.query.group
        ):
            name = operand.text if isinstance(operand, Path) else operand.name
            raise Misread(MALFORMED_QUERY, f"Field must be grouped or aggregated: {name}", operand.at)
        return column

    def _having(self) -> Fragment:
        if self.query.having is None:
            return Fragment("")
        for operand in _operands(self.query.having):
            self._grouped(operand)
        found = FilterCompiler(self.source, _no_subselect, grouped=True).compile(self.query.having)
        return Fragment(f" HAVING {found.sql}", found.values)


def _no_subselect(query: Query) -> Fragment:
    raise Misread(MALFORMED_QUERY, "HAVING cannot hold a sub-select", query.at)


def _operands(condition: Condition) -> list[Operand]:
    match condition:
        case Junction():
            return [one for term in condition.terms for one in _operands(term)]
        case Negation():
            return _operands(condition.term)
        case Comparison() | SubselectMembership():
            return [condition.left]
        case _:
            return [condition.left]
