"""A loop that jumps to its next timer instead of waiting: hours pass in milliseconds, and always in the same order."""

from __future__ import annotations

import asyncio
import selectors
import threading
from typing import TYPE_CHECKING, Any

from typing_extensions import TypeVarTuple, Unpack, override

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextvars import Context

Ts = TypeVarTuple("Ts")

NOON = 1_790_000_000.0
MOST_TURNS = 200_000
"""Turns of a loop in which no time passes: more of them are no work, they are two parts that wake each other."""


class SteeredClock:
    """Time that moves only when told to; the wall clock can be set wrong on top."""

    def __init__(self) -> None:
        self.passed = 1000.0
        self.shift = 0.0
        self.slept = 0.0
        """Seconds in which this computer was asleep: its monotonic clock stood still."""

    def wall(self) -> float:
        return NOON + self.passed + self.slept + self.shift

    def monotonic(self) -> float:
        return self.passed

    def org_time(self) -> float:
        """The org's own clock: nobody sets that wrong."""
        return NOON + self.passed + self.slept

    def advance(self, seconds: float) -> None:
        self.passed += seconds


class CountedEntropy:
    """Different every time, the same in every run."""

    def __init__(self) -> None:
        self.count = 0

    def token(self, size: int) -> bytes:
        self.count += 1
        return self.count.to_bytes(size, "big")

    def uniform(self, low: float, high: float) -> float:
        return (low + high) / 2


class _JumpingSelector(selectors.DefaultSelector):
    def __init__(self, clock: SteeredClock) -> None:
        super().__init__()
        self._clock = clock
        self._turns = 0

    @override
    def select(self, timeout: float | None = None) -> list[Any]:
        found = super().select(0)
        self._turns += 1
        if self._turns > MOST_TURNS:
            raise AssertionError("the loop spins: parts of it wake each other, and no time passes")
        if not found and (timeout is None or timeout > 0):
            if timeout is None:
                raise AssertionError(
                    "the loop would wait for ever: no timer is set and nothing is on its way"
                )
            self._clock.advance(timeout)
            self._turns = 0
        return found


class SteeredLoop(asyncio.SelectorEventLoop):
    """The stdlib loop on steered time."""

    def __init__(self, clock: SteeredClock) -> None:
        self._steered = clock
        super().__init__(_JumpingSelector(clock))

    @override
    def call_soon_threadsafe(
        self, callback: Callable[[Unpack[Ts]], object], *args: *Ts, context: Context | None = None
    ) -> asyncio.Handle:
        if threading.get_ident() == self._thread_id:  # type: ignore[attr-defined]
            return self.call_soon(callback, *args, context=context)  # spares a write to the loop's own pipe
        return super().call_soon_threadsafe(callback, *args, context=context)

    @override
    def time(self) -> float:
        return self._steered.monotonic()
