"""How many events a stream may ask for: only what there is room for, never more than 100 at once. Imports nothing of ours.

Source: Pub/Sub API guide, Event Flow Control. Also the watchdog: a stream that says nothing at all is given up.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 100
LOW_WATER = 50
PATIENCE_SECONDS = 45.0
"""A stream that owes nothing is closed by the server after 60 s: before that, ask for one event at least."""
POLL_SECONDS = 1.0
ROOM_SECONDS = 0.01
"""So often a stream that found no room looks again: while it waits the org keeps the events, and no time is lost."""


class Flow:
    """Counts what was asked for and what came, for one stream."""

    def __init__(self, free_space: Callable[[], int], now: Callable[[], float], silence_limit: float) -> None:
        self._free_space = free_space
        self._now = now
        self._silence_limit = silence_limit
        self._condition = threading.Condition()
        self._outstanding = 0
        self._closed = False
        self._last_response = now()
        self._nothing_owed_since = now()
        self.silent = False

    def first(self) -> int:
        """Return how many events the first request asks for: a stream cannot start with none."""
        with self._condition:
            self._outstanding = max(1, min(MOST, self._free_space()))
            return self._outstanding

    def next(self) -> int:
        """Wait until more may be asked for and return how many; 0 when the stream is over or silent."""
        with self._condition:
            while True:
                if self._closed or self._is_silent():
                    return 0
                wanted = self._wanted()
                if wanted > 0:
                    self._outstanding += wanted
                    return wanted
                self._condition.wait(POLL_SECONDS if self._outstanding > LOW_WATER else ROOM_SECONDS)

    def received(self, events: int) -> None:
        """Count a response, also one without events."""
        with self._condition:
            self._last_response = self._now()
            self._outstanding = max(0, self._outstanding - events)
            if self._outstanding == 0:
                self._nothing_owed_since = self._last_response
            self._condition.notify_all()

    def close(self) -> None:
        """Let `next` return."""
        with self._condition:
            self._closed = True
            self._condition.notify_all()

    def _is_silent(self) -> bool:
        self.silent = self._now() - self._last_response > self._silence_limit
        return self.silent

    def _wanted(self) -> int:
        if self._outstanding > LOW_WATER:
            return 0
        wanted = min(MOST, self._free_space()) - self._outstanding
        if wanted <= 0 and self._outstanding == 0:
            return 1 if self._now() - self._nothing_owed_since > PATIENCE_SECONDS else 0
        return wanted
