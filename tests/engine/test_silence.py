"""An entity that no events are sent for: noticed by what reads show, polled, and followed live once events come."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.changes import FeedState
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.changes import ChangeEvent
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)


async def begun(rig: Rig, *unselected: str) -> None:
    """A desk on an org that sends no events of some entities, and lets their topics be subscribed to."""
    rig.world.add_lead(1)
    rig.world.add_lead(2)
    rig.world.enroll(ANNA, CADENCE)

    def tell(topic: str, events: list[ChangeEvent]) -> None:
        if not any(f"/{one}ChangeEvent" in topic for one in unselected):
            rig.feed.publish(topic, events)

    rig.world.tell = tell
    await rig.start()
    assert rig.feed_state() is FeedState.LIVE


def state_of(rig: Rig) -> str:
    shown = rig.desk.tracker(rig.world.active(ANNA)[0].id)
    return shown.state if shown is not None else ""


UNSELECTED: Sequence[str] = ("ActionCadenceTracker", "ActionCadenceStepTracker")


def test_our_own_write_shows_it_within_seconds(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, *UNSELECTED)
        await rig.pass_time(10)
        await rig.desk.moves.pause([rig.world.active(ANNA)[0].id])
        await rig.pass_time(20)
        assert rig.feed_state() is FeedState.POLLING
        assert "no change events for trackers" in rig.desk.feed.detail
        assert "Change Data Capture" in rig.desk.feed.detail
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Running")
        await rig.pass_time(31)
        assert state_of(rig) == "Running"

    run(go())


def test_a_colleagues_change_shows_it_with_the_first_sweeps(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, *UNSELECTED)
        await rig.pass_time(8)
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.pass_time(60)
        assert rig.feed_state() is FeedState.POLLING
        assert state_of(rig) == "Paused"

    run(go())


def test_it_is_live_again_once_an_admin_selects_the_entity(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, *UNSELECTED)
        await rig.pass_time(8)
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.pass_time(60)
        assert rig.feed_state() is FeedState.POLLING
        rig.world.tell = rig.feed.publish
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Running")
        await rig.pass_time(121)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_people_have_changes_without_events(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig, "Lead")
        rig.world.add_lead(3)
        await rig.pass_time(20)
        rig.world.change_person(ANNA, title="One")
        await rig.pass_time(400)
        assert rig.feed_state() is FeedState.LIVE, "one changed lead proves nothing"
        for number in (1, 2, 3):
            rig.world.change_person(lead(number), title="Many")
        await rig.pass_time(400)
        assert rig.feed_state() is FeedState.POLLING
        assert "for leads" in rig.desk.feed.detail

    run(go())


def test_an_org_that_sends_events_stays_live(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await begun(rig)
        states: set[FeedState] = set()
        rig.desk.events.subscribe(lambda _change: states.add(rig.feed_state()))
        for number in range(40):
            rig.world.change_tracker(
                rig.world.active(ANNA)[0].id, state="Paused" if number % 2 else "Running"
            )
            rig.world.change_person(BERT, title=f"Title {number}")
            await rig.pass_time(97)
            if number % 7 == 3:
                rig.feed.drop()
                await rig.pass_time(5)
        assert FeedState.POLLING not in states
        assert rig.feed_state() is FeedState.LIVE

    run(go())
