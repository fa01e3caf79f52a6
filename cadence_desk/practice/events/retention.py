"""The kept window of the event bus: events and marks by replay id, for 72 hours of the org's own time.

Imports the encoding beside it. Called by the bus.
Source: Pub/Sub API guide, page "Event Message Durability".
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator

    from cadence_desk.practice.events.encoding import ChangeEvent

RETENTION_MS = 72 * 3_600_000
_WIDEST_STEP = 7


class RetainedWindow:
    """Hands out rising replay ids with holes (the real bus is shared by many orgs) and keeps what is still replayable."""

    def __init__(self, first: int, now_ms: int, entropy: random.Random) -> None:
        self.latest = self._first = first
        self._entropy = entropy
        self._numbers: list[int] = []
        self._events: list[ChangeEvent] = []
        self._issued: dict[int, int] = {first: now_ms}
        self._ages: deque[tuple[int, int]] = deque([(now_ms, first)])

    def __len__(self) -> int:
        return len(self._events)

    def issue(self, now_ms: int) -> int:
        """A new replay id, higher than every one before."""
        self.latest += self._entropy.randint(1, _WIDEST_STEP)
        self._issued[self.latest] = now_ms
        self._ages.append((now_ms, self.latest))
        return self.latest

    def keep(self, event: ChangeEvent) -> None:
        """Keeps an event whose replay id was just issued."""
        self._numbers.append(event.replay)
        self._events.append(event)

    def knows(self, replay: int) -> bool:
        """Whether the id was issued here and is still inside the window; ids are opaque, computed ones are unknown."""
        return replay in self._issued

    def before_first(self) -> int:
        """The position from which everything kept is still to come."""
        return self._numbers[0] - 1 if self._numbers else self.latest

    def after(self, replay: int) -> Iterator[ChangeEvent]:
        """The kept events strictly after a position, oldest first."""
        for index in range(bisect_right(self._numbers, replay), len(self._numbers)):
            yield self._events[index]

    def back(self, replay: int, count: int) -> int:
        """The position `count` events before the given one."""
        index = bisect_right(self._numbers, replay) - count
        return self._numbers[index - 1] if index > 0 else self.before_first()

    def forget(self, now_ms: int) -> None:
        """Starts the stream anew, as after a refresh of a sandbox: every id given out before means nothing now."""
        self._numbers.clear()
        self._events.clear()
        self._issued.clear()
        self._ages.clear()
        self.issue(now_ms)

    def migrate(self) -> None:
        """Counts from the start again, as after a move of the org: ids given out before are given out once more.

        They are still taken, although what they stood for is gone.
        """
        self._numbers.clear()
        self._events.clear()
        self.latest = self._first

    def expire(self, now_ms: int) -> None:
        """Forgets what is older than the retention."""
        floor = now_ms - RETENTION_MS
        last = None
        while self._ages and self._ages[0][0] < floor:
            last = self._ages.popleft()[1]
            self._issued.pop(last, None)
        if last is not None:
            cut = bisect_right(self._numbers, last)
            del self._numbers[:cut], self._events[:cut]
