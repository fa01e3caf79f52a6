"""What has to be read to make the picture whole: everything, or what changed and was deleted since. Used by the monitor."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from cadence_desk.sync.snapshotter import Snapshotter

LONGEST_DELTA = timedelta(days=7)
"""Older than this a cached picture is read anew: deletions are told for 15 days at most (REST guide, Get Deleted)."""
DELETIONS_EVERY = timedelta(seconds=60)
"""Deletions cost a call per object: while polling they are asked for less often than changes."""
DELETIONS_EVERY_QUIET = timedelta(seconds=300)
"""And still less while nothing happens."""


class CatchUp:
    """Remembers until when the org was read; times are those of the org."""

    def __init__(self, snapshotter: Snapshotter, overlap_seconds: float) -> None:
        self._snapshotter = snapshotter
        self._overlap = timedelta(seconds=overlap_seconds)
        self._until: datetime | None = None
        self._deletions_until: datetime | None = None
        self._whole = True
        self._deletions = True
        self._gap = False
        self.on_whole: Callable[[], Awaitable[None]] = _nothing
        """Called when everything was read."""
        self.done = False
        """True once the board holds a complete picture."""

    @property
    def until(self) -> datetime | None:
        """Time of the last complete read; None before the first, or when everything has to be read anew."""
        return self._until if self.done and not self._whole else None

    @property
    def is_needed(self) -> bool:
        """True while something is missing that no event will bring."""
        return self._gap or self.until is None

    def begin_from(self, cached_until: datetime | None) -> None:
        """Start with a cached picture, or with none."""
        self._until = self._deletions_until = cached_until
        self._whole = cached_until is None

    def ask_whole(self) -> None:
        """Events are missing for good: read everything next time."""
        self._whole = True

    def ask_deletions(self, *, needed: bool = False) -> None:
        """A stream began anew: ask for deletions next time, however short ago that was done.

        Args:
            needed: it brings nothing of what happened before: without a read that would be missing.
        """
        self._deletions = True
        self._gap = self._gap or needed

    async def read(self, now: datetime, *, quiet: bool = False) -> None:
        """Read what is missing up to now. Raises DeskError; the next call then reads as much again.

        Args:
            now: the org's own time, taken before this read begins.
            quiet: the last reads brought nothing new.
        """
        gap, self._gap = self._gap, False
        try:
            await self._read(now, DELETIONS_EVERY_QUIET if quiet else DELETIONS_EVERY)
        except BaseException:
            self._gap = self._gap or gap
            raise
        self._until, self.done = now, True

    async def _read(self, now: datetime, pause: timedelta) -> None:
        since = self._until
        self._snapshotter.begins_at(now)
        if self._whole or since is None or now - since > LONGEST_DELTA:
            await self._read_all(now)
        else:
            await self._read_since(since, now, pause)

    async def _read_all(self, now: datetime) -> None:
        self._whole = False  # asked for again while this runs, it is read again
        try:
            await self._snapshotter.read_all()
        except BaseException:
            self._whole = True
            raise
        self._deletions_until = now
        await self.on_whole()

    async def _read_since(self, since: datetime, now: datetime, pause: timedelta) -> None:
        known = self._deletions_until or since
        due = self._deletions or now - known >= pause
        self._deletions = False
        try:
            await self._snapshotter.read_since(since - self._overlap, known - self._overlap if due else None)
        except BaseException:
            self._deletions = due
            raise
        if due:
            self._deletions_until = now


async def _nothing() -> None:
    """Nobody remembers when everything was read."""
