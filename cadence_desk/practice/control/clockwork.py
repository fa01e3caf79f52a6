"""The org's clock under control: jumps, speed, standstill.

May import org. Called by the control surface.
"""

from __future__ import annotations

import asyncio
import datetime as dt
from typing import TYPE_CHECKING, Any

from cadence_desk.practice.control.shapes import BadRequestError, count_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]

_PARTS = frozenset({"jump_ms", "speed", "paused"})
_FASTEST = 100_000.0


class ClockDesk:
    """Does what POST /clock asks, then everything that has become due."""

    def __init__(self, org: PracticeOrg, catch_up: Callable[[], Awaitable[None]]) -> None:
        """Call `catch_up` after a jump: it waits for what the faults have kept back and is due now."""
        self._org = org
        self._catch_up = catch_up

    def shown(self) -> Shape:
        """Where the clock stands."""
        now = self._org.clock.now_ms()
        return {
            "now_ms": now,
            "now": dt.datetime.fromtimestamp(now / 1000, tz=dt.UTC).isoformat(timespec="milliseconds"),
            "speed": self._org.clock.speed,
            "paused": self._org.clock.paused,
        }

    async def run(self, shape: Shape) -> Shape:
        """Moves the clock; answers when nothing due is left. Raises BadRequestError."""
        if not shape or not set(shape) <= _PARTS:
            raise BadRequestError(f"the clock takes: {', '.join(sorted(_PARTS))}")
        speed, paused, jump = shape.get("speed"), shape.get("paused"), count_of(shape, "jump_ms", 0)
        if speed is not None:
            self._org.clock.set_speed(_speed(speed))
        if paused is not None:
            self._pause(paused)
        if jump:
            self._org.clock.jump(jump)
        while not self._org.advance():  # noqa: ASYNC110  the org works in bounded steps; others get their turn between
            await asyncio.sleep(0)
        await self._catch_up()
        return self.shown()

    def _pause(self, paused: object) -> None:
        if not isinstance(paused, bool):
            raise BadRequestError("paused must be true or false")
        if paused:
            self._org.clock.pause()
        else:
            self._org.clock.resume()


def _speed(value: object) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= _FASTEST:
        raise BadRequestError(f"speed must be a number from 0 to {_FASTEST:g}")
    return float(value)
