"""The org-wide delivery allowance of change events over a rolling day.

Pure. Called by the Pub/Sub service and CometD; the control surface changes the limit.
Source: Change Data Capture guide, page "Allocations".
"""

from __future__ import annotations

from collections import deque

DAY_MS = 24 * 3_600_000
DEFAULT_LIMIT = 50_000
_BUCKET_MS = 60_000


class DeliveryAllowance:
    """Counts every event delivered to every client; a day after its delivery an event counts no more."""

    def __init__(self, limit: int = DEFAULT_LIMIT) -> None:
        self.limit = limit
        self._buckets: deque[tuple[int, int]] = deque()
        self._total = 0

    def spend(self, count: int, now_ms: int) -> None:
        """Counts a delivery."""
        bucket = now_ms // _BUCKET_MS
        if self._buckets and self._buckets[-1][0] == bucket:
            self._buckets[-1] = (bucket, self._buckets[-1][1] + count)
        else:
            self._buckets.append((bucket, count))
        self._total += count

    def remaining(self, now_ms: int) -> int:
        """How many events may still be delivered now."""
        floor = (now_ms - DAY_MS) // _BUCKET_MS
        while self._buckets and self._buckets[0][0] < floor:
            self._total -= self._buckets.popleft()[1]
        return max(self.limit - self._total, 0)
