"""A row that cannot be read holds up what it is about, and nothing that was only looked up together with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.ports import LaneName
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

COUNT = 12
ALONE = ("trackers of people", "some trackers")


async def enrolled(rig: Rig) -> list[str]:
    for number in range(COUNT):
        rig.world.add_lead(number)
    trackers: list[str] = [rig.world.enroll(lead(number), CADENCE).id for number in range(COUNT)]
    await rig.start()
    return trackers


def states(rig: Rig, odd: set[int]) -> tuple[set[str], set[str]]:
    """Return the states of what is about odd rows, and of all others."""
    found: tuple[set[str], set[str]] = (set(), set())
    for number in range(COUNT):
        found[number not in odd].update(rig.states(lead(number)))
    return found


@pytest.mark.parametrize("odd", [{3}, {0, 1, 2, 3}, {0, 5, 11}], ids=str)
def test_a_row_that_cannot_be_read_back_holds_up_its_own_change_only(
    odd: set[int], rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig)
        await rig.desk.moves.pause(trackers)
        rig.org.boundary = lambda where: (
            rig.org.odd.update(trackers[one] for one in odd) if where.startswith("after") else None
        )
        await rig.pass_time(120)
        assert states(rig, odd) == ({"accepted"}, {"settled"})
        rig.org.boundary = lambda _where: None
        rig.org.odd.clear()
        await rig.pass_time(120)
        assert states(rig, odd) == ({"settled"}, {"settled"})
        assert len(rig.org.sent) <= 2, "nothing was sent again"

    run(go())


@pytest.mark.parametrize("odd", [{3}, {0, 1, 2, 3}, {0, 5, 11}], ids=str)
def test_a_row_that_cannot_be_read_before_sending_holds_up_its_own_change_only(
    odd: set[int], rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        trackers = await enrolled(rig)
        await rig.desk.moves.pause(trackers)
        rig.org.odd.update(trackers[one] for one in odd)
        await rig.pass_time(120)
        assert states(rig, odd) == ({"queued"}, {"settled"})
        assert {one.words for number in odd for one in rig.operations(lead(number))} == {"Waiting: offline"}
        rig.org.odd.clear()
        await rig.pass_time(240)
        assert states(rig, odd) == ({"settled"}, {"settled"})
        assert sum(size for _, size in rig.org.sent) == COUNT, "each was sent once"

    run(go())


def test_when_nothing_can_be_read_few_are_asked_for(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig)
        await rig.desk.moves.pause(trackers)
        rig.org.odd.update(trackers)
        rig.org.calls.clear()
        await rig.pass_time(9)
        assert states(rig, set(range(COUNT)))[0] == {"queued"}
        assert sum(rig.org.calls.values()) < COUNT, "after a few unreadable answers the rest waits"
        assert not rig.org.sent

    run(go())


def test_a_doubtful_change_whose_row_cannot_be_read_is_not_taken_for_absent(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig)
        rig.org.fates.append(Fate.ACK_LOST)
        await rig.desk.moves.pause(trackers)
        rig.org.boundary = lambda where: rig.org.odd.add(trackers[4]) if where.startswith("after") else None
        await rig.pass_time(1200)
        assert states(rig, {4}) == ({"in_doubt"}, {"settled"})
        assert sum(size for _, size in rig.org.sent) == COUNT

    run(go())


def test_what_could_not_be_read_spoils_the_look_up_of_others_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        trackers = await enrolled(rig)
        rig.org.boundary = lambda where: rig.org.odd.add(trackers[3]) if where.startswith("after") else None
        await rig.desk.moves.pause(trackers[3:4])
        await rig.pass_time(60)
        assert rig.states(lead(3)) == ["accepted"]
        rig.org.boundary = lambda _where: None
        rig.lanes.held.add(LaneName.READ)
        await rig.desk.moves.pause([one for one in trackers if one != trackers[3]])
        await rig.pass_time(30)
        rig.lanes.held.clear()
        rig.lanes.waiting.clear()  # the reads of these moments never end; all are due together
        verifier = rig.engine.runner.verifier
        for watch in verifier._watches._of.values():
            watch.due, watch.run_id = verifier._now(), ""
        verifier._task = None
        rig.org.calls.clear()
        verifier._arm()
        await rig.pass_time(1)
        assert states(rig, {3}) == ({"accepted"}, {"settled"})
        alone = {name: count for name, count in rig.org.calls.items() if name in ALONE}
        assert sum(alone.values()) < COUNT, "the others are looked up together"

    run(go())
