"""What is read of the org in the background, and how often: sparing its daily calls. Used by the feed monitor.

Where no events come the org is read often while something happens and seldom while nothing does.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence_desk.sync.catch_up import CatchUp

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.snapshotter import Snapshotter

OWN_WRITE_SECONDS = 1.0
"""While polling, what we wrote ourselves is read back this soon: the org needs a moment to settle it."""


class PollPace:
    """The pause until the next reading; doubles with every reading that brought nothing new."""

    def __init__(self, shortest: float, longest: float) -> None:
        self._shortest = shortest
        self._longest = max(shortest, longest)
        self.seconds = shortest

    @property
    def is_quiet(self) -> bool:
        """True when the last readings brought nothing new."""
        return self.seconds > self._shortest

    def restart(self) -> None:
        """Something happens: read often again."""
        self.seconds = self._shortest

    def was_read(self, *, news: bool) -> None:
        """A reading is over."""
        self.seconds = self._shortest if news else min(self.seconds * 2, self._longest)


class BackgroundReads:
    """The readings of one engine; times are those of the loop."""

    def __init__(self, parts: EngineParts, options: EngineOptions, snapshotter: Snapshotter) -> None:
        self._parts = parts
        self._options = options
        self._snapshotter = snapshotter
        self.catch_up = CatchUp(snapshotter, options.overlap_seconds)
        self.pace = PollPace(options.poll_seconds, options.poll_quiet_seconds)
        self._sweeps = PollPace(options.sweep_seconds / 20, options.sweep_seconds)
        self._read_at = 0.0
        snapshotter.silence.grace = options.silence_seconds

    @property
    def saving(self) -> str:
        """Why reads in the background wait, in words; empty when they do not."""
        usage = self._parts.gateway.usage()
        budget = self._options.budget
        return budget.words(usage) if budget.holds_background(usage) else ""

    async def read(self, now: datetime) -> None:
        """Read what is missing up to now, unless only the kept part of the daily calls is left. Raises DeskError.

        A picture that is not complete, or has a hole, is read all the same, and now and then so is any other.
        """
        if not self.catch_up.is_needed and self.saving and self._since_last() < self._options.hold_seconds:
            return
        news = self._snapshotter.news
        await self.catch_up.read(now, quiet=self.pace.is_quiet)
        self._read_at = asyncio.get_running_loop().time()
        self.pace.was_read(news=self._snapshotter.news != news)

    def pause(self, *, live: bool) -> float:
        """Return how long to wait for the next reading."""
        if self.saving:
            return max(self._options.hold_seconds - self._since_last(), 1.0)
        if not live:
            return self.pace.seconds
        seconds = self._sweeps.seconds
        self._sweeps.was_read(news=False)
        return seconds

    def after_own_write(self) -> float:
        """Return when to read what came of a write of ours, where no event will tell."""
        self.pace.restart()
        return max(asyncio.get_running_loop().time(), self._read_at) + OWN_WRITE_SECONDS

    def _since_last(self) -> float:
        return asyncio.get_running_loop().time() - self._read_at
