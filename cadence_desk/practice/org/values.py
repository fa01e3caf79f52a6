"""Turns values as they come from JSON or the engine into the store's raw form, or says what is wrong with them.

Imports catalog and ids. Used by transactions.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from cadence_desk.practice.org.ids import canonical

if TYPE_CHECKING:
    from collections.abc import Collection

    from cadence_desk.practice.org.catalog.model import FieldDef

_EMAIL = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[^@\s.,;<>]+")
_OFFSET = re.compile(r"([+-]\d\d)(\d\d)$")


class DmlError(Exception):
    """A refused write, with the platform's status code and the fields it concerns."""

    def __init__(self, status_code: str, message: str, fields: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.status_code = status_code
        self.message = message
        self.fields = fields


def moment_ms(text: str) -> int:
    """Return epoch milliseconds of an ISO 8601 date and time; without an offset it is UTC.

    Raises:
        ValueError: the text is not such a moment.
    """
    mended = _OFFSET.sub(r"\1:\2", text.strip())
    found = datetime.fromisoformat(mended)
    if found.tzinfo is None:
        found = found.replace(tzinfo=UTC)
    return int(found.timestamp() * 1000)


def moment_text(ms: int) -> str:
    """Return a moment as REST writes it, for messages: ``2026-11-24T10:00:00.000+0000``."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S.000+0000")


def day_text(ms: int) -> str:
    """Return the UTC date of a moment as ``YYYY-MM-DD``."""
    return datetime.fromtimestamp(ms / 1000, UTC).strftime("%Y-%m-%d")


def to_raw(field: FieldDef, value: object, more_values: Collection[str] = ()) -> object:
    """Return a value in the store's raw form; ``more_values`` are picklist values beyond those of the definition.

    Raises:
        DmlError: the value does not fit the field.
    """
    if value is None or value == "":
        return 0 if field.type == "boolean" else None
    try:
        raw = _converted(field, value)
    except (ValueError, TypeError, OverflowError):
        raise DmlError(
            "JSON_PARSER_ERROR", f"Cannot deserialize a value of {field.name}: {field.type} expected"
        ) from None
    if raw not in more_values:
        _check_text(field, raw)
    return raw


def _converted(field: FieldDef, value: object) -> object:
    match field.type:
        case "boolean":
            return int(_truth(value))
        case "int":
            return _whole(value)
        case "double" | "percent" | "currency":
            return float(_number(value))
        case "datetime":
            return (
                int(value) // 1000 * 1000 if isinstance(value, int) else moment_ms(str(value)) // 1000 * 1000
            )
        case "date":
            return date.fromisoformat(str(value)[:10]).isoformat()
        case "id" | "reference":
            return _id(field, value)
        case _:
            return _plain(value)


def _truth(value: object) -> bool:
    if isinstance(value, bool | int):
        return bool(value)
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        return value.lower() == "true"
    raise ValueError("not a truth value")


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise TypeError("not a number")
    return float(value)


def _whole(value: object) -> int:
    number = _number(value)
    if number != int(number):
        raise ValueError("not a whole number")
    return int(number)


def _plain(value: object) -> str:
    if isinstance(value, dict | list):
        raise TypeError("not a text")
    return str(value)


def _id(field: FieldDef, value: object) -> str:
    found = canonical(value)
    if found is None:
        raise DmlError("MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}", (field.name,))
    return found


def _check_text(field: FieldDef, raw: object) -> None:
    if not isinstance(raw, str):
        return
    if field.length and len(raw) > field.length and field.type not in {"id", "reference", "date"}:
        shown = raw[:40]
        raise DmlError(
            "STRING_TOO_LONG",
            f"{field.label}: data value too large: {shown} (max length={field.length})",
            (field.name,),
        )
    if field.type == "email" and not _EMAIL.fullmatch(raw):
        raise DmlError("INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {raw}", (field.name,))
    if field.restricted and field.picklist and raw not in {one.value for one in field.picklist}:
        raise DmlError(
            "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
            f"{field.label}: bad value for restricted picklist field: {raw}",
            (field.name,),
        )
