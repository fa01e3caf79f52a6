"""What this computer spent of an org's calls and got of its events, hour by hour: one small file per org and user.

Counts only. Imports domain. Written by the desk that runs, read by the command line beside it.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.budget import EventRate
from cadence_desk.settings.whole_files import replace_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

HOUR = 3600
DAY_HOURS = 24
KEPT_HOURS = 24 * 8
"""A rate is measured over a week, so that one odd day does not decide."""


@dataclass(slots=True)
class HourOfUse:
    """One hour."""

    calls: Counter[str] = field(default_factory=Counter)
    events: int = 0
    seconds: float = 0.0


class UsageLog:
    """The hours of one org and user."""

    def __init__(self) -> None:
        self._hours: dict[int, HourOfUse] = {}

    @classmethod
    def load(cls, path: Path) -> UsageLog:
        """Return what a file holds; a missing or broken one is empty: it is only a measurement."""
        log = cls()
        try:
            content = json.loads(path.read_bytes())
            for name, hour in content["hours"].items():
                log._hours[int(name)] = _hour(hour)
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            log._hours.clear()
        return log

    def add(self, now: float, calls: Mapping[str, int], events: int, seconds: float) -> None:
        """Count what was spent and got since the last time; `now` is wall seconds."""
        hour = self._hours.setdefault(int(now // HOUR), HourOfUse())
        hour.calls.update(calls)
        hour.events += events
        hour.seconds += seconds

    def save(self, path: Path, now: float) -> None:
        """Replace the file; hours that are too old are left out. Raises OSError."""
        oldest = int(now // HOUR) - KEPT_HOURS
        hours = {
            str(number): {"calls": dict(hour.calls), "events": hour.events, "seconds": round(hour.seconds, 1)}
            for number, hour in sorted(self._hours.items())
            if number > oldest
        }
        replace_file(path, json.dumps({"version": 1, "hours": hours}).encode())

    def calls(self, now: float) -> dict[str, int]:
        """Return the calls of the last 24 hours by purpose, most first."""
        found: Counter[str] = Counter()
        for number, hour in self._hours.items():
            if number > int(now // HOUR) - DAY_HOURS:
                found.update(hour.calls)
        return dict(found.most_common())

    def rate(self) -> EventRate:
        """Return how many events came in how many seconds of following."""
        hours = self._hours.values()
        return EventRate(sum(hour.events for hour in hours), sum(hour.seconds for hour in hours))


def _hour(content: Any) -> HourOfUse:
    calls = Counter({str(name): int(count) for name, count in content["calls"].items()})
    return HourOfUse(calls, int(content["events"]), float(content["seconds"]))
