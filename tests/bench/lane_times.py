"""When each call to the org began and ended, and in which lane: noted where the bytes leave and the answer is whole."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cadence_desk.salesforce.http_adapter import OrgAdapter
from tests.bench.figures import Spread, compared

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.figures import Figure

LANE = "lane-"


@dataclass(slots=True)
class LaneTimes:
    """Calls by the thread that made them."""

    calls: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: defaultdict(list))

    @property
    def count(self) -> int:
        """How many calls there were."""
        return sum(len(found) for found in self.calls.values())

    @property
    def workers(self) -> int:
        """How many threads made calls."""
        return len(self.calls)

    @property
    def latency(self) -> float:
        """Mean seconds from the first byte of a call to its whole answer; 0 without calls."""
        spent = sum(end - began for found in self.calls.values() for began, end in found)
        return spent / self.count if self.count else 0.0

    def least_seconds(self) -> float:
        """Return the least time that these calls can take: those of the busiest lane, shared by its workers."""
        lanes: dict[str, list[int]] = defaultdict(list)
        for thread, found in self.calls.items():
            lanes[thread.rpartition("-")[0]].append(len(found))
        return max((sum(counts) * self.latency / len(counts) for counts in lanes.values()), default=0.0)

    def words(self) -> str:
        """Return the calls by worker."""
        return ", ".join(f"{len(found)} in {name}" for name, found in sorted(self.calls.items()))


@contextmanager
def lane_times() -> Iterator[LaneTimes]:
    """Note every call of the lanes inside."""
    times, whole = LaneTimes(), OrgAdapter.send

    def noted(self: OrgAdapter, *parts: Any, **more: Any) -> Any:
        began = time.monotonic()
        try:
            return whole(self, *parts, **more)
        finally:
            name = threading.current_thread().name
            if name.startswith(LANE):
                times.calls[name.removeprefix(LANE)].append((began, time.monotonic()))

    OrgAdapter.send = noted  # type: ignore[method-assign]  # given back below
    try:
        yield times
    finally:
        OrgAdapter.send = whole  # type: ignore[method-assign]


def beside_the_waiting(
    name: str, seconds: tuple[float, ...], least: tuple[float, ...], told: str, *, goal: float
) -> Figure:
    """Return the line of something that waits for the org: the middle of the ratios, each of one turn."""
    spreads = Spread(seconds), Spread(least)
    line = compared(name, "s", spreads, "calls x latency / workers", goal)
    ratio = Spread(tuple(one / other for one, other in zip(seconds, least, strict=True)))
    return replace(line, ratio=ratio.median, spread=f"x{ratio.words}; {told}")
