"""Canceling all that wait of a run ends the run: rows that have not entered the outbox yet never do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.choices import Choice
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.planning.run import RunState
from tests.engine.test_runs import agreed, begun, in_the_middle, people, set_going

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


def test_canceling_a_run_in_the_outbox_ends_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 80))
        await in_the_middle(rig, 4)
        waiting = [
            one for one in rig.desk.outbox.listed() if one.run_id and one.state is OperationState.QUEUED
        ]
        assert waiting
        assert Choice.CANCEL_RUN in rig.desk.outbox.choices(waiting[-1])
        done = await rig.desk.outbox.decide(Choice.CANCEL_RUN, [waiting[-1].op_id], "wrong list")
        assert done.count >= 1
        set_going(rig)
        await rig.pass_time(60)
        sent = len(rig.org.sent)
        await rig.pass_time(3600)
        assert len(rig.org.sent) == sent, "rows followed after the run was canceled"
        assert started.run.state is RunState.STOPPED
        assert len(rig.world.trackers) < 80
        ledger = await agreed(rig, started.run_id)
        assert ledger.run.rows == 80
        gone = [
            one.op_id for one in waiting if rig.desk.outbox.find(one.op_id).state is OperationState.CANCELLED
        ]
        told = (await rig.desk.outbox.story(gone[0])).history[-1].why
        assert told == "canceled with its run: decided by rep@example.org in the window (wrong list)"

    run(go())


def test_a_run_that_waits_to_begin_is_canceled_by_its_one_row(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 30))
        (row,) = [one for one in rig.desk.outbox.listed() if one.run_id]
        await rig.desk.outbox.decide(Choice.CANCEL_RUN, [row.op_id])
        await rig.pass_time(600)
        assert not rig.org.sent
        assert started.run.state is RunState.STOPPED
        assert not rig.world.trackers

    run(go())


def test_the_undo_window_of_a_run_opens_again_after_a_crash(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, await people(rig, 30))
        await rig.pass_time(6)
        await rig.crash()
        rig.clock.advance(3600)
        await rig.start()
        await rig.pass_time(7)
        assert not rig.org.sent
        assert await rig.desk.moves.undo(rig.desk.moves.undoable()) >= 1
        await rig.pass_time(600)
        assert not rig.org.sent

    run(go())
