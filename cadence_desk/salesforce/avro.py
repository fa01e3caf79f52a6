"""A small Avro reader for change events: bounded, never recursive, header first. Standard library only.

Reads one schemaless binary record by its writer schema (Avro 1.12 specification, Binary Encoding). Whatever does not
fit raises AvroProblem; the caller then reads the records again. Called by events.
"""

from __future__ import annotations

import json
import re
import struct
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SCHEMA_LIMIT = 1024 * 1024
PAYLOAD_LIMIT = 1024 * 1024 + 256 * 1024
"""A change event holds at most 1 MB (Change Data Capture guide, Gap Events), plus slack."""
DEPTH_LIMIT = 8
VALUE_LIMIT = 200_000
"""Values read per payload: what costs no byte must be bounded too."""
_ZEROS = re.compile(b"\\0*")


class AvroProblem(Exception):
    """A schema or a payload that this reader refuses."""


class Cursor:
    """A place in a payload, and how many more values it may yield."""

    __slots__ = ("budget", "data", "position")

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.position = 0
        self.budget = VALUE_LIMIT

    def take(self, size: int) -> bytes:
        """Return the next bytes."""
        end = self.position + size
        if size < 0 or end > len(self.data):
            raise AvroProblem("a value reaches beyond the payload")
        part = self.data[self.position : end]
        self.position = end
        return part

    def spend(self, values: int) -> None:
        """Pay for values about to be read."""
        self.budget -= values
        if self.budget < 0:
            raise AvroProblem("the payload yields too many values")


Read: TypeAlias = "Callable[[Cursor], Any]"


@dataclass(frozen=True, slots=True)
class Shape:
    """Names of a record's fields, and those of the records inside, by position: what bitmaps count over."""

    fields: tuple[str, ...]
    parts: Mapping[int, tuple[str, ...]]
    named: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict, compare=False, repr=False)
    """What bitmap lists were found to say: few different ones come, again and again."""


def read_long(cursor: Cursor) -> int:
    """Read a zig-zag number of at most 64 bits."""
    data, position = cursor.data, cursor.position
    if position < len(data) and (byte := data[position]) < 0x80:  # most numbers are one byte long
        cursor.position = position + 1
        return (byte >> 1) ^ -(byte & 1)
    value = shift = 0
    try:
        while True:
            byte = data[position]
            position += 1
            value |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
            shift += 7
            if shift > 63:
                raise AvroProblem("a number is longer than 64 bits")
    except IndexError:
        raise AvroProblem("a number reaches beyond the payload") from None
    if value >> 64:
        raise AvroProblem("a number is longer than 64 bits")
    cursor.position = position
    return (value >> 1) ^ -(value & 1)


def _read_int(cursor: Cursor) -> int:
    value = read_long(cursor)
    if not -(1 << 31) <= value < 1 << 31:
        raise AvroProblem("a number is longer than 32 bits")
    return value


def _read_null(_cursor: Cursor) -> None:
    return None


def _read_boolean(cursor: Cursor) -> bool:
    byte = cursor.take(1)[0]
    if byte > 1:
        raise AvroProblem("a boolean is neither 0 nor 1")
    return byte == 1


def _read_float(cursor: Cursor) -> float:
    value: float = struct.unpack("<f", cursor.take(4))[0]
    return value


def _read_double(cursor: Cursor) -> float:
    value: float = struct.unpack("<d", cursor.take(8))[0]
    return value


def _read_bytes(cursor: Cursor) -> bytes:
    return cursor.take(read_long(cursor))


def _read_string(cursor: Cursor) -> str:
    data, start = cursor.data, cursor.position
    if (
        start < len(data) and not (first := data[start]) & 0x81
    ):  # as read_long does for one byte that is not negative
        start += 1
        end = start + (first >> 1)
    else:
        size = read_long(cursor)
        start = cursor.position
        end = start + size
        if size < 0:
            raise AvroProblem("a value reaches beyond the payload")
    if end > len(data):
        raise AvroProblem("a value reaches beyond the payload")
    cursor.position = end
    try:
        return data[start:end].decode()
    except UnicodeDecodeError:
        raise AvroProblem("a text is not UTF-8") from None


_PRIMITIVES: Mapping[str, tuple[Read, int]] = {
    "null": (_read_null, 0),
    "boolean": (_read_boolean, 1),
    "int": (_read_int, 1),
    "long": (read_long, 1),
    "float": (_read_float, 4),
    "double": (_read_double, 8),
    "bytes": (_read_bytes, 1),
    "string": (_read_string, 1),
}
"""How to read each, and the fewest bytes it takes."""


@dataclass(frozen=True, slots=True)
class _Type:
    read: Read
    least: int
    names: tuple[str, ...] = ()
    """Field names when it is a record."""
    nullable: bool = False
    """True for a union that begins with null: one byte of zero is no value."""


class _Compiler:
    """Turns a schema into functions; a named type is compiled once and cannot contain itself."""

    def __init__(self) -> None:
        self._named: dict[str, _Type | None] = {}
        self._builders: Mapping[str, Callable[[dict[str, Any], str, int], _Type]] = {
            "record": lambda schema, space, depth: self._define(
                schema, space, lambda inner: self._record(schema, inner, depth)
            ),
            "enum": lambda schema, space, _: self._define(schema, space, lambda _: _enum(schema)),
            "fixed": lambda schema, space, _: self._define(schema, space, lambda _: _fixed(schema)),
            "array": lambda schema, space, depth: _array(self.compile(schema.get("items"), space, depth + 1)),
            "map": lambda schema, space, depth: _map(self.compile(schema.get("values"), space, depth + 1)),
        }

    def compile(self, schema: Any, space: str, depth: int) -> _Type:
        """Return the reader of a schema in a namespace."""
        if depth > DEPTH_LIMIT:
            raise AvroProblem("the schema is nested too deeply")
        if isinstance(schema, str):
            return self._by_name(schema, space)
        if isinstance(schema, list):
            return self._union(schema, space, depth)
        if not isinstance(schema, dict):
            raise AvroProblem("a schema is neither a name nor an object")
        kind = schema.get("type")
        build = self._builders.get(kind) if isinstance(kind, str) else None
        return build(schema, space, depth) if build else self.compile(kind, space, depth + 1)

    def _by_name(self, name: str, space: str) -> _Type:
        if name in _PRIMITIVES:
            return _Type(*_PRIMITIVES[name])
        full = name if "." in name else f"{space}.{name}"
        found = self._named.get(full, self._named.get(name))
        if found is None:
            raise AvroProblem("a type is used inside itself or was never defined")
        return found

    def _define(self, schema: dict[str, Any], space: str, build: Callable[[str], _Type]) -> _Type:
        name, given = schema.get("name"), schema.get("namespace")
        if not isinstance(name, str):
            raise AvroProblem("a named type has no name")
        full = name if "." in name else f"{given if isinstance(given, str) else space}.{name}"
        if full in self._named:
            raise AvroProblem("a type is defined twice")
        self._named[full] = None
        built = self._named[full] = build(full.rpartition(".")[0])
        return built

    def _record(self, schema: dict[str, Any], space: str, depth: int) -> _Type:
        fields = schema.get("fields")
        if not isinstance(fields, list):
            raise AvroProblem("a record has no fields")
        compiled: list[tuple[str, _Type]] = []
        for each in fields:
            if not isinstance(each, dict) or not isinstance(each.get("name"), str):
                raise AvroProblem("a field has no name")
            compiled.append((each["name"], self.compile(each.get("type"), space, depth + 1)))
        least = sum(kind.least for _, kind in compiled)
        return _Type(_record_reader(compiled), least, tuple(name for name, _ in compiled))

    def _union(self, schema: list[Any], space: str, depth: int) -> _Type:
        branches = [self.compile(branch, space, depth) for branch in schema]
        if not branches:
            raise AvroProblem("a union has no branches")
        reads = tuple(branch.read for branch in branches)
        names = next((branch.names for branch in branches if branch.names), ())

        def read(cursor: Cursor) -> Any:
            index = read_long(cursor)
            if not 0 <= index < len(reads):
                raise AvroProblem("a union has no such branch")
            return reads[index](cursor)

        return _Type(read, 1 + min(branch.least for branch in branches), names, reads[0] is _read_null)


def _record_reader(compiled: list[tuple[str, _Type]]) -> Read:
    """Read field by field; a run of fields without a value is passed over in one step, as most of an update are."""
    names = [name for name, _ in compiled]
    reads = [kind.read for _, kind in compiled]
    count = len(compiled)
    runs = [0] * (count + 1)  # how many fields from here on may be without a value
    for place in range(count - 1, -1, -1):
        runs[place] = runs[place + 1] + 1 if compiled[place][1].nullable else 0

    def read(cursor: Cursor) -> dict[str, Any]:
        cursor.spend(count)
        found = dict.fromkeys(names)
        place = 0
        while place < count:
            if runs[place]:
                start = cursor.position
                cursor.position = _nulls(cursor.data, start, start + runs[place])
                place += cursor.position - start
                if not runs[place]:
                    continue
            found[names[place]] = reads[place](cursor)
            place += 1
        return found

    return read


def _nulls(data: bytes, start: int, end: int) -> int:
    """Return where the bytes of zero that begin here end."""
    match = _ZEROS.match(data, start, end)
    return match.end() if match else start


def _enum(schema: dict[str, Any]) -> _Type:
    symbols = schema.get("symbols")
    if not isinstance(symbols, list) or not all(isinstance(symbol, str) for symbol in symbols):
        raise AvroProblem("an enum has no symbols")

    def read(cursor: Cursor) -> str:
        index = read_long(cursor)
        if not 0 <= index < len(symbols):
            raise AvroProblem("an enum has no such symbol")
        symbol: str = symbols[index]
        return symbol

    return _Type(read, 1)


def _fixed(schema: dict[str, Any]) -> _Type:
    size = schema.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or not 0 <= size <= PAYLOAD_LIMIT:
        raise AvroProblem("a fixed type has no usable size")
    return _Type(lambda cursor: cursor.take(size), size)


def _read_count(cursor: Cursor) -> int:
    """Read how many items the next block of an array or a map holds."""
    count = read_long(cursor)
    if count < 0:
        count = -count
        read_long(cursor)  # size of the block in bytes: of use only to those who skip it
    if count > len(cursor.data) - cursor.position:
        raise AvroProblem("a block holds more items than bytes")
    cursor.spend(count)
    return count


def _array(item: _Type) -> _Type:
    if item.least == 0:  # a thousand million of them would fit into five bytes
        raise AvroProblem("an array holds items of no size")

    def read(cursor: Cursor) -> list[Any]:
        found: list[Any] = []
        start = cursor.position
        if cursor.data[start : start + 1] == b"\0":  # most are empty
            cursor.position = start + 1
            return found
        while count := _read_count(cursor):
            found.extend([item.read(cursor) for _ in range(count)])
        return found

    return _Type(read, 1)


def _map(item: _Type) -> _Type:
    def read(cursor: Cursor) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while count := _read_count(cursor):
            for _ in range(count):
                key = _read_string(cursor)
                found[key] = item.read(cursor)
        return found

    return _Type(read, 1)


class AvroReader:
    """Reads records of one schema."""

    def __init__(self, schema_text: str) -> None:
        """Compile.

        Raises:
            AvroProblem: the schema is no record, too large, too deep, recursive or malformed.
        """
        if len(schema_text) > SCHEMA_LIMIT:
            raise AvroProblem("the schema is too large")
        try:
            schema = json.loads(schema_text)
        except (ValueError, RecursionError):
            raise AvroProblem("the schema is no JSON") from None
        if not isinstance(schema, dict) or schema.get("type") != "record":
            raise AvroProblem("the schema is no record")
        self._whole = _Compiler().compile(schema, "", 0)
        self.types: Sequence[Any] = [each["type"] for each in schema["fields"]]
        """The types of the fields, as the schema words them."""
        self.shape, self.reads = _shape(schema)

    def read(self, payload: bytes) -> dict[str, Any]:
        """Return the record. Raises AvroProblem when the payload does not fit the schema exactly."""
        cursor = _cursor(payload)
        record: dict[str, Any] = self._whole.read(cursor)
        if cursor.position != len(payload):
            raise AvroProblem("the payload is longer than the record")
        return record

    def read_first(self, payload: bytes) -> Any:
        """Return the first field only: the header of a change event. Raises AvroProblem."""
        return self.reads[0](_cursor(payload))


def _cursor(payload: bytes) -> Cursor:
    if len(payload) > PAYLOAD_LIMIT:
        raise AvroProblem("the payload is too large")
    return Cursor(payload)


def _shape(schema: dict[str, Any]) -> tuple[Shape, Sequence[Read]]:
    """Return the names bitmaps count over, and the reader of each field."""
    space = str(schema.get("namespace") or "")
    compiler = _Compiler()
    types = [(field["name"], compiler.compile(field.get("type"), space, 1)) for field in schema["fields"]]
    if not types:
        raise AvroProblem("the record has no fields")
    parts = {index: kind.names for index, (_, kind) in enumerate(types) if kind.names}
    return Shape(tuple(name for name, _ in types), parts), [kind.read for _, kind in types]
