"""Names of people, cadences and reps by id, for rows and activity lines. Kept by the projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.sync.tracker_table import TrackerWords

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.sync.shelf import Shelf


class Names:
    """Looks names up; a record's own words are the fallback."""

    def __init__(self, people: Shelf[Person]) -> None:
        self._people = people
        self._cadences: dict[str, str] = {}
        self._reps: dict[str, str] = {}

    def learn(self, cadences: Mapping[str, str], reps: Mapping[str, str]) -> bool:
        """Take the names of cadences and reps; returns False when they are the ones known already."""
        if cadences == self._cadences and reps == self._reps:
            return False
        self._cadences, self._reps = dict(cadences), dict(reps)
        return True

    def cadence(self, cadence_id: str, fallback: str = "") -> str:
        """Return a cadence's name."""
        return self._cadences.get(cadence_id, fallback)

    def rep(self, user_id: str, fallback: str = "") -> str:
        """Return a user's or queue's name."""
        return self._reps.get(user_id, fallback)

    def target(self, target_id: str, fallback: str = "") -> str:
        """Return a person's name."""
        person = self._people.get(target_id)
        return person.name if person is not None else fallback

    def of_tracker(self, tracker: Tracker, operation: str = "", marks: int = 0) -> TrackerWords:
        """Return the words of a tracker's row."""
        return TrackerWords(
            self.target(tracker.target_id, tracker.target_name),
            self.cadence(tracker.cadence_id, tracker.cadence_name),
            self.rep(tracker.owner_id, tracker.owner_name),
            operation,
            marks,
        )

    def lacks(self, tracker: Tracker) -> bool:
        """Return True when an event brought a tracker whose person or assignee cannot be named: it has to be read."""
        words = self.of_tracker(tracker)
        return not (words.target and words.assignee)
