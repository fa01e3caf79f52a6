"""Log a call: with and without a step, under both contracts, through every fate of its requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.calls import FollowUp
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Kind
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from cadence_desk.desk.calls import CallDraft
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)


async def ready(rig: Rig) -> str:
    """Start with one person in a cadence; returns the step she stands at."""
    rig.world.add_lead(1)
    tracker = rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    return rig.world.trackers[tracker.id].current_step_id


async def typed(rig: Rig, step: str | None, notes: str = "Spoke to Anna.") -> CallDraft:
    draft = await rig.desk.calls.begin(ANNA, step)
    draft.result, draft.notes, draft.duration_seconds = "Connected", notes, 90
    return draft


async def saved(rig: Rig, step: str | None, notes: str = "Spoke to Anna.") -> CallDraft:
    draft = await typed(rig, step, notes)
    await rig.desk.calls.save(draft)
    await rig.calm()
    return draft


def test_a_call_on_a_step_is_a_task_and_an_end_of_the_step(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        await saved(rig, step)
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled", "settled"]
        (task,) = rig.world.calls(ANNA)
        assert (task.call_result, task.notes, task.duration_seconds) == ("Connected", "Spoke to Anna.", 90)
        assert rig.world.steps[step].completion_reason == "ManuallyCompleted"
        evidence = rig.operations(ANNA)[1].evidence or {}
        assert evidence["next"] == "Wait a day"

    run(go())


def test_the_briefs_action_does_both_in_one_request(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.org.contract = "brief"
        step = await ready(rig)
        await saved(rig, step)
        await rig.pass_time(3)
        (operation,) = rig.operations(ANNA)
        assert (operation.kind, operation.state.value) == (Kind.COMPLETE_CALL, "settled")
        assert [name for name, _ in rig.org.sent] == ["completeActionCadenceStep"]
        assert rig.world.calls(ANNA)[0].notes == "Spoke to Anna."

    run(go())


def test_a_call_without_a_step_leaves_the_cadence_alone(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        await saved(rig, None)
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled"]
        assert rig.world.steps[step].is_open

    run(go())


def test_the_task_that_the_step_made_is_used(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.makes_step_tasks = True
        step = await ready(rig)
        await saved(rig, step)
        await rig.pass_time(3)
        (task,) = [one for one in rig.world.tasks.values() if one.step_tracker_id == step]
        assert (task.is_closed, task.notes) == (True, "Spoke to Anna.")
        assert rig.org.calls["create task"] == 0

    run(go())


def test_a_follow_up_goes_last(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        draft = await typed(rig, step)
        draft.follow_up = FollowUp("Send the offer", rig.world.now().date())
        await rig.desk.calls.save(draft)
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled"] * 3
        assert [name for name, _ in rig.org.sent] == ["create task", "sendSalesCadenceEvent", "create task"]

    run(go())


def test_a_refusal_cancels_the_rest_and_offers_the_text_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        rig.org.fates.append(Fate.REFUSED)
        await saved(rig, step, notes="A long and careful note")
        assert rig.states(ANNA) == ["refused", "cancelled"]
        assert rig.world.steps[step].is_open
        again = await rig.desk.calls.begin(ANNA, step)
        assert (again.result, again.notes) == ("Connected", "A long and careful note")
        assert again.was_refused == "No calls on Sundays."
        await rig.desk.calls.save(again)
        await rig.pass_time(3)
        assert [one.notes for one in rig.world.calls(ANNA)] == ["A long and careful note"]
        assert rig.states(ANNA) == ["superseded", "cancelled", "settled", "settled"]

    run(go())


@pytest.mark.parametrize(
    ("fate", "states", "calls"),
    [
        (Fate.ACK_LOST, ["settled", "settled"], 1),
        (Fate.UNREADABLE, ["settled", "settled"], 1),
        (Fate.LOST, ["in_doubt", "queued"], 0),
        (Fate.LATE, ["in_doubt", "queued"], 0),
        (Fate.UNREACHABLE, ["settled", "settled"], 1),
        (Fate.BUSY, ["settled", "settled"], 1),
        (Fate.FORBIDDEN, ["queued", "queued"], 0),
    ],
)
def test_where_a_call_stands_soon_after(
    fate: Fate, states: list[str], calls: int, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        step = await ready(rig)
        rig.org.fates.append(fate)
        await saved(rig, step)
        await rig.pass_time(10)
        assert rig.states(ANNA) == states
        assert len(rig.world.calls(ANNA)) == calls

    run(go())


@pytest.mark.parametrize("keyed", [True, False])
@pytest.mark.parametrize("fate", [Fate.LOST, Fate.LATE, Fate.ACK_LOST])
def test_in_the_end_it_is_there_once(*, keyed: bool, fate: Fate, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.has_key_field = keyed
        step = await ready(rig)
        rig.org.fates.append(fate)
        await saved(rig, step)
        if fate is not Fate.ACK_LOST:
            await rig.pass_time(600)
            assert rig.org.calls["create task"] == (2 if keyed else 1), "sent again at once only under a key"
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert len(rig.world.calls(ANNA)) == 1
        assert not rig.world.doubles()

    run(go())


def test_nothing_is_sent_again_before_eleven_minutes_whatever_our_clock_says(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.fates.append(Fate.LOST)
        await saved(rig, None)
        rig.clock.shift = 86_400.0
        await rig.pass_time(640)
        assert rig.org.calls["create task"] == 1
        await rig.pass_time(120)
        assert rig.org.calls["create task"] == 2
        assert rig.states(ANNA) == ["settled"]

    run(go())


def test_a_send_that_left_after_a_sleep_is_waited_for_from_then_on(rig: Rig, run: Run[Any]) -> None:
    """The lid was closed between the commit and the send: hours have passed since, and the call may still be running."""

    async def go() -> None:
        await ready(rig)
        rig.org.fates.append(Fate.LATE)
        rig.org.late_seconds = 540.0

        def fall_asleep(where: str) -> None:
            if where == "before create task":
                rig.clock.slept = 28_800.0

        rig.org.boundary = fall_asleep
        await saved(rig, None)
        await rig.pass_time(60)
        assert (rig.states(ANNA), rig.org.calls["create task"]) == (["in_doubt"], 1)
        await rig.pass_time(700)
        assert (rig.states(ANNA), rig.org.calls["create task"]) == (["settled"], 1)
        assert not rig.world.doubles()

    run(go())


def test_a_long_note_arrives_whole_and_a_longer_one_is_told_before(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        longest = "ü" * 31_999 + "😀"
        draft = await typed(rig, None, longest + "x")
        with pytest.raises(BadValue, match="1 characters too long"):
            await rig.desk.calls.save(draft)
        assert rig.states(ANNA) == ["draft"]
        draft.notes = longest
        await rig.desk.calls.save(draft)
        await rig.pass_time(3)
        assert rig.world.calls(ANNA)[0].notes == longest

    run(go())


def test_what_cannot_be_is_told_and_the_draft_stays(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        draft = await rig.desk.calls.begin(ANNA, None)
        for result, seconds in (("", 0), ("Invented", 0), ("Connected", -1), ("Connected", 90_000)):
            draft.result, draft.duration_seconds = result, seconds
            with pytest.raises(BadValue):
                await rig.desk.calls.save(draft)
        assert rig.states(ANNA) == ["draft"]

    run(go())
