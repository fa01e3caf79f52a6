"""Sparing the org's calls: what is kept for people, how often the org is read, when refused events are asked for again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import NotAllowed, Retry
from cadence_desk.domain.operations import Hold, OperationState
from tests.engine.model_world import CADENCE, ME, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)
MINUTE, HOUR = 60.0, 3600.0


async def polled(rig: Rig) -> None:
    """A desk on a world with two people, without streams."""
    rig.options = replace(rig.options, live=False)
    rig.desk = rig._desk()
    rig.world.add_lead(1)
    rig.world.add_lead(2)
    rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    assert rig.feed_state() is FeedState.POLLING


def reads(rig: Rig) -> int:
    return int(rig.org.calls["trackers since"])


# ---------------------------------------------------------------- how often


def test_a_quiet_org_is_read_every_two_minutes_and_a_busy_one_every_fifteen_seconds(
    rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        await polled(rig)
        await rig.pass_time(10 * MINUTE)
        before = reads(rig)
        await rig.pass_time(HOUR)
        assert 29 <= reads(rig) - before <= 31
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.pass_time(2 * MINUTE)
        before = reads(rig)
        for number in range(8):
            rig.world.change_person(BERT, title=f"Title {number}")
            await rig.pass_time(15)
        assert reads(rig) - before >= 6

    run(go())


def test_deletions_are_asked_for_less_often_than_changes(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await polled(rig)
        await rig.pass_time(10 * MINUTE)
        before = rig.org.calls["deleted Lead"]
        await rig.pass_time(HOUR)
        assert rig.org.calls["deleted Lead"] - before <= 12

    run(go())


def test_what_we_wrote_is_read_back_at_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await polled(rig)
        await rig.pass_time(10 * MINUTE)
        before = reads(rig)
        (tracker,) = rig.world.active(ANNA)
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(1.5)
        assert reads(rig) == before + 1
        shown = rig.desk.tracker(tracker.id)
        assert shown is not None
        assert shown.state == "Paused"

    run(go())


# ---------------------------------------------------------------- what is kept


def test_reads_in_the_background_wait_when_only_the_kept_part_is_left(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await polled(rig)
        rig.org.daily = (80, 100)
        await rig.pass_time(3 * MINUTE)
        before = reads(rig)
        await rig.pass_time(2 * HOUR)
        assert 7 <= reads(rig) - before <= 9, "one every fifteen minutes goes on"
        assert "80 of 100" in rig.desk.feed.detail
        assert rig.feed_state() is FeedState.POLLING
        rig.org.daily = (40, 100)
        await rig.pass_time(16 * MINUTE)
        assert rig.desk.feed.detail == "polling was chosen"
        before = reads(rig)
        await rig.pass_time(HOUR)
        assert reads(rig) - before > 20

    run(go())


def test_bulk_work_waits_while_calls_are_logged_and_goes_on_later(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        for number in range(1, 62):
            rig.world.add_lead(number)
        rig.world.enroll(lead(61), CADENCE)
        await rig.start()
        rig.org.daily = (99, 100)
        wish = WishInput(CADENCE, ME)
        rows = await rig.desk.enrollment.preview([lead(number) for number in range(1, 61)], wish)
        started = await rig.desk.enrollment.start(rows, wish)
        await rig.pass_time(MINUTE)
        held = rig.operations(ANNA)[0]
        assert (held.state, held.hold) == (OperationState.QUEUED, Hold.ORG_LIMIT)
        assert held.words == "Waiting: the org's limit"
        assert not rig.org.sent

        (tracker,) = rig.world.active(lead(61))
        draft = await rig.desk.calls.begin(lead(61), tracker.current_step_id)
        draft.result = "Connected"
        await rig.desk.calls.save(draft)
        await rig.pass_time(MINUTE)
        assert {one.state for one in rig.operations(lead(61))} == {OperationState.SETTLED}

        rig.org.daily = (10, 100)
        await rig.pass_time(16 * MINUTE)
        assert started.finished
        assert len(rig.world.trackers) == 61

    run(go())


def test_the_first_picture_is_read_whatever_is_left(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.org.daily = (100, 100)
        rig.world.add_lead(1)
        await rig.start()
        assert rig.desk.person(ANNA) is not None
        assert rig.feed_state() is FeedState.LIVE
        assert "100 of 100" in rig.desk.feed.detail

    run(go())


# ---------------------------------------------------------------- back to live


def test_refused_events_are_asked_for_again_and_come_back(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.feed.refused.add("/data/TaskChangeEvent")
        rig.world.add_lead(1)
        await rig.start()
        assert rig.feed_state() is FeedState.POLLING
        asked = len(rig.feed.opened)
        await rig.pass_time(14 * MINUTE)
        assert len(rig.feed.opened) == asked
        await rig.pass_time(2 * MINUTE)
        assert len(rig.feed.opened) == asked + 1
        await rig.pass_time(10 * HOUR)
        assert len(rig.feed.opened) <= asked + 14, "seldom, once it was refused again and again"
        rig.feed.refused.clear()
        await rig.pass_time(61 * MINUTE)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_a_new_sign_in_asks_for_refused_events_at_once(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.feed.refused.add("/data/TaskChangeEvent")
        rig.world.add_lead(1)
        await rig.start()
        assert rig.feed_state() is FeedState.POLLING
        rig.feed.refused.clear()
        await rig.desk.sign_in.begin(lambda _url: None)
        await rig.pass_time(1)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_a_used_up_allowance_is_told_and_asked_about_later(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        await rig.start()
        rig.feed.drop(NotAllowed(retry=Retry.LATER))
        await rig.pass_time(5)
        assert rig.feed_state() is FeedState.POLLING
        assert "allowance of change events is used up" in rig.desk.feed.detail
        await rig.pass_time(16 * MINUTE)
        assert rig.feed_state() is FeedState.LIVE

    run(go())
