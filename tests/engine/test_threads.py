"""The same desk on real threads and real time: lanes, writers and feeds of their own; nothing lost, nothing left behind."""

from __future__ import annotations

import asyncio
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.changes import FeedState
from cadence_desk.salesforce.lane import NamedLanes
from cadence_desk.sync import engine as engines
from cadence_desk.sync.parts import EngineOptions
from tests.engine.model_feed import ModelFeed, ThreadStream
from tests.engine.model_world import CADENCE, COLLEAGUE, ME, OTHER_CADENCE, lead
from tests.engine.rig import Rig
from tests.engine.test_feed import same_as_the_org
from tests.engine.virtual_time import NOON, SteeredClock

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

PATIENCE = 30.0


class RunningClock(SteeredClock):
    """Real time, in the same year as the steered one."""

    def __init__(self) -> None:
        super().__init__()
        self._began = time.monotonic()

    @override
    def wall(self) -> float:
        return NOON + self.monotonic()

    @override
    def org_time(self) -> float:
        return NOON + self.monotonic()

    @override
    def monotonic(self) -> float:
        return 1000.0 + time.monotonic() - self._began


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(
        tmp_path,
        clock=RunningClock(),
        lanes=NamedLanes(),
        feed=ModelFeed(stream=ThreadStream),
        inline=False,
        options=EngineOptions(verify_after=(0.05, 0.1, 0.2, 0.5)),
    )


def run(work: Coroutine[Any, Any, Any]) -> None:
    asyncio.run(work)


async def idle(rig: Rig) -> None:
    await asyncio.wait_for(rig.desk.idle(), PATIENCE)


async def until(rig: Rig, targets: list[str], state: str = "settled") -> None:
    """Wait until every operation of these targets is in a state, woken by the desk's own notices."""
    changed = asyncio.Event()
    stop = rig.desk.events.subscribe(lambda _change: changed.set())
    try:
        while any(one != state for target in targets for one in rig.states(target)):
            changed.clear()
            await asyncio.wait_for(changed.wait(), PATIENCE)
    finally:
        stop()


def test_a_day_on_real_threads(rig: Rig) -> None:
    async def go() -> None:
        for number in range(1, 61):
            rig.world.add_lead(number)
        targets = [lead(number) for number in range(1, 61)]
        await rig.desk.start()
        await idle(rig)
        assert rig.feed_state() is FeedState.LIVE
        wish = WishInput(CADENCE, ME)
        started = await rig.desk.enrollment.start(await rig.desk.enrollment.preview(targets, wish), wish)
        await until(rig, [str(one) for one in targets])
        assert started.finished
        (tracker,) = rig.world.active(targets[0])
        draft = await rig.desk.calls.begin(targets[0], tracker.current_step_id)
        draft.result = "Connected"
        await rig.desk.calls.save(draft)
        await until(rig, [targets[0]])
        await idle(rig)
        same_as_the_org(rig)
        assert not rig.world.doubles()
        await rig.desk.stop()
        assert not [one.name for one in threading.enumerate() if one.name.startswith("feed-/")]

    run(go())


def test_changes_from_all_sides_while_everything_is_read(rig: Rig) -> None:
    async def go() -> None:
        for number in range(1, 301):
            rig.world.add_lead(number)
            rig.world.enroll(lead(number), CADENCE)
        ready, finished, loop = threading.Event(), asyncio.Event(), asyncio.get_running_loop()

        def colleagues() -> None:
            ready.wait(PATIENCE)
            for number in range(1, 301):
                with rig.world.lock:
                    (tracker,) = rig.world.active(lead(number))
                    rig.world.change_tracker(tracker.id, owner_id=COLLEAGUE)
                    if number % 3 == 0:
                        rig.world.finish_step(rig.world.trackers[tracker.id].current_step_id, "x")
                    if number % 5 == 0:
                        rig.world.enroll(lead(number), OTHER_CADENCE)
            loop.call_soon_threadsafe(finished.set)

        worker = threading.Thread(target=colleagues)
        worker.start()
        rig.org.before_read = lambda what: ready.set() if what == "page of trackers" else None
        await rig.desk.start()
        await asyncio.wait_for(finished.wait(), PATIENCE)
        await idle(rig)
        same_as_the_org(rig)
        rig.feed.drop()
        await idle(rig)
        same_as_the_org(rig)
        await rig.desk.stop()

    run(go())


def test_quitting_does_not_wait_for_a_server_that_hangs(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "ANSWER_SECONDS", 0.2)
    go_on = threading.Event()

    async def go() -> None:
        rig.world.add_lead(1)
        await rig.desk.start()
        await idle(rig)
        rig.org.before_write = go_on.wait
        draft = await rig.desk.calls.begin(lead(1), None)
        draft.result = "Connected"
        await rig.desk.calls.save(draft)
        await until(rig, [lead(1)], "sending")
        await rig.desk.stop()

    try:
        run(go())
    finally:
        go_on.set()


def test_the_files_are_closed_and_can_be_opened_again(rig: Rig) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        await rig.desk.start()
        await idle(rig)
        await rig.desk.stop()
        rig.lanes = NamedLanes()
        rig.desk = rig._desk()
        await rig.desk.start()
        await idle(rig)
        assert rig.desk.person(lead(1)) is not None
        assert not rig.org.calls["some people"]
        await rig.desk.stop()

    run(go())
