"""A whole desk on the model org: real files, steered time, calls in the loop's own thread or held back on order."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from typing_extensions import override

from cadence_desk.desk.desk import Desk
from cadence_desk.desk.parts import DeskParts
from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.store.cache import CacheFile
from cadence_desk.store.ciphers import ColumnCipher
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.outbox import OutboxFile
from cadence_desk.store.owner import Owner
from cadence_desk.store.writer import Worker
from cadence_desk.sync.engine import Engine
from cadence_desk.sync.parts import EngineOptions, EngineParts, Tables
from tests.engine.boundary import Boundary, never
from tests.engine.model_feed import ModelFeed
from tests.engine.model_files import Disk, MemoryCache, MemoryOutbox
from tests.engine.model_org import IDENTITY, ModelOrg
from tests.engine.model_world import CADENCE, OTHER_CADENCE, ModelWorld, cadence
from tests.engine.virtual_time import CountedEntropy, SteeredClock

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.domain.changes import Change, FeedState
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.orgs import Identity
    from cadence_desk.domain.ports import ChangeFeed, LaneName, Lanes, OrgGateway

T = TypeVar("T")
PROFILE = OrgProfile("model", "Model", "https://org.example", "client", ("http://localhost:1717/",))
CIPHER = ColumnCipher(b"k" * 32, "kept")


class InlineWorker(Worker):
    """Runs each job at once, in the thread that hands it in."""

    def __init__(self, name: str, boundary: Boundary | None = None) -> None:
        super().__init__(name)
        self._boundary = boundary or Boundary()

    @override
    def submit(self, job: Callable[[], T]) -> Future[T]:
        if self._boundary.reach(f"before a job of {self._name}"):
            return never()
        future = self._done(job)
        return never() if self._boundary.reach(f"after a job of {self._name}") else future

    def _done(self, job: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        if self._closed:
            future.set_exception(StoreError("closed"))
        else:
            self._fulfill(job, future)
        return future

    @override
    def close(self, timeout: float) -> bool:
        self._closed = True
        return True


class InlineLanes:
    """Runs each call at once; a lane can be held, so that its calls wait until they are let go."""

    def __init__(self) -> None:
        self.held: set[LaneName] = set()
        self.mute: set[LaneName] = set()
        self.hold_answers = False
        self.answers: list[tuple[Future[Any], Any]] = []
        self.boundary = Boundary()
        self.waiting: list[tuple[LaneName, Future[Any], Callable[[], Any]]] = []

    def run(self, lane: LaneName, call: Callable[[], T]) -> Future[T]:
        future: Future[T] = Future()
        future.set_running_or_notify_cancel()
        if lane in self.held:
            self.waiting.append((lane, future, call))
        else:
            self._work(lane, future, call)
        return future

    def _work(self, lane: LaneName, future: Future[T], call: Callable[[], T]) -> None:
        if self._ended():
            return
        try:
            result = call()
        except BaseException as error:  # noqa: BLE001 - it belongs to the one who waits
            if not self._ended():
                future.set_exception(error)
        else:
            if self._ended():
                return
            if self.hold_answers:
                self.answers.append((future, result))
            elif lane not in self.mute:
                future.set_result(result)

    def _ended(self) -> bool:
        return self.boundary.dead

    def let_go(self, count: int = 1) -> None:
        """Carry out the oldest held calls."""
        for _ in range(count):
            self._work(*self.waiting.pop(0))

    def give_answers(self) -> None:
        """Hand over the answers of calls that were carried out some time ago."""
        self.hold_answers = False
        while self.answers:
            future, result = self.answers.pop(0)
            future.set_result(result)

    def close(self, timeout: float) -> None:
        self.held.clear()


class ModelFlow:
    """Implements SignInFlow: whoever asks is in, unless the org says otherwise."""

    def __init__(self, org: ModelOrg) -> None:
        self.org = org

    def resume(self, profile: OrgProfile) -> Identity | None:
        return None if self.org.signed_out else self.org.user

    def sign_in(
        self, profile: OrgProfile, open_page: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> Identity:
        self.org.signed_out = False
        open_page("https://org.example/authorize")
        return self.org.user


@dataclass
class Rig:
    """One computer with its files, and the org it talks to."""

    folder: Path
    clock: SteeredClock = field(default_factory=SteeredClock)
    options: EngineOptions = field(default_factory=EngineOptions)
    files: FileOptions = field(default_factory=FileOptions)
    lanes: Any = field(default_factory=InlineLanes)
    feed: ModelFeed = field(default_factory=ModelFeed)
    inline: bool = True
    disk: Disk | None = None
    """Files in memory instead of real ones."""
    entropy: CountedEntropy = field(default_factory=CountedEntropy)
    notices: list[Change] = field(default_factory=list)
    boots: int = 0
    known: Identity | None = None
    boundary: Boundary = field(default_factory=Boundary)
    disks: dict[str, Disk] = field(default_factory=dict)
    """Files in memory of other users."""
    own_folders: bool = False
    """Other users have a folder of their own, as they have in life."""
    made: Engine | None = None
    """The engine of the process that runs, also while it is being stopped."""

    def __post_init__(self) -> None:
        self.world = ModelWorld(self.clock)
        self.org = ModelOrg(self.world)
        self.world.tell = self.feed.publish
        if isinstance(self.lanes, InlineLanes):
            self.lanes.boundary = self.boundary
            self.org.boundary = self.boundary.reach_in_call
        for identity, name, titles in (
            (CADENCE, "Outbound", ("Intro call", "Wait a day", "Second call")),
            (OTHER_CADENCE, "Nurture", ("Check-in call",)),
        ):
            self.world.cadences[identity] = cadence(identity, name, *titles)
        self.desk: Desk = self._desk()

    # ------------------------------------------------------------ a process and its ends

    def _desk(self) -> Desk:
        self.boots += 1
        boot_id = f"boot-{self.boots}"
        desk = Desk(
            DeskParts(
                profile=PROFILE, flow=ModelFlow(self.org), gateway=self.gateway, lanes=self.lanes, clock=self.clock,
                entropy=self.entropy, tables=Tables(), known_identity=self.known,
                make_engine=lambda identity, announce: self._engine(boot_id, identity, announce),
                remember=self._remember, close=lambda: None,
            )
        )  # fmt: skip
        desk.events.subscribe(self.notices.append)
        return desk

    def _remember(self, identity: Identity) -> None:
        self.known = identity

    @property
    def gateway(self) -> OrgGateway:
        return self.org

    @property
    def port(self) -> ChangeFeed:
        return self.feed

    @property
    def lane_port(self) -> Lanes:
        return self.lanes  # type: ignore[no-any-return]

    def _engine(self, boot_id: str, identity: Identity, announce: Callable[[Change], None]) -> Engine:
        outbox, cache = (
            self._memory_files(boot_id, identity) if self.disk is not None else self._files(boot_id, identity)
        )
        parts = EngineParts(
            outbox, cache, self.gateway, self.port, self.lane_port, self.clock, self.entropy, boot_id
        )
        self.made = Engine(parts, self.options, self.desk_tables(), announce)
        return self.made

    def _memory_files(self, boot_id: str, identity: Identity) -> tuple[Any, Any]:
        assert self.disk is not None
        disk = self.disk if identity == IDENTITY else self.disks.setdefault(_name_of(identity), Disk())
        disk.boundary = self.boundary
        return MemoryOutbox(disk, self.clock, boot_id), MemoryCache(disk)

    def _files(self, boot_id: str, identity: Identity) -> tuple[OutboxFile, CacheFile]:
        owner = Owner(identity.organization_id, identity.user_id)
        reader = InlineWorker("reader") if self.inline else None
        files = FileOptions(self.files.connection, reader, on_network=lambda _folder: False)
        apart = self.own_folders and identity != IDENTITY
        folder = self.folder / _name_of(identity) if apart else self.folder
        outbox = OutboxFile(folder / "outbox.db", owner, CIPHER, self.clock, boot_id, files)
        cache = CacheFile(folder / "cache.db", owner, CIPHER, files)
        if self.inline:
            outbox._writer._worker = InlineWorker("outbox", self.boundary)
            cache._writer._worker = InlineWorker("cache", self.boundary)
        return outbox, cache

    def desk_tables(self) -> Tables:
        return self.desk._parts.tables

    async def start(self) -> Desk:
        """Start the desk and wait until it is up to date."""
        await self.desk.start()
        await self.calm()
        return self.desk

    async def crash(self) -> None:
        """The process is killed: tasks stop where they are, nothing is recorded, the files stay as they are."""
        engine = self.made
        assert engine is not None
        await engine.runner.stop(0.0)
        # A task that is canceled in the middle of a read wakes the follower, which asks for the same read again:
        # nothing of that happens in a process that is dead, and here it would go on without end.
        engine.follower._closing = True
        while engine.supervisor._tasks:
            # `wait_for` of Python 3.11 may swallow a cancellation: ask again.
            for task in list(engine.supervisor._tasks):
                task.cancel()
            await asyncio.wait(list(engine.supervisor._tasks), timeout=1.0)
        for stream in list(self.feed.streams):
            stream.stop(1.0)
        self.boundary.reborn()
        for file in (engine.parts.outbox, engine.parts.cache):
            if self.disk is None:
                file._writer._drop()
            file.close(1.0)
        self.desk = self._desk()

    async def restart(self) -> Desk:
        """Quit in order and start again."""
        await self.desk.stop()
        self.desk = self._desk()
        return await self.start()

    # ------------------------------------------------------------ time

    async def calm(self) -> None:
        """Wait until nothing is on its way any more, without letting time pass."""
        loop: Any = asyncio.get_running_loop()
        quiet = 0
        while quiet < 3:
            await asyncio.sleep(0)
            quiet = 0 if loop._ready else quiet + 1

    async def pass_time(self, seconds: float) -> None:
        """Let steered time pass, with everything that is due in it."""
        await asyncio.sleep(seconds)
        await self.calm()

    # ------------------------------------------------------------ looks

    @property
    def engine(self) -> Engine:
        return self.desk._session.require_engine()

    def operations(self, target: str) -> list[Operation]:
        """Return a target's operations, oldest first, drafts included; none while nobody is signed in."""
        engine = self.desk._session.engine
        return [] if engine is None else engine.runner.work.of_target(target)

    def feed_state(self) -> FeedState:
        return self.desk.feed.state

    def states(self, target: str) -> list[str]:
        return [one.state.value for one in self.operations(target)]


def _name_of(identity: Identity) -> str:
    return f"{identity.organization_id}-{identity.user_id}"
