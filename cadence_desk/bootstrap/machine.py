"""The machine's own clock, randomness and identity of this start. Handed to everything that needs time or chance."""

from __future__ import annotations

import os
import random
import time
import uuid


class MachineClock:
    """Implements domain.ports.Clock."""

    def wall(self) -> float:
        """Return Unix seconds."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds that never go back."""
        return time.monotonic()


class MachineEntropy:
    """Implements domain.ports.Entropy with the system's randomness."""

    def __init__(self) -> None:
        self._random = random.SystemRandom()

    def token(self, size: int) -> bytes:
        """Return random bytes."""
        return os.urandom(size)

    def uniform(self, low: float, high: float) -> float:
        """Return a number between low and high."""
        return self._random.uniform(low, high)


def new_boot_id() -> str:
    """Return an id of this start: rows that another start was sending are told apart by it."""
    return uuid.uuid4().hex
