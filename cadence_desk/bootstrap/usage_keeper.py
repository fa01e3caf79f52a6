"""Keeps the usage log of a running desk: what its meter counted goes into the file now and then, and at the end.

Built by compose; writes in a lane, so that the window never waits for the disk.
"""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from typing import TYPE_CHECKING

from cadence_desk.domain.orgs import ApiUsage
from cadence_desk.domain.ports import LaneName
from cadence_desk.settings.usage_log import UsageLog

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.ports import Clock, Lanes

EVERY_SECONDS = 60.0


class UsageKeeper:
    """One per desk; `begin` names the file once it is known who is signed in."""

    def __init__(self, usage: Callable[[], ApiUsage], clock: Clock, lanes: Lanes) -> None:
        self._usage = usage
        self._clock = clock
        self._lanes = lanes
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._written = ApiUsage()
        self._next = clock.monotonic() + EVERY_SECONDS

    def begin(self, path: Path) -> None:
        """Write to this file from now on."""
        self._path = path

    def heard(self, _change: Change) -> None:
        """Something happened: write when it is time."""
        if self._path is not None and self._clock.monotonic() >= self._next:
            self._next = self._clock.monotonic() + EVERY_SECONDS
            self._lanes.run(LaneName.READ, self.write)

    def write(self) -> None:
        """Add what was counted since the last time; a file that cannot be written costs the measurement only."""
        path = self._path
        if path is None:
            return
        with self._lock, contextlib.suppress(OSError):
            usage, before = self._usage(), self._written
            calls = Counter(usage.by_purpose) - Counter(before.by_purpose)
            log, now = UsageLog.load(path), self._clock.wall()
            log.add(
                now, calls, usage.events - before.events, usage.followed_seconds - before.followed_seconds
            )
            log.save(path, now)
            self._written = usage
