"""The engine: one board, one outbox runner, one feed, and the order in which they start and stop.

Plain asyncio; knows neither Qt nor Salesforce. Built by bootstrap, driven by desk.
"""

from __future__ import annotations

import asyncio
import contextlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.changes import Change, FeedState
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import Hold
from cadence_desk.store.cache_batch import CacheBatch
from cadence_desk.sync.board import Board
from cadence_desk.sync.feed_monitor import FeedMonitor
from cadence_desk.sync.follower import FeedFollower
from cadence_desk.sync.outbox_runner import OutboxRunner
from cadence_desk.sync.reference import Reference
from cadence_desk.sync.snapshotter import Snapshotter
from cadence_desk.sync.supervisor import Supervisor, settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.sync.parts import EngineOptions, EngineParts, Tables

LAST_READ = "last_read"
ANSWER_SECONDS = 3.0
LATENESS_SECONDS = 30.0


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
        self.follower = FeedFollower(self.board, parts, self.supervisor, self._announce)
        self.snapshotter = Snapshotter(self.board, self.follower, parts, options, self._feed_noticed)
        self.monitor = FeedMonitor(
            parts, options, self.supervisor, self.follower, self.snapshotter, self._announce
        )
        self.runner = OutboxRunner(
            parts, options, self.supervisor, self._operations_changed, lambda: self.reference.capabilities
        )
        self.follower.on_read_entity = self._read_entity
        self._cached_until: datetime | None = None
        self._started = False

    # ------------------------------------------------------------ life

    async def load(self) -> None:
        """Open both files and show what they hold; works without an org."""
        await settled(self.parts.outbox.open())
        await settled(self.parts.cache.open())
        await self.runner.load()
        self.follower.marks_loaded(await settled(self.parts.cache.marks()))
        people = await settled(self.parts.cache.load_people())
        await self.follower.take_rows(people)
        trackers = await settled(self.parts.cache.load_trackers())
        await self.follower.take_rows(trackers)
        steps = await settled(self.parts.cache.load_steps())
        await self.follower.take_rows(steps)
        self.board.take_changed()  # it came from the cache: nothing to save
        stamp = await settled(self.parts.cache.document(LAST_READ))
        self._cached_until = datetime.fromtimestamp(float(stamp), tz=UTC) if stamp else None

    async def start(self) -> None:
        """A session is there: read what the org offers, follow it, send what waits. Raises DeskError."""
        await self.reference.read()
        self.board.projection.names_known(*self.reference.names())
        self._announce(Change(profile=True, cadences=True))
        self.follower.wake()
        await self.runner.release(Hold.SIGNED_OUT)
        if self._started:
            self.monitor.resume()
            return
        self._started = True
        self.monitor.start(self._cached_until)
        self.runner.start()
        self.supervisor.spawn(self._keep_lateness(), "lateness")

    async def stop(self) -> None:
        """Stop in order: feeds, sends in flight, files. Takes a few seconds at most."""
        await self.monitor.stop()
        await self.runner.stop(ANSWER_SECONDS)
        await self._save_last_read()
        await self.follower.close()
        await self.supervisor.close()
        self.parts.cache.close(1.0)
        self.parts.outbox.close(1.0)

    async def _save_last_read(self) -> None:
        until = self.monitor.last_read
        if until is not None and self.follower.idle:
            with contextlib.suppress(DeskError):
                await settled(
                    self.parts.cache.save(CacheBatch(documents={LAST_READ: str(until.timestamp())}))
                )

    async def idle(self) -> None:
        """Wait until lanes, inbox and files are empty; used by tests and by the command line."""
        # Three owners and no one event that all of them set: this wait is for tests and the command line.
        while not (  # noqa: ASYNC110
            self.follower.idle and self.runner.idle and self.monitor.settled
        ):
            await asyncio.sleep(0.01)

    # ------------------------------------------------------------ notices

    def _announce(self, change: Change) -> None:
        if change.trackers or change.steps:
            touched, self.board.projection.touched_targets = self.board.projection.touched_targets, set()
            self.runner.target_reported(touched)
        self._tell(change)

    def _feed_noticed(self) -> None:
        self._tell(Change(feed=True))

    def _operations_changed(self, targets: set[str]) -> None:
        operations = [one for target in targets for one in self.runner.work.of_target(target)]
        self.board.projection.operations_changed(operations, targets)
        self._tell(Change(operations=True, ids=frozenset(targets)))
        self.follower.wake()

    def _read_entity(self, entity: str) -> None:
        self.supervisor.spawn(self.snapshotter.read_entity(entity), f"read all of {entity}")

    async def _keep_lateness(self) -> None:
        while True:
            await asyncio.sleep(LATENESS_SECONDS)
            self.board.projection.refresh_lateness()
            self.follower.wake()

    @property
    def online(self) -> bool:
        """True while the org answers."""
        return self.monitor.state in {FeedState.LIVE, FeedState.POLLING, FeedState.CATCHING_UP}
