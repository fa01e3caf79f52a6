"""Undo: nothing is sent before its time, whatever ends the session; what went out is taken back by a previewed plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.choices import Choice
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.undo import UndoVerdict, undo_summary
from tests.engine.model_world import CADENCE, COLLEAGUE, ME, OTHER_CADENCE, lead
from tests.engine.test_moves import ANNA, MOVES, one_tracker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ENDS = ("quit", "crash", "sign out")
GONE, BACK, WITHDRAWN = UndoVerdict.LEFT_OUT, UndoVerdict.TAKEN_BACK, UndoVerdict.WITHDRAWN


async def end_session(rig: Rig, how: str) -> None:
    """End it in one of three ways, stay away for an hour, and come back."""
    if how == "sign out":
        await rig.desk.sign_in.sign_out()
        await rig.pass_time(3600)
        await rig.desk.sign_in.begin(lambda _address: None)
        await rig.calm()
        return
    await (rig.desk.stop() if how == "quit" else rig.crash())
    rig.clock.advance(3600)
    if how == "quit":
        rig.desk = rig._desk()
    await rig.start()


@pytest.mark.parametrize("how", ENDS)
@pytest.mark.parametrize("undone", [True, False])
def test_the_undo_window_opens_again_after_any_end(how: str, undone: bool, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        (intent,) = await rig.desk.moves.remove([tracker.id])
        assert rig.desk.moves.undo_left([intent]) == 8.0
        await rig.pass_time(5)
        await end_session(rig, how)
        assert not rig.org.sent
        assert rig.desk.moves.undoable() == [intent]
        assert rig.operations(ANNA)[0].words == "Waiting: can be undone"
        await rig.pass_time(7)
        assert not rig.org.sent
        if undone:
            assert await rig.desk.moves.undo([intent]) == 1
        await rig.pass_time(30)
        assert rig.states(ANNA) == ["cancelled" if undone else "settled"]
        assert len(rig.org.sent) == (0 if undone else 1)
        assert rig.desk.moves.undo_left([intent]) == 0.0

    run(go())


@pytest.mark.parametrize("move", ["pause", "disposition", "assignee", "complete"])
def test_a_change_of_many_rows_waits_and_a_single_one_goes_at_once(
    move: str, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        people = [rig.world.add_lead(number).id for number in (1, 2, 3)]
        trackers = [str(rig.world.enroll(one, CADENCE).id) for one in people]
        await rig.start()
        await MOVES[move](rig.desk.moves, trackers[:1])
        await rig.pass_time(1)
        assert len(rig.org.sent) == 1
        many = await MOVES[move](rig.desk.moves, trackers[1:])
        await rig.pass_time(7)
        assert len(rig.org.sent) == 1
        assert await rig.desk.moves.undo(many) == 2
        await rig.pass_time(30)
        assert len(rig.org.sent) == 1

    run(go())


# ---------------------------------------------------------------- what went out already


async def taken_back(rig: Rig, intents: Sequence[str]) -> None:
    rows = await rig.desk.undoing.plan(intents)
    assert {row.verdict for row in rows} == {BACK}, [(row.name, row.words) for row in rows]
    made = await rig.desk.undoing.start(rows)
    assert len(made) == len(rows)
    await rig.pass_time(30)


@pytest.mark.parametrize("move", ["pause", "assignee", "remove"])
def test_a_settled_move_is_taken_back(move: str, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        intents = await MOVES[move](rig.desk.moves, [tracker.id])
        await rig.pass_time(30)
        first = rig.operations(ANNA)[0]
        assert Choice.UNDO in rig.desk.outbox.choices(first)
        await taken_back(rig, intents)
        active = next(one for one in rig.world.trackers.values() if one.is_active)
        assert (active.state, active.owner_id, active.cadence_id) == ("Running", ME, CADENCE)
        assert active.current_step_title == tracker.current_step_title
        (again,) = await rig.desk.undoing.plan(intents)
        assert (again.verdict, again.words) == (GONE, "It was undone already.")

    run(go())


def test_an_addition_is_taken_back_by_a_removal(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        await rig.desk.moves.remove([tracker.id])
        await rig.pass_time(30)
        removal = rig.operations(ANNA)[0]
        await rig.desk.undoing.start(await rig.desk.undoing.plan([removal.intent_id]))
        await rig.pass_time(30)
        addition = rig.operations(ANNA)[1]
        await taken_back(rig, [addition.intent_id])
        assert not any(one.is_active for one in rig.world.trackers.values())

    run(go())


def test_a_disposition_goes_back_to_what_it_was(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        first = await rig.desk.moves.set_disposition([tracker.id], "Success")
        await rig.pass_time(5)
        second = await rig.desk.moves.set_disposition([tracker.id], "Bad Data")
        await rig.pass_time(5)
        (row,) = await rig.desk.undoing.plan(first)
        assert (row.verdict, "changed since" in row.words) == (GONE, True)
        await taken_back(rig, second)
        assert rig.world.trackers[tracker.id].completion_disposition == "Success"
        (row,) = await rig.desk.undoing.plan(first)
        assert "cannot be taken away" in row.words

    run(go())


def test_what_others_changed_since_is_left_out_and_named(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        people = [rig.world.add_lead(number).id for number in (1, 2, 3, 4)]
        trackers = [rig.world.enroll(one, CADENCE) for one in people]
        await rig.start()
        intents = await rig.desk.moves.change_assignee([one.id for one in trackers], COLLEAGUE)
        await rig.pass_time(30)
        handed, ended, more, still = (rig.world.trackers[one.id] for one in trackers)
        rig.world.change_tracker(handed.id, owner_id=ME)
        rig.world.change_tracker(ended.id, state="Complete")
        rig.world.enroll(more.target_id, OTHER_CADENCE)
        await rig.calm()
        rows = {row.operation.target_id: row for row in await rig.desk.undoing.plan(intents)}
        assert [rows[one].verdict for one in people] == [GONE, GONE, GONE, BACK]
        assert "handed over since" in rows[people[0]].words
        assert "over already" in rows[people[1]].words
        assert "several cadences" in rows[people[2]].words
        assert rows[people[3]].words == "Hand back to Robin Rep"
        assert undo_summary(list(rows.values())) == "1 taken back by an opposite change, 3 left out."
        await rig.desk.undoing.start(list(rows.values()))
        await rig.pass_time(30)
        assert rig.world.trackers[still.id].owner_id == ME

    run(go())


def test_what_did_nothing_or_cannot_be_taken_back_says_so(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.world.change_tracker(tracker.id, state="Paused")
        paused = await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(5)
        (row,) = await rig.desk.undoing.plan(paused)
        assert row.words == "It was so already: this change did nothing."
        await rig.desk.moves.resume([tracker.id])
        await rig.pass_time(5)
        done = await rig.desk.moves.complete_step([tracker.id])
        await rig.pass_time(5)
        (row,) = await rig.desk.undoing.plan(done)
        assert (row.verdict, row.kind) == (GONE, None)
        operation = rig.desk.moves.results(done)[0]
        assert Choice.UNDO not in rig.desk.outbox.choices(operation)
        story = await rig.desk.outbox.story(operation.op_id)
        assert story.no_undo == "This cannot be undone from here: a finished step cannot be opened again."

    run(go())


def test_a_plan_withdraws_what_waits_and_leaves_doubt_alone(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        waiting = await rig.desk.moves.remove([tracker.id])
        rows = await rig.desk.undoing.plan(waiting)
        assert [row.verdict for row in rows] == [WITHDRAWN]
        assert await rig.desk.undoing.start(rows) == []
        assert rig.states(ANNA) == ["cancelled"]
        assert not await rig.desk.undoing.plan(waiting)

    run(go())


def test_what_leaves_while_the_plan_is_looked_at_is_told(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.lanes.held.add(LaneName.INTERACTIVE)
        intents = await rig.desk.moves.pause([tracker.id])
        await rig.calm()
        rows = await rig.desk.undoing.plan(intents)
        assert [row.verdict for row in rows] == [WITHDRAWN]
        with pytest.raises(BadValue, match="being sent just now"):
            await rig.desk.undoing.start(rows)
        rig.lanes.held.clear()
        rig.lanes.let_go()
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]
        await taken_back(rig, intents)

    run(go())


def test_an_undo_is_made_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        intents = await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(5)
        rows = await rig.desk.undoing.plan(intents)
        await rig.desk.undoing.start(rows)
        with pytest.raises(BadValue, match="undone already"):
            await rig.desk.undoing.start(rows)
        assert len(rig.operations(lead(1))) == 2

    run(go())
