"""Compiles WHERE and HAVING conditions to SQL with bound values.

Imports sources, functions, literals, syntax. Called by the statement compilers. Terms may give NULL for false;
NOT makes it a plain false first, so a record with an empty field is found by NOT and by !=.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.soql.functions import column_of, is_aggregate
from cadence_desk.practice.soql.literals import Value, family, like_pattern, value_of
from cadence_desk.practice.soql.periods import Period
from cadence_desk.practice.soql.problems import INVALID_FIELD, INVALID_FILTER, MALFORMED_QUERY, Misread
from cadence_desk.practice.soql.sources import Column, Source
from cadence_desk.practice.soql.syntax import (
    Comparison,
    Condition,
    Junction,
    Literal,
    Membership,
    MultiPick,
    Negation,
    Operand,
    Path,
    Query,
    SubselectMembership,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_FLAT = 100


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of SQL and the values its marks stand for."""

    sql: str
    values: tuple[Value, ...] = ()


def joined(word: str, parts: list[Fragment]) -> Fragment:
    """Return fragments with a word between them and parentheses around."""
    return Fragment(
        _balanced(word, [part.sql for part in parts]), tuple(value for part in parts for value in part.values)
    )


def _balanced(word: str, terms: list[str]) -> str:
    """Put terms together in halves, because SQLite limits how deep an expression may go, not how long it is."""
    if len(terms) > _FLAT:
        half = len(terms) // 2
        return f"({_balanced(word, terms[:half])} {word} {_balanced(word, terms[half:])})"
    return f"({f' {word} '.join(terms)})"


@dataclass(frozen=True, slots=True)
class FilterCompiler:
    """Compiles the conditions of one statement; `subselect` compiles the inner query of a semi-join."""

    source: Source
    subselect: Callable[[Query], Fragment]
    grouped: bool = False

    def compile(self, condition: Condition, *, top: bool = True) -> Fragment:
        """Return the SQL of a condition.

        Args:
            condition: what to compile.
            top: whether only AND stands above it; semi-joins are allowed nowhere else.

        Raises:
            Misread: with the place in the query.
        """
        match condition:
            case Junction():
                below = top and condition.every
                parts = [self.compile(term, top=below) for term in condition.terms]
                return joined("AND" if condition.every else "OR", parts)
            case Negation():
                inner = self.compile(condition.term, top=False)
                return Fragment(f"NOT COALESCE({inner.sql}, 0)", inner.values)
            case Comparison():
                return self._comparison(condition)
            case Membership():
                return self._membership(condition)
            case SubselectMembership():
                return self._subselect(condition, top=top)
            case MultiPick():
                return self._multi_pick(condition)

    def _operand(self, operand: Operand) -> Column:
        if is_aggregate(operand) and not self.grouped:
            raise Misread(
                MALFORMED_QUERY, "Aggregate functions are not allowed in WHERE: use HAVING", operand.at
            )
        column = column_of(self.source, operand)
        if not column.field.filterable or column.field.type == "address":
            sentence = f"field '{column.field.name}' can not be filtered in a query call"
            raise Misread(INVALID_FIELD, sentence, operand.at)
        return column

    def _comparison(self, condition: Comparison) -> Fragment:
        column = self._operand(condition.left)
        if condition.op == "LIKE":
            return _like(column, condition.right)
        value = value_of(column.field, condition.right, self.source.reading.now_ms)
        if isinstance(value, Period):
            return _during(column, condition.op, value)
        kind = family(column.field)
        if value is None:
            return _null(column, condition)
        if kind == "boolean" and condition.op not in {"=", "!="}:
            raise _wrong_operator(column, condition.right)
        return compared(column, condition.op, value)

    def _membership(self, condition: Membership) -> Fragment:
        column = self._operand(condition.left)
        now_ms = self.source.reading.now_ms
        values: list[Value] = []
        parts: list[Fragment] = []
        for literal in condition.values:
            value = value_of(column.field, literal, now_ms)
            if isinstance(value, Period):
                parts.append(_during(column, "=", value))
            elif value is None:
                parts.append(Fragment(f"{column.sql} IS NULL"))
            else:
                values.append(value)
        if values:
            parts.append(_among(column, values))
        found = joined("OR", parts)
        return Fragment(f"NOT COALESCE({found.sql}, 0)", found.values) if condition.negated else found

    def _subselect(self, condition: SubselectMembership, *, top: bool) -> Fragment:
        column = self._operand(condition.left)
        if not top:
            sentence = "Semi join sub-selects are only allowed at the top level of WHERE, joined by AND"
            raise Misread(MALFORMED_QUERY, sentence, condition.query.at)
        if family(column.field) != "id":
            sentence = f"The left operand of a sub-select must be an id or a reference: '{column.field.name}' is neither"
            raise Misread(MALFORMED_QUERY, sentence, condition.left.at)
        self._check_same_object(column, condition)
        inner = self.subselect(condition.query)
        if condition.negated:
            return Fragment(f"({column.sql} IS NULL OR {column.sql} NOT IN ({inner.sql}))", inner.values)
        return Fragment(f"{column.sql} IN ({inner.sql})", inner.values)

    def _check_same_object(self, left: Column, condition: SubselectMembership) -> None:
        query, reading = condition.query, self.source.reading
        selected = query.select[0]
        operand = getattr(selected, "operand", None)
        if not isinstance(operand, Path):
            return
        entity = reading.object_named(query.source)
        names = {entity.name.lower(), (query.alias or entity.name).lower()}
        right = Source(reading, entity, "x", frozenset(names)).find(operand)
        if not _points_at(left) & _points_at(right):
            sentence = (
                f"The selected field '{right.field.name}' in the sub-select and the left operand"
                f" '{left.field.name}' must point at the same kind of object"
            )
            raise Misread(INVALID_FILTER, sentence, operand.at)

    def _multi_pick(self, condition: MultiPick) -> Fragment:
        column = self._operand(condition.left)
        sentence = f"'{condition.op}' works on multi-select picklists only, '{column.field.name}' is none"
        raise Misread(INVALID_FILTER, sentence, condition.left.at)


def _points_at(column: Column) -> set[str]:
    return {column.entity} if column.field.type == "id" else set(column.field.reference_to)


def _wrong_operator(column: Column, literal: Literal) -> Misread:
    return Misread(
        INVALID_FILTER, f"invalid operator on {column.field.type} field '{column.field.name}'", literal.at
    )


def _null(column: Column, condition: Comparison) -> Fragment:
    if condition.op == "=":
        return Fragment(f"{column.sql} IS NULL")
    if condition.op == "!=":
        return Fragment(f"{column.sql} IS NOT NULL")
    raise _wrong_operator(column, condition.right)


def compared(column: Column, op: str, value: Value) -> Fragment:
    """Return a comparison with a value that is not null; text ignores case, and != also finds empty fields."""
    left, mark = column.sql, "?"
    if family(column.field) == "text":
        left, mark, value = _folded(column, op, value)
    if op == "!=":
        return Fragment(f"({column.sql} IS NULL OR {left} <> {mark})", (value,))
    return Fragment(f"{left} {op} {mark}", (value,))


def _folded(column: Column, op: str, value: Value) -> tuple[str, str, Value]:
    """Return left side, mark and value for a comparison without regard to case.

    A value of a restricted picklist is stored in its one spelling: comparing that one can use the index.
    SQLite's NOCASE knows ASCII only, so other text goes through our own function.
    """
    text = str(value)
    if column.field.restricted and op in {"=", "!="}:
        known = {one.value.lower(): one.value for one in column.field.picklist}
        if text.lower() in known:
            return column.sql, "?", known[text.lower()]
    if text.isascii():
        return column.sql, "? COLLATE NOCASE", text
    return f"soql_lower({column.sql})", "?", text.lower()


def _among(column: Column, values: list[Value]) -> Fragment:
    if family(column.field) != "text":
        return Fragment(f"{column.sql} IN ({_marks(values)})", tuple(values))
    texts = [str(value) for value in values]
    if column.field.restricted:
        known = {one.value.lower(): one.value for one in column.field.picklist}
        if all(text.lower() in known for text in texts):
            return Fragment(
                f"{column.sql} IN ({_marks(values)})", tuple(known[text.lower()] for text in texts)
            )
    if all(text.isascii() for text in texts):
        return Fragment(f"{column.sql} COLLATE NOCASE IN ({_marks(values)})", tuple(texts))
    return Fragment(f"soql_lower({column.sql}) IN ({_marks(values)})", tuple(text.lower() for text in texts))


def _marks(values: list[Value]) -> str:
    return ", ".join("?" * len(values))


def _like(column: Column, literal: Literal) -> Fragment:
    kind = family(column.field)
    if kind != "text":
        raise _wrong_operator(column, literal)
    value = value_of(column.field, literal, 0)
    if value is None:
        return Fragment(f"{column.sql} IS NULL")
    pattern = like_pattern(literal)
    if pattern.isascii():
        return Fragment(f"{column.sql} LIKE ? ESCAPE '\\'", (pattern,))
    return Fragment(f"soql_lower({column.sql}) LIKE ? ESCAPE '\\'", (pattern.lower(),))


def _during(column: Column, op: str, span: Period) -> Fragment:
    first: Value = span.first.isoformat()
    after: Value = span.after.isoformat()
    if column.field.type == "datetime":
        first, after = span.first_ms, span.after_ms
    sql = column.sql
    match op:
        case "=":
            return Fragment(f"({sql} >= ? AND {sql} < ?)", (first, after))
        case "!=":
            return Fragment(f"({sql} IS NULL OR {sql} < ? OR {sql} >= ?)", (first, after))
        case "<" | ">=":
            return Fragment(f"{sql} {op} ?", (first,))
        case _:
            return Fragment(f"{sql} {'<' if op == '<=' else '>='} ?", (after,))
