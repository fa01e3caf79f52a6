"""How many API calls the org has counted in the last day, and what it says about that in a header.

Pure. Counts on the virtual clock; used by the gateway and the limits resource.
"""

from collections import deque
from collections.abc import Callable

from cadence_desk.practice.rest.errors import ApiError

_HOUR_MS = 3_600_000
_WINDOW_HOURS = 24  # the platform's allocation is a rolling 24 hours (REST limits cheat sheet)


class ApiUsage:
    """A rolling count in steps of one hour."""

    def __init__(self, now_ms: Callable[[], int], limit: Callable[[], int]) -> None:
        self._now_ms = now_ms
        self._limit = limit
        self._hours: deque[list[int]] = deque()

    def count(self, calls: int = 1) -> None:
        """Add calls. Raises ApiError 403 REQUEST_LIMIT_EXCEEDED when the allocation is used up."""
        if self.used() + calls > self._limit():
            raise ApiError(403, "REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded.")
        hour = self._now_ms() // _HOUR_MS
        if self._hours and self._hours[-1][0] == hour:
            self._hours[-1][1] += calls
        else:
            self._hours.append([hour, calls])

    def used(self) -> int:
        """Calls of the last 24 hours."""
        oldest = self._now_ms() // _HOUR_MS - _WINDOW_HOURS
        while self._hours and self._hours[0][0] <= oldest:
            self._hours.popleft()
        return sum(calls for _, calls in self._hours)

    @property
    def limit(self) -> int:
        """The daily allocation."""
        return self._limit()

    def header(self) -> str:
        """The value of Sforce-Limit-Info."""
        return f"api-usage={self.used()}/{self._limit()}"
