"""Events that could not be read: counted, and told in the activity feed in one line per kind and minute.

However many come, they fill neither the memory nor the feed. Lives on the loop thread; owned by the projection.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Activity
from cadence_desk.sync.event_fields import CONTACT, LEAD, STEP, TASK, TRACKER

if TYPE_CHECKING:
    from collections import deque

    from cadence_desk.domain.changes import ChangeEvent

ONE_LINE_SECONDS = 60.0
_WORDS = {
    TRACKER: ("tracker", "trackers"),
    STEP: ("step", "steps"),
    LEAD: ("lead", "leads"),
    CONTACT: ("contact", "contacts"),
    TASK: ("call", "calls"),
}


class Unreadable:
    """What could not be read since the start."""

    def __init__(self) -> None:
        self.total = 0
        self._fresh: Counter[str] = Counter()
        self._lines: dict[str, tuple[Activity, int]] = {}

    @property
    def words(self) -> str:
        """How many there were, in a sentence; empty when there were none."""
        if not self.total:
            return ""
        return f"{self.total:,} change event{_s(self.total)} could not be read since the start. {_cure(self.total)}"

    def took(self, event: ChangeEvent) -> None:
        """Such an event came."""
        self.total += 1
        self._fresh[event.entity if event.entity in _WORDS else ""] += 1

    def tell(self, activity: deque[Activity], now: float) -> bool:
        """Bring the feed up to date; returns True when something is new in it."""
        fresh, self._fresh = self._fresh, Counter()
        for entity, new in fresh.items():
            line, count = self._lines.get(entity, (None, 0))
            if line is not None and now - line.at < ONE_LINE_SECONDS and line in activity:
                activity.remove(line)
                said = Activity(line.at, _line(entity, count + new))
            else:
                count = 0
                said = Activity(now, _line(entity, new))
            activity.appendleft(said)
            self._lines[entity] = said, count + new
        return bool(fresh)


def _line(entity: str, count: int) -> str:
    one, many = _WORDS.get(entity, ("record", "records"))
    about = f"An event about a {one}" if count == 1 else f"{count:,} events about {many}"
    return f"{about} could not be read. {_cure(count)}"


def _cure(count: int) -> str:
    return f"What {'it' if count == 1 else 'they'} told was read from Salesforce instead."


def _s(count: int) -> str:
    return "" if count == 1 else "s"
