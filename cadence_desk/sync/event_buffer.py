"""Keeps events back while rows are read, so that a row never replaces what a later event said. Owned by the follower."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.changes import ChangeEvent

BUFFER_LIMIT = 20_000
"""Events kept while rows are read; more than that starts the read over."""


class EventBuffer:
    """Open while at least one read is under way."""

    def __init__(self, limit: int = BUFFER_LIMIT) -> None:
        self._limit = limit
        self._readers = 0
        self._events: list[ChangeEvent] = []
        self.overflows = 0
        """How often events had to be thrown away: a reader who sees this grow must read again."""
        self.lost = False
        """True from then on until what they would have told was read: no mark may pass that."""

    @property
    def is_open(self) -> bool:
        """True while events are kept back."""
        return self._readers > 0

    def begin(self) -> None:
        """A read begins."""
        self._readers += 1

    def end(self) -> list[ChangeEvent]:
        """A read is over; returns the events to apply now, none while another read goes on."""
        self._readers -= 1
        if self._readers:
            return []
        events, self._events = self._events, []
        return events

    def keep(self, events: Sequence[ChangeEvent]) -> None:
        """Keep events back."""
        if len(self._events) + len(events) > self._limit:
            self._events.clear()
            self.overflows += 1
            self.lost = True
        else:
            self._events.extend(events)

    def made_good(self) -> None:
        """All that could have been told by lost events was read."""
        self.lost = False
