"""Follows the org: applies events and rows to the board, reads what events leave open, saves rows with their marks.

The mark of a topic is saved only together with the rows it brought, and never past a record that still has to be read.
Lives on the loop thread; fed by FeedMonitor and Snapshotter.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import deque
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, FileDamaged, Retry
from cadence_desk.domain.people import Person
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.event_fields import STEP, TRACKER
from cadence_desk.sync.marks import Marks
from cadence_desk.sync.new_file import save_everything_again
from cadence_desk.sync.save_pace import SavePace
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cadence_desk.domain.changes import Change, ChangeEvent
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.sync.board import Board
    from cadence_desk.sync.event_fields import Record
    from cadence_desk.sync.parts import EngineParts
    from cadence_desk.sync.supervisor import Supervisor

ROWS_PER_SLICE = 100
BIG_WAVE = 200
"""More rows than this, written in one go, are followed by a pause."""
WAVE_PAUSE = 0.03
"""Seconds: nobody sees more than thirty states of a row in one."""
SLICE_SECONDS = 0.002
"""So long events that were kept back are applied before the window gets its turn."""
AT_ONCE = 20
"""So many of them are applied between two looks at the clock."""
ROWS_PER_SAVE = 5_000
"""More than this is saved in several transactions, the marks with the last: to sort them out takes the window's thread."""
READ_BATCH = 100
MOST_READS = 5_000
"""More records of one entity than this are read as a whole list: that costs fewer calls, and no memory."""
LONGEST_READ_PAUSE = 60.0


class FeedFollower:
    """Applies what the org reports."""

    def __init__(
        self,
        board: Board,
        parts: EngineParts,
        supervisor: Supervisor,
        announce: Callable[[Change | None], None],
    ) -> None:
        self._board = board
        self._parts = parts
        self._supervisor = supervisor
        self._announce = announce
        self.buffer = EventBuffer()
        self._backlog: deque[ChangeEvent] = deque()
        self.marks = Marks()
        self.pace = SavePace(self.wake)
        self.waves = SavePace(self.wake)
        self._work: asyncio.Task[None] | None = None
        self._again = False
        self._closing = False
        self._unsaved = False
        self._read_failures = 0
        self._read_timer: asyncio.TimerHandle | None = None
        self.on_read_entities: Callable[[], None] = _nothing

    @property
    def idle(self) -> bool:
        """True when nothing waits to be read, written or saved."""
        board = self._board
        return self._work is None and not (
            self._backlog
            or board.reads
            or board.read_entities
            or board.projection.pending
            or self.pace.waiting
            or self.waves.waiting
        )

    def behind(self) -> int:
        """Return how many events wait to be applied: no more are asked for meanwhile. Called on feed threads."""
        return len(self._backlog)

    # ------------------------------------------------------------ events

    def events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        """Take the events of one response, in order; none with the newer mark of a keepalive."""
        if self.buffer.is_open:
            self.buffer.keep(events)
        elif self._backlog:
            self._fall_behind(events)
        else:
            for event in events:
                self._board.take_event(event)
        self.marks.came(topic, mark)
        self.wake()

    @contextlib.contextmanager
    def buffered(self) -> Iterator[None]:
        """Keep events back while rows are read inside; nests."""
        self.buffer.begin()
        try:
            yield
        finally:
            self._fall_behind(self.buffer.end())

    def _fall_behind(self, events: Sequence[ChangeEvent]) -> None:
        """Apply events in their turn, slice by slice: a read of some seconds can have kept thousands back."""
        idle = not self._backlog
        self._backlog.extend(events)
        if idle:
            self._catch_up()

    def _catch_up(self) -> None:
        until = time.monotonic() + SLICE_SECONDS
        try:
            while self._backlog:
                for _ in range(min(len(self._backlog), AT_ONCE)):
                    self._board.take_event(self._backlog.popleft())
                if time.monotonic() >= until:
                    break
        finally:
            # Also after a crash: what is behind must not wait for the next event.
            if self._backlog and not self._closing:
                asyncio.get_running_loop().call_soon(self._catch_up)
            self.wake()

    async def take_rows(self, rows: Sequence[Person] | Sequence[Tracker] | Sequence[StepTracker]) -> None:
        """Take a page of rows in slices, so that the window can paint in between."""
        for start in range(0, len(rows), ROWS_PER_SLICE):
            _take(self._board, rows[start : start + ROWS_PER_SLICE])
            self._write_slice()
            await asyncio.sleep(0)
        self.wake()

    async def take_cached(self, *lists: Sequence[Person] | Sequence[Tracker] | Sequence[StepTracker]) -> None:
        """Take rows of the cache file: shown like any other, but not saved again.

        All of them are known before the first is written: a person's row may stand in its table already.
        """
        for rows in lists:
            for start in range(0, len(rows), ROWS_PER_SLICE):
                _take(self._board, rows[start : start + ROWS_PER_SLICE])
                self._board.unsaved.take()
                await asyncio.sleep(0)
        while self._board.projection.pending:
            self._write_slice()
            await asyncio.sleep(0)

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
                if self.waves.is_due():
                    await self._write_wave()
                if self._board.read_entities:
                    self.on_read_entities()
                if self._read_timer is None:
                    await self._read_open()
                if await self._save():
                    self._again = True
        finally:
            self._work = None

    async def _write_wave(self) -> None:
        """Write what changed. After many rows there is a pause: while events pour in they change again and again."""
        rows = self._board.projection.pending
        for _ in range(0, rows, ROWS_PER_SLICE):
            self._write_slice()
            await asyncio.sleep(0)
        if not self._board.projection.pending:
            self._write_slice()  # what changed beside the rows
        self.waves.pause = WAVE_PAUSE if rows > BIG_WAVE else 0.0
        self.waves.saved()
        self._again |= self._board.projection.pending > 0

    def _write_slice(self) -> None:
        self._announce(self._board.projection.write_rows(ROWS_PER_SLICE))

    async def _read_open(self) -> None:
        reads, self._board.reads = self._board.reads, set()
        by_entity: dict[str, list[str]] = {}
        for entity, record_id in reads:
            by_entity.setdefault(entity, []).append(record_id)
        for entity in [one for one, ids in by_entity.items() if len(ids) > MOST_READS]:
            self._board.read_whole(entity, by_entity.pop(entity))
            self.on_read_entities()
        batches = [
            (entity, ids[start : start + READ_BATCH])
            for entity, ids in by_entity.items()
            for start in range(0, len(ids), READ_BATCH)
        ]
        while batches:
            entity, ids = batches.pop(0)
            try:
                await self._read_batch(entity, ids)
            except BaseException as error:
                for left, again in [(entity, ids), *batches]:
                    self._read_failed(left, again, error)
                if not isinstance(error, DeskError):
                    raise
                return

    async def _read_batch(self, entity: str, ids: Sequence[str]) -> None:
        wanted = [RecordId(record_id) for record_id in ids]
        rows = await in_lane(
            self._parts.lanes, LaneName.READ, lambda: read_rows(self._parts.gateway, entity, wanted)
        )
        self._read_failures = 0
        found = {row.id for row in rows}
        await self.take_rows(rows)
        for record_id in ids:
            self._board.finish_read(entity, record_id, found=record_id in found)
        self._again = True

    def _read_failed(self, entity: str, ids: Sequence[str], error: BaseException) -> None:
        """Read these again after a pause; what the org will never show is given up, the sweep has the last word."""
        if isinstance(error, DeskError) and error.retry is Retry.NEVER:
            for record_id in ids:
                self._board.give_up_read(entity, record_id)
            self._again = True
            return
        for record_id in ids:
            self._board.retry_read(entity, record_id)
        if self._read_timer is None and not self._closing:
            self._read_failures += 1
            pause = min(2.0**self._read_failures, LONGEST_READ_PAUSE)
            self._read_timer = asyncio.get_running_loop().call_later(pause, self._read_again)

    def _read_again(self) -> None:
        self._read_timer = None
        self.wake()

    async def _save(self, *, at_once: bool = False) -> bool:
        """Save what changed, or a part of it; returns True when there is more to be saved now."""
        fresh = {} if self._has_gap else self.marks.fresh()
        if not (fresh or self._board.unsaved.any) or not (at_once or self.pace.is_due()):
            return False
        changed = self._board.unsaved.take(ROWS_PER_SAVE)
        more = self._board.unsaved.any
        batch = _batch_of(changed, {} if more else fresh)
        try:
            await settled(self._parts.cache.save(batch))
        except FileDamaged:
            save_everything_again(self._board, self.marks, self._parts.cache)
            self._unsaved, more = True, False
        except DeskError:
            # The cache is disposable, but a mark must not be saved later without these rows.
            self._board.unsaved.put_back(changed)
            self._unsaved, more = True, False
        except asyncio.CancelledError:
            # Closing: whether it was saved is not known, so these rows go with the last save once more.
            self._board.unsaved.put_back(changed)
            raise
        else:
            self.marks.saved(batch.marks)
            self._unsaved = more
        if not more:
            self.pace.saved()
        return more

    @property
    def _has_gap(self) -> bool:
        """True while an event came that is not in the rows: no mark may pass it."""
        return self._board.still_reading or bool(self._backlog) or self.buffer.is_open or self.buffer.lost

    async def close(self) -> bool:
        """Save what is applied and stop; returns True when the file holds everything that was applied."""
        self._closing = True
        if self._read_timer is not None:
            self._read_timer.cancel()
        self.pace.stop()
        self.waves.stop()
        work = self._work
        if work is not None:
            work.cancel()
            await asyncio.wait([work])
        whole = not self._has_gap
        while await self._save(at_once=True):
            pass
        return whole and not self._unsaved


def _take(board: Board, part: Sequence[Record]) -> None:
    board.take_people([row for row in part if isinstance(row, Person)])
    board.take_trackers([row for row in part if isinstance(row, Tracker)])
    board.take_steps([row for row in part if isinstance(row, StepTracker)])


def _batch_of(changed: Mapping[tuple[str, str], Record | None], marks: Mapping[str, bytes]) -> CacheBatch:
    """Return what is saved in one transaction: rows, and the marks of the events that brought them."""
    records = list(changed.values())
    return CacheBatch(
        people=[record for record in records if isinstance(record, Person)],
        trackers=[record for record in records if isinstance(record, Tracker)],
        steps=[record for record in records if isinstance(record, StepTracker)],
        deleted=[record_id for (_, record_id), record in changed.items() if record is None],
        marks=marks,
    )


def read_rows(
    gateway: OrgGateway, entity: str, ids: list[RecordId]
) -> list[Person] | list[Tracker] | list[StepTracker]:
    """Read records of one entity by id."""
    if entity == TRACKER:
        return gateway.read_trackers(ids)
    if entity == STEP:
        return gateway.read_steps(ids)
    return gateway.read_people(ids)


def _nothing() -> None:
    """Nobody reads whole lists yet."""
