"""Records of one kind by id, with the stamps that order their changes. Lives on the loop thread; used by the board."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from cadence_desk.sync.reconcile import Order, Stamp, Upsert, reconcile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from typing import Protocol

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.sync.reconcile import Effect

    class _Dated(Protocol):
        @property
        def id(self) -> str: ...
        @property
        def modified(self) -> datetime | None: ...


R = TypeVar("R", bound="_Dated")

NEVER: Order = (0, 0, 0)
WAITING_LIMIT = 20_000
"""Events that may wait for reads; a record whose events had to be let go of is read once more."""
GONE_LIMIT = 20_000
"""Removed records that are remembered; older ones than the last read of everything need no memory."""


class Gone:
    """Removed records whose tombstones are kept: the newest, and those that an event could still call back to life."""

    def __init__(self, stamps: dict[str, Stamp]) -> None:
        self._stamps = stamps
        self._ids: dict[str, None] = {}
        self.read_ms = 0
        """Org time of the last read of everything: an event from before it about an unknown record asks for a read."""

    def remember(self, record_id: str) -> None:
        """A record was removed."""
        self._ids.pop(record_id, None)
        self._ids[record_id] = None
        while len(self._ids) > GONE_LIMIT:
            oldest = next(iter(self._ids))
            stamp = self._stamps.get(oldest)
            if stamp is not None and stamp.gone is not None:
                if stamp.reading or 0 < self.read_ms <= stamp.gone[0]:
                    return
                del self._stamps[oldest]
            del self._ids[oldest]

    def clear(self) -> None:
        """Forget everything."""
        self._ids.clear()


class Shelf(Generic[R]):
    """All known records of one entity.

    A record without a stamp of its own came from REST or from the cache; its own time is then its age.
    """

    def __init__(self, entity: str) -> None:
        self.entity = entity
        self._records: dict[str, R] = {}
        self._stamps: dict[str, Stamp] = {}
        self._reading: set[str] = set()
        self.again: set[str] = set()
        """Records about which more events came during their read than could be kept."""
        self._waiting = 0
        self._gone = Gone(self._stamps)

    def __len__(self) -> int:
        return len(self._records)

    def __iter__(self) -> Iterator[R]:
        return iter(self._records.values())

    def get(self, record_id: str) -> R | None:
        """Return a record or None."""
        return self._records.get(record_id)

    def ids(self) -> set[str]:
        """Return the ids of all records."""
        return set(self._records)

    def effects_of(self, event: ChangeEvent, read_ms: int) -> list[Effect]:
        """Return what an event does to its record; `read_ms` is when everything was read last."""
        self._gone.read_ms = read_ms
        return reconcile(self._stamp(event.record_id), event, read_ms)

    def hold(self, event: ChangeEvent) -> None:
        """Keep an event until the record has been read."""
        stamp = self._own_stamp(event.record_id)
        if self._waiting < WAITING_LIMIT:
            stamp.waiting.append(event)
            self._waiting += 1
        else:
            self.again.add(event.record_id)

    def begin_read(self, record_id: str) -> bool:
        """Mark a record as being read; False when a read is on its way already."""
        stamp = self._own_stamp(record_id)
        if stamp.reading:
            return False
        stamp.reading = True
        self._reading.add(record_id)
        return True

    def end_read(self, record_id: str) -> list[ChangeEvent]:
        """Mark the read as over and return the events that waited for it."""
        self._reading.discard(record_id)
        stamp = self._stamps.get(record_id)
        if stamp is None:
            return []
        waiting, stamp.waiting, stamp.reading = stamp.waiting, [], False
        self._waiting -= len(waiting)
        return waiting

    def read_anew(self, record_id: str) -> None:
        """A read failed and will be made later: it shows what the events that wait for it say."""
        stamp = self._stamps.get(record_id)
        if stamp is not None:
            self._waiting -= len(stamp.waiting)
            stamp.waiting = []
        self.again.discard(record_id)

    def abandon(self, record_id: str) -> None:
        """End a read because the whole list is going to be read: events that wait for it are not needed."""
        self.read_anew(record_id)
        self.end_read(record_id)
        if record_id not in self._records and self._stamps[record_id].gone == NEVER:
            del self._stamps[record_id]

    @property
    def reading(self) -> bool:
        """True while a record is to be read."""
        return bool(self._reading)

    def is_older(self, record: R) -> bool:
        """Return True when a newer state of a record is known than the one that was just read: two reads crossed."""
        known = self._records.get(record.id)
        return known is not None and _millis(record) // 1000 < _millis(known) // 1000

    def is_gone(self, record_id: str) -> bool:
        """Return True when the record is known not to be there."""
        stamp = self._stamps.get(record_id)
        return record_id not in self._records and stamp is not None and stamp.gone is not None

    def put_row(self, record: R) -> R | None:
        """Take a record as read by REST; returns what was there before."""
        before = self._records.get(record.id)
        self._records[record.id] = record
        stamp = self._stamps.get(record.id)
        if stamp is not None:
            stamp.row_ms, stamp.base, stamp.gone = _millis(record), None, None
            stamp.fields.clear()
            if not stamp.reading and not stamp.waiting:
                del self._stamps[record.id]
        return before

    def put_event(self, record: R, effect: Upsert) -> None:
        """Take a record as changed by an event."""
        stamp = self._stamps.get(record.id)
        if stamp is None:
            known = self._records.get(record.id)
            stamp = self._stamps[record.id] = Stamp(row_ms=0 if known is None else _millis(known))
        if effect.whole:
            stamp.base, stamp.row_ms, stamp.gone = effect.order, 0, None
            stamp.fields.clear()
        else:
            stamp.fields.update(dict.fromkeys(effect.values, effect.order))
        self._records[record.id] = record

    def forget(self, record_id: str, order: Order | None) -> R | None:
        """Remove a record; with an order a tombstone stays that older events cannot pass."""
        stamp = self._own_stamp(record_id)
        if order is None:
            order = max([stamp.gone or NEVER, stamp.base or NEVER, *stamp.fields.values()])
        stamp.gone, stamp.base, stamp.row_ms = order, None, 0
        stamp.fields.clear()
        self._gone.remember(record_id)
        return self._records.pop(record_id, None)

    def clear(self) -> None:
        """Forget everything."""
        self._records.clear()
        self._stamps.clear()
        self._reading.clear()
        self.again.clear()
        self._gone.clear()
        self._waiting = 0

    def _stamp(self, record_id: str) -> Stamp | None:
        stamp = self._stamps.get(record_id)
        if stamp is not None:
            return stamp
        record = self._records.get(record_id)
        return None if record is None else Stamp(row_ms=_millis(record))

    def _own_stamp(self, record_id: str) -> Stamp:
        stamp = self._stamps.get(record_id)
        if stamp is None:
            record = self._records.get(record_id)
            # Nothing known: a tombstone before all time, so that any event is newer.
            stamp = Stamp(gone=NEVER) if record is None else Stamp(row_ms=_millis(record))
            self._stamps[record_id] = stamp
        return stamp


def _millis(record: _Dated) -> int:
    return int(record.modified.timestamp() * 1000) if record.modified is not None else 0
