"""Why nothing is sent just now: the link or the org asks to wait, or a commit failed. Owned by the outbox runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.errors import StoreError
    from cadence_desk.domain.ports import Clock, Entropy

LONGEST_PAUSE = 300.0
STORE_PAUSE = 10.0


class Pauses:
    """One pause for all sending; grows with repeated failures of the link.

    `trouble` says in words why nothing can be stored; empty when everything can.
    """

    def __init__(self, clock: Clock, entropy: Entropy, tell: Callable[[], None]) -> None:
        self._clock = clock
        self._entropy = entropy
        self._tell = tell
        self._failures = 0
        self._until = 0.0
        self.trouble = ""

    @property
    def left(self) -> float:
        """Seconds until sending may go on; 0 when it may."""
        return max(self._until - self._clock.monotonic(), 0.0)

    def end(self) -> None:
        """Do not wait out the pause."""
        self._until = 0.0
        self._failures = 0

    def link_failed(self, asked: float = 0.0) -> float:
        """The org cannot be reached or is busy: pause all sending; returns the pause in seconds.

        `asked` is how long the server asked to wait; never less.
        """
        self._failures += 1
        longest = min(2.0 ** (self._failures - 1), LONGEST_PAUSE)
        pause = max(self._entropy.uniform(longest / 2, longest), asked)
        self._pause(pause)
        return pause

    def link_worked(self) -> None:
        """An answer arrived."""
        self._failures = 0

    def store_failed(self, error: StoreError) -> None:
        """A commit failed: nothing may be sent until one succeeds."""
        self._pause(STORE_PAUSE)
        self._say(error.message)

    def store_worked(self) -> None:
        """A commit succeeded."""
        self._say("")

    def _pause(self, seconds: float) -> None:
        self._until = max(self._until, self._clock.monotonic() + seconds)

    def _say(self, trouble: str) -> None:
        if trouble != self.trouble:
            self.trouble = trouble
            self._tell()
