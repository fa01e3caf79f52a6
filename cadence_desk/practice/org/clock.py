"""The virtual clock: an org time that may run faster than the wall, stand still, or jump forward.

Imports nothing of ours. Every date and time in the practice org comes from here.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class VirtualClock:
    """Org time in epoch milliseconds; it never runs backward.

    Args:
        start_ms: org time now; None takes the wall's time.
        speed: how many org seconds pass per wall second; 0 stands still until a jump.
        ticks: a monotonic source in seconds, replaced in tests.
    """

    def __init__(
        self, start_ms: int | None = None, speed: float = 1.0, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        if speed < 0:
            raise ValueError("the clock cannot run backward")
        self._ticks = ticks
        self._base_ms = float(time.time_ns() // 1_000_000 if start_ms is None else start_ms)
        self._base_tick = ticks()
        self._speed = speed
        self._paused = False

    @property
    def speed(self) -> float:
        """The set speed, also while paused."""
        return self._speed

    @property
    def paused(self) -> bool:
        """Whether the clock stands still."""
        return self._paused

    def now_ms(self) -> int:
        """Return org time in epoch milliseconds."""
        return int(self._exact())

    def now_s(self) -> int:
        """Return org time cut to whole seconds, in milliseconds: the precision of stored dates and times."""
        return self.now_ms() // 1000 * 1000

    def jump(self, ms: int) -> None:
        """Move org time forward by some milliseconds.

        Raises:
            ValueError: the amount is negative.
        """
        if ms < 0:
            raise ValueError("the clock cannot run backward")
        self._rebase(self._exact() + ms)

    def set_speed(self, speed: float) -> None:
        """Change how fast org time runs from now on.

        Raises:
            ValueError: the speed is negative.
        """
        if speed < 0:
            raise ValueError("the clock cannot run backward")
        self._rebase(self._exact())
        self._speed = speed

    def pause(self) -> None:
        """Let org time stand still."""
        self._rebase(self._exact())
        self._paused = True

    def resume(self) -> None:
        """Let org time run on after a pause."""
        self._rebase(self._exact())
        self._paused = False

    def _exact(self) -> float:
        if self._paused:
            return self._base_ms
        return self._base_ms + (self._ticks() - self._base_tick) * 1000 * self._speed

    def _rebase(self, exact: float) -> None:
        self._base_ms = exact
        self._base_tick = self._ticks()
