"""Pause, resume, remove, assignee, complete, skip, disposition: through every fate, and taken back in time."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Kind
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, COLLEAGUE, OTHER_CADENCE, lead

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.desk.moves import Moves
    from cadence_desk.domain.trackers import Tracker
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)
MOVES: dict[str, Callable[[Moves, list[str]], Awaitable[list[str]]]] = {
    "pause": lambda moves, ids: moves.pause(ids),
    "remove": lambda moves, ids: moves.remove(ids, "Success"),
    "assignee": lambda moves, ids: moves.change_assignee(ids, COLLEAGUE),
    "complete": lambda moves, ids: moves.complete_step(ids),
    "skip": lambda moves, ids: moves.skip_step(ids, "left the company"),
    "disposition": lambda moves, ids: moves.set_disposition(ids, "Bad Data"),
}


def done(rig: Rig, move: str, before: Tracker) -> bool:
    after = rig.world.trackers[before.id]
    return {
        "pause": after.state == "Paused",
        "remove": after.completion_reason == "ManuallyRemoved" and after.completion_disposition == "Success",
        "assignee": after.owner_id == COLLEAGUE,
        "complete": rig.world.steps[before.current_step_id].completion_reason == "ManuallyCompleted",
        "skip": rig.world.steps[before.current_step_id].completion_reason == "ManuallySkipped",
        "disposition": after.completion_disposition == "Bad Data",
    }[move]


async def one_tracker(rig: Rig) -> Tracker:
    rig.world.add_lead(1)
    tracker = rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    return rig.world.trackers[tracker.id]


@pytest.mark.parametrize("fate", [Fate.OK, Fate.ACK_LOST, Fate.LOST, Fate.LATE, Fate.UNREACHABLE, Fate.BUSY])
@pytest.mark.parametrize("move", MOVES)
def test_each_move_ends_once_whatever_happens(move: str, fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.org.fates.append(fate)
        (intent,) = await MOVES[move](rig.desk.moves, [tracker.id])
        await rig.pass_time(1500)
        (operation,) = rig.desk.moves.results([intent])
        assert operation.state.value == "settled", operation
        assert done(rig, move, tracker)
        assert len(rig.world.steps) <= 2, "no step was finished twice"

    run(go())


@pytest.mark.parametrize("move", ["remove", "skip"])
def test_what_cannot_be_unmade_waits_and_can_be_taken_back(move: str, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        intents = await MOVES[move](rig.desk.moves, [tracker.id])
        await rig.pass_time(7)
        assert rig.operations(ANNA)[0].words == "Waiting: can be undone"
        assert not rig.org.sent
        assert await rig.desk.moves.undo(intents) == 1
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["cancelled"]
        again = await MOVES[move](rig.desk.moves, [tracker.id])
        await rig.pass_time(10)
        assert await rig.desk.moves.undo(again) == 0, "too late"
        assert done(rig, move, tracker)

    run(go())


def test_a_target_with_two_runs_is_paused_and_resumed_by_one_call(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        other = rig.world.enroll(ANNA, OTHER_CADENCE)
        await rig.calm()
        assert {one.id for one in rig.desk.moves.touched(Kind.PAUSE, tracker.id)} == {tracker.id, other.id}
        assert [one.id for one in rig.desk.moves.touched(Kind.REMOVE, tracker.id)] == [tracker.id]
        await rig.desk.moves.pause([tracker.id, other.id])
        await rig.pass_time(3)
        assert [one.state for one in rig.world.trackers.values()] == ["Paused", "Paused"]
        await rig.desk.moves.resume([tracker.id])
        await rig.pass_time(3)
        assert [one.state for one in rig.world.trackers.values()] == ["Running", "Running"]
        assert [size for _, size in rig.org.sent] == [1, 1]

    run(go())


def test_a_time_of_resumption_is_sent_in_utc(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        berlin = timezone(timedelta(hours=2))
        await rig.desk.moves.pause([tracker.id], datetime(2026, 7, 1, 9, 30, tzinfo=berlin))
        assert rig.operations(ANNA)[0].payload["resume_at"] == "2026-07-01T07:30:00.000Z"

    run(go())


def test_many_go_together_and_each_has_its_own_end(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = []
        for number in range(1, 13):
            rig.world.add_lead(number)
            trackers.append(rig.world.enroll(lead(number), CADENCE).id)
        await rig.start()
        rig.org.refused_targets[lead(5)] = ("UNKNOWN_EXCEPTION", "locked")
        intents = await rig.desk.moves.pause(trackers)
        await rig.pass_time(10)
        assert rig.org.sent == [("pauseSalesCadenceTracker", 12)]
        words = [one.words for one in rig.desk.moves.results(intents)]
        assert words.count("Confirmed") == 11
        assert words[4] == "Refused: locked"

    run(go())


def test_the_run_that_was_meant_is_the_only_one_touched(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.org.fates.append(Fate.LOST)
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(30)
        rig.world.change_tracker(tracker.id, state="Complete")
        newer = rig.world.enroll(ANNA, CADENCE)
        await rig.pass_time(1500)
        assert rig.states(ANNA) == ["needs_review"]
        assert rig.world.trackers[newer.id].state == "Running", "never act on a run that was not meant"

    run(go())


def test_a_wish_that_is_true_already_is_not_sent(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.feed.slow = True  # the desk does not hear of it
        rig.world.change_tracker(tracker.id, state="Paused")
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(2)
        assert rig.states(ANNA) == ["settled"]
        assert not rig.org.sent

    run(go())


def test_a_record_deleted_meanwhile_is_told(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.feed.slow = True
        rig.world.delete("ActionCadenceTracker", tracker.id)
        for move in ("pause", "disposition", "remove"):
            (intent,) = await MOVES[move](rig.desk.moves, [tracker.id])
            await rig.pass_time(12)
            (operation,) = rig.desk.moves.results([intent])
            assert operation.words == "Refused: The tracker no longer exists."
        rig.feed.slow = False
        rig.feed.deliver()
        await rig.calm()
        with pytest.raises(BadValue, match="no longer exists"):
            await rig.desk.moves.pause([tracker.id])

    run(go())


def test_a_different_change_waits_until_the_doubtful_one_is_over(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.org.fates.append(Fate.LATE)
        await rig.desk.moves.set_disposition([tracker.id], "Success")
        await rig.desk.moves.set_disposition([tracker.id], "Bad Data")
        await rig.pass_time(30)
        assert rig.states(ANNA) == ["settled", "queued"], "the same again at once, the next one not"
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert rig.world.trackers[tracker.id].completion_disposition == "Bad Data"

    run(go())


def test_what_a_move_needs_is_told_first(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        with pytest.raises(BadValue):
            await rig.desk.moves.change_assignee([tracker.id], "")
        with pytest.raises(BadValue):
            await rig.desk.moves.set_disposition([tracker.id], "")
        assert await rig.desk.moves.pause([]) == []
        for kind in Kind:
            label, _ = rig.desk.moves.reversibility(kind)
            assert label
        assert rig.desk.why_not(Kind.COMPLETE_CALL).startswith("This org does not offer")
        assert not rig.desk.why_not(Kind.PAUSE)

    run(go())
