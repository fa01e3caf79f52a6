"""A call onto the task that the platform made for its step: found and written by one request, once, whatever becomes of it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)
FOUND = "find and update task"


async def ready(rig: Rig, *, own: bool = True) -> str:
    """Start with two people in a cadence, one of whose calls showed that steps have tasks; returns the other's step."""
    rig.world.makes_step_tasks = True
    rig.world.add_lead(1)
    rig.world.add_lead(2)
    first = rig.world.enroll(BERT, CADENCE)
    rig.world.makes_step_tasks = own
    second = rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    await save(rig, BERT, rig.world.trackers[first.id].current_step_id, "the first call")
    await rig.pass_time(3)
    rig.org.sent.clear()
    rig.org.calls.clear()
    return rig.world.trackers[second.id].current_step_id


async def save(rig: Rig, who: str, step: str, notes: str) -> None:
    draft = await rig.desk.calls.begin(who, step)
    draft.result, draft.notes = "Connected", notes
    await rig.desk.calls.save(draft)
    await rig.calm()


def sent(rig: Rig) -> list[str]:
    return [name for name, _ in rig.org.sent]


def test_a_call_costs_three_requests(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        await save(rig, ANNA, step, "hello")
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert sent(rig) == [FOUND, "sendSalesCadenceEvent"]
        assert {name: rig.org.calls[name] for name in ("look-up", "task", "some steps", "some trackers")} == {
            "look-up": 1, "task": 0, "some steps": 0, "some trackers": 0,
        }  # fmt: skip
        assert (rig.operations(ANNA)[1].evidence or {})["next"] == "Wait a day"

    run(go())


def test_a_step_without_a_task_gets_one_in_the_same_attempt(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig, own=False)
        await save(rig, ANNA, step, "hello")
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert sent(rig) == [FOUND, "create task", "sendSalesCadenceEvent"]
        assert [task.notes for task in rig.world.calls(ANNA)] == ["hello"]
        assert not rig.org.expects_step_tasks

    run(go())


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("own", [True, False])
@pytest.mark.parametrize(
    "fate",
    [Fate.LOST, Fate.LATE, Fate.ACK_LOST, Fate.STALE, Fate.UNREADABLE, Fate.BUSY, Fate.REFUSED, Fate.ERROR_502_DONE],
)  # fmt: skip
def test_whatever_becomes_of_it_the_call_is_there_once(
    *, keyed: bool, own: bool, fate: Fate, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        rig.world.has_key_field = keyed
        step = await ready(rig, own=own)
        rig.org.fates.append(fate)
        await save(rig, ANNA, step, "hello")
        await rig.pass_time(60)
        if own and fate is not Fate.REFUSED:
            assert rig.states(ANNA) == ["settled", "settled"], "its record is known: sent again at once"
        await rig.pass_time(2_000)
        refused = fate is Fate.REFUSED
        assert rig.states(ANNA) == (["refused", "cancelled"] if refused else ["settled", "settled"])
        assert [task.notes for task in rig.world.calls(ANNA)] == ([] if refused else ["hello"])
        assert len([one for one in rig.world.tasks.values() if one.who_id == ANNA and one.is_closed]) == (
            not refused
        )

    run(go())


def test_a_task_that_somebody_closes_meanwhile_is_not_taken_for_ours(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.has_key_field = True
        step = await ready(rig)
        rig.org.fates.append(Fate.LATE)
        await save(rig, ANNA, step, "hello")
        (own,) = [one for one in rig.world.tasks.values() if one.step_tracker_id == step]
        rig.org._update_task(own.id, {"Status": "Completed", "Description": "a colleague's"})
        await rig.pass_time(2_000)
        assert sorted(task.notes for task in rig.world.calls(ANNA)) == ["a colleague's", "hello"]
        assert rig.states(ANNA)[0] == "settled"

    run(go())


def test_a_step_that_was_seen_open_long_ago_is_looked_at_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        rig.org.fates.extend([Fate.OK, Fate.BUSY])
        await save(rig, ANNA, step, "hello")
        rig.world.finish_step(step, "ManuallyCompleted")
        await rig.pass_time(600)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert sent(rig) == [FOUND, "sendSalesCadenceEvent"], "found ended already: not sent again"

    run(go())


def test_a_lost_call_that_says_what_an_earlier_one_said_is_not_taken_for_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.has_key_field = True
        step = await ready(rig)
        await save(rig, ANNA, step, "no answer")
        await rig.pass_time(60)
        rig.org.fates.extend([Fate.OK, Fate.LOST])
        await save(rig, ANNA, step, "no answer")
        await rig.pass_time(2_000)
        calls = [one for one in rig.world.tasks.values() if one.who_id == ANNA and one.is_closed]
        assert [one.notes for one in calls] == ["no answer", "no answer"]

    run(go())


def test_a_task_that_came_after_the_send_does_not_make_a_second_send_safe(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig, own=False)
        rig.org.fates.extend([Fate.OK, Fate.LATE])
        await save(rig, ANNA, step, "hello")
        (made,) = [one for one in rig.world.tasks.values() if one.step_tracker_id and one.who_id == BERT]
        late = replace(made, id=rig.world.new_id("00T"), who_id=ANNA, is_closed=False, notes="")
        late = replace(late, step_tracker_id=step, call_result="", op_key="", created=rig.world.now())
        rig.world.put_task(late)
        await rig.pass_time(2_000)
        assert [task.notes for task in rig.world.calls(ANNA)] == ["hello"]
        assert rig.states(ANNA) == ["settled", "settled"]

    run(go())
