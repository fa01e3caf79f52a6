"""The quick way through an event: one record, the header as documented, every field of the body may be without value.

Nearly all are such. Whatever is not is left to `events.decode`, whose results this one's are (tests/properties).
May import domain. Called by stream, a feed thread each.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, TypeAlias

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.making import maker_of
from cadence_desk.salesforce import events
from cadence_desk.salesforce.avro import AvroProblem, Cursor, read_long
from cadence_desk.salesforce.bitmaps import field_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cadence_desk.salesforce.avro import AvroReader, Read

Take: TypeAlias = "Callable[[bytes, int], tuple[Any, int]]"
"""Reads what begins at a place; returns it and the place behind."""

PLAIN_LIMIT = 16 * 1024
"""A larger payload is not plain."""
FIELDS_LIMIT = 2_000
PARTS_LIMIT = 100
"""Values of one field: compound ones have about a dozen parts."""
KNOWN_LIMIT = 1_000
TEXTS = {"type": "array", "items": "string"}
HEADER: Sequence[tuple[str, object]] = (
    ("entityName", "string"),
    ("recordIds", TEXTS),
    ("changeType", "enum"),
    ("changeOrigin", "string"),
    ("transactionKey", "string"),
    ("sequenceNumber", "int"),
    ("commitTimestamp", "long"),
    ("commitNumber", "long"),
    ("commitUser", "string"),
    ("nulledFields", TEXTS),
    ("diffFields", TEXTS),
    ("changedFields", TEXTS),
)
"""The fields of a header in their order (Change Data Capture guide, ChangeEventHeader Fields; as captured)."""

_ONE_ID = b"\x02\x24"
"""An array of one text of 18 characters."""
_HIGH_BITS = sum(0x80 << 7 * place for place in range(5))
_NONE: frozenset[str] = frozenset()
_DOUBLE = struct.Struct("<d")
_make = maker_of(ChangeEvent)


def plain_reader(reader: AvroReader) -> PlainReader | None:
    """Return the quick way for a schema; None when it is worded otherwise than the documentation says."""
    symbols, names = _symbols(reader.types[0]), reader.shape.fields
    may_be_null = all(isinstance(kind, list) and kind[0] == "null" for kind in reader.types[1:])
    named = names[0] == events.HEADER and len(set(names)) == len(names) <= FIELDS_LIMIT
    if symbols is None or not may_be_null or not named or any("." in name for name in names):
        return None
    return PlainReader(reader, symbols)


def _symbols(header: Any) -> list[str] | None:
    """Return the names of the changes when this is the header as documented, in its order."""
    fields = header.get("fields") if isinstance(header, dict) else None
    if not isinstance(fields, list) or len(fields) != len(HEADER):
        return None
    for (name, wanted), told in zip(HEADER, fields, strict=True):
        kind = told["type"]
        if isinstance(kind, dict) and kind.get("type") == wanted:
            kind = wanted
        if isinstance(kind, dict) and kind.get("type") == "array":
            kind = {"type": "array", "items": kind.get("items")}
        if told["name"] != name or kind != wanted:
            return None
    symbols: list[str] = fields[2]["type"]["symbols"]
    return symbols


class PlainReader:
    """Reads the plain events of one schema. Used by several feed threads: what it remembers is only added to."""

    def __init__(self, reader: AvroReader, symbols: Sequence[str]) -> None:
        self._shape = reader.shape
        self._names = reader.shape.fields
        self._takes = [_take_of(kind, read) for kind, read in zip(reader.types, reader.reads, strict=True)]
        self._kinds: Mapping[int, ChangeType] = {
            place * 2: events.KINDS[symbol]
            for place, symbol in enumerate(symbols[:64])
            if symbol in events.KINDS and symbol != ChangeType.GAP_OVERFLOW.value
        }
        self._changed: dict[bytes, frozenset[str]] = {}

    def read(self, data: bytes, event_id: str, replay_id: bytes) -> ChangeEvent | None:
        """Return the event; None when it is not plain, or no event at all."""
        if len(data) > PLAIN_LIMIT:
            return None
        try:
            entity, at = _text(data, 0)
            if data[at : at + 2] != _ONE_ID or data[at + 20]:
                return None
            record_id = events.checked_id(data[at + 2 : at + 20].decode())
            kind = self._kinds[data[at + 21]]
            origin, at = _text(data, at + 22)
            transaction, at = _text(data, at)
            sequence, at = _number(data, at)
            millis, at = _number(data, at)
            number, at = _number(data, at)
            user, at = _text(data, at)
            nulled, changed, at = self._marked(data, at)
            values = self._values(data, at)
        except (AvroProblem, IndexError, KeyError, ValueError):
            return None  # also a text that is not UTF-8
        if values is None or not record_id or not -(1 << 31) <= sequence < 1 << 31:
            return None
        return _make(
            event_id, entity, record_id, kind, millis, number, sequence, transaction, user, origin,
            changed, nulled, values, replay_id,
        )  # fmt: skip

    def _marked(self, data: bytes, at: int) -> tuple[frozenset[str], frozenset[str], int]:
        """Return the names of the nulled and of the changed fields. Raises AvroProblem when there are differences."""
        if data[at] or data[at + 1]:
            return self._marked_both(data, at)
        if not data[at + 2]:
            return _NONE, _NONE, at + 3
        end = at + 4 + (data[at + 3] >> 1)
        key = data[at + 4 : end]
        if data[at + 2] != 2 or data[at + 3] & 0x81 or data[end]:
            return self._marked_both(data, at)
        names = self._changed.get(key)
        if names is None:
            names = field_names((key.decode(),), self._shape)
            if len(self._changed) < KNOWN_LIMIT:
                self._changed[key] = names
        return _NONE, names, end + 1

    def _marked_both(self, data: bytes, at: int) -> tuple[frozenset[str], frozenset[str], int]:
        nulled, at = _texts(data, at)
        diffs, at = _texts(data, at)
        changed, at = _texts(data, at)
        if diffs:
            raise AvroProblem("a difference is no value")
        return field_names(nulled, self._shape), field_names(changed, self._shape), at

    def _values(self, data: bytes, at: int) -> dict[str, object] | None:
        """Return what carries a value; parts of compound fields come under their path."""
        names, takes = self._names, self._takes
        values: dict[str, object] = {}
        place, count, size = 1, len(names), len(data)
        while True:
            rest = data[at:].lstrip(b"\0")  # a field without a value is one byte of zero
            begin = size - len(rest)
            place += begin - at
            if place >= count or not rest:
                return values if place == count and not rest else None
            value, at = takes[place](data, begin)
            if isinstance(value, dict):
                name = names[place]
                values.update({f"{name}.{part}": one for part, one in value.items() if one is not None})
            elif value is not None:
                values[names[place]] = value
            place += 1


def _take_of(kind: Any, read: Read) -> Take:
    """Return how to read a field of this type that may be null."""
    second = kind[1] if isinstance(kind, list) and len(kind) == 2 else None
    if isinstance(second, dict) and isinstance(second.get("type"), str):
        second = second["type"]
    if isinstance(second, str) and second in _TAKES:
        return _TAKES[second]

    def take(data: bytes, at: int) -> tuple[Any, int]:
        cursor = Cursor(data)
        cursor.position, cursor.budget = at, PARTS_LIMIT
        return read(cursor), cursor.position

    return take


def _text(data: bytes, at: int) -> tuple[str, int]:
    size = data[at]
    at += 1
    if size & 0x81:  # long, or negative
        length, at = _number(data, at - 1)
        if length < 0:
            raise AvroProblem("a value reaches beyond the payload")
        end = at + length
    else:
        end = at + (size >> 1)
    if end > len(data):
        raise AvroProblem("a value reaches beyond the payload")
    return data[at:end].decode(), end


def _number(data: bytes, at: int) -> tuple[int, int]:
    byte = data[at]
    if byte < 0x80:
        return (byte >> 1) ^ -(byte & 1), at + 1
    six = data[at : at + 6]
    if len(six) == 6 and six[5] < 0x80:  # as long as milliseconds since 1970 are
        a, b, c, d, e, f = six
        if a & b & c & d & e & 0x80:
            value = a + (b << 7) + (c << 14) + (d << 21) + (e << 28) + (f << 35) - _HIGH_BITS
            return (value >> 1) ^ -(value & 1), at + 6
    cursor = Cursor(data)
    cursor.position = at
    return read_long(cursor), cursor.position


def _texts(data: bytes, at: int) -> tuple[list[str], int]:
    """Read a list of at most a hundred texts in one block; other lists are not plain."""
    count, at = _number(data, at)
    if not 0 <= count <= 100:
        raise AvroProblem("a list is not plain")
    found = []
    for _ in range(count):
        text, at = _text(data, at)
        found.append(text)
    if count and data[at]:
        raise AvroProblem("a list is not plain")
    return found, at + bool(count)


def _given_text(data: bytes, at: int) -> tuple[str, int]:
    if data[at] != 2:
        raise AvroProblem("a union has no such branch")
    return _text(data, at + 1)


def _given_number(data: bytes, at: int) -> tuple[int, int]:
    if data[at] != 2:
        raise AvroProblem("a union has no such branch")
    return _number(data, at + 1)


def _given_flag(data: bytes, at: int) -> tuple[bool, int]:
    value = data[at + 1]
    if data[at] != 2 or value > 1:
        raise AvroProblem("a boolean is neither 0 nor 1")
    return value == 1, at + 2


def _given_double(data: bytes, at: int) -> tuple[float, int]:
    part = data[at + 1 : at + 9]
    if data[at] != 2 or len(part) != 8:
        raise AvroProblem("a value reaches beyond the payload")
    return _DOUBLE.unpack(part)[0], at + 9


_TAKES: Mapping[str, Take] = {
    "string": _given_text,
    "long": _given_number,
    "boolean": _given_flag,
    "double": _given_double,
}
