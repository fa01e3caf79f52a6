"""The projection: turns records and open operations into table rows, activity lines and one change notice per slice.

Lives on the loop thread; called by the board and the engine; read by the desk.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Activity, Change
from cadence_desk.sync import people_table, tracker_table
from cadence_desk.sync.activity_words import call_words, step_words, tracker_words
from cadence_desk.sync.compaction import tidy
from cadence_desk.sync.names import Names
from cadence_desk.sync.overlay import Overlay
from cadence_desk.sync.tracker_index import TrackerIndex
from cadence_desk.sync.unreadable import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.ports import Clock
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.parts import Tables

ACTIVITY_LIMIT = 500


class Projection:
    """Keeps the two tables true to the board."""

    def __init__(self, clock: Clock, board: Board, tables: Tables) -> None:
        self.people = tables.people
        self.trackers = tables.trackers
        self.activity: deque[Activity] = deque(maxlen=ACTIVITY_LIMIT)
        self.touched_targets: set[str] = set()
        self.unreadable = Unreadable()
        self._clock = clock
        self._board = board
        self.runs = TrackerIndex(board.trackers, board.steps)
        self.names = Names(board.people)
        self._overlay = Overlay()
        self._dirty_people: set[str] = set()
        self._dirty_trackers: set[str] = set()
        self._dirty_steps: set[str] = set()
        self._new_activity = False

    # ------------------------------------------------------------ what changed

    def names_known(self, cadences: Mapping[str, str], reps: Mapping[str, str]) -> None:
        """Take the names of cadences and reps; rows that show them are written again."""
        if not self.names.learn(cadences, reps):
            return
        self._dirty_trackers.update(self._board.trackers.ids())
        self._dirty_people.update(self._board.people.ids())

    def operations_changed(self, operations: Iterable[Operation], target_ids: Iterable[str]) -> None:
        """Overlay open and troubled operations on the rows of these targets."""
        for target in self._overlay.take(operations, target_ids):
            self._dirty_people.add(target)
            self._dirty_trackers.update(self.runs.tracker_ids(target))

    def person_changed(self, before: Person | None, after: Person | None) -> None:
        """A person was read, reported or went; the rows of their trackers show the name."""
        one = after or before
        if one is None:
            return
        self._dirty_people.add(one.id)
        if before is None or after is None or before.name != after.name:
            self._dirty_trackers.update(self.runs.tracker_ids(one.id))

    def tracker_changed(self, tracker_id: str, before: Tracker | None) -> None:
        """A tracker was read."""
        tracker = self._board.trackers.get(tracker_id)
        self.runs.tracker_moved(before, tracker)
        for one in (before, tracker):
            if one is not None:
                self.touched_targets.add(one.target_id)
                if _on_person(before) != _on_person(tracker):
                    self._dirty_people.add(one.target_id)
        self._dirty_trackers.add(tracker_id)

    def tracker_reported(self, tracker: Tracker, before: Tracker | None) -> None:
        """An event changed a tracker: also a line of activity."""
        self.tracker_changed(tracker.id, before)
        text = tracker_words(tracker, before, self.names.of_tracker(tracker))
        if text:
            self._tell(text, tracker.target_id, tracker.id)

    def step_changed(self, step_id: str, before: StepTracker | None) -> None:
        """A step tracker was read."""
        step = self._board.steps.get(step_id)
        self.runs.step_moved(before, step)
        for one in (before, step):
            if one is not None:
                self._dirty_trackers.add(one.tracker_id)
                tracker = self._board.trackers.get(one.tracker_id)
                if tracker is not None:
                    self.touched_targets.add(tracker.target_id)
        self._dirty_steps.add(step_id)

    def step_reported(self, step: StepTracker, before: StepTracker | None) -> None:
        """An event changed a step tracker: also a line of activity."""
        self.step_changed(step.id, before)
        tracker = self._board.trackers.get(step.tracker_id)
        name = self.names.target(step.target_id, tracker.target_name if tracker else "")
        text = step_words(step, before, name)
        if text:
            self._tell(text, step.target_id, step.tracker_id)

    def task_reported(self, event: ChangeEvent) -> None:
        """A task was created or closed: a line of activity and a reason to read operations back."""
        who = event.values.get("WhoId")
        if isinstance(who, str):
            self.touched_targets.add(who)
            text = call_words(event, self.names.target(who))
            if text:
                self._tell(text, who, "")

    def say(self, text: str) -> None:
        """Add a line of activity that is about no one person."""
        self._tell(text, "", "")

    def forget_all(self) -> None:
        """Start over with empty tables."""
        self.people.clear()
        self.trackers.clear()
        self.runs.clear()
        self._dirty_people.clear()
        self._dirty_trackers.clear()
        self._dirty_steps.clear()

    # ------------------------------------------------------------ writing rows

    @property
    def pending(self) -> int:
        """Rows that still have to be written."""
        return len(self._dirty_people) + len(self._dirty_trackers)

    def write_rows(self, limit: int) -> Change | None:
        """Write up to `limit` rows and return one notice; None when there was nothing to do."""
        trackers = _take(self._dirty_trackers, limit)
        people = _take(self._dirty_people, limit - len(trackers))
        steps, self._dirty_steps = self._dirty_steps, set()
        spoke = self.unreadable.tell(self.activity, self._clock.wall()) or self._new_activity
        self._new_activity = False
        if not (trackers or people or steps or spoke):
            return None
        for tracker_id in trackers:
            self._write_tracker(tracker_id)
        for person_id in people:
            self._write_person(person_id)
        return Change(
            people=bool(people),
            trackers=bool(trackers),
            steps=bool(steps),
            feed=spoke,
            ids=frozenset({*trackers, *people, *steps}),
        )

    def refresh_lateness(self) -> None:
        """Write the rows again whose words of lateness are no longer true: most rows are not late, or late by days."""
        now, alive, flags = self._clock.wall(), self.trackers.alive(), self.trackers.flags()
        ids, shown = self.trackers.ids(), self.trackers.texts("overdue")
        for slot, due in enumerate(self.trackers.keys("due")):
            if not isinstance(due, float) or due >= now or not alive[slot]:
                continue
            if not flags[slot] & tracker_table.PAUSED and tracker_table.late_words(now - due) != shown[slot]:
                self._dirty_trackers.add(ids[slot])

    async def give_back(self) -> None:
        """Give back the places of rows that are gone, where they are many; short pieces of work."""
        for table in (self.people, self.trackers):
            await tidy(table)

    def _write_tracker(self, tracker_id: str) -> None:
        tracker = self._board.trackers.get(tracker_id)
        if tracker is None:
            self.trackers.drop(tracker_id)
            return
        self.trackers.show(
            tracker,
            self._board.steps.get(tracker.current_step_id),
            self.names.of_tracker(
                tracker, self._overlay.words(tracker.target_id), self._overlay.marks(tracker.target_id)
            ),
            self._clock.wall(),
        )

    def _write_person(self, person_id: str) -> None:
        person = self._board.people.get(person_id)
        if person is None:
            self.people.drop(person_id)
            return
        active = [tracker for tracker in self.runs.trackers_of(person_id) if tracker.is_active]
        names = [self.names.cadence(tracker.cadence_id, tracker.cadence_name) for tracker in active]
        marks = self._overlay.marks(person_id) & (people_table.OPEN_OPERATION | people_table.ATTENTION)
        self.people.show(person, names, self.names.rep(person.owner_id, person.owner_name), marks)

    def _tell(self, text: str, target_id: str, tracker_id: str) -> None:
        self.activity.appendleft(Activity(self._clock.wall(), text, target_id, tracker_id))
        self._new_activity = True


def _on_person(tracker: Tracker | None) -> tuple[object, ...]:
    """Return what a person's row shows of a tracker."""
    if tracker is None or not tracker.is_active:
        return ()
    return tracker.target_id, tracker.cadence_id, tracker.cadence_name, tracker.created


def _take(waiting: set[str], limit: int) -> list[str]:
    if len(waiting) <= limit:
        taken = list(waiting)
        waiting.clear()
        return taken
    return [waiting.pop() for _ in range(limit)]
