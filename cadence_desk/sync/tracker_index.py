"""Which trackers a person has and which steps a tracker reached. Kept by the projection, read by the desk."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.shelf import Shelf


class TrackerIndex:
    """Two indexes over the board's shelves."""

    def __init__(self, trackers: Shelf[Tracker], steps: Shelf[StepTracker]) -> None:
        self._trackers = trackers
        self._steps = steps
        self._by_target: dict[str, set[str]] = {}
        self._by_tracker: dict[str, set[str]] = {}

    def trackers_of(self, target_id: str) -> list[Tracker]:
        """Return a target's trackers, active first, newest first."""
        ids = self._by_target.get(target_id)
        if not ids:  # most people are in no cadence
            return []
        found = [self._trackers.get(tracker_id) for tracker_id in ids]
        known = [tracker for tracker in found if tracker is not None]
        known.sort(key=lambda tracker: _seconds(tracker.created), reverse=True)
        return sorted(known, key=lambda tracker: not tracker.is_active)

    def steps_of(self, tracker_id: str) -> list[StepTracker]:
        """Return the known steps of a tracker, newest first."""
        found = [self._steps.get(step_id) for step_id in self._by_tracker.get(tracker_id, ())]
        known = [step for step in found if step is not None]
        return sorted(known, key=lambda step: _seconds(step.created), reverse=True)

    def tracker_ids(self, target_id: str) -> set[str]:
        """Return the ids of a target's trackers."""
        return self._by_target.get(target_id, set())

    def tracker_moved(self, before: Tracker | None, after: Tracker | None) -> None:
        """A tracker came, changed or went."""
        was = None if before is None else (before.target_id, before.id)
        _move(self._by_target, was, None if after is None else (after.target_id, after.id))

    def step_moved(self, before: StepTracker | None, after: StepTracker | None) -> None:
        """A step tracker came, changed or went."""
        was = None if before is None else (before.tracker_id, before.id)
        _move(self._by_tracker, was, None if after is None else (after.tracker_id, after.id))

    def clear(self) -> None:
        """Forget everything."""
        self._by_target.clear()
        self._by_tracker.clear()


def _move(index: dict[str, set[str]], before: tuple[str, str] | None, after: tuple[str, str] | None) -> None:
    if before is not None and before != after:
        owner, record_id = before
        held = index.get(owner, set())
        held.discard(record_id)
        if not held:
            index.pop(owner, None)
    if after is not None:
        owner, record_id = after
        index.setdefault(owner, set()).add(record_id)


def _seconds(moment: datetime | None) -> float:
    return moment.timestamp() if moment else 0.0
