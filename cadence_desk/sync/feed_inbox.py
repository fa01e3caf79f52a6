"""Hands what feed threads deliver to the loop: one deque and one wake, drained in slices of about 1 ms.

Implements domain.ports.FeedSink. A wake may come spare, never too few (ARCHITECTURE.md, bridge rules).
"""

from __future__ import annotations

import threading
import time
from collections import deque
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.errors import DeskError

SLICE_SECONDS = 0.001
"""A slice ends with the response it is at, which takes about as long once more."""
INBOX_LIMIT = 2_000
"""Events that may wait for the loop; a feed thread asks the org for no more than there is room for."""
LEAST_ROOM = 100
"""Less room than for a whole response is none: a response costs as much as ten events, however few are in it."""


class FeedWord(Enum):
    """What a feed said."""

    STARTED = "started"
    EVENTS = "events"
    ALIVE = "alive"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class FeedMessage:
    """One delivery of a feed thread."""

    word: FeedWord
    topic: str
    events: Sequence[ChangeEvent] = ()
    mark: bytes = b""
    error: DeskError | None = None
    mark_unusable: bool = False


class FeedInbox:
    """The sink that feed threads write into and the loop drains."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        deliver: Callable[[FeedMessage], None],
        behind: Callable[[], int] = lambda: 0,
    ) -> None:
        self._loop = loop
        self._deliver = deliver
        self._behind = behind
        self._waiting: deque[FeedMessage] = deque()
        self._awake = False
        self._closed = False
        self._lock = threading.Lock()
        self._events_waiting = 0

    @property
    def empty(self) -> bool:
        """True when nothing waits."""
        return not self._waiting

    def close(self) -> None:
        """Take nothing more; called on the loop thread at shutdown."""
        self._closed = True
        self._waiting.clear()

    def free_space(self) -> int:
        """Return how many more events may be asked for; called on feed threads."""
        room = INBOX_LIMIT - self._events_waiting - self._behind()
        return room if room >= LEAST_ROOM else 0

    def feed_started(self, topic: str) -> None:
        """See FeedSink."""
        self._add(FeedMessage(FeedWord.STARTED, topic))

    def feed_events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        """See FeedSink."""
        self._add(FeedMessage(FeedWord.EVENTS, topic, events=events, mark=mark))

    def feed_alive(self, topic: str, mark: bytes) -> None:
        """See FeedSink."""
        self._add(FeedMessage(FeedWord.ALIVE, topic, mark=mark))

    def feed_ended(self, topic: str, error: DeskError | None, *, mark_unusable: bool) -> None:
        """See FeedSink."""
        self._add(FeedMessage(FeedWord.ENDED, topic, error=error, mark_unusable=mark_unusable))

    def _add(self, message: FeedMessage) -> None:
        if self._closed:
            return
        with self._lock:
            self._events_waiting += len(message.events)
        # Append first, then look at the flag: a spare wake is possible, a lost one is not.
        self._waiting.append(message)
        if not self._awake:
            self._awake = True
            try:
                self._loop.call_soon_threadsafe(self._drain)
            except RuntimeError:
                self._closed = True  # the loop is gone: the process is ending

    def _drain(self) -> None:
        self._awake = False
        until = time.monotonic() + SLICE_SECONDS
        try:
            while self._waiting:
                message = self._waiting.popleft()
                with self._lock:
                    self._events_waiting -= len(message.events)
                self._deliver(message)
                if time.monotonic() >= until:
                    return
        finally:
            # Also after a crash of the delivery: what came behind it must not wait for the next message.
            if self._waiting and not self._awake:
                self._awake = True
                self._loop.call_soon(self._drain)
