"""The API is off, or a permission or license is missing: nothing is refused row by row, it waits and says why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.errors import ShutOut
from cadence_desk.domain.operations import Hold
from cadence_desk.domain.planning.run import RunState
from tests.engine.fates import Fate, error_of
from tests.engine.model_world import CADENCE, ME, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)
SHUT = [Fate.API_OFF, Fate.FORBIDDEN]


async def enrolled(rig: Rig, count: int) -> list[str]:
    for number in range(1, count + 1):
        rig.world.add_lead(number)
    trackers: list[str] = [rig.world.enroll(lead(number), CADENCE).id for number in range(1, count + 1)]
    await rig.start()
    return trackers


@pytest.mark.parametrize("fate", SHUT)
def test_what_is_not_allowed_waits_says_why_and_goes_when_asked(rig: Rig, run: Run[Any], fate: Fate) -> None:
    async def go() -> None:
        first, second = await enrolled(rig, 2)
        rig.org.fates.append(fate)
        await rig.desk.moves.pause([first])
        await rig.pass_time(60)
        [waiting] = rig.operations(ANNA)
        assert waiting.words == "Waiting: not allowed"
        story = await rig.desk.outbox.story(waiting.op_id)
        assert "Ask a Salesforce admin" in story.means
        assert any(ShutOut.code in one.why for one in story.history)
        assert [one.code for one in rig.desk.notices] == [ShutOut.code]
        assert "1 change waits" in rig.desk.notices[0].words
        await rig.desk.refresh()
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]
        assert not rig.desk.notices
        assert rig.world.active(BERT)[0].id == second

    run(go())


def test_it_is_tried_again_by_itself_and_nothing_is_sent_in_between(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        [tracker] = await enrolled(rig, 1)
        rig.org.fates.append(Fate.API_OFF)
        await rig.desk.moves.pause([tracker])
        await rig.pass_time(880)
        assert len(rig.org.sent) == 1
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["settled"]

    run(go())


def test_what_waits_of_the_same_kind_is_not_sent_to_be_refused_too(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig, 6)
        rig.org.link_down = rig.feed.down = True
        for tracker in trackers:
            await rig.desk.moves.pause([tracker])
        await rig.calm()
        rig.org.fates.extend([Fate.FORBIDDEN] * 6)
        rig.org.link_down = rig.feed.down = False
        await rig.desk.refresh()
        await rig.pass_time(600)
        words = {one.words for number in range(1, 7) for one in rig.operations(lead(number))}
        assert words == {"Waiting: not allowed"}
        assert len(rig.org.sent) <= 2, "two are sent at once at most"

    run(go())


def test_a_read_that_is_not_allowed_holds_as_well(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        [tracker] = await enrolled(rig, 1)
        rig.org.read_errors.append(error_of(Fate.API_OFF))
        await rig.desk.moves.pause([tracker])
        await rig.pass_time(10)
        assert [one.hold for one in rig.operations(ANNA)] == [Hold.NOT_ALLOWED]
        assert not rig.org.sent
        await rig.crash()
        await rig.restart()
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"], "a new start asks again"

    run(go())


@pytest.mark.parametrize("count", [3, 60])
def test_a_run_stops_at_its_first_row_and_a_person_lets_it_go_on(rig: Rig, run: Run[Any], count: int) -> None:
    async def go() -> None:
        for number in range(1, count + 1):
            rig.world.add_lead(number)
        await rig.start()
        wish = WishInput(CADENCE, ME)
        rows = await rig.desk.enrollment.preview([lead(number) for number in range(1, count + 1)], wish)
        rig.org.fates.append(Fate.FORBIDDEN)
        view = await rig.desk.enrollment.start(rows, wish)
        await rig.pass_time(3600)
        assert (view.run.state, view.run.hold) == (RunState.HOLDING, Hold.RUN_HOLDING)
        assert "Resume it when an admin has seen to that" in view.words
        assert len(rig.org.sent) == 1
        assert {one.words for one in view.results()} <= {
            "Waiting: the run is on hold",
            "Waiting for its turn",
        }
        assert view.counts().keys() == {one.state for one in view.results()}
        await rig.desk.runs.resume(view.run_id)
        await rig.pass_time(60)
        assert view.run.state is RunState.FINISHED
        assert {one.words for one in view.results()} == {"Added, confirmed by Salesforce"}

    run(go())
