"""Builds SOQL from checked names and escaped values; no query is ever made from free text. Imports domain only.

Source: SOQL and SOSL Reference, Quoted String Escape Sequences and Date Formats.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.errors import BadValue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from cadence_desk.domain.orgs import ObjectDescription

T = TypeVar("T")

IDS_PER_QUERY = 100
"""Keeps the address of a query under what servers and proxies take."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*\Z")
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">=", "LIKE"})


def chunks(items: Sequence[T], size: int = IDS_PER_QUERY) -> Iterator[Sequence[T]]:
    """Yield the items in slices of at most `size`."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def literal(value: object) -> str:
    """Return a value as SOQL writes it.

    Raises:
        BadValue: a text with control characters, or a kind of value that SOQL has no form for.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, datetime):
        return moment(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str):
        return quoted(value)
    raise BadValue(f"SOQL has no form for {type(value).__name__}.")


def quoted(text: str) -> str:
    """Return a text in quotes, escaped. Raises BadValue for control characters, which simple-salesforce lets through."""
    if any(unicodedata.category(char) == "Cc" for char in text):
        raise BadValue("The text holds characters that cannot be searched for.")
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def moment(value: datetime) -> str:
    """Return a time in UTC with milliseconds, rounded down. Raises BadValue for a time without zone."""
    if value.tzinfo is None:
        raise BadValue("A time without a time zone cannot be asked for.")
    utc = value.astimezone(UTC)
    return f"{utc:%Y-%m-%dT%H:%M:%S}.{utc.microsecond // 1000:03d}Z"


def name(text: str) -> str:
    """Return a field path or object name as it is. Raises BadValue when it is none."""
    if not _NAME.match(text):
        raise BadValue(f"“{text[:40]}” is no name of a field or object.")
    return text


@dataclass(frozen=True, slots=True)
class SoqlQuery:
    """One query; every method returns a new one."""

    entity: str
    fields: tuple[str, ...]
    conditions: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    rows: int = 0

    def where(self, field: str, operator: str, value: object) -> SoqlQuery:
        """Add a condition, joined with AND."""
        if operator not in _OPERATORS:
            raise BadValue(f"“{operator}” is no operator of SOQL.")
        return self._and(f"{name(field)} {operator} {literal(value)}")

    def where_in(self, field: str, values: Iterable[object], *, negate: bool = False) -> SoqlQuery:
        """Add a membership condition. Raises BadValue for no values: SOQL has no empty list."""
        listed = ",".join(literal(value) for value in values)
        if not listed:
            raise BadValue("A list of values to look for is empty.")
        return self._and(f"{name(field)} {'NOT IN' if negate else 'IN'} ({listed})")

    def since(self, field: str, value: datetime | None) -> SoqlQuery:
        """Add "at or after", and let the oldest come first; None changes nothing."""
        if value is None:
            return self
        return self._and(f"{name(field)} >= {moment(value)}").order_by(field, "Id")

    def order_by(self, *fields: str) -> SoqlQuery:
        """Set the order; a field may end in DESC or NULLS LAST."""
        for field in fields:
            name(field.split(" ", 1)[0])
        return replace(self, order=fields)

    def limit(self, rows: int) -> SoqlQuery:
        """Set the most rows wanted."""
        return replace(self, rows=rows)

    def text(self) -> str:
        """Return the query. Raises BadValue when nothing is selected."""
        if not self.fields:
            raise BadValue(f"No field of {self.entity} can be read by your user.")
        selected = ", ".join(name(field) for field in self.fields)
        parts = ["SELECT", selected, "FROM", name(self.entity)]
        if self.conditions:
            parts.append("WHERE " + " AND ".join(self.conditions))
        if self.order:
            parts.append("ORDER BY " + ", ".join(self.order))
        if self.rows:
            parts.append(f"LIMIT {self.rows:d}")
        return " ".join(parts)

    def _and(self, condition: str) -> SoqlQuery:
        return replace(self, conditions=(*self.conditions, condition))


def keep_described(
    paths: Iterable[str],
    described: ObjectDescription,
    related: Mapping[str, ObjectDescription | None] | None = None,
) -> tuple[str, ...]:
    """Return the paths that this user can read.

    Args:
        paths: fields, or one relationship deep such as ``CurrentStep.StepTitle``.
        described: the object itself. A relationship is there when its id field is.
        related: what the first part of a path leads to, where its fields should be checked, too.
    """
    kept = []
    for path in paths:
        base, _, leaf = path.partition(".")
        if not leaf:
            if described.has(base):
                kept.append(path)
            continue
        target = (related or {}).get(base)
        if described.has(f"{base}Id") and (target is None or target.has(leaf)):
            kept.append(path)
    return tuple(kept)
