"""Events that could not be read, the newest few, in memory only: how many, of what, and why. May import domain.

Bounded in number and bytes: a flood of them costs nothing. What they told is read again by the engine. Called by stream.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.salesforce.events import Delivered

_LOG = logging.getLogger(__name__)

MOST_EVENTS = 100
MOST_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Refused:
    """One event; its payload may hold personal data and is never shown or written."""

    topic: str
    event_id: str
    schema_id: str
    reason: str
    size: int
    payload: bytes = field(repr=False)


class Quarantine:
    """All events of one org that could not be read. Filled on feed threads."""

    def __init__(self, most_events: int = MOST_EVENTS, most_bytes: int = MOST_BYTES) -> None:
        self._most_events = most_events
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._kept: deque[Refused] = deque()
        self._bytes = 0
        self.total = 0

    @property
    def kept(self) -> list[Refused]:
        """The newest ones, oldest first."""
        with self._lock:
            return list(self._kept)

    @property
    def held_bytes(self) -> int:
        """How much of their payloads is kept."""
        with self._lock:
            return self._bytes

    def take(self, delivered: Delivered, schema_id: str, reason: str) -> None:
        """Keep an event, and let the oldest go; one that is larger than the whole room is kept without payload."""
        size = len(delivered.payload)
        payload = delivered.payload if size <= self._most_bytes else b""
        one = Refused(delivered.topic, delivered.event_id[:64], schema_id[:64], reason, size, payload)
        with self._lock:
            self.total += 1
            count = self.total
            self._kept.append(one)
            self._bytes += len(payload)
            while len(self._kept) > self._most_events or self._bytes > self._most_bytes:
                self._bytes -= len(self._kept.popleft().payload)
        if count & (count - 1) == 0:  # the first, second, fourth, eighth ...: a flood does not fill the log
            _LOG.warning(
                "an event of %s could not be read: %s (%d bytes); %d so far", one.topic, reason, size, count
            )
