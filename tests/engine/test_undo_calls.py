"""A logged call and its follow-up are taken back by deleting their tasks, unless somebody changed them since."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.calls import FollowUp
from cadence_desk.domain.choices import Choice
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.undo import UndoVerdict
from tests.engine.fates import Fate
from tests.engine.test_log_call import ANNA, ready, typed

if TYPE_CHECKING:
    from cadence_desk.domain.undo import UndoRow
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

GONE, BACK = UndoVerdict.LEFT_OUT, UndoVerdict.TAKEN_BACK


async def logged(rig: Rig, step: str | None, *, follow_up: bool = False) -> str:
    draft = await typed(rig, step)
    draft.follow_up = FollowUp("Send the offer", rig.world.now().date()) if follow_up else None
    intent = await rig.desk.calls.save(draft)
    await rig.pass_time(5)
    return intent


async def planned(rig: Rig, intent: str) -> list[UndoRow]:
    return await rig.desk.undoing.plan([intent])


@pytest.mark.parametrize("fate", [Fate.OK, Fate.ACK_LOST, Fate.LOST, Fate.LATE, Fate.UNREACHABLE])
def test_a_logged_call_is_taken_back_once_whatever_happens(fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        intent = await logged(rig, None)
        operation = rig.operations(ANNA)[0]
        assert Choice.UNDO in rig.desk.outbox.choices(operation)
        rows = await planned(rig, intent)
        assert [(row.verdict, row.words) for row in rows] == [(BACK, "Delete the logged call")]
        rig.org.fates.append(fate)
        await rig.desk.undoing.start(rows)
        await rig.pass_time(5)
        assert rig.world.calls(ANNA), "it waits, so that the undo can be undone"
        await rig.pass_time(900)
        assert not rig.world.calls(ANNA)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert (await planned(rig, intent))[0].words == "It was undone already."

    run(go())


def test_the_step_stays_completed_and_the_follow_up_goes_too(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        intent = await logged(rig, step, follow_up=True)
        rows = await planned(rig, intent)
        assert [(row.operation.kind, row.verdict) for row in rows] == [
            (Kind.LOG_CALL, BACK),
            (Kind.COMPLETE_STEP, GONE),
            (Kind.ADD_TASK, BACK),
        ]
        assert rows[0].words == "Delete the logged call; the step that was completed with it stays completed"
        assert "cannot be opened again" in rows[1].words
        await rig.desk.undoing.start(rows)
        await rig.pass_time(60)
        assert not rig.world.tasks
        assert not rig.world.steps[step].is_open

    run(go())


def test_what_somebody_wrote_into_it_is_never_deleted(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        intent = await logged(rig, None, follow_up=True)
        rows = await planned(rig, intent)
        call, follow_up = (
            rig.world.calls(ANNA)[0],
            next(one for one in rig.world.tasks.values() if not one.is_closed),
        )
        rig.world.put_task(replace(call, notes="A colleague's addition"))
        rig.world.put_task(replace(follow_up, is_closed=True, status="Completed"))
        again = await planned(rig, intent)
        assert [(row.verdict, row.words) for row in again] == [
            (GONE, "Its task was changed since."), (GONE, "The task is done already."),
        ]  # fmt: skip
        await rig.desk.undoing.start(
            rows
        )  # planned before they changed: looked at once more before it is sent
        await rig.pass_time(60)
        assert len(rig.world.tasks) == 2
        assert rig.states(ANNA) == ["settled", "settled", "refused", "refused"]
        assert not rig.org.calls["delete task"]

    run(go())


def test_a_task_that_is_gone_and_the_steps_own_are_left_alone(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.makes_step_tasks = True
        step = await ready(rig)
        intent = await logged(rig, step)
        (own, _) = await planned(rig, intent)
        assert (own.verdict, "step's own task" in own.words) == (GONE, True)
        assert Choice.UNDO not in rig.desk.outbox.choices(own.operation)
        rig.world.makes_step_tasks = False
        other = await logged(rig, None)
        rows = await planned(rig, other)
        rig.world.delete("Task", rig.operations(ANNA)[-1].server_id)
        assert (await planned(rig, other))[0].words == "Its task is no longer there."
        await rig.desk.undoing.start(rows)
        await rig.pass_time(60)
        assert rig.states(ANNA)[-1] == "settled", "what is gone needs no deletion"
        assert not rig.org.calls["delete task"]

    run(go())


def test_a_call_that_was_sent_twice_is_not_deleted_before_the_first_send_is_over(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        rig.world.has_key_field = True
        await ready(rig)
        rig.org.fates.append(Fate.LATE)
        intent = await logged(rig, None)
        assert rig.states(ANNA) == ["settled"]
        assert "first send may still be running" in (await planned(rig, intent))[0].words
        await rig.pass_time(700)
        (row,) = await planned(rig, intent)
        assert row.verdict is BACK
        await rig.desk.undoing.start([row])
        await rig.pass_time(60)
        assert not rig.world.calls(ANNA)

    run(go())


def test_a_plan_of_one_user_is_not_carried_out_by_another(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rows = await planned(rig, await logged(rig, None))
        stranger = [replace(row, operation=replace(row.operation, op_id="of somebody else")) for row in rows]
        with pytest.raises(BadValue, match="not done by the user"):
            await rig.desk.undoing.start([*rows, *stranger])
        await rig.pass_time(30)
        assert rig.world.calls(ANNA), "nothing of it was done"
        assert len(rig.operations(ANNA)) == 1

    run(go())
