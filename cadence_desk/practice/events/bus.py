"""The event bus of the org: hears commits, turns them into change events, keeps them for replay.

May import org and the modules beside it. Called by the Pub/Sub service, CometD and the control surface.
One stream for all entities; delivery order is replay order is commit order.
"""

from __future__ import annotations

import random
import uuid
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.practice.events.allowance import DeliveryAllowance
from cadence_desk.practice.events.encoding import ChangeEvent, EventStamp
from cadence_desk.practice.events.folding import FoldedChange, fold
from cadence_desk.practice.events.retention import RetainedWindow
from cadence_desk.practice.events.schemas import SchemaBook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cadence_desk.practice.org.changes import CommittedTransaction
    from cadence_desk.practice.org.world import PracticeOrg

OVERFLOW_ID = "000000000000000AAA"
OVERFLOW_LIMIT = 100_000
_LARGEST_BODY = 1_000_000


@dataclass(slots=True)
class BusDrills:
    """Disturbances armed for coming events, counted down as they happen; the key `*` means any entity."""

    gaps: Counter[str] = field(default_factory=Counter)
    overflows: Counter[str] = field(default_factory=Counter)

    def take(self, counter: Counter[str], entity: str) -> bool:
        """Uses up one armed disturbance that fits the entity."""
        for key in (entity, "*"):
            if counter[key] > 0:
                counter[key] -= 1
                return True
        return False


class EventBus:
    """Every change event of the org, in order, replayable for 72 hours of its clock."""

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self._entropy = random.Random(f"events of {org.organization_id}")  # noqa: S311  a seeded world, no secret
        now = org.clock.now_ms()
        # starting at the clock keeps the ids of an earlier run of the same world below those of this one
        self._window = RetainedWindow(now, now, self._entropy)
        self._listeners: set[Callable[[], None]] = set()
        self.schemas = SchemaBook(org.catalog)
        self.drills = BusDrills()
        self.allowance = DeliveryAllowance()
        self.overflow_limit = OVERFLOW_LIMIT
        org.changes.subscribe(self._on_commit)
        org.event_deliveries = lambda: (self.allowance.limit, self.allowance.remaining(self.now_ms()))

    @property
    def latest(self) -> int:
        """The newest replay id given out."""
        return self._window.latest

    @property
    def window(self) -> RetainedWindow:
        """What is kept for replay, without what has grown too old."""
        self._window.expire(self.now_ms())
        return self._window

    def now_ms(self) -> int:
        """The org's own time."""
        return self._org.clock.now_ms()

    def listen(self, heard: Callable[[], None]) -> None:
        """Calls back after each batch of new events."""
        self._listeners.add(heard)

    def unlisten(self, heard: Callable[[], None]) -> None:
        """Ends a callback."""
        self._listeners.discard(heard)

    def mark(self) -> int:
        """A fresh position at the end of the stream, ahead of the last event, for keepalives."""
        return self._window.issue(self._org.clock.now_ms())

    def after(self, replay: int) -> Iterator[ChangeEvent]:
        """The kept events after a position, oldest first."""
        return self._window.after(replay)

    def forget(self) -> None:
        """Makes every replay id given out so far meaningless; open streams go on from here."""
        self._window.forget(self.now_ms())
        self._notify()

    def migrate(self) -> None:
        """The org was moved: replay ids are not unique any more (Pub/Sub API guide, Event Message Durability)."""
        self._window.migrate()
        self._notify()

    def tell_gap(
        self, entity: str, record_ids: Sequence[str], change_type: str = "GAP_UPDATE"
    ) -> ChangeEvent:
        """A change that the platform could not describe: ids only, no body."""
        event = self._issue(entity, change_type, tuple(record_ids), self._own_stamp())
        self._notify()
        return event

    def tell_overflow(self, entity: str) -> ChangeEvent:
        """Too many changes in one transaction: everything known of the entity is doubtful."""
        return self.tell_gap(entity, (OVERFLOW_ID,), "GAP_OVERFLOW")

    def _on_commit(self, transaction: CommittedTransaction) -> None:
        self._window.expire(self.now_ms())
        selected = self._org.settings.selected_entities
        weight = 0
        overflowed: dict[str, FoldedChange] = {}
        told = False
        for change in fold(transaction, selected):
            weight += change.weight
            if weight > self.overflow_limit or self.drills.take(self.drills.overflows, change.entity):
                overflowed.setdefault(change.entity, change)
                continue
            self._tell(change, transaction)
            told = True
        for entity, change in overflowed.items():
            self._issue(entity, "GAP_OVERFLOW", (OVERFLOW_ID,), _stamp(change, transaction))
        if told or overflowed:
            self._notify()

    def _tell(self, change: FoldedChange, transaction: CommittedTransaction) -> None:
        stamp = _stamp(change, transaction)
        if _too_large(change) or self.drills.take(self.drills.gaps, change.entity):
            self._issue(change.entity, f"GAP_{change.change_type}", change.record_ids, stamp)
            return
        self._issue(change.entity, change.change_type, change.record_ids, stamp, change)

    def _issue(
        self,
        entity: str,
        change_type: str,
        record_ids: tuple[str, ...],
        stamp: EventStamp,
        change: FoldedChange | None = None,
    ) -> ChangeEvent:
        event = ChangeEvent(
            replay=self._window.issue(self._org.clock.now_ms()),
            event_id=str(uuid.UUID(int=self._entropy.getrandbits(128), version=4)),
            change_type=change_type,
            record_ids=record_ids,
            schema=self.schemas.current(entity),
            stamp=stamp,
            values=change.values if change else {},
            changed=change.changed if change else (),
            nulled=change.nulled if change else (),
        )
        self._window.keep(event)
        return event

    def _own_stamp(self) -> EventStamp:
        """A commit outside any API call: the origin is empty."""
        now = self._org.clock.now_ms()
        key = str(uuid.UUID(int=self._entropy.getrandbits(128), version=4))
        return EventStamp("", key, 1, now, now, self._org.default_user_id)

    def _notify(self) -> None:
        for heard in tuple(self._listeners):
            heard()


def _stamp(change: FoldedChange, transaction: CommittedTransaction) -> EventStamp:
    return EventStamp(
        origin=transaction.origin,
        transaction_key=transaction.key,
        sequence=change.sequence,
        commit_ms=transaction.commit_ms,
        commit_number=transaction.commit_number,
        user_id=transaction.user_id,
    )


def _too_large(change: FoldedChange) -> bool:
    """An event over 1 MB is replaced by a gap event (Change Data Capture guide, "Gap Events")."""
    return sum(len(value) for value in change.values.values() if isinstance(value, str)) > _LARGEST_BODY
