"""Following the org: subscribe before reading, resume where we were, read what events cannot tell, say how things stand."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.changes import ChangeType, FeedState
from cadence_desk.domain.errors import DiskFull, FileDamaged, NotAllowed
from cadence_desk.domain.refusals import RefusalCode
from cadence_desk.sync.event_buffer import EventBuffer
from tests.engine.model_feed import mark_of
from tests.engine.model_files import Disk
from tests.engine.model_world import CADENCE, COLLEAGUE, LEAD, ME, STEP, TRACKER, lead

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA, BERT = lead(1), lead(2)
TRACKERS = "/data/ActionCadenceTrackerChangeEvent"


def same_as_the_org(rig: Rig) -> None:
    """The board and the tables show what a fresh read of the org would."""
    board = rig.engine.board
    shown = {one.id: (one.state, one.owner_id, one.current_step_id) for one in board.trackers}
    assert shown == {
        one.id: (one.state, one.owner_id, one.current_step_id) for one in rig.world.trackers.values()
    }
    assert {one.id: one.title for one in board.people} == {
        one.id: one.title for one in rig.world.people.values()
    }
    opened = {one.id for one in board.steps if one.is_open}
    assert opened == {one.id for one in rig.world.steps.values() if one.is_open}
    table = rig.desk.trackers
    alive = {table.ids()[slot] for slot in range(table.size) if table.alive()[slot]}
    assert alive == set(rig.world.trackers)


async def two_people(rig: Rig) -> None:
    rig.world.add_lead(1)
    rig.world.add_lead(2)
    rig.world.enroll(ANNA, CADENCE)
    await rig.start()


def test_a_colleagues_change_arrives_live(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        assert rig.feed_state() is FeedState.LIVE
        await rig.pass_time(2)  # a change in the second of the read could not be told from what was read
        reads = rig.org.calls.total()
        (tracker,) = rig.world.active(ANNA)
        rig.world.change_tracker(tracker.id, state="Paused")
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        same_as_the_org(rig)
        assert rig.org.calls.total() == reads, "events carry what the lists show"
        assert [one.text for one in rig.desk.activity()][:3] == [
            "Person 2 was added to Outbound", "Person 2 reached Intro call", "Person 1 was paused in Outbound",
        ]  # fmt: skip

    run(go())


def test_an_event_between_subscribing_and_reading_is_not_lost(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.add_lead(2)

        def meanwhile(what: str) -> None:
            if what == "page of people" and not rig.world.trackers:
                assert rig.feed.streams, "subscribed before anything is read"
                rig.world.enroll(ANNA, CADENCE)
                rig.world.change_person(BERT, title="Head of Sales")

        rig.org.before_read = meanwhile
        await rig.start()
        assert rig.world.trackers
        same_as_the_org(rig)

    run(go())


def test_a_stream_is_resumed_from_its_mark(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        place = len(rig.feed.log)
        rig.feed.opened.clear()
        rig.feed.drop()
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Running")
        await rig.calm()
        assert (TRACKERS, mark_of(place)) in rig.feed.opened
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())


def test_the_next_start_resumes_too_and_reads_only_what_changed(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        await rig.desk.stop()
        rig.world.change_tracker(rig.world.active(BERT)[0].id, state="Paused")
        rig.world.delete(LEAD, ANNA)
        rig.feed.opened.clear()
        rig.org.calls.clear()
        rig.desk = rig._desk()
        await rig.start()
        marks = dict(rig.feed.opened)
        assert marks[TRACKERS] is not None
        assert marks["/data/ActionCadenceStepTrackerChangeEvent"] is not None
        assert not rig.org.calls["trackers all"]
        same_as_the_org(rig)

    run(go())


def test_after_a_crash_nothing_is_missed(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        await rig.crash()
        rig.world.change_tracker(rig.world.active(BERT)[0].id, owner_id=COLLEAGUE)
        await rig.start()
        same_as_the_org(rig)

    run(go())


def test_an_unusable_mark_means_subscribe_from_now_and_read_everything(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        await rig.desk.stop()
        rig.feed.unusable = {mark_of(number) for number in range(len(rig.feed.log) + 1)}
        rig.world.delete(TRACKER, rig.world.active(ANNA)[0].id)
        rig.feed.opened.clear()
        rig.org.calls.clear()
        rig.desk = rig._desk()
        await rig.start()
        assert [mark for topic, mark in rig.feed.opened if topic == TRACKERS][1:] == [None]
        assert rig.org.calls["trackers all"] == 1
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)
        rig.feed.unusable = set()
        await rig.pass_time(400)
        await rig.restart()
        assert rig.org.calls["trackers all"] == 1, "the unusable mark is forgotten in the file as well"

    run(go())


def test_a_dropped_stream_shows_stale_then_live_with_what_was_missed(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.feed.down = rig.org.link_down = True
        rig.feed.drop()
        await rig.calm()
        since = rig.desk.feed.since
        assert rig.feed_state() is FeedState.STALE
        assert rig.desk.feed.words.startswith("Stale since ")
        reads, opened = rig.org.calls.total(), len(rig.feed.opened)
        await rig.pass_time(600)
        assert rig.desk.feed.since == since, "stale since the drop, however often a return was tried"
        assert rig.org.calls.total() - reads < 40, "pauses grow"
        assert len(rig.feed.opened) - opened < 10
        rig.world.enroll(BERT, CADENCE)
        rig.feed.down = rig.org.link_down = False
        await rig.pass_time(31)
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())


def test_streams_down_alone_means_reading_often_and_no_storm(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.feed.down = True
        rig.feed.drop()
        await rig.calm()
        assert rig.feed_state() is FeedState.STALE
        await rig.pass_time(60)
        assert rig.feed_state() is FeedState.POLLING
        assert "do not come through" in rig.desk.feed.detail
        rig.world.enroll(BERT, CADENCE)
        await rig.pass_time(60)
        same_as_the_org(rig)
        reads = rig.org.calls["trackers since"]
        await rig.pass_time(3600)
        assert rig.org.calls["trackers since"] - reads <= 3600 / 60
        rig.feed.down = False
        await rig.pass_time(301)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_where_events_are_not_permitted_the_org_is_polled(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.feed.refused.add("/data/TaskChangeEvent")
        await two_people(rig)
        assert rig.feed_state() is FeedState.POLLING
        assert "not available to your user" in rig.desk.feed.detail
        rig.feed.slow = True  # nothing comes by the streams that are permitted
        rig.world.enroll(BERT, CADENCE)
        rig.world.delete(STEP, next(iter(rig.world.steps)))
        await rig.pass_time(80)
        same_as_the_org(rig)

    run(go())


def test_polling_by_choice_opens_no_stream(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.options = replace(rig.options, live=False, poll_seconds=15.0)
        await two_people(rig)
        assert not rig.feed.opened
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.pass_time(16)
        assert rig.feed_state() is FeedState.POLLING
        same_as_the_org(rig)

    run(go())


def test_a_slow_first_answer_holds_nothing_up_and_is_followed_by_a_read(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.feed.slow = True
        await two_people(rig)
        await rig.pass_time(12)
        same_as_the_org(rig)
        assert rig.feed_state() is FeedState.CATCHING_UP
        reads = rig.org.calls["trackers since"]
        rig.world.enroll(BERT, CADENCE)
        rig.feed.slow = False
        rig.feed.deliver()
        await rig.calm()
        assert rig.feed_state() is FeedState.LIVE
        assert rig.org.calls["trackers since"] == reads + 1
        same_as_the_org(rig)

    run(go())


def test_gaps_and_unreadable_events_are_read(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        told = rig.world.tell
        (tracker,) = rig.world.active(ANNA)
        for kind in (ChangeType.GAP_UPDATE, ChangeType.UNREADABLE):
            rig.world.tell = lambda topic, events, kind=kind: told(  # type: ignore[misc]
                topic, [replace(one, type=kind, values={}, changed=frozenset()) for one in events]
            )
            rig.world.change_tracker(
                tracker.id, state="Paused" if kind is ChangeType.GAP_UPDATE else "Running"
            )
            await rig.calm()
            same_as_the_org(rig)

    run(go())


def test_an_overflow_event_reads_the_whole_list_until_that_works(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        told = rig.world.tell
        rig.world.tell = lambda topic, events: told(
            topic, [replace(one, type=ChangeType.GAP_OVERFLOW, record_id="", values={}) for one in events]
        )
        before = rig.engine.follower.marks.resume_from(TRACKERS)
        rig.org.read_errors.extend([NotAllowed(), NotAllowed()])
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        assert rig.engine.follower.marks.resume_from(TRACKERS) == before, "not past a list still to be read"
        await rig.pass_time(10)
        same_as_the_org(rig)
        assert rig.engine.follower.marks.resume_from(TRACKERS) == mark_of(len(rig.feed.log))

    run(go())


def test_sign_out_by_the_org_is_told_and_signing_in_goes_on(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.org.signed_out = True
        rig.feed.drop()
        await rig.pass_time(30)
        assert rig.feed_state() is FeedState.SIGNED_OUT
        reads = rig.org.calls.total()
        await rig.pass_time(3600)
        assert rig.org.calls.total() == reads, "a session that is over is not asked again"
        rig.world.enroll(BERT, CADENCE)
        pages: list[str] = []
        await rig.desk.sign_in.begin(pages.append)
        await rig.calm()
        assert pages
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())


def test_a_start_without_a_link_shows_the_cache_and_comes_live_by_itself(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        await rig.desk.stop()
        rig.feed.down = rig.org.link_down = True
        rig.desk = rig._desk()
        await rig.start()
        assert rig.feed_state() is FeedState.STALE
        assert rig.desk.person(ANNA) is not None
        assert rig.desk.trackers_of(ANNA)
        rig.world.enroll(BERT, CADENCE)
        rig.feed.down = rig.org.link_down = False
        await rig.pass_time(31)
        assert rig.feed_state() is FeedState.LIVE
        assert rig.desk.cadences()
        same_as_the_org(rig)

    run(go())


def test_a_row_read_before_an_event_does_not_undo_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        await rig.pass_time(5)
        tracker = rig.world.enroll(
            BERT, CADENCE
        )  # in the same second as all that follows: times decide nothing
        await rig.calm()
        rig.lanes.hold_answers = True
        history = asyncio.ensure_future(rig.desk.step_history(BERT))  # noqa: TID251 - the press of a button
        await rig.calm()
        rig.world.finish_step(tracker.current_step_id, "ManuallyCompleted")
        await rig.calm()
        rig.lanes.give_answers()
        await history
        await rig.calm()
        same_as_the_org(rig)
        done = rig.engine.board.steps.get(tracker.current_step_id)
        assert done is not None
        assert done.state == "Completed"

    run(go())


def test_a_cache_that_cannot_be_written_keeps_rows_and_marks_together(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.disk = Disk()
        await two_people(rig)
        rig.disk.refuse = lambda what: DiskFull() if what == "cache" else None
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        rig.disk.refuse = lambda _what: None
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        await rig.crash()
        rig.org.link_down = True  # only what the cache holds can be shown
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        same_as_the_org(rig)

    run(go())


def test_a_damaged_cache_is_filled_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.disk = Disk()
        await two_people(rig)
        lost = rig.disk.records
        for shelf in lost.values():
            shelf.clear()
        rig.disk.marks.clear()
        rig.disk.refuse = lambda what: FileDamaged() if what == "cache" else None
        rig.world.enroll(BERT, CADENCE)
        await rig.calm()
        rig.disk.refuse = lambda _what: None
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        assert set(lost["trackers"]) == set(rig.world.trackers)
        assert set(lost["people"]) == set(rig.world.people)
        assert rig.disk.marks[TRACKERS] == mark_of(len(rig.feed.log))

    run(go())


def test_more_events_than_can_be_kept_start_the_read_over(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.add_lead(2)
        rig.world.enroll(ANNA, CADENCE)
        floods = [5, 5]

        def flood(what: str) -> None:
            if what.startswith("people ") and floods:
                for _ in range(floods.pop()):
                    rig.world.change_tracker(rig.world.active(ANNA)[0].id, owner_id=COLLEAGUE)

        rig.org.before_read = flood
        await rig.start()
        assert rig.org.calls["trackers all"] == 3
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)
        states: list[FeedState] = []
        rig.desk.events.subscribe(lambda _change: states.append(rig.feed_state()))
        floods += [5, 5, 5, 5, 5]
        await rig.pass_time(310)
        assert FeedState.STALE in states, "a picture with holes is not called complete"
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    monkeypatch.setattr(EventBuffer.__init__, "__defaults__", (3,))
    run(go())


def test_keepalives_move_the_mark_on_but_not_past_open_reads(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        rig.feed.keep_alive()
        await rig.calm()
        place = mark_of(len(rig.feed.log))
        assert rig.engine.follower.marks.resume_from("/data/ContactChangeEvent") == place
        rig.org.link_down = True
        rig.world.change_person(ANNA)  # a name: it has to be read, and cannot
        await rig.calm()
        rig.feed.keep_alive()
        await rig.calm()
        assert rig.engine.follower.marks.resume_from("/data/ContactChangeEvent") == place
        rig.org.link_down = False
        await rig.pass_time(5)
        assert rig.engine.follower.marks.resume_from("/data/ContactChangeEvent") != place

    run(go())


def test_a_converted_lead_leaves_the_list(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        await rig.pass_time(2)
        rig.world.change_person(BERT, is_converted=True)
        await rig.calm()
        assert rig.desk.person(BERT) is None
        rows = await rig.desk.enrollment.preview([BERT], WishInput(CADENCE, ME))
        assert rows[0].code is RefusalCode.LEAD_CONVERTED

    run(go())
