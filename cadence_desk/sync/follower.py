"""Follows the org: applies events and rows to the board, reads what events leave open, saves rows with their marks.

The mark of a topic is saved only together with the rows it brought, and never past a record that still has to be read.
Lives on the loop thread; fed by FeedMonitor, Snapshotter and Poller.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.people import Person
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.event_fields import STEP, TRACKER
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.changes import Change, ChangeEvent
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.parts import EngineParts
    from cadence_desk.sync.supervisor import Supervisor

BUFFER_LIMIT = 20_000
"""Events kept while a snapshot is read; more than that starts the snapshot over."""
ROWS_PER_SLICE = 200
READ_BATCH = 100
READ_RETRY_SECONDS = 5.0


class FeedFollower:
    """Applies what the org reports."""

    def __init__(
        self, board: Board, parts: EngineParts, supervisor: Supervisor, announce: Callable[[Change], None]
    ) -> None:
        self._board = board
        self._parts = parts
        self._supervisor = supervisor
        self._announce = announce
        self._buffering = 0
        self._buffer: list[ChangeEvent] = []
        self.overflowed = False
        self._marks: dict[str, bytes] = {}
        self._saved_marks: dict[str, bytes] = {}
        self._work: asyncio.Task[None] | None = None
        self._again = False
        self._closing = False
        self.on_read_entity: Callable[[str], None] | None = None

    @property
    def idle(self) -> bool:
        """True when nothing waits to be read, written or saved."""
        return self._work is None and not self._board.reads and not self._board.projection.pending

    # ------------------------------------------------------------ events

    def events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        """Take the events of one response, in order."""
        if self._buffering:
            self._buffer.extend(events)
            if len(self._buffer) > BUFFER_LIMIT:
                self._buffer.clear()
                self.overflowed = True
        else:
            for event in events:
                self._board.take_event(event)
        if mark:
            self._marks[topic] = mark
        self.wake()

    def alive(self, topic: str, mark: bytes) -> None:
        """Take the newer mark of a keepalive."""
        if mark:
            self._marks[topic] = mark
            self.wake()

    def mark_of(self, topic: str) -> bytes | None:
        """Return where the topic's stream is to be resumed: only what is safely applied counts."""
        return self._saved_marks.get(topic)

    def forget_mark(self, topic: str) -> None:
        """Drop an unusable mark."""
        self._marks.pop(topic, None)
        self._saved_marks.pop(topic, None)

    def marks_loaded(self, marks: dict[str, bytes]) -> None:
        """Take the marks of the cache file."""
        self._saved_marks.update(marks)

    # ------------------------------------------------------------ snapshots

    def begin_buffer(self) -> None:
        """Keep events back while rows are read; nests."""
        self._buffering += 1
        self.overflowed = False

    def end_buffer(self) -> None:
        """Apply the events that were kept back."""
        self._buffering -= 1
        if self._buffering == 0:
            events, self._buffer = self._buffer, []
            for event in events:
                self._board.take_event(event)
        self.wake()

    async def take_rows(self, rows: Sequence[Person] | Sequence[Tracker] | Sequence[StepTracker]) -> None:
        """Take a page of rows in slices, so that the window can paint in between."""
        for start in range(0, len(rows), ROWS_PER_SLICE):
            part = rows[start : start + ROWS_PER_SLICE]
            self._board.take_people([row for row in part if isinstance(row, Person)])
            self._board.take_trackers([row for row in part if isinstance(row, Tracker)])
            self._board.take_steps([row for row in part if isinstance(row, StepTracker)])
            self._write_slice()
            await asyncio.sleep(0)
        self.wake()

    # ------------------------------------------------------------ the work that follows

    def wake(self) -> None:
        """Make sure that rows are written, reads are done and the cache is saved soon."""
        self._again = True
        if self._work is None and not self._closing:
            self._work = self._supervisor.spawn(self._settle(), "follower")

    async def _settle(self) -> None:
        try:
            while self._again:
                self._again = False
                while self._board.projection.pending:
                    self._write_slice()
                    await asyncio.sleep(0)
                self._write_slice()
                self._ask_entities()
                await self._read_open()
                await self._save()
        finally:
            self._work = None

    def _write_slice(self) -> None:
        change = self._board.projection.write_rows(ROWS_PER_SLICE)
        if change is not None:
            self._announce(change)

    def _ask_entities(self) -> None:
        entities, self._board.read_entities = self._board.read_entities, set()
        for entity in entities:
            if self.on_read_entity is not None:
                self.on_read_entity(entity)

    async def _read_open(self) -> None:
        reads, self._board.reads = self._board.reads, set()
        by_entity: dict[str, list[str]] = {}
        for entity, record_id in reads:
            by_entity.setdefault(entity, []).append(record_id)
        for entity, ids in by_entity.items():
            for start in range(0, len(ids), READ_BATCH):
                await self._read_batch(entity, ids[start : start + READ_BATCH])

    async def _read_batch(self, entity: str, ids: Sequence[str]) -> None:
        wanted = [RecordId(record_id) for record_id in ids]
        try:
            rows = await in_lane(
                self._parts.lanes, LaneName.READ, lambda: read_rows(self._parts.gateway, entity, wanted)
            )
        except DeskError:
            for record_id in ids:
                self._board.retry_read(entity, record_id)
            self._supervisor.spawn(self._wake_later(), "read again later")
            return
        found = {row.id for row in rows}
        await self.take_rows(rows)
        for record_id in ids:
            self._board.finish_read(entity, record_id, found=record_id in found)
        self._again = True

    async def _wake_later(self) -> None:
        await asyncio.sleep(READ_RETRY_SECONDS)
        self.wake()

    async def _save(self) -> None:
        batch = self._batch()
        if batch is None:
            return
        with contextlib.suppress(DeskError):
            # The cache is disposable: what could not be saved is read again at the next start.
            await settled(self._parts.cache.save(batch))
            self._saved_marks.update(batch.marks)

    def _batch(self) -> CacheBatch | None:
        open_reads = bool(self._board.reads or self._buffering or self._board.read_entities)
        still_reading = open_reads or any(
            shelf.reading() for shelf in (self._board.people, self._board.trackers, self._board.steps)
        )
        fresh = (
            {} if still_reading else {t: m for t, m in self._marks.items() if self._saved_marks.get(t) != m}
        )
        changed = self._board.take_changed()
        if not changed and not fresh:
            return None
        records = list(changed.values())
        return CacheBatch(
            people=[record for record in records if isinstance(record, Person)],
            trackers=[record for record in records if isinstance(record, Tracker)],
            steps=[record for record in records if isinstance(record, StepTracker)],
            deleted=[record_id for (_, record_id), record in changed.items() if record is None],
            marks=fresh,
        )

    async def close(self) -> None:
        """Save what is applied and stop."""
        self._closing = True
        work = self._work
        if work is not None:
            work.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await work
        await self._save()


def read_rows(
    gateway: OrgGateway, entity: str, ids: list[RecordId]
) -> list[Person] | list[Tracker] | list[StepTracker]:
    """Read records of one entity by id."""
    if entity == TRACKER:
        return gateway.read_trackers(ids)
    if entity == STEP:
        return gateway.read_steps(ids)
    return gateway.read_people(ids)
