"""After a send that was repeated at once nothing else touches the record before the first can no longer be carried out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)


@pytest.mark.parametrize("set_forward", [0.0, 3600.0])
def test_an_undone_call_does_not_come_back_by_its_late_first_send(
    set_forward: float, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.has_key_field = True
        await rig.start()
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.result = "Connected"
        rig.org.fates.append(Fate.LATE)
        intent = await rig.desk.calls.save(draft)
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["settled"], "by its key the call is sent again at once"
        assert len(rig.org.sent) == 2
        rig.clock.shift += set_forward
        rows = await rig.desk.undoing.plan([intent])
        await rig.desk.undoing.start([row for row in rows if row.kind is not None])
        await rig.pass_time(1_500)
        if set_forward:
            assert rig.org.sent[-1][0] == "delete task"
            assert not rig.world.tasks, "the late first send was waited for"
        else:
            assert len(rig.world.tasks) == 1, "not offered so early"

    run(go())


@pytest.mark.parametrize("fate", [Fate.LOST, Fate.LATE, Fate.ERROR_500])
def test_a_second_lost_answer_holds_nothing_up_where_nothing_can_be_there_twice(
    fate: Fate, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.has_key_field = True
        await rig.start()
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.result = "Connected"
        rig.org.fates.extend([fate] * 3)
        await rig.desk.calls.save(draft)
        await rig.pass_time(10)
        assert len(rig.org.sent) == 2, "at once, once; then a server that loses answers gets time"
        await rig.pass_time(140)
        assert (rig.states(ANNA), len(rig.org.sent)) == (["settled"], 4)
        await rig.pass_time(1_000)
        assert len(rig.world.tasks) == 1
        assert not rig.world.doubles()

    run(go())


def test_a_refusal_after_a_lost_answer_is_not_asked_for_again_and_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.has_key_field = True
        await rig.start()
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.result = "Connected"
        rig.org.fates.extend([Fate.LOST, Fate.REFUSED, Fate.REFUSED])
        await rig.desk.calls.save(draft)
        await rig.pass_time(600)
        assert (rig.states(ANNA), len(rig.org.sent)) == (["in_doubt"], 2)
        await rig.pass_time(200)
        assert (rig.states(ANNA), len(rig.org.sent)) == (["refused"], 3)

    run(go())


def test_after_several_lost_answers_the_last_is_waited_for(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        tracker = rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        rig.org.late_seconds = 600.0
        rig.org.fates.extend([Fate.LATE] * 5)
        moves, began = rig.desk.moves, rig.clock.monotonic()
        await moves.set_disposition([tracker.id], "Success")
        while rig.states(ANNA) != ["settled"]:
            await rig.pass_time(5)
        assert 200 < rig.clock.monotonic() - began < 500
        await moves.set_disposition([tracker.id], "Bad Data")
        await rig.pass_time(1_500)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert rig.world.trackers[tracker.id].completion_disposition == "Bad Data"

    run(go())


@pytest.mark.parametrize("next_move", ["remove", "pause", "disposition"])
def test_the_next_change_of_a_tracker_waits(next_move: str, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        tracker = rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        rig.org.fates.append(Fate.LATE)
        moves = rig.desk.moves
        await moves.set_disposition([tracker.id], "Success")
        await rig.pass_time(30)
        assert rig.states(ANNA) == ["settled"]
        made = {
            "remove": lambda: moves.remove([tracker.id], "Bad Data"),
            "pause": lambda: moves.pause([tracker.id]),
            "disposition": lambda: moves.set_disposition([tracker.id], "Bad Data"),
        }
        await made[next_move]()
        await rig.pass_time(500)
        assert rig.states(ANNA) == ["settled", "queued"]
        assert len(rig.org.sent) == 2
        await rig.pass_time(600)
        assert rig.states(ANNA) == ["settled", "settled"]
        if next_move != "pause":
            assert rig.world.trackers[tracker.id].completion_disposition == "Bad Data"

    run(go())
