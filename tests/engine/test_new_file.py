"""A cache file that turned out damaged is empty: nothing is saved into it as if it still held what it had held."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import FileDamaged
from cadence_desk.store import cache_rows
from cadence_desk.sync.parts import EngineParts
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

COUNT = 5
ANNA = lead(1)
TOPICS = ("/data/ActionCadenceTrackerChangeEvent", "/data/LeadChangeEvent")


async def live(rig: Rig) -> None:
    for number in range(1, COUNT + 1):
        rig.world.add_lead(number)
        rig.world.enroll(lead(number), CADENCE)
    await rig.start()
    await rig.pass_time(2)


def shown(rig: Rig) -> tuple[int, int]:
    return rig.desk.people.count, rig.desk.trackers.count


def fail_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """The next write finds the file damaged."""
    write = cache_rows.write_batch
    left = [FileDamaged()]

    def writing(*what: Any) -> None:
        if left:
            raise left.pop()
        write(*what)

    monkeypatch.setattr("cadence_desk.store.cache.write_batch", writing)


def hold_answer(rig: Rig, monkeypatch: pytest.MonkeyPatch, begun: asyncio.Event) -> None:
    """Nobody hears what became of the next save before the one after it."""
    cache = rig.engine.parts.cache
    held: list[Future[None]] = []
    save = cache.save

    def saving(batch: Any) -> Future[None]:
        done = save(batch)
        if held:
            return done
        waiting: Future[None] = Future()
        waiting.set_running_or_notify_cancel()
        held.append(waiting)
        begun.set()
        return waiting

    monkeypatch.setattr(cache, "save", saving)


def test_damage_that_a_quit_did_not_wait_for_leaves_a_file_that_is_read_anew(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        await live(rig)
        trackers = [one.id for one in rig.world.trackers.values()]
        rig.org.link_down = True
        await rig.desk.moves.pause(trackers[:1])
        before = rig.states(ANNA)
        begun = asyncio.Event()
        hold_answer(rig, monkeypatch, begun)
        fail_once(monkeypatch)
        rig.world.change_tracker(trackers[1], owner_id="005000000000999AAA")
        await begun.wait()
        await rig.desk.stop()
        rig.desk = rig._desk()
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert shown(rig) == (0, 0), "of a file that was made anew nothing is shown"
        assert not any(rig.engine.follower.marks.resume_from(topic) for topic in TOPICS)
        await rig.desk.stop()
        rig.org.link_down = False
        rig.desk = rig._desk()
        await rig.start()
        assert shown(rig) == (COUNT, COUNT)
        assert rig.operations(ANNA), before
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["settled"], "what waited was not lost with it"
        await rig.restart()
        assert shown(rig) == (COUNT, COUNT)

    run(go())


def test_what_others_save_after_damage_is_not_the_first_thing_in_the_new_file(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Damage that somebody else found, a read of a document: the follower must hear of it before it saves on."""

    async def go() -> None:
        await live(rig)
        fail_once(monkeypatch)
        await rig.engine.nightly.done()
        await rig.pass_time(2)
        for state in (
            "Paused",
            "Running",
        ):  # the first save is told of the damage, the next one is of everything
            rig.world.change_tracker(rig.world.active(ANNA)[0].id, state=state)
            await rig.pass_time(2)
        await rig.crash()
        rig.org.link_down = True  # only what the file holds can be shown
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert shown(rig) == (COUNT, COUNT)

    run(go())


@pytest.mark.parametrize("quits", [False, True])
def test_a_new_file_is_filled_in_slices_and_gets_its_marks_last(
    quits: bool, rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        monkeypatch.setattr("cadence_desk.sync.follower.ROWS_PER_SAVE", 2)
        await live(rig)
        cache = rig.engine.parts.cache
        save, batches = cache.save, list[Any]()

        def saving(batch: Any) -> Future[None]:
            batches.append(batch)
            return save(batch)

        monkeypatch.setattr(cache, "save", saving)
        fail_once(monkeypatch)
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        batches.clear()
        if quits:
            await rig.desk.stop()
            rig.desk = rig._desk()
        else:
            rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Running")
            await rig.pass_time(5)
            await rig.crash()
        saved = [one for one in batches if not one.documents]
        rows = [len(one.people) + len(one.trackers) + len(one.steps) for one in saved]
        assert max(rows) <= 2
        assert sum(rows) >= 3 * COUNT
        marked = [number for number, one in enumerate(saved) if one.marks]
        assert marked
        assert sum(rows[: marked[0] + 1]) >= 3 * COUNT, "no mark before its rows"
        rig.org.link_down = True  # only what the file holds can be shown
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert shown(rig) == (COUNT, COUNT)

    run(go())


def test_rows_that_stood_there_before_the_file_was_made_anew_are_saved_into_it(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A first look took them from a file whose damage only the opening for good found."""

    async def go() -> None:
        await live(rig)
        rows = (list(rig.engine.board.people), list(rig.engine.board.trackers))
        await rig.desk.stop()
        (rig.folder / "cache.db").write_bytes(b"damaged" * 1_000)
        monkeypatch.setattr("tests.engine.rig.EngineParts", partial(EngineParts, shown=rows))
        rig.desk = rig._desk()
        await rig.start()
        await rig.pass_time(2)
        monkeypatch.undo()
        await rig.desk.stop()
        rig.desk = rig._desk()
        rig.org.link_down = True  # only what the file holds can be shown
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert shown(rig) == (COUNT, COUNT)

    run(go())
