"""Real time that can be pushed forward: clock, loop and pauses of a desk agree about it. Used in the child only.

Time runs as it does for everybody, and a jump is added on top; the wall clock can be set wrong besides.
"""

from __future__ import annotations

import asyncio
import random
import threading
import time

from typing_extensions import override


class SteeredClock:
    """Implements domain.ports.Clock; thread-safe."""

    def __init__(self) -> None:
        self._jumped = 0.0
        self._wrong = 0.0
        self._moved = threading.Condition()

    def wall(self) -> float:
        """Return Unix seconds, as this computer believes them to be."""
        return time.time() + self._jumped + self._wrong

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic() + self._jumped

    def jump(self, seconds: float) -> None:
        """Let time pass at once."""
        with self._moved:
            self._jumped += seconds
            self._moved.notify_all()

    def set_wrong(self, seconds: float) -> None:
        """Set the wall clock wrong by so much; monotonic time does not notice."""
        self._wrong = seconds

    def sleep(self, seconds: float) -> None:
        """Block this thread until that much steered time has passed."""
        until = self.monotonic() + seconds
        with self._moved:
            while (left := until - self.monotonic()) > 0:
                self._moved.wait(left)


class SteeredLoop(asyncio.SelectorEventLoop):
    """The stdlib loop whose timers follow the steered clock."""

    def __init__(self, clock: SteeredClock) -> None:
        self._steered = clock
        super().__init__()

    @override
    def time(self) -> float:
        return self._steered.monotonic()


class SeededEntropy:
    """Implements domain.ports.Entropy: the same in every replay, different in every start of one schedule."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def token(self, size: int) -> bytes:
        """Return bytes that look random."""
        with self._lock:
            return self._random.randbytes(size)

    def uniform(self, low: float, high: float) -> float:
        """Return a number between low and high."""
        with self._lock:
            return self._random.uniform(low, high)
