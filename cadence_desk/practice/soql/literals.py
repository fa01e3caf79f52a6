"""Turns literals of a query into values as the store keeps them, or says why a field cannot be compared with them.

Imports org ids, periods, syntax, problems. Called by the filter compiler.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.practice.org.ids import canonical
from cadence_desk.practice.soql.periods import Period, day_text, moment_ms, period
from cadence_desk.practice.soql.problems import (
    INVALID_FIELD,
    INVALID_FILTER,
    MALFORMED_QUERY,
    Misread,
    unexpected_token,
)
from cadence_desk.practice.soql.syntax import Literal, LiteralKind

if TYPE_CHECKING:
    from cadence_desk.practice.org.catalog.model import FieldDef

Value: TypeAlias = str | int | float | None

LONGEST_STRING = 4_000
"""Characters of a string in a filter (facts on REST, section 2.1)."""

_ESCAPE = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_PLAIN = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}
_WILD = {"_": "_", "%": "%"}
_SQL_LIKE_SPECIAL = frozenset("%_\\")

_NUMBERS = frozenset({"int", "double", "percent", "currency"})
_SAID_TYPE = {"datetime": "dateTime", "percent": "double", "currency": "double", "reference": "id"}


def family(field: FieldDef) -> str:
    """Return how values of a field compare: id, number, boolean, date, datetime or text."""
    if field.type in _NUMBERS:
        return "number"
    if field.type in {"id", "reference"}:
        return "id"
    return field.type if field.type in {"boolean", "date", "datetime"} else "text"


def value_of(field: FieldDef, literal: Literal, now_ms: int) -> Value | Period:
    """Return the literal as a raw value of this field, None for null (an empty string is null, as in the store).

    Raises:
        Misread: the literal is not of the field's type, or is no real date, id or date literal.
    """
    if literal.kind is LiteralKind.NULL:
        return None
    kind, written = family(field), literal.kind
    if written is LiteralKind.PERIOD:
        span = _period(literal, now_ms)
        if kind not in {"date", "datetime"}:
            raise _wrong_type(field, literal)
        return span
    wanted = {"text": LiteralKind.STRING, "id": LiteralKind.STRING}.get(kind) or LiteralKind(kind)
    if written is not wanted:
        raise _wrong_type(field, literal)
    return _converted(kind, literal)


def _converted(kind: str, literal: Literal) -> Value:
    text = literal.text
    if kind == "boolean":
        return int(text.upper() == "TRUE")
    if kind == "number":
        return float(text) if set(text) & set(".eE") else int(text)
    if kind == "id":
        return _id(literal)
    if kind == "text":
        return plain_text(literal) or None
    value = moment_ms(text) if kind == "datetime" else day_text(text)
    if value is None:
        raise Misread(MALFORMED_QUERY, f"Invalid {kind}: {text}", literal.at)
    return value


def _id(literal: Literal) -> str | None:
    text = plain_text(literal)
    if not text:
        return None
    found = canonical(text)
    if found is None:
        raise Misread(INVALID_FILTER, f"invalid ID field: {text}", literal.at)
    return found


def _period(literal: Literal, now_ms: int) -> Period:
    try:
        span = period(literal.text.upper(), literal.count, now_ms)
    except OverflowError:
        raise Misread(
            MALFORMED_QUERY, f"Invalid date literal: {literal.text}:{literal.count}", literal.at
        ) from None
    if span is None:
        raise unexpected_token(literal.text, literal.at)
    return span


def _wrong_type(field: FieldDef, literal: Literal) -> Misread:
    kind = family(field)
    said = "string" if kind == "text" else _SAID_TYPE.get(field.type, field.type)
    quotes = "should be enclosed in quotes" if kind in {"text", "id"} else "should not be enclosed in quotes"
    sentence = f"value of filter criterion for field '{field.name}' must be of type {said} and {quotes}"
    return Misread(INVALID_FIELD, sentence, literal.at)


def _checked(literal: Literal) -> str:
    if len(literal.text) > LONGEST_STRING:
        raise Misread(
            MALFORMED_QUERY, f"A string in a filter has at most {LONGEST_STRING:,} characters.", literal.at
        )
    for found in _ESCAPE.finditer(literal.text):
        word = found[1]
        if len(word) == 1 and word not in _PLAIN and word not in _WILD:
            sentence = f"Invalid string literal '{literal.text}'. Illegal character sequence '\\{word}' in string literal."
            raise Misread(MALFORMED_QUERY, sentence, literal.at)
    return literal.text


def _unescaped(word: str) -> str:
    return chr(int(word[1:], 16)) if len(word) > 1 else _PLAIN.get(word, word)


def plain_text(literal: Literal) -> str:
    """Return a string literal with its escapes resolved."""
    return _ESCAPE.sub(lambda found: _unescaped(found[1]), _checked(literal))


def like_pattern(literal: Literal) -> str:
    r"""Return a string literal as a LIKE pattern of the store, where a backslash takes the meaning from % _ and \."""
    text, parts, at = _checked(literal), [], 0
    for found in _ESCAPE.finditer(text):
        parts.append(text[at : found.start()])
        char = _unescaped(found[1])
        parts.append(f"\\{char}" if char in _SQL_LIKE_SPECIAL else char)
        at = found.end()
    return "".join([*parts, text[at:]])
