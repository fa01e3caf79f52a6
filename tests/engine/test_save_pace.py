"""While changes pour in the cache is saved a few times a second: mark and rows wait together, and a crash loses neither."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.sync.parts import EngineOptions
from tests.engine.model_feed import mark_of
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from cadence_desk.store.cache_batch import CacheBatch
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)
TRACKERS = "/data/ActionCadenceTrackerChangeEvent"
PACED = EngineOptions(sweep_seconds=86_400.0, save_seconds=0.25)


async def live_with_a_run(rig: Rig) -> None:
    rig.options = PACED
    rig.world.add_lead(1)
    rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    await rig.pass_time(2)


async def turned(rig: Rig, state: str) -> bytes:
    """Have the org change the run, and return where that stands in the stream."""
    rig.world.change_tracker(rig.world.active(ANNA)[0].id, state=state)
    await rig.calm()
    return mark_of(len(rig.feed.log))


def state_of(rig: Rig) -> str:
    (tracker,) = rig.desk.trackers_of(ANNA)
    return tracker.state


def resumed_from(rig: Rig) -> bytes | None:
    return rig.engine.follower.marks.resume_from(TRACKERS)


def test_the_first_change_is_saved_at_once_and_the_next_ones_together(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        first = await turned(rig, "Paused")
        assert resumed_from(rig) == first
        await turned(rig, "Running")
        last = await turned(rig, "Paused")
        assert state_of(rig) == "Paused"  # shown at once
        assert resumed_from(rig) == first
        assert not rig.engine.follower.idle
        await rig.pass_time(0.3)
        assert resumed_from(rig) == last
        assert rig.engine.follower.idle

    run(go())


def test_killed_before_its_turn_the_org_tells_it_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        first = await turned(rig, "Paused")
        await turned(rig, "Running")
        await rig.crash()
        await rig.start()
        assert rig.feed.opened.count((TRACKERS, first)) == 1
        assert state_of(rig) == "Running"

    run(go())


def test_a_quit_in_order_saves_what_waits(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        await turned(rig, "Paused")
        last = await turned(rig, "Running")
        await rig.restart()
        assert rig.feed.opened.count((TRACKERS, last)) == 1

    run(go())


def test_without_a_pace_everything_is_saved_at_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        rig.engine.follower.pace.pause = 0.0
        await rig.pass_time(1)
        await turned(rig, "Paused")
        last = await turned(rig, "Running")
        assert resumed_from(rig) == last

    run(go())


def test_a_quit_while_a_save_fails_saves_no_mark_without_its_rows(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        follower, cache = rig.engine.follower, rig.engine.parts.cache
        follower.pace.pause = 0.0
        under_way: Future[None] = Future()
        under_way.set_running_or_notify_cancel()
        batches: list[CacheBatch] = []
        begun = asyncio.Event()

        def save(batch: CacheBatch) -> Future[None]:
            batches.append(batch)
            begun.set()
            done: Future[None] = Future()
            done.set_result(None)
            return under_way if len(batches) == 1 else done

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(cache, "save", save)
            rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
            await begun.wait()
            await follower.close()
        assert batches[-1].marks
        assert [one.state for one in batches[-1].trackers] == ["Paused"]

    run(go())


def title_shown(rig: Rig) -> str:
    table = rig.desk.people
    slot = table.slot_of(ANNA)
    assert slot is not None
    return table.texts("title")[slot]


def test_rows_are_written_at_once_and_after_many_of_them_a_moment_later(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        await live_with_a_run(rig)
        rig.world.change_person(ANNA, title="First")
        await rig.calm()
        rig.world.change_person(ANNA, title="Second")
        await rig.calm()
        assert title_shown(rig) == "Second", "few rows: no pause"
        monkeypatch.setattr("cadence_desk.sync.follower.BIG_WAVE", 0)
        rig.world.change_person(ANNA, title="Third")
        await rig.calm()
        assert title_shown(rig) == "Third"
        rig.world.change_person(ANNA, title="Fourth")
        await rig.calm()
        assert title_shown(rig) == "Third"
        assert not rig.engine.follower.idle
        await rig.pass_time(0.04)
        assert title_shown(rig) == "Fourth"
        await rig.pass_time(1)
        assert rig.engine.follower.idle

    run(go())
