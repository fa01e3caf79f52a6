"""Made-up change events as the bytes of the wire: what the bench's event server sends and what a bare loop decodes.

Most are about leads, one in five about a tracker, each of them newer than all before. The schemas are the practice org's.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.practice.events.encoding import ChangeEvent, EventStamp, replay_bytes
from cadence_desk.practice.events.schemas import SchemaBook
from cadence_desk.practice.org.catalog.objects import build_catalog
from cadence_desk.wire import pubsub_api_pb2 as pb

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAD, TRACKER = "Lead", "ActionCadenceTracker"
PER_RESPONSE = 100
"""Events of one response at most: no more are asked for at once (Pub/Sub API, FetchRequest)."""
EVENTS_FIELD = b"\x0a"
"""Tag of FetchResponse.events: a response is put together from events that are bytes already."""


def topic_of(entity: str) -> str:
    """Return the topic of one entity."""
    return f"/data/{entity}ChangeEvent"


@dataclass
class EventMaker:
    """Makes events in the order of their commits, one millisecond apart.

    Attributes:
        lead_ids, tracker_ids: whom the events are about, in turn.
        begin_ms: commit time of the first; later than anything that was read of these records.
        made: number of the last one, which its title tells.
    """

    lead_ids: Sequence[str]
    tracker_ids: Sequence[str]
    begin_ms: int
    schemas: SchemaBook = field(default_factory=lambda: SchemaBook(build_catalog()))
    made: int = 0

    def lead(self) -> pb.ConsumerEvent:
        """Return a change of a lead's title and city."""
        number = self._next()
        values: dict[str, object] = {"Title": f"Load {number}", "Status": f"Status {number % 7}"}
        return self._event(LEAD, self.lead_ids[number % len(self.lead_ids)], number, values)

    def tracker(self) -> pb.ConsumerEvent:
        """Return a change of a tracker's state."""
        number = self._next()
        state = "Paused" if number // len(self.tracker_ids) % 2 else "Running"
        return self._event(
            TRACKER, self.tracker_ids[number % len(self.tracker_ids)], number, {"State": state}
        )

    def _next(self) -> int:
        self.made += 1
        return self.made

    def _event(self, entity: str, record_id: str, number: int, values: dict[str, object]) -> pb.ConsumerEvent:
        schema, now = self.schemas.current(entity), self.begin_ms + number
        told = {**values, "LastModifiedDate": now}
        stamp = EventStamp(
            "com/salesforce/api/soap/67.0;client=Bench",
            f"{number:032x}",
            1,
            now,
            number,
            "005000000000001AAA",
        )
        event = ChangeEvent(
            number, f"{number:08x}-0000-4000-8000-000000000000", "UPDATE", (record_id,), schema, stamp, told,
            changed=tuple(told),
        )  # fmt: skip
        produced = pb.ProducerEvent(id=event.event_id, schema_id=schema.id, payload=event.payload())
        return pb.ConsumerEvent(event=produced, replay_id=replay_bytes(number))


def varint(number: int) -> bytes:
    """Return a number as protobuf writes lengths."""
    found = bytearray()
    while number > 0x7F:
        found.append(number & 0x7F | 0x80)
        number >>= 7
    found.append(number)
    return bytes(found)


def joined(events: Sequence[bytes], tail: bytes) -> bytes:
    """Return a FetchResponse made of events that are bytes already and of its other fields."""
    return b"".join([part for one in events for part in (EVENTS_FIELD, varint(len(one)), one)] + [tail])
