"""A ChangeFeed that follows the org's own streams and hands over made-up events beside them, so many a second.

The events arrive decoded, in a thread of their own, as a stream's thread hands them over: through the same sink, inbox,
reconciliation, tables, cache file and screens as any others. Only their decoding is not part of the load.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import ChangeEvent, ChangeType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.ports import ChangeFeed, FeedHandle, FeedSink

LEADS = "/data/LeadChangeEvent"
TRACKERS = "/data/ActionCadenceTrackerChangeEvent"
EVERY = 0.02
"""Seconds between two deliveries."""
PER_DELIVERY = 100
"""Events of one delivery at most: no more are asked for at once (Pub/Sub API, FetchRequest)."""
TRACKER_SHARE = 5
"""One delivery of so many is about trackers."""


@dataclass
class _Tap:
    """Passes a stream on and remembers its last mark."""

    sink: FeedSink
    load: Load

    def feed_started(self, topic: str) -> None:
        self.sink.feed_started(topic)

    def feed_events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        self.load.marks[topic] = mark
        self.sink.feed_events(topic, events, mark)

    def feed_alive(self, topic: str, mark: bytes) -> None:
        self.load.marks[topic] = mark
        self.sink.feed_alive(topic, mark)

    def feed_ended(self, topic: str, error: DeskError | None, *, mark_unusable: bool) -> None:
        self.sink.feed_ended(topic, error, mark_unusable=mark_unusable)

    def free_space(self) -> int:
        space: int = self.sink.free_space()  # type: ignore[attr-defined]
        return space


@dataclass
class Load:
    """Makes the events. `lead_ids` and `tracker_ids` are whom they are about."""

    rate: int
    lead_ids: Sequence[str] = ()
    tracker_ids: Sequence[str] = ()
    marks: dict[str, bytes] = field(default_factory=dict)
    sinks: dict[str, _Tap] = field(default_factory=dict)
    sent: int = 0
    seconds: float = 0.0
    most_behind: int = 0
    """Events that waited in the org at worst, because the inbox had no room for them: they came later."""
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="feed-load", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End; `sent` and `seconds` say what was."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(5.0)

    def _run(self) -> None:
        began = time.monotonic()
        while not self._stopping.wait(EVERY):
            self.seconds = time.monotonic() - began
            due = int(self.rate * self.seconds) - self.sent
            self.most_behind = max(self.most_behind, due)
            while due > 0 and not self._stopping.is_set():
                size = min(due, PER_DELIVERY)
                if not self._deliver(size):
                    break
                due -= size

    def _deliver(self, size: int) -> bool:
        about_trackers = bool(self.tracker_ids) and self.sent // PER_DELIVERY % TRACKER_SHARE == 0
        topic = TRACKERS if about_trackers else LEADS
        tap = self.sinks.get(topic)
        if tap is None or tap.free_space() < size:
            return False
        make = self._tracker if about_trackers else self._lead
        events = [make(self.sent + place) for place in range(size)]
        self.sent += size
        tap.sink.feed_events(topic, events, self.marks.get(topic, b""))
        return True

    def _lead(self, number: int) -> ChangeEvent:
        ids = self.lead_ids
        return self._event(
            number, "Lead", ids[number % len(ids)], {"Title": f"Load {number}", "City": f"Town {number % 97}"}
        )

    def _tracker(self, number: int) -> ChangeEvent:
        ids = self.tracker_ids
        state = "Paused" if number // len(ids) % 2 else "Running"
        return self._event(number, "ActionCadenceTracker", ids[number % len(ids)], {"State": state})

    @staticmethod
    def _event(number: int, entity: str, record_id: str, values: dict[str, object]) -> ChangeEvent:
        now = int(time.time() * 1000)
        told = {**values, "LastModifiedDate": now}
        return ChangeEvent(
            f"load-{number}", entity, record_id, ChangeType.UPDATE, now, number, 1,
            changed=frozenset(told), values=told,
        )  # fmt: skip


@dataclass
class LoadedFeed:
    """Implements ChangeFeed."""

    feed: ChangeFeed
    load: Load

    def open(self, topic: str, mark: bytes | None, sink: FeedSink) -> FeedHandle:
        """Open the org's own stream; the load goes beside it."""
        tap = _Tap(sink, self.load)
        self.load.sinks[topic] = tap
        return self.feed.open(topic, mark, tap)
