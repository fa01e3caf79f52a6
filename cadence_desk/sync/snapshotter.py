"""Reads everything, or everything since a time, in pages: rows to the board, ids that are gone out of it.

Called by the engine at start, after an unusable mark, after an overflow, and by the poller for deltas.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.event_fields import CONTACT, LEAD, STEP, TRACKER
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.follower import FeedFollower
    from cadence_desk.sync.parts import EngineOptions, EngineParts

    Rows = Sequence[Person] | Sequence[Tracker] | Sequence[StepTracker]

MAX_ATTEMPTS = 3


class Loading:
    """What is being read, for the progress line: `total` is 0 while it is unknown."""

    def __init__(self) -> None:
        self.what = ""
        self.done = 0
        self.total = 0

    def begin(self, what: str) -> None:
        """Name what is read now."""
        self.what, self.done, self.total = what, 0, 0

    def end(self) -> None:
        """Nothing is read any more."""
        self.what, self.done, self.total = "", 0, 0


class Snapshotter:
    """Full and delta reads."""

    def __init__(
        self,
        board: Board,
        follower: FeedFollower,
        parts: EngineParts,
        options: EngineOptions,
        tell: Callable[[], None],
    ) -> None:
        self._board = board
        self._follower = follower
        self._parts = parts
        self._options = options
        self._tell = tell
        self.loading = Loading()
        self._busy = asyncio.Lock()

    async def read_all(self) -> None:
        """Read every list in full; records that the org no longer shows leave the board.

        Events that arrive meanwhile are kept back and applied afterwards. Raises DeskError when a page fails.
        """
        async with self._busy:
            for _ in range(MAX_ATTEMPTS):
                self._follower.begin_buffer()
                try:
                    await self._trackers(None)
                    await self._steps(None)
                    await self._people(None)
                finally:
                    overflowed = self._follower.overflowed
                    self._follower.end_buffer()
                    self.loading.end()
                    self._tell()
                if not overflowed:
                    return

    async def read_entity(self, entity: str) -> None:
        """Read one list in full (after an overflow event)."""
        async with self._busy:
            self._follower.begin_buffer()
            try:
                if entity == TRACKER:
                    await self._trackers(None)
                elif entity == STEP:
                    await self._steps(None)
                elif entity in {LEAD, CONTACT}:
                    await self._people(None)
            finally:
                self._follower.end_buffer()
                self.loading.end()
                self._tell()

    async def read_since(self, since: datetime) -> None:
        """Read what changed or was deleted since then."""
        async with self._busy:
            self._follower.begin_buffer()
            try:
                await self._trackers(since)
                await self._steps(since)
                await self._people(since)
                for entity in (TRACKER, STEP, LEAD, CONTACT):
                    await self._deleted(entity, since)
            finally:
                self._follower.end_buffer()
                self.loading.end()
                self._tell()

    async def _people(self, since: datetime | None) -> None:
        gateway, scope = self._parts.gateway, self._options.scope
        seen = await self._pages("people", lambda: gateway.people_pages(scope, since))
        if since is None:
            for gone in self._board.people.ids() - seen:
                self._board.drop(LEAD, gone)

    async def _trackers(self, since: datetime | None) -> None:
        seen = await self._pages("trackers", lambda: self._parts.gateway.tracker_pages(since))
        if since is None:
            for gone in self._board.trackers.ids() - seen:
                self._board.drop(TRACKER, gone)

    async def _steps(self, since: datetime | None) -> None:
        seen = await self._pages(
            "steps", lambda: self._parts.gateway.step_pages(since, open_only=since is None)
        )
        if since is None:
            # Closed steps are read when a person is opened: only what should be open and is not seen is stale.
            stale = {step.id for step in self._board.steps if step.is_open} - seen
            for gone in stale:
                self._board.drop(STEP, gone)

    async def _deleted(self, entity: str, since: datetime) -> None:
        gone = await in_lane(
            self._parts.lanes, LaneName.READ, lambda: self._parts.gateway.deleted_since(entity, since)
        )
        for record_id in gone:
            self._board.drop(entity, record_id)

    async def _pages(self, what: str, open_pages: Callable[[], Iterator[Rows]]) -> set[str]:
        self.loading.begin(what)
        self._tell()
        pages = await in_lane(self._parts.lanes, LaneName.READ, open_pages)
        seen: set[str] = set()
        while True:
            page = await in_lane(self._parts.lanes, LaneName.READ, lambda: next(pages, None))
            if page is None:
                return seen
            seen.update(row.id for row in page)
            await self._follower.take_rows(page)
            self.loading.done += len(page)
            self._tell()
