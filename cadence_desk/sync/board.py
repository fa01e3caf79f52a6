"""The board: everything known about people, trackers and steps, and the tables the lists paint from.

Rows change only from what the org said: `take_*` for records read by REST, `take_event` for change events.
Lives on the loop thread; owned by the engine. Reads that events ask for are collected in `reads`.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import ChangeType
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.sync.event_fields import (
    CONTACT,
    LEAD,
    STEP,
    TASK,
    TRACKER,
    apply_values,
    must_read,
    new_record,
)
from cadence_desk.sync.projection import Projection
from cadence_desk.sync.reconcile import Forget, ReadEntity, ReadRecord, Upsert, Wait
from cadence_desk.sync.shelf import Shelf
from cadence_desk.sync.silence import Silence
from cadence_desk.sync.unsaved import Unsaved

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.ports import Clock
    from cadence_desk.sync.event_fields import Record
    from cadence_desk.sync.parts import Tables
    from cadence_desk.sync.reconcile import Effect

PERSON = "Person"
"""Entity of the shelf that leads and contacts share."""

SEEN_LIMIT = 50_000
"""Event ids remembered, so that a redelivered event costs nothing. A forgotten one is only read again."""


class Board:
    """All records, in shelves, and what changed since the last notice."""

    def __init__(self, clock: Clock, tables: Tables) -> None:
        self.people: Shelf[Person] = Shelf(PERSON)
        self.trackers: Shelf[Tracker] = Shelf(TRACKER)
        self.steps: Shelf[StepTracker] = Shelf(STEP)
        self.projection = Projection(clock, self, tables)
        self.reads: set[tuple[str, str]] = set()
        self.read_entities: set[str] = set()
        self.read_ms = 0
        """Org time of the newest read of everything, or of everything that changed since the one before."""
        self.unsaved = Unsaved()
        self.news = 0
        """Grows with every row that a reading brought and that was not known so."""
        self.silence = Silence()
        self._shelves: Mapping[str, Shelf[Person] | Shelf[Tracker] | Shelf[StepTracker]] = {
            **dict.fromkeys((LEAD, CONTACT, PERSON), self.people),
            TRACKER: self.trackers,
            STEP: self.steps,
        }
        self._seen: OrderedDict[tuple[str, str], None] = OrderedDict()

    # ------------------------------------------------------------ rows read by REST

    def take_people(self, people: Iterable[Person]) -> None:
        """Take people as read by REST; a converted lead is no longer one who can be worked."""
        for person in people:
            if person.is_deleted or person.is_converted:
                self.drop(LEAD, person.id)
            elif not self.people.is_older(person):
                before = self.people.put_row(person)
                if before == person:
                    continue
                self.news += 1
                self.silence.read(
                    LEAD if person.kind is PersonKind.LEAD else CONTACT, person.id, person.modified
                )
                self.unsaved.note(PERSON, person.id, person)
                self.projection.person_changed(before, person)

    def take_trackers(self, trackers: Iterable[Tracker]) -> None:
        """Take trackers as read by REST."""
        for tracker in trackers:
            if not self.trackers.is_older(tracker):
                before = self.trackers.put_row(tracker)
                if before == tracker:
                    continue
                self.news += 1
                self.silence.read(TRACKER, tracker.id, tracker.modified)
                self.unsaved.note(TRACKER, tracker.id, tracker)
                self.projection.tracker_changed(tracker.id, before)

    def take_steps(self, steps: Iterable[StepTracker]) -> None:
        """Take step trackers as read by REST."""
        for step in steps:
            if not self.steps.is_older(step):
                before = self.steps.put_row(step)
                if before == step:
                    continue
                self.news += 1
                self.silence.read(STEP, step.id, step.modified)
                self.unsaved.note(STEP, step.id, step)
                self.projection.step_changed(step.id, before)

    def drop(self, entity: str, record_id: str) -> None:
        """Take a record out because the org no longer has it."""
        shelf = self.shelf(entity)
        if shelf is not None and not shelf.is_gone(record_id):
            self.news += 1
            self._forget(entity, record_id, None)

    # ------------------------------------------------------------ events

    def take_event(self, event: ChangeEvent) -> None:
        """Apply one event; reads it asks for are added to `reads` and `read_entities`."""
        self.silence.heard(event.entity)
        key = (event.event_id, event.record_id)
        if event.event_id and key in self._seen:
            return
        self._seen[key] = None
        if len(self._seen) > SEEN_LIMIT:
            self._seen.popitem(last=False)
        if event.type is ChangeType.UNREADABLE:
            self.projection.unreadable.took(event)
        self._apply(event)

    def _apply(self, event: ChangeEvent) -> None:
        if event.entity == TASK:
            self.projection.task_reported(event)
            return
        shelf = self.shelf(event.entity)
        if shelf is None:
            return
        for effect in shelf.effects_of(event, self.read_ms):
            self._carry_out(effect)

    def _carry_out(self, effect: Effect) -> None:
        if isinstance(effect, Upsert):
            self._upsert(effect)
        elif isinstance(effect, Forget):
            self._forget(effect.entity, effect.record_id, effect.order)
        elif isinstance(effect, ReadRecord):
            self.want(effect.entity, effect.record_id)
        elif isinstance(effect, ReadEntity):
            self.read_entities.add(effect.entity)
        elif isinstance(effect, Wait):
            shelf = self.shelf(effect.entity)
            if shelf is not None:
                shelf.hold(effect.event)

    def _upsert(self, effect: Upsert) -> None:
        entity, record_id = effect.entity, effect.record_id
        if must_read(entity, effect.values, whole=effect.whole):
            self.want(entity, record_id)
            return
        if entity == TRACKER:
            self._upsert_tracker(effect)
        elif entity == STEP:
            earlier = self.steps.get(record_id)
            step = self._changed_record(earlier, effect)
            if isinstance(step, StepTracker):
                self.steps.put_event(step, effect)
                self.unsaved.note(STEP, record_id, step)
                self.projection.step_reported(step, earlier)
        else:
            self._upsert_person(effect)

    def _upsert_tracker(self, effect: Upsert) -> None:
        before = self.trackers.get(effect.record_id)
        tracker = self._changed_record(before, effect)
        if isinstance(tracker, Tracker):
            self.trackers.put_event(tracker, effect)
            self.unsaved.note(TRACKER, tracker.id, tracker)
            self.projection.tracker_reported(tracker, before)
            new_owner = before is None or before.owner_id != tracker.owner_id
            if new_owner and self.projection.names.lacks(tracker):
                self.want(TRACKER, tracker.id)

    def _upsert_person(self, effect: Upsert) -> None:
        before = self.people.get(effect.record_id)
        person = self._changed_record(before, effect)
        if not isinstance(person, Person):
            return
        if person.is_converted:
            self._forget(effect.entity, person.id, effect.order)
            return
        self.people.put_event(person, effect)
        self.unsaved.note(PERSON, person.id, person)
        self.projection.person_changed(before, person)

    def _changed_record(self, before: Record | None, effect: Upsert) -> Record | None:
        """Return the record with what an event says; None, and it is read, when that cannot be told or is no value."""
        try:
            if effect.whole or before is None:
                record = new_record(effect.entity, effect.record_id, effect.values)
            else:
                record = apply_values(before, effect.entity, effect.values)
        except (ValueError, OverflowError, OSError):  # such as a time beyond all calendars
            record = None
        if record is None:
            self.want(effect.entity, effect.record_id)
        return record

    def want(self, entity: str, record_id: str) -> None:
        """Ask for a record to be read, unless that is on its way."""
        shelf = self.shelf(entity)
        if shelf is not None and shelf.begin_read(record_id):
            self.reads.add((entity, record_id))

    def finish_read(self, entity: str, record_id: str, *, found: bool) -> None:
        """End a read: a record that was not found is dropped; events that waited are looked at again."""
        shelf = self.shelf(entity)
        if shelf is None:
            return
        waiting = shelf.end_read(record_id)
        if not found:
            self._forget(entity, record_id, None)
        for event in waiting:
            self._apply(event)
        if record_id in shelf.again:
            shelf.again.discard(record_id)
            self.want(entity, record_id)

    def give_up_read(self, entity: str, record_id: str) -> None:
        """End a read that the org refuses; what is known stays, events that waited are looked at."""
        shelf = self.shelf(entity)
        for event in shelf.end_read(record_id) if shelf is not None else ():
            self._apply(event)

    def read_whole(self, entity: str, ids: Iterable[str]) -> None:
        """Read the whole list in place of these records."""
        shelf = self.shelf(entity)
        for record_id in ids:
            if shelf is not None:
                shelf.abandon(record_id)
        self.read_entities.add(entity)

    def retry_read(self, entity: str, record_id: str) -> None:
        """Ask again for a read that failed; what its events say will be in it."""
        shelf = self.shelf(entity)
        if shelf is not None:
            shelf.read_anew(record_id)
        self.reads.add((entity, record_id))

    # ------------------------------------------------------------ inner

    def _forget(self, entity: str, record_id: str, order: tuple[int, int, int] | None) -> None:
        if entity == TRACKER:
            self.projection.tracker_changed(record_id, self.trackers.forget(record_id, order))
            self.unsaved.note(TRACKER, record_id, None)
        elif entity == STEP:
            self.projection.step_changed(record_id, self.steps.forget(record_id, order))
            self.unsaved.note(STEP, record_id, None)
        else:
            self.projection.person_changed(self.people.forget(record_id, order), None)
            self.unsaved.note(PERSON, record_id, None)

    def shelf(self, entity: str) -> Shelf[Person] | Shelf[Tracker] | Shelf[StepTracker] | None:
        """Return where the records of an entity are; None for one that no list shows."""
        return self._shelves.get(entity)

    @property
    def still_reading(self) -> bool:
        """True while an event was applied whose record, or whole list, still has to be read."""
        shelves = (self.people, self.trackers, self.steps)
        return bool(self.reads or self.read_entities) or any(shelf.reading for shelf in shelves)
