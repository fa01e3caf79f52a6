"""No mark passes what was thrown away, and a list read again does not make up for lost events of the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.changes import FeedState
from cadence_desk.sync.event_buffer import EventBuffer
from cadence_desk.sync.parts import EngineOptions
from tests.engine.model_feed import mark_of
from tests.engine.model_world import CADENCE, COLLEAGUE, TRACKER, lead
from tests.engine.test_feed import TRACKERS, same_as_the_org

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

QUIET = EngineOptions(sweep_seconds=86_400.0)
ANNA, BERT = lead(1), lead(2)


async def two_people(rig: Rig) -> None:
    rig.world.add_lead(1)
    rig.world.add_lead(2)
    rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    await rig.pass_time(2)


def flood_while(rig: Rig, what: str, floods: list[int]) -> None:
    """Change the run of a person so many times while a page of this list is read."""

    def flood(asked: str) -> None:
        if asked.startswith(what) and floods:
            for _ in range(floods.pop()):
                rig.world.change_tracker(rig.world.active(ANNA)[0].id, owner_id=COLLEAGUE)

    rig.org.before_read = flood


def test_events_of_other_lists_that_were_lost_meanwhile_are_read(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.options = QUIET

    async def go() -> None:
        await two_people(rig)
        flood_while(rig, "people all", [5])
        rig.engine.board.read_entities.add("Lead")
        rig.engine.follower.wake()
        await rig.pass_time(5)
        same_as_the_org(rig)
        assert rig.engine.board.trackers.get(rig.world.active(ANNA)[0].id).owner_id == COLLEAGUE  # type: ignore[union-attr]

    monkeypatch.setattr(EventBuffer.__init__, "__defaults__", (3,))
    run(go())


def test_no_mark_passes_events_that_were_thrown_away(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before the hole is mended, the desk must not begin behind it."""
    rig.options = QUIET

    async def go() -> None:
        await two_people(rig)
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        place = rig.engine.follower.marks.resume_from(TRACKERS)
        assert place == mark_of(len(rig.feed.log))
        flood_while(rig, "people since", [5, 5, 5])
        rig.engine.monitor.try_now()
        await rig.calm()
        assert rig.feed_state() is FeedState.STALE
        rig.feed.keep_alive()
        await rig.calm()
        assert rig.engine.follower.marks.resume_from(TRACKERS) == place
        await rig.crash()
        rig.org.before_read = lambda _what: None
        await rig.start()
        same_as_the_org(rig)
        assert rig.engine.follower.marks.resume_from(TRACKERS) == mark_of(len(rig.feed.log))

    monkeypatch.setattr(EventBuffer.__init__, "__defaults__", (3,))
    run(go())


def test_very_many_reads_become_one_of_the_list(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig.options = QUIET

    async def go() -> None:
        await two_people(rig)
        for _ in range(40):
            rig.world.enroll(ANNA, CADENCE)
        rig.engine.follower.wake()
        for number in range(40):
            rig.engine.board.want(TRACKER, lead(number))
        await rig.pass_time(60)
        assert rig.org.calls["trackers all"] == 2
        assert not rig.engine.board.still_reading
        same_as_the_org(rig)

    monkeypatch.setattr("cadence_desk.sync.follower.MOST_READS", 20)
    run(go())


def test_replay_ids_given_out_twice_lose_nothing(rig: Rig, run: Run[Any]) -> None:
    """After a move of the org an old mark may stand for a later place: what it skips is read."""

    async def go() -> None:
        await two_people(rig)
        for _ in range(6):
            rig.world.change_tracker(rig.world.active(ANNA)[0].id, owner_id=COLLEAGUE)
        await rig.calm()
        rig.feed.slow = True
        rig.feed.drop()
        rig.feed.log.clear()
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        for _ in range(8):
            rig.world.enroll(BERT, CADENCE)
        await rig.pass_time(5)
        rig.feed.slow = False
        rig.feed.deliver()
        await rig.pass_time(5)
        assert rig.feed_state() is FeedState.LIVE
        same_as_the_org(rig)

    run(go())


def test_one_replay_id_may_carry_several_events(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await two_people(rig)
        tracker = rig.world.active(ANNA)[0].id
        told: list[Any] = []
        tell, rig.world.tell = rig.world.tell, lambda _topic, events: told.extend(events)
        rig.world.change_tracker(tracker, owner_id=COLLEAGUE)
        await rig.pass_time(1)
        rig.world.change_tracker(tracker, state="Paused")
        rig.world.tell = tell
        rig.feed.publish(TRACKERS, told)  # both under the mark of one response
        await rig.calm()
        shown = rig.engine.board.trackers.get(tracker)
        assert shown is not None
        assert (shown.owner_id, shown.state) == (COLLEAGUE, "Paused")

    run(go())
