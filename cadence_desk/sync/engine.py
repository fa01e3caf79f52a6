"""The engine: one board, one outbox runner, one feed, and the order in which they start and stop.

Plain asyncio; knows neither Qt nor Salesforce. Built by bootstrap, driven by desk.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Change, FeedState
from cadence_desk.domain.errors import DeskError, Retry, SignedOut
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.board import Board
from cadence_desk.sync.cached_lists import CachedLists
from cadence_desk.sync.comparison import Comparison
from cadence_desk.sync.feed_monitor import FeedMonitor
from cadence_desk.sync.follower import FeedFollower
from cadence_desk.sync.new_file import save_everything_again
from cadence_desk.sync.nightly import Nightly
from cadence_desk.sync.outbox_runner import OutboxRunner
from cadence_desk.sync.reference import Reference
from cadence_desk.sync.runs.controller import RunController
from cadence_desk.sync.snapshotter import Snapshotter
from cadence_desk.sync.supervisor import Supervisor, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.sync.parts import EngineOptions, EngineParts, Tables

LAST_READ = "last_read"
ANSWER_SECONDS = 3.0
SAVE_SECONDS = 1.0
CLOSE_SECONDS = 0.5
LATENESS_SECONDS = 30.0

_log = logging.getLogger(__name__)


class Engine:
    """Everything between the files, the org and the desk."""

    def __init__(
        self, parts: EngineParts, options: EngineOptions, tables: Tables, announce: Callable[[Change], None]
    ) -> None:
        self.parts = parts
        self.options = options
        self._tell = announce
        self.supervisor = Supervisor()
        self.board = Board(parts.clock, tables)
        self.reference = Reference(parts)
        self.follower = FeedFollower(self.board, parts, self.supervisor, self._applied)
        self.follower.pace.pause = options.save_seconds
        self.snapshotter = Snapshotter(self.board, self.follower, parts, options, self._feed_noticed)
        self.monitor = FeedMonitor(
            parts, options, self.supervisor, self.follower, self.snapshotter, self._feed_turned
        )
        self.runner = OutboxRunner(
            parts, options, self.supervisor, self._operations_changed, lambda: self.reference.capabilities
        )
        self.comparison = Comparison(self.board, parts, options, self.follower.wake)
        self.nightly = Nightly(
            self.comparison, parts, options, lambda: self.monitor.settled, self.board.projection.say
        )
        self.monitor.catch_up.on_whole = self.nightly.done
        self.runs = RunController(parts, options, self.supervisor, self.runner, self._runs_turned)
        self.follower.on_read_entities = self._read_entities
        self.monitor.before_read = self._know_org
        self.monitor.after_read = self._session_works
        self.takes_work = False
        """True once everything is known that decides what can be done with a row."""
        self._cached_until: datetime | None = None
        self._org_known = False
        self._started = False
        self._link_up = False
        self._entities_task: asyncio.Task[None] | None = None

    # ------------------------------------------------------------ life

    async def load(self) -> None:
        """Open both files and show what they hold; works without an org. Raises DeskError for the outbox only."""
        await self.follower.take_cached(*self.parts.shown)
        await settled(self.parts.outbox.open())
        await self.runner.load()
        await self.runs.load()
        try:
            await self._load_cache()
        except DeskError as error:
            # The cache is disposable: without it everything is read from the org.
            _log.warning("the cache could not be read: %s", error.code)
            self._cached_until = None
            save_everything_again(self.board, self.follower.marks, self.parts.cache)
        self.takes_work = True
        self.follower.wake()

    async def _load_cache(self) -> None:
        cache = self.parts.cache
        await settled(cache.open())
        await self.reference.load()
        self.board.projection.names_known(*self.reference.names())
        await self.nightly.load()
        marks = await settled(cache.marks())
        stamp = await settled(cache.document(LAST_READ))
        self.takes_work = True
        await CachedLists(self.follower, self._tell).show(cache)
        if cache.rebuilt:  # rows that a first look took from the old file are not in the new one
            save_everything_again(self.board, self.follower.marks, cache)
        self.follower.marks.loaded(marks)
        self._cached_until = datetime.fromtimestamp(float(stamp), tz=UTC) if stamp else None

    async def start(self) -> None:
        """A session is there (again): read what the org offers, follow it, send what waits.

        Raises:
            DeskError: the org says no, for good. While it only cannot be reached, that is tried again.
        """
        self._org_known = False
        refusal: DeskError | None = None
        try:
            await self._know_org()
        except SignedOut:
            raise
        except DeskError as error:
            refusal = error if error.retry is Retry.NEVER else None
        if self._started:
            self.monitor.resume()
        else:
            self._started = True
            self.monitor.start(self._cached_until)
            if self.options.sends:
                self.runner.start()
            self.runs.start()
            self.supervisor.spawn(self._keep_lateness(), "lateness")
            self.supervisor.spawn(self.nightly.keep(), "nightly comparison")
        if self.options.sends:
            await self.runner.release(Hold.SIGNED_OUT, Hold.SAFE_MODE, Hold.NOT_ALLOWED)
        else:
            await self.runner.hold_all(Hold.SAFE_MODE)
        if refusal is not None:
            raise refusal

    async def _know_org(self) -> None:
        """Read what the org offers, once per session."""
        if self._org_known:
            return
        await self.reference.read()
        self._org_known = True
        self.board.projection.names_known(*self.reference.names())
        self._tell(Change(profile=True, cadences=True))
        self.follower.wake()

    async def stop(self) -> None:
        """Stop in order: feeds and sends in flight, files. Takes a few seconds at most."""
        self.runs.stop()
        await asyncio.gather(self.monitor.stop(), self.runner.stop(ANSWER_SECONDS))
        try:
            await asyncio.wait_for(self._save_rest(), SAVE_SECONDS)
        except TimeoutError:
            _log.warning("the cache could not be saved in time")
        await self.supervisor.close()
        self.parts.cache.close(CLOSE_SECONDS)
        self.parts.outbox.close(CLOSE_SECONDS)

    async def _save_rest(self) -> None:
        """Save what is applied; the time of the last read only when the file holds everything that was read by then."""
        whole = await self.follower.close()
        until = self.monitor.last_read
        if until is not None and whole:
            with contextlib.suppress(DeskError):
                await settled(
                    self.parts.cache.save(CacheBatch(documents={LAST_READ: str(until.timestamp())}))
                )

    async def idle(self) -> None:
        """Wait until lanes, inbox and files are empty; used by tests and by the command line."""
        # Three owners and no one event that all of them set: this wait is for tests and the command line.
        while not (  # noqa: ASYNC110
            self.follower.idle and self.runner.idle and self.runs.idle and self.monitor.settled
        ):
            await asyncio.sleep(0.01)

    # ------------------------------------------------------------ notices

    def _applied(self, change: Change | None) -> None:
        """Rows were written, or there was nothing to write: operations of reported targets are read back."""
        projection = self.board.projection
        if projection.touched_targets:
            touched, projection.touched_targets = projection.touched_targets, set()
            self.runner.target_reported(touched)
        if change is not None:
            self._tell(change)

    def _feed_turned(self, change: Change) -> None:
        """The connection's state changed: when the link is back, what waited for it goes on."""
        was_up, self._link_up = self._link_up, self.monitor.state in {FeedState.LIVE, FeedState.POLLING}
        if self._link_up and not was_up:
            self.supervisor.spawn(self.runner.release(Hold.OFFLINE), "the link is back")
        self._tell(change)

    def _session_works(self) -> None:
        """The org was read: an operation that is held for a session was met by a passing refusal."""
        if any(one.hold is Hold.SIGNED_OUT for one in self.runner.work.heads()):
            self.supervisor.spawn(self.runner.release(Hold.SIGNED_OUT), "the session works")

    def _runs_turned(self) -> None:
        self._tell(Change(operations=True))

    def _feed_noticed(self) -> None:
        self._tell(Change(feed=True))

    def _operations_changed(self, targets: set[str]) -> None:
        operations = [one for target in targets for one in self.runner.work.of_target(target)]
        self.board.projection.operations_changed(operations, targets)
        if any(one.state is OperationState.ACCEPTED for one in operations):
            self.monitor.wrote()
        self._tell(Change(operations=True, ids=frozenset(targets)))
        self.follower.wake()

    def _read_entities(self) -> None:
        if self._entities_task is None or self._entities_task.done():
            self._entities_task = self.supervisor.spawn(self.snapshotter.read_asked(), "read whole lists")

    async def _keep_lateness(self) -> None:
        while True:
            await asyncio.sleep(LATENESS_SECONDS)
            self.board.projection.refresh_lateness()
            self.follower.wake()
            await self.board.projection.give_back()

    @property
    def online(self) -> bool:
        """True while the org answers."""
        return self.monitor.state in {FeedState.LIVE, FeedState.POLLING, FeedState.CATCHING_UP}
