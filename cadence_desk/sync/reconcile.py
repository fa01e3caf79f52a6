"""The rule that turns one change event into effects. Pure: reads a view, returns what should happen, changes nothing.

Order is per field by (commit time, commit number, sequence); against a row read by REST the event's own time decides,
to the second, and a tie is read again. Called by the board; proven by tests/properties/test_convergence.py.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.domain.changes import ChangeType
from cadence_desk.domain.making import maker_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.changes import ChangeEvent

Order: TypeAlias = tuple[int, int, int]
"""(commit ms, commit number, sequence). The commit number decides only inside one millisecond."""

_MODIFIED = "LastModifiedDate"
SKEW_MS = 2_000
"""The org's answers tell their time to the second, and not every server of it has the same."""


@dataclass(slots=True)
class Stamp:
    """What is known about the age of one record's fields.

    Attributes:
        row_ms: the record's own time stamp when it was last read by REST; 0 when it never was.
        base: order of the CREATE or UNDELETE event the record came from; None when it came from REST.
        fields: order of the newest event that set each field since then.
        gone: order of the DELETE that removed it; None while it exists.
        reading: True while a read is on its way: later events wait in `waiting`.
    """

    row_ms: int = 0
    base: Order | None = None
    fields: dict[str, Order] = field(default_factory=dict)
    gone: Order | None = None
    reading: bool = False
    waiting: list[ChangeEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Upsert:
    """Set these fields; `whole` means that the values describe the entire record."""

    entity: str
    record_id: str
    values: Mapping[str, object]
    order: Order
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Forget:
    """The record was deleted."""

    entity: str
    record_id: str
    order: Order


@dataclass(frozen=True, slots=True)
class ReadRecord:
    """What happened cannot be told from the event: read the record."""

    entity: str
    record_id: str


@dataclass(frozen=True, slots=True)
class ReadEntity:
    """Too much happened: read everything of this kind."""

    entity: str


@dataclass(frozen=True, slots=True)
class Wait:
    """A read of this record is on its way: look at the event again afterwards."""

    entity: str
    record_id: str
    event: ChangeEvent


make_upsert = maker_of(Upsert)

Effect: TypeAlias = Upsert | Forget | ReadRecord | ReadEntity | Wait


def order_of(event: ChangeEvent) -> Order:
    """Return the event's place in the commit order."""
    return (event.commit_ms, event.commit_number, event.sequence)


def reconcile(stamp: Stamp | None, event: ChangeEvent, read_ms: int = 0) -> list[Effect]:
    """Return the effects of one event on one record.

    Args:
        stamp: what is known of the record; None when the record is unknown and was never deleted.
        event: one change of one record (merged events are fanned out before).
        read_ms: org time of the last read of everything; what appeared before it and is unknown has gone since.
    """
    if event.type is ChangeType.GAP_OVERFLOW or not event.record_id:
        return [ReadEntity(event.entity)]  # also an event of which not even the header could be read
    if event.type is ChangeType.SNAPSHOT:
        return []
    if stamp is not None and stamp.reading:
        return [Wait(event.entity, event.record_id, event)]
    if event.type is ChangeType.UPDATE:  # nearly all are: looked at before what costs more to tell
        return _update(stamp, event)
    if event.type.is_gap:
        return _gap(stamp, event)
    if event.type is ChangeType.DELETE:
        return _delete(stamp, event)
    return _appear(stamp, event, read_ms)


def _gap(stamp: Stamp | None, event: ChangeEvent) -> list[Effect]:
    known = stamp is not None and stamp.gone is None and event.commit_ms > 0
    if stamp is not None and known and _second(event.commit_ms) < _second(stamp.row_ms):
        return []
    return [ReadRecord(event.entity, event.record_id)]


def _delete(stamp: Stamp | None, event: ChangeEvent) -> list[Effect]:
    order = order_of(event)
    if stamp is None:
        return [Forget(event.entity, event.record_id, order)]
    if stamp.gone is not None:
        return [Forget(event.entity, event.record_id, order)] if order > stamp.gone else []
    if stamp.base is None:
        # The row came from REST: whether it was read before or after this deletion cannot be told.
        return [ReadRecord(event.entity, event.record_id)]
    newest = max([stamp.base, *stamp.fields.values()])
    if order == newest:
        return [ReadRecord(event.entity, event.record_id)]
    return [Forget(event.entity, event.record_id, order)] if order > newest else []


def _appear(stamp: Stamp | None, event: ChangeEvent, read_ms: int) -> list[Effect]:
    order = order_of(event)
    whole = Upsert(event.entity, event.record_id, event.values, order, whole=True)
    if stamp is None:
        old = event.commit_ms < read_ms + SKEW_MS
        return [ReadRecord(event.entity, event.record_id)] if old else [whole]
    if stamp.gone is not None:
        if event.type is ChangeType.UNDELETE and order > stamp.gone:
            return [whole]
        return [ReadRecord(event.entity, event.record_id)] if order > stamp.gone else []
    if stamp.base is None:
        return _against_row(stamp, event, dict(event.values), order)
    if order <= stamp.base:
        return []
    # A newer appearance of a record that exists: its deletion was missed.
    return [ReadRecord(event.entity, event.record_id)]


def _update(stamp: Stamp | None, event: ChangeEvent) -> list[Effect]:
    if stamp is None:
        return [ReadRecord(event.entity, event.record_id)]
    order = order_of(event)
    if stamp.gone is not None:
        # Newer than the deletion: it was restored and that event is missing.
        return [ReadRecord(event.entity, event.record_id)] if order > stamp.gone else []
    values = changed_values(event)
    if stamp.base is None:
        return _against_row(stamp, event, values, order)
    return _newer_fields(stamp, event, values, order)


def changed_values(event: ChangeEvent) -> Mapping[str, object]:
    """Return what an UPDATE sets: values that are carried, and None for the nulled fields."""
    carried = event.values
    if not event.nulled and None not in carried.values():  # as most are
        return carried
    values = {name: value for name, value in carried.items() if value is not None}
    for name in event.nulled:
        values[name.split(".", 1)[0]] = carried.get(name.split(".", 1)[0])
    return values


def _against_row(
    stamp: Stamp, event: ChangeEvent, values: Mapping[str, object], order: Order
) -> list[Effect]:
    stated = event.values.get(_MODIFIED)
    told, read = _second(stated if isinstance(stated, int) else event.commit_ms), _second(stamp.row_ms)
    if told < read:
        return []
    if told == read:
        return [ReadRecord(event.entity, event.record_id)]
    return _newer_fields(stamp, event, values, order)


def _newer_fields(
    stamp: Stamp, event: ChangeEvent, values: Mapping[str, object], order: Order
) -> list[Effect]:
    floor, fields = stamp.base, stamp.fields
    older: list[str] = []
    for name in values:
        known = fields.get(name, floor)
        if known is None or order > known:
            continue
        if order == known:
            # The same event again, or two events that cannot be ordered.
            return [ReadRecord(event.entity, event.record_id)]
        older.append(name)
    fresh = {name: value for name, value in values.items() if name not in older} if older else values
    return [make_upsert(event.entity, event.record_id, fresh, order, False)] if fresh else []  # noqa: FBT003


def _second(millis: int) -> int:
    # REST shows times to the second on some fields: finer comparison would trust digits that are not there.
    return millis // 1000
