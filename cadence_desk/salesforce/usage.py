"""The API meter: our own calls by purpose, what the org says of its daily calls, and the org's time.

May import domain; fed by the HTTP adapter from any lane, read by the gateway.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.orgs import ApiUsage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.ports import Clock

_API_USAGE = re.compile(r"(?:^|[;,\s])api-usage=(\d+)/(\d+)")

FRESH_SECONDS = 5.0
"""Up to this age the org's time is the last Date plus what our clock counted since."""


def parse_date(text: str) -> datetime | None:
    """Return the time of a Date header, or None when it is missing or malformed."""
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo is not None else None


class UsageMeter:
    """Counts what leaves and remembers what comes back."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._counts: Counter[str] = Counter()
        self._used = 0
        self._limit = 0
        self._server_date: datetime | None = None
        self._read_at = 0.0
        self._events = 0
        self._streams = 0
        self._followed = 0.0
        self._followed_since = 0.0

    def sent(self, purpose: str) -> None:
        """Count one request."""
        with self._lock:
            self._counts[purpose] += 1

    def delivered(self, count: int) -> None:
        """Count events of one response."""
        with self._lock:
            self._events += count

    def stream_opened(self) -> None:
        """A stream of events stands from now on."""
        with self._lock:
            if self._streams == 0:
                self._followed_since = self._clock.monotonic()
            self._streams += 1

    def stream_closed(self) -> None:
        """One stream less."""
        with self._lock:
            self._streams -= 1
            if self._streams == 0:
                self._followed += self._clock.monotonic() - self._followed_since

    def answered(self, headers: Mapping[str, str]) -> datetime | None:
        """Read the limits header (REST guide, Limit Info Header) and the Date; return the Date."""
        found = _API_USAGE.search(headers.get("Sforce-Limit-Info", ""))
        date = parse_date(headers.get("Date", ""))
        with self._lock:
            if found:
                self._used, self._limit = int(found[1]), int(found[2])
            if date is not None:
                self._server_date, self._read_at = date, self._clock.monotonic()
        return date

    def server_now(self) -> datetime | None:
        """Return the org's time while the last answer is fresh, else None."""
        with self._lock:
            if self._server_date is None:
                return None
            age = self._clock.monotonic() - self._read_at
            return self._server_date + timedelta(seconds=age) if age <= FRESH_SECONDS else None

    def usage(self) -> ApiUsage:
        """Return the meter's state."""
        with self._lock:
            now = self._clock.monotonic() - self._followed_since if self._streams else 0.0
            return ApiUsage(self._used, self._limit, dict(self._counts), self._events, self._followed + now)
