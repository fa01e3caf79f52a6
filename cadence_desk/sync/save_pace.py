"""How often the cache file is written, and the rows of the tables: at once after a pause, else some times a second.

While events pour in the same rows change again and again, and each commit costs a flush. What waits is not lost with a
crash: the mark waits with it, so the org sends these events once more. Lives on the loop thread; owned by the follower.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class SavePace:
    """Says when the next save may be, and wakes its owner then. `pause` is the seconds from one save to the next."""

    def __init__(self, wake: Callable[[], None], pause: float = 0.0) -> None:
        self.pause = pause
        self._wake = wake
        self._next = 0.0
        self._timer: asyncio.TimerHandle | None = None

    @property
    def waiting(self) -> bool:
        """True while something waits for its turn."""
        return self._timer is not None

    def is_due(self) -> bool:
        """Return True when there may be a save now; else the owner is woken when there may."""
        if self._timer is not None:
            return False
        loop = asyncio.get_running_loop()
        if loop.time() < self._next:
            self._timer = loop.call_at(self._next, self._due)
            return False
        return True

    def saved(self) -> None:
        """A save is over."""
        self._next = asyncio.get_running_loop().time() + self.pause

    def stop(self) -> None:
        """Wake nobody any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _due(self) -> None:
        self._timer = None
        self._wake()
