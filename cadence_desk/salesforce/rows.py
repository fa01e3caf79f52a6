"""Reads fields out of rows of foreign JSON, leniently: missing or odd values become empty. Imports domain only.

Called by every reader of this room.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import AnswerUnreadable, BadValue
from cadence_desk.domain.record_ids import RecordId, parse_record_id

if TYPE_CHECKING:
    from collections.abc import Mapping


def listed(value: object) -> list[dict[str, Any]]:
    """Return a list of objects. Raises AnswerUnreadable for anything else."""
    if isinstance(value, list) and all(isinstance(item, dict) for item in value):
        return value
    raise AnswerUnreadable("The answer holds something else than a list of records.")


def text(row: Mapping[str, Any], path: str) -> str:
    """Return a text; a path may go through one relationship."""
    value = _value(row, path)
    if value is None:
        return ""
    return value if isinstance(value, str) else str(value)


def flag(row: Mapping[str, Any], field: str) -> bool:
    """Return True only for a real true."""
    return row.get(field) is True


def number(row: Mapping[str, Any], field: str) -> int | None:
    """Return a whole number, or None."""
    value = row.get(field)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        return int(value)
    except (ValueError, OverflowError):  # NaN and Infinity are numbers to a JSON parser
        return None


def moment(row: Mapping[str, Any], field: str) -> datetime | None:
    """Return a time in UTC, or None."""
    value = row.get(field)
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def day(row: Mapping[str, Any], field: str) -> date | None:
    """Return a date, or None."""
    value = row.get(field)
    try:
        return date.fromisoformat(value[:10]) if isinstance(value, str) else None
    except ValueError:
        return None


def record_id(row: Mapping[str, Any], field: str = "Id") -> RecordId:
    """Return an id in its 18-character form. Raises AnswerUnreadable for anything else."""
    value = row.get(field)
    if not isinstance(value, str):
        raise AnswerUnreadable(f"A record came without {field}.")
    return id_of(value)


def id_of(value: str) -> RecordId:
    """Return an id the org sent, in its 18-character form. Raises AnswerUnreadable for anything else."""
    if len(value) == 18 and value.isalnum() and value.isascii():
        return RecordId(value)  # the org's own answer: computing the checksum of 100,000 ids takes a second
    try:
        return parse_record_id(value)
    except BadValue as error:
        raise AnswerUnreadable("A record came with an id that is none.") from error


def id_or_empty(row: Mapping[str, Any], field: str) -> str:
    """Return an id in its 18-character form, or an empty text."""
    value = row.get(field)
    return id_of(value) if isinstance(value, str) and value else ""


def _value(row: Mapping[str, Any], path: str) -> Any:
    base, _, leaf = path.partition(".")
    value = row.get(base)
    if not leaf:
        return value
    return value.get(leaf) if isinstance(value, dict) else None
