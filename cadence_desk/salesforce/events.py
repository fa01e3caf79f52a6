"""Turns one delivered event into change events, one per record id; never fails. May import domain.

Source: Change Data Capture guide, Change Event Fields, Merged Change Events, Gap Events, Overflow Events.
What cannot be decoded becomes an UNREADABLE event, so that its records are read again. Called by stream.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.record_ids import parse_record_id
from cadence_desk.salesforce.avro import AvroProblem
from cadence_desk.salesforce.bitmaps import field_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cadence_desk.salesforce.avro import AvroReader, Shape

HEADER = "ChangeEventHeader"
IDS_LIMIT = 100_000
IDS_REMEMBERED = 8_192
"""Ids whose check is remembered: a record that changes once mostly changes again."""

KINDS = {kind.value: kind for kind in ChangeType}
_TOPIC = re.compile(r"/data/(\w+?)(?:__)?ChangeEvent\Z")


@dataclass(frozen=True, slots=True)
class Delivered:
    """One event as it came: envelope id, payload, place in the stream, and the topic it came by."""

    event_id: str
    payload: bytes
    replay_id: bytes
    topic: str


def entity_of(topic: str) -> str:
    """Return the object of a single-entity topic; empty for a channel of many."""
    found = _TOPIC.match(topic)
    return found[1] if found else ""


def decode(
    delivered: Delivered,
    reader: AvroReader | None,
    refuse: Callable[[Delivered, str], None] = lambda _delivered, _reason: None,
) -> list[ChangeEvent]:
    """Return the change events of one delivered event.

    Args:
        delivered: the event as it came.
        reader: None when its schema cannot be used.
        refuse: told of an event that cannot be read, and why.
    """
    if reader is None:
        refuse(delivered, "its schema cannot be used")
        return [_unreadable(delivered, {}, "")]
    try:
        return _fan_out(delivered, reader.read(delivered.payload), reader.shape)
    except Exception as problem:  # noqa: BLE001 - a foreign payload must never end the stream
        # Only our own words: those of other exceptions quote what they met.
        refuse(delivered, str(problem) if isinstance(problem, AvroProblem) else type(problem).__name__)
        return _salvage(delivered, reader)


def _salvage(delivered: Delivered, reader: AvroReader) -> list[ChangeEvent]:
    """The body is unreadable: the header comes first, so its record ids may still be had."""
    try:
        header = reader.read_first(delivered.payload)
        found = [_unreadable(delivered, header, record_id) for record_id in _ids(header)]
    except Exception:  # noqa: BLE001 - as above
        found = []
    return found or [_unreadable(delivered, {}, "")]


def _fan_out(delivered: Delivered, record: Mapping[str, Any], shape: Shape) -> list[ChangeEvent]:
    header = record[HEADER]
    kind = KINDS[header["changeType"]]
    diffs = field_names(header["diffFields"], shape)
    if diffs and kind is ChangeType.UPDATE:
        kind = ChangeType.GAP_UPDATE  # a difference is no value: the record must be read
    changed = field_names(header["changedFields"], shape)
    nulled = field_names(header["nulledFields"], shape)
    values = _values(record)
    return [
        ChangeEvent(
            event_id=delivered.event_id,
            entity=header["entityName"],
            record_id=record_id,
            type=kind if record_id else ChangeType.GAP_OVERFLOW,
            commit_ms=header["commitTimestamp"],
            commit_number=header["commitNumber"],
            sequence=header["sequenceNumber"],
            transaction_key=header["transactionKey"],
            commit_user=header["commitUser"],
            origin=header["changeOrigin"],
            changed=changed | diffs if diffs else changed,
            nulled=nulled,
            values=values,
            replay_id=delivered.replay_id,
        )
        for record_id in _ids(header)
    ]


def _ids(header: Mapping[str, Any]) -> list[str]:
    """Return the ids in their 18-character form; empty for "all of them": a wildcard, or an overflow."""
    listed = header["recordIds"]
    if not listed or len(listed) > IDS_LIMIT:
        raise AvroProblem("an event names no record, or too many")
    if header["changeType"] == ChangeType.GAP_OVERFLOW.value:
        return [""]
    return ["" if each.endswith("*") else checked_id(each) for each in dict.fromkeys(listed)]


@lru_cache(IDS_REMEMBERED)
def checked_id(text: str) -> str:
    """Return an id in its 18-character form. Raises AvroProblem."""
    try:
        return parse_record_id(text)
    except BadValue:
        raise AvroProblem("an event names an id that is none") from None


def _values(record: Mapping[str, Any]) -> dict[str, object]:
    """Return what carries a value; parts of compound fields come under their path."""
    found: dict[str, object] = {name: value for name, value in record.items() if value is not None}
    found.pop(HEADER, None)
    for name in [name for name, value in found.items() if isinstance(value, dict)]:
        found.update(_parts(name, record[name]))
        del found[name]
    return found


def _parts(name: str, compound: Mapping[str, Any]) -> Iterator[tuple[str, object]]:
    for part, inner in compound.items():
        if inner is not None:
            yield f"{name}.{part}", inner


def _unreadable(delivered: Delivered, header: Mapping[str, Any], record_id: str) -> ChangeEvent:
    return ChangeEvent(
        event_id=delivered.event_id,
        entity=str(header.get("entityName") or entity_of(delivered.topic)),
        record_id=record_id,
        type=ChangeType.UNREADABLE,
        commit_ms=_whole(header.get("commitTimestamp")),
        commit_number=_whole(header.get("commitNumber")),
        sequence=_whole(header.get("sequenceNumber")),
        replay_id=delivered.replay_id,
    )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
