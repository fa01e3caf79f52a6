"""The next rows of a run are looked up ahead: few calls, and nobody is added twice, claimed for us or sent after a stop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.ports import LaneName
from cadence_desk.sync.looked_ahead import SEEN_SECONDS
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, COLLEAGUE, ME, OTHER_CADENCE, lead
from tests.engine.test_runs import agreed, begun, in_the_middle, people, set_going, sizes

if TYPE_CHECKING:
    from cadence_desk.domain.lookups import LookedUp, LookUp
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

S = OperationState
LATER = lead(200)
"""Somebody whose row is sent with one of the last groups."""


def unreported(rig: Rig, target: str) -> None:
    """Have a colleague add somebody, and nothing tell the desk of it."""
    tell, rig.world.tell = rig.world.tell, lambda _topic, _events: None
    rig.world.enroll(target, CADENCE, COLLEAGUE)
    rig.world.tell = tell


def end_of(rig: Rig, target: str) -> tuple[str, str]:
    (one,) = rig.desk.operations_of(target)
    return one.state.value, one.server_code


def others_confirmed(rig: Rig, count: int) -> bool:
    """True when everybody but the colleague's person was added by us, once."""
    states = [rig.states(lead(number)) for number in range(1, count + 1) if lead(number) != LATER]
    (one,) = [tracker for tracker in rig.world.trackers.values() if tracker.target_id == LATER]
    return states == [["settled"]] * (count - 1) and not rig.world.doubles() and one.owner_id == COLLEAGUE


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6])
def test_a_stop_after_any_group_sends_nothing_more(groups: int, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 300))
        await in_the_middle(rig, 2 * groups)
        assert len(rig.org.sent) == groups
        assert len(rig.lanes.waiting) == 1, "one group at a time is under way"
        await rig.desk.runs.stop(started.run_id)
        set_going(rig)
        await rig.pass_time(90)
        assert len(rig.org.sent) <= groups + 1, "the group that was under way, and no other"
        sent = sum(sizes(rig))
        ledger = await rig.desk.runs.report(started.run_id)
        assert [ledger.count(which) for which in Bin] == [sent, 0, 0, 300 - sent]
        await agreed(rig, started.run_id)

    run(go())


def test_whom_a_colleague_adds_after_the_look_is_not_claimed_and_not_added_twice(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        await begun(rig, await people(rig, 300))
        await in_the_middle(rig, 4)
        assert rig.org.calls["look-up"] == 1, "everybody was looked up before the first row was sent"
        unreported(rig, LATER)
        set_going(rig)
        await rig.pass_time(90)
        assert end_of(rig, LATER) == ("refused", "UNKNOWN_EXCEPTION"), "the org's own guard"
        assert others_confirmed(rig, 300)

    run(go())


def test_whose_change_the_org_reports_is_looked_at_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, await people(rig, 300))
        await in_the_middle(rig, 4)
        rig.world.enroll(LATER, CADENCE, COLLEAGUE)
        await rig.pass_time(1)
        set_going(rig)
        await rig.pass_time(90)
        assert end_of(rig, LATER) == ("refused", "ALREADY_IN_THIS_CADENCE"), "nothing was sent for it"
        assert others_confirmed(rig, 300)

    run(go())


def test_what_was_changed_from_here_is_looked_at_again_without_any_event(rig: Rig, run: Run[Any]) -> None:
    """Somebody who comes late in a large run is removed from another cadence and added there again."""

    async def go() -> None:
        last, wish = lead(300), WishInput(OTHER_CADENCE, ME)
        targets = await people(rig, 300)
        tracker = rig.world.enroll(last, OTHER_CADENCE)
        await rig.pass_time(2)
        await begun(rig, targets)
        await in_the_middle(rig, 4)
        rig.world.tell = lambda _topic, _events: None
        await rig.desk.moves.remove([tracker.id])
        await rig.pass_time(9)
        assert (rig.states(last), rig.world.trackers[tracker.id].is_active) == (["accepted"], False)
        await rig.desk.enrollment.start(await rig.desk.enrollment.preview([last], wish), wish)
        await rig.pass_time(3)
        assert [one.server_code for one in rig.operations(last)] == ["", ""]
        theirs = [one for one in rig.world.trackers.values() if one.target_id == last]
        assert [one.is_active for one in theirs] == [False, True]

    run(go())


@pytest.mark.parametrize("asleep", [False, True], ids=["slow", "asleep"])
def test_an_old_look_does_not_count(asleep: bool, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, await people(rig, 300))
        await in_the_middle(rig, 4)
        unreported(rig, LATER)
        if asleep:
            rig.clock.slept += SEEN_SECONDS + 1
        else:
            rig.clock.advance(SEEN_SECONDS + 1)
        set_going(rig)
        await rig.pass_time(90)
        assert end_of(rig, LATER) == ("refused", "ALREADY_IN_THIS_CADENCE"), "nothing was sent for it"
        assert others_confirmed(rig, 300)

    run(go())


def test_a_report_during_the_look_counts(rig: Rig, run: Run[Any]) -> None:
    """The answer may be older than the report, although it comes later."""

    async def go() -> None:
        started = await begun(rig, await people(rig, 300))
        looked = False

        def colleague(what: str) -> None:
            nonlocal looked
            if what == "look-up" and not looked:
                looked = True
                unreported(rig, LATER)
                rig.engine.runner.target_reported([LATER])

        rig.org.after_read = colleague
        await rig.pass_time(90)
        assert started.finished
        assert end_of(rig, LATER) == ("refused", "ALREADY_IN_THIS_CADENCE")
        assert others_confirmed(rig, 300)

    run(go())


def test_after_a_failed_send_the_next_group_looks_first(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        started = await begun(rig, await people(rig, 300))
        await in_the_middle(rig, 4)
        rig.org.fates.append(Fate.LOST)
        before = rig.org.calls["look-up"]
        set_going(rig)
        rig.lanes.held.add(LaneName.READ)
        await rig.pass_time(10)
        assert len(rig.org.sent) > 4, "others go on"
        assert rig.org.calls["look-up"] == before + 1, "nothing was read back meanwhile"
        set_going(rig)
        await rig.pass_time(1_000)
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 300

    run(go())


@pytest.mark.parametrize(("at_once", "first", "looks"), [(1_000, 300, 1), (100, 100, 4)])
def test_an_org_without_composites_is_asked_about_a_hundred_at_once(
    at_once: int, first: int, looks: int, rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.org.ids_at_once, look_up = at_once, rig.org.look_up
    asked: list[int] = []

    def noted(wanted: LookUp) -> LookedUp:
        asked.append(len(wanted.targets))
        return look_up(wanted)

    monkeypatch.setattr(rig.org, "look_up", noted)

    async def go() -> None:
        started = await begun(rig, await people(rig, 300))
        rig.lanes.held.add(LaneName.READ)
        await rig.pass_time(8.5)
        assert len(rig.org.sent) == 8
        assert (asked[0], len(asked)) == (first, looks), f"{asked} before anything was read back"
        assert max(asked) <= at_once
        set_going(rig)
        await rig.pass_time(90)
        assert (await agreed(rig, started.run_id)).count(Bin.SUCCESS) == 300

    run(go())


def test_an_odd_row_of_somebody_who_comes_later_holds_up_nobody_now(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        targets = await people(rig, 300)
        rig.org.odd.add(rig.world.enroll(LATER, OTHER_CADENCE).id)
        started = await begun(rig, targets)
        await rig.pass_time(30)
        assert started.counts()[S.SETTLED] + started.counts()[S.ACCEPTED] >= 200
        rig.org.odd.clear()
        await rig.pass_time(300)
        assert started.counts() == {S.SETTLED: 300}

    run(go())
