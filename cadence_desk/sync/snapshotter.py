"""Reads everything, or everything since a time, in pages: rows to the board, ids that are gone out of it.

Called by the feed monitor at start, after an unusable mark and for deltas, and by the engine after an overflow event.
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, OrgBusy
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.event_fields import CONTACT, LEAD, STEP, TRACKER
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Sequence
    from datetime import datetime

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.follower import FeedFollower
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.silence import Silence

    Rows = Sequence[Person] | Sequence[Tracker] | Sequence[StepTracker]

MAX_ATTEMPTS = 3
LONGEST_PAUSE = 60.0
ASKED_GAP = 30.0
"""Between two full reads of a list that events ask for."""


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

    def begins_at(self, now: datetime) -> None:
        """A read of all that is missing begins: an event from before it tells nothing of what is unknown after it."""
        self._board.read_ms = int(now.timestamp() * 1000)

    @property
    def silence(self) -> Silence:
        """What changed and was not told by any event."""
        return self._board.silence

    @property
    def news(self) -> int:
        """Grows with everything new that a reading brings."""
        return self._board.news

    async def read_all(self) -> None:
        """Read every list in full; records that the org no longer shows leave the board.

        Raises:
            DeskError: a page failed, or more events came than could be kept meanwhile.
        """
        await self._in_quiet(self._everything)

    async def _everything(self) -> None:
        await self._trackers(None)
        await self._steps(None)
        await self._people(None)

    async def read_since(self, since: datetime, deleted_since: datetime | None) -> None:
        """Read what changed since then, and what was deleted since another time; None leaves that out.

        Raises:
            DeskError: as read_all.
        """
        deleted = (TRACKER, STEP, LEAD, CONTACT) if deleted_since is not None else ()

        async def read() -> None:
            # Deletions first: a record that was deleted and restored comes back with the rows.
            for entity in deleted:
                await self._deleted(entity, deleted_since or since)
            await self._trackers(since)
            await self._steps(since)
            await self._people(since)

        async def read_with_one_call() -> None:
            gateway, scope = self._parts.gateway, self._options.scope
            await in_lane(
                self._parts.lanes,
                LaneName.READ,
                lambda: gateway.read_ahead(scope, since, deleted, deleted_since or since),
            )
            try:
                await read()
            finally:
                gateway.forget_ahead()

        await self._in_quiet(read_with_one_call)

    async def read_asked(self) -> None:
        """Read the lists in full that overflow events asked for, until none is asked for; failures are tried again."""
        failures = 0
        while self._board.read_entities:
            try:
                await self._in_quiet(self._asked, over=self._everything)
                failures = 0
            except DeskError:
                failures += 1
            # One after the other, but not without end: events that cannot be read would ask for it again each time.
            await asyncio.sleep(min(2.0**failures, LONGEST_PAUSE) if failures else ASKED_GAP)

    async def _asked(self) -> None:
        asked, self._board.read_entities = self._board.read_entities, set()
        try:
            if TRACKER in asked:
                await self._trackers(None)
            if STEP in asked:
                await self._steps(None)
            if asked & {LEAD, CONTACT}:
                await self._people(None)
        except BaseException:
            self._board.read_entities |= asked
            raise

    async def _in_quiet(
        self, read: Callable[[], Awaitable[None]], over: Callable[[], Awaitable[None]] | None = None
    ) -> None:
        """Read while events are kept back; over again when more came than can be kept.

        Args:
            read: what to read.
            over: what to read the next times; a read of one list does not make up for lost events of the others.
        """
        async with self._busy:
            for attempt in range(MAX_ATTEMPTS):
                if attempt and over is not None:
                    read = over
                overflows = self._follower.buffer.overflows
                with self._follower.buffered():
                    try:
                        await read()
                    finally:
                        self.loading.end()
                        self._tell()
                if self._follower.buffer.overflows == overflows:
                    if attempt or over is None:
                        self._follower.buffer.made_good()
                        self._follower.wake()
                    return
            raise OrgBusy("The org changes faster than it can be read just now.")

    async def _people(self, since: datetime | None) -> None:
        gateway, scope = self._parts.gateway, self._options.scope
        known = self._board.people.ids() if since is None else set()
        for gone in await self._pages("people", lambda: gateway.people_pages(scope, since), known):
            self._board.drop(LEAD, gone)

    async def _trackers(self, since: datetime | None) -> None:
        known = self._board.trackers.ids() if since is None else set()
        for gone in await self._pages("trackers", lambda: self._parts.gateway.tracker_pages(since), known):
            self._board.drop(TRACKER, gone)

    async def _steps(self, since: datetime | None) -> None:
        # Closed steps are read when a person is opened: only what should be open and is not seen is stale.
        known: set[str] = set()
        if since is None:
            known.update(step.id for step in self._board.steps if step.is_open)
        gateway = self._parts.gateway
        stale = await self._pages("steps", lambda: gateway.step_pages(since, open_only=since is None), known)
        for gone in stale:
            self._board.drop(STEP, gone)

    async def _deleted(self, entity: str, since: datetime) -> None:
        gone = await in_lane(
            self._parts.lanes, LaneName.READ, lambda: self._parts.gateway.deleted_since(entity, since)
        )
        for record_id in gone:
            self._board.drop(entity, record_id)

    async def _pages(self, what: str, open_pages: Callable[[], Iterator[Rows]], known: set[str]) -> set[str]:
        """Read all pages; return which of the known ids were in none of them."""
        self.loading.begin(what)
        self._tell()
        pages = await in_lane(self._parts.lanes, LaneName.READ, open_pages)
        while True:
            page = await in_lane(self._parts.lanes, LaneName.READ, lambda: next(pages, None))
            if page is None:
                return known
            # Page by page: one difference of two sets of 100,000 would hold up the window.
            known.difference_update(row.id for row in page)
            await self._follower.take_rows(page)
            # Rows live as long as the process: out of the collector's sight they cost no full collection,
            # which takes 100 ms and more over 100,000 of them.
            gc.freeze()
            self.loading.done += len(page)
            self._tell()
