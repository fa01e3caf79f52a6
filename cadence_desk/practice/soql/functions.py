"""Functions in a query: aggregates (COUNT, SUM, ...) and the parts of a date (CALENDAR_YEAR, ...).

Imports sources, syntax, problems. Used by the filter and statement compilers.
"""

from __future__ import annotations

from dataclasses import replace

from cadence_desk.practice.org.catalog.model import FieldDef
from cadence_desk.practice.soql.problems import MALFORMED_QUERY, Misread, unexpected_token
from cadence_desk.practice.soql.sources import Column, Source
from cadence_desk.practice.soql.syntax import Call, Operand, Path

_NUMBERS = frozenset({"int", "double", "percent", "currency"})
_ORDERED = _NUMBERS | {
    "date",
    "datetime",
    "string",
    "picklist",
    "combobox",
    "phone",
    "email",
    "url",
    "id",
    "reference",
}
_COUNTED = _ORDERED | {"boolean"}
_TAKES = {
    "COUNT": _COUNTED,
    "COUNT_DISTINCT": _COUNTED,
    "MIN": _ORDERED,
    "MAX": _ORDERED,
    "SUM": _NUMBERS,
    "AVG": _NUMBERS,
}
_AGGREGATE_SQL = {"COUNT_DISTINCT": "COUNT(DISTINCT {})"}

_DATE_PARTS = {
    "CALENDAR_YEAR": "%Y",
    "CALENDAR_MONTH": "%m",
    "DAY_IN_MONTH": "%d",
    "DAY_IN_YEAR": "%j",
    "HOUR_IN_DAY": "%H",
}
_WHOLE = FieldDef("expr", "expr", "int")
_DOUBLE = FieldDef("expr", "expr", "double")


def is_aggregate(operand: Operand) -> bool:
    """Whether an operand sums up many rows."""
    return isinstance(operand, Call) and operand.word in _TAKES


def column_of(source: Source, operand: Operand) -> Column:
    """Return the value of a field path or of a function.

    Raises:
        Misread: unknown field, unknown function, or a function over a field it does not take.
    """
    if isinstance(operand, Path):
        return source.find(operand)
    word = operand.word
    if word in _TAKES:
        return _aggregate(source, operand)
    if word in _DATE_PARTS or word in {"DAY_ONLY", "DAY_IN_WEEK"}:
        return _date_part(source, operand)
    if word == "CONVERTTIMEZONE":  # the org's users live in UTC
        return column_of(source, _argument(operand))
    raise unexpected_token(operand.name, operand.at)


def _argument(call: Call) -> Operand:
    if len(call.arguments) != 1:
        sentence = f"{call.name} takes one field" if call.arguments else "unexpected token: ')'"
        raise Misread(MALFORMED_QUERY, sentence, call.at)
    return call.arguments[0]


def _aggregate(source: Source, call: Call) -> Column:
    word = call.word
    inner = column_of(source, _argument(call))
    one = inner.field
    if one.type not in _TAKES[word] or not (one.filterable or word.startswith("COUNT")):
        raise Misread(
            MALFORMED_QUERY, f"field {one.name} does not support aggregate operator {word}", call.at
        )
    sql = _AGGREGATE_SQL.get(word, word + "({})").format(inner.sql)
    if word.startswith("COUNT"):
        result = _WHOLE
    elif word == "AVG":
        result = _DOUBLE
    else:
        result = one
    return Column(replace(result, filterable=True, sortable=True), inner.entity, sql)


def _date_part(source: Source, call: Call) -> Column:
    inner = column_of(source, _argument(call))
    kind = inner.field.type
    if kind not in {"date", "datetime"} or (kind == "date" and call.word in {"HOUR_IN_DAY", "DAY_ONLY"}):
        raise Misread(
            MALFORMED_QUERY, f"field {inner.field.name} does not support function {call.word}", call.at
        )
    moment = inner.sql if kind == "date" else f"{inner.sql} / 1000, 'unixepoch'"
    if call.word == "DAY_ONLY":
        return Column(FieldDef("expr", "expr", "date"), inner.entity, f"strftime('%Y-%m-%d', {moment})")
    if call.word == "DAY_IN_WEEK":
        return Column(_WHOLE, inner.entity, f"CAST(strftime('%w', {moment}) AS INTEGER) + 1")
    part = _DATE_PARTS[call.word]
    return Column(_WHOLE, inner.entity, f"CAST(strftime('{part}', {moment}) AS INTEGER)")


def same_operand(source: Source, left: Operand, right: Operand) -> bool:
    """Whether two operands name the same value, as GROUP BY needs to know."""
    if isinstance(left, Call) and isinstance(right, Call):
        same = left.word == right.word and len(left.arguments) == len(right.arguments)
        return same and all(
            same_operand(source, one, two) for one, two in zip(left.arguments, right.arguments, strict=True)
        )
    if isinstance(left, Path) and isinstance(right, Path):
        return [one.lower() for one in source.relative(left)] == [
            one.lower() for one in source.relative(right)
        ]
    return False
