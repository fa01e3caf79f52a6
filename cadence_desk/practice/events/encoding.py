"""Writes a change event as an Avro datum and as the JSON of the older streaming face.

May import the schemas and bitmaps beside it and fastavro. Called by the bus, the Pub/Sub service and CometD.
"""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import fastavro

from cadence_desk.practice.events.bitmaps import bitmap_list
from cadence_desk.practice.events.schemas import HEADER, EventSchema, Slot

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_EPOCH = dt.date(1970, 1, 1)
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class EventStamp:
    """What the header of an event tells about its commit."""

    origin: str
    transaction_key: str
    sequence: int
    commit_ms: int
    commit_number: int
    user_id: str


@dataclass(slots=True)
class ChangeEvent:
    """One event as the bus keeps it; payloads are made when first asked for, one per set of hidden fields."""

    replay: int
    event_id: str
    change_type: str
    record_ids: tuple[str, ...]
    schema: EventSchema
    stamp: EventStamp
    values: Mapping[str, object]
    changed: tuple[str, ...] = ()
    nulled: tuple[str, ...] = ()
    _payloads: dict[frozenset[str], bytes] = field(default_factory=dict, repr=False)

    @property
    def entity(self) -> str:
        """The API name of the changed object."""
        return self.schema.entity

    def payload(self, hidden: frozenset[str] = frozenset()) -> bytes:
        """The bare Avro datum; values of hidden columns are null though the schema lists them."""
        known = self._payloads.get(hidden)
        if known is None:
            known = self._payloads[hidden] = _datum(self, hidden)
        return known

    def as_json(self, hidden: frozenset[str] = frozenset()) -> dict[str, object]:
        """The payload of the older streaming face: field names instead of bitmaps, unset fields left out."""
        body: dict[str, object] = {HEADER: _json_header(self)}
        for slot in self.schema.slots:
            value = _json_value(slot, self, hidden)
            if value is not None or (slot.column and slot.column in self.nulled):
                body[slot.name] = value
        return body


def replay_bytes(replay: int) -> bytes:
    """The ten bytes of a replay id: eight big-endian, two zero, as captured on the wire."""
    return replay.to_bytes(8, "big") + b"\x00\x00"


def _datum(event: ChangeEvent, hidden: frozenset[str]) -> bytes:
    record: dict[str, Any] = {HEADER: _avro_header(event)}
    for slot in event.schema.slots:
        record[slot.name] = _avro_value(slot, event.values, hidden)
    buffer = io.BytesIO()
    fastavro.schemaless_writer(buffer, event.schema.parsed, record)
    return buffer.getvalue()


def _avro_header(event: ChangeEvent) -> dict[str, object]:
    stamp = event.stamp
    return {
        "entityName": event.entity,
        "recordIds": list(event.record_ids),
        "changeType": event.change_type,
        "changeOrigin": stamp.origin,
        "transactionKey": stamp.transaction_key,
        "sequenceNumber": stamp.sequence,
        "commitTimestamp": stamp.commit_ms,
        "commitNumber": stamp.commit_number,
        "commitUser": stamp.user_id,
        "nulledFields": _bits(event.schema, event.nulled),
        "diffFields": [],
        "changedFields": _bits(event.schema, event.changed),
    }


def _bits(schema: EventSchema, columns: Iterable[str]) -> list[str]:
    top: set[int] = set()
    nested: dict[int, set[int]] = {}
    for column in columns:
        place = schema.place(column)
        if place is None:
            continue
        index, part = place
        if part is None:
            top.add(index)
        else:
            nested.setdefault(index, set()).add(part)
    return bitmap_list(top, nested)


def _avro_value(slot: Slot, values: Mapping[str, object], hidden: frozenset[str]) -> object:
    if slot.parts:
        if slot.name in hidden:
            return None
        inner = {part.name: _avro_value(part, values, hidden) for part in slot.parts}
        return None if all(value is None for value in inner.values()) else inner
    if not slot.column or slot.column in hidden:
        return None
    return _avro_plain(slot.type, values.get(slot.column))


def _avro_plain(kind: str, value: Any) -> object:
    if value is None:
        return None
    if kind == "boolean":
        return bool(value)
    if kind == "long":
        return _epoch_ms(value) if isinstance(value, str) else int(value)
    if kind == "int":
        return int(value)
    if kind == "double":
        return float(value)
    return str(value)


def _epoch_ms(day: str) -> int:
    """Midnight UTC of a stored date: dates travel as epoch milliseconds too."""
    return (dt.date.fromisoformat(day) - _EPOCH).days * _DAY_MS


def _json_header(event: ChangeEvent) -> dict[str, object]:
    header = _avro_header(event)
    del header["nulledFields"], header["diffFields"]
    header["changedFields"] = [
        _json_name(event.schema, column) for column in event.changed if event.schema.place(column)
    ]
    return header


def _json_name(schema: EventSchema, column: str) -> str:
    index, part = schema.places[column]
    slot = schema.slots[index - 1]
    return slot.name if part is None else f"{slot.name}.{slot.parts[part].name}"


def _json_value(slot: Slot, event: ChangeEvent, hidden: frozenset[str]) -> object:
    if slot.parts:
        if slot.name in hidden:
            return None
        inner = {part.name: _json_value(part, event, hidden) for part in slot.parts}
        kept = {name: value for name, value in inner.items() if value is not None}
        return kept or None
    if not slot.column or slot.column in hidden:
        return None
    value = event.values.get(slot.column)
    if value is None:
        return None
    if slot.type == "boolean":
        return bool(value)
    if slot.type == "long" and not isinstance(value, str):
        moment = dt.datetime.fromtimestamp(int(str(value)) / 1000, tz=dt.UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return value
