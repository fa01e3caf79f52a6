"""Comparing with the org by id and time of change: what differs is read, at a bounded price, and nothing is held up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.budget import Budget
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import OrgBusy
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.sync.parts import EngineOptions
from tests.engine.model_feed import mark_of
from tests.engine.model_world import CADENCE, COLLEAGUE, lead
from tests.engine.test_feed import TRACKERS, same_as_the_org

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

QUIET = EngineOptions(sweep_seconds=86_400.0)
DAY = 86_400.0


async def forty_people(rig: Rig) -> None:
    for number in range(1, 41):
        rig.world.add_lead(number)
    rig.world.enroll(lead(1), CADENCE)
    rig.world.enroll(lead(2), CADENCE)
    await rig.start()


def untold(rig: Rig) -> None:
    """A person and a run are gone for good, and two people have changed, without any event."""
    del rig.world.people[lead(40)]
    gone = rig.world.active(lead(2))[0].id
    del rig.world.trackers[gone]
    for one in [one.id for one in rig.world.steps.values() if one.tracker_id == gone]:
        del rig.world.steps[one]
    for number in (5, 6):
        rig.world.people[lead(number)] = replace(
            rig.world.people[lead(number)], title="Changed", modified=rig.world.now()
        )


def test_what_differs_is_read_by_id_and_nothing_else(rig: Rig, run: Run[Any]) -> None:
    rig.options = QUIET

    async def go() -> None:
        await forty_people(rig)
        await rig.pass_time(5)
        assert (await rig.engine.comparison.run()).differing == 0
        untold(rig)
        before = rig.org.calls.copy()
        found = await rig.engine.comparison.run()
        await rig.calm()
        same_as_the_org(rig)
        assert found.differing == 5, "one person, one run and its open step are gone, two people changed"
        spent = rig.org.calls - before
        assert {name for name in spent if "all" in name or "since" in name} == set()
        assert spent["some people"] == spent["some trackers"] == spent["some steps"] == 1

    run(go())


def test_where_much_differs_the_list_is_read_as_a_whole(rig: Rig, run: Run[Any]) -> None:
    rig.options = QUIET

    async def go() -> None:
        for number in range(1, 131):
            rig.world.add_lead(number)
        await rig.start()
        await rig.pass_time(5)
        for number in range(1, 131):
            rig.world.people[lead(number)] = replace(
                rig.world.people[lead(number)], title="Changed", modified=rig.world.now()
            )
        await rig.engine.comparison.run()
        await rig.pass_time(60)
        same_as_the_org(rig)
        assert rig.org.calls["people all"] == 2
        assert rig.org.calls["some people"] == 0

    run(go())


def test_of_my_people_those_of_another_owner_leave_the_list(rig: Rig, run: Run[Any]) -> None:
    rig.options = replace(QUIET, scope=PeopleScope.MINE)

    async def go() -> None:
        await forty_people(rig)
        rig.world.people[lead(3)] = replace(rig.world.people[lead(3)], owner_id=COLLEAGUE)
        await rig.engine.comparison.run()
        await rig.pass_time(60)
        assert rig.desk.person(lead(3)) is None

    run(go())


def test_changes_are_shown_while_it_goes_on(rig: Rig, run: Run[Any]) -> None:
    rig.options = QUIET

    async def go() -> None:
        await forty_people(rig)
        await rig.pass_time(5)
        shown: list[str] = []

        def meanwhile(what: str) -> None:
            if what == "page of stamps of Lead":
                rig.world.change_tracker(rig.world.active(lead(1))[0].id, state="Paused")

        rig.org.after_read = meanwhile
        rig.desk.events.subscribe(lambda _: shown.extend(one.state for one in rig.engine.board.trackers))
        await rig.engine.comparison.run()
        await rig.calm()
        assert "Paused" in shown
        assert not rig.engine.follower.buffer.is_open
        assert rig.engine.follower.marks.resume_from(TRACKERS) == mark_of(len(rig.feed.log))
        same_as_the_org(rig)

    run(go())


def test_every_night_and_not_when_only_the_kept_calls_are_left(rig: Rig, run: Run[Any]) -> None:
    rig.options = replace(QUIET, budget=Budget(20))

    async def go() -> None:
        await forty_people(rig)
        rig.org.daily = (900, 1000)
        await rig.pass_time(2 * DAY)
        assert rig.org.calls["stamps of Lead"] == 0, "the share that is kept is for people"
        rig.org.daily = (10, 1000)
        untold(rig)
        await rig.pass_time(DAY)
        assert rig.org.calls["stamps of Lead"] == 1
        same_as_the_org(rig)
        await rig.pass_time(3 * DAY)
        assert rig.org.calls["stamps of Lead"] == 4

    run(go())


def test_a_failed_comparison_is_tried_again_and_one_at_a_loss_waits(rig: Rig, run: Run[Any]) -> None:
    rig.options = QUIET

    async def go() -> None:
        await forty_people(rig)
        untold(rig)
        failures = [OrgBusy(), OrgBusy()]

        def fail(what: str) -> None:
            if what.startswith("page of stamps") and failures:
                raise failures.pop()

        rig.org.before_read = fail
        await rig.pass_time(DAY)
        assert not failures
        same_as_the_org(rig)

    run(go())


def test_reading_everything_is_done_at_once_whatever_is_left(rig: Rig, run: Run[Any]) -> None:
    rig.options = replace(QUIET, budget=Budget(20))

    async def go() -> None:
        await forty_people(rig)
        rig.org.daily = (950, 1000)
        await rig.pass_time(400)
        untold(rig)
        words = await rig.desk.read_everything()
        await rig.pass_time(1)
        assert "4 API calls" in words
        same_as_the_org(rig)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_a_picture_with_a_hole_is_mended_whatever_is_left(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unusable mark means that events are missing for good: the kept share does not keep the hole open."""
    rig.options = replace(QUIET, budget=Budget(20))

    async def go() -> None:
        await forty_people(rig)
        rig.org.daily = (950, 1000)
        await rig.pass_time(400)
        rig.world.change_tracker(rig.world.active(lead(1))[0].id, state="Paused")
        await rig.calm()
        rig.feed.unusable |= {mark_of(number) for number in range(100)}
        rig.feed.drop()
        untold(rig)
        await rig.pass_time(5)
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())


def test_what_happened_before_a_stream_without_a_mark_is_read_whatever_is_left(
    rig: Rig, run: Run[Any]
) -> None:
    rig.options = replace(QUIET, budget=Budget(20))

    async def go() -> None:
        await forty_people(rig)
        rig.org.daily = (950, 1000)
        await rig.pass_time(400)
        assert rig.engine.follower.marks.resume_from(TRACKERS) is None
        rig.feed.drop()
        rig.world.change_tracker(rig.world.active(lead(1))[0].id, state="Paused")
        await rig.pass_time(5)
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())
