"""What event streams do to a desk: whatever they lose, double, mix up or spoil, the lists equal the org afterwards."""

from __future__ import annotations

import asyncio
import functools
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.changes import FeedState
from cadence_desk.salesforce import connect
from cadence_desk.salesforce.stream import PubSubStream
from tests.desk.rig import Rig, desk_over, equal, titles, until

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
TRACKER = "ActionCadenceTracker"


def _gap_told(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("gap", entity="*", next=3)
    titles(rig.org, leads, "behind a gap")


def _gap_for_a_record(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("keepalive_only")
    titles(rig.org, leads, "held back")
    rig.org.stream("gap", entity="Lead", ids=leads)
    rig.org.stream("normal")


def _overflow(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("overflow", entity="*", next=3)
    titles(rig.org, leads, "in an overflow")


def _duplicate(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("duplicate", count=5)
    titles(rig.org, leads, "twice")


def _rewind(rig: Rig, leads: list[str]) -> None:
    titles(rig.org, leads, "first")
    rig.org.stream("rewind", count=3)
    titles(rig.org, leads, "second")


def _reverse(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("keepalive_only")
    rig.org.stream("reverse", count=9)
    for round_of in range(4):
        titles(rig.org, leads, f"order {round_of}")
    rig.org.stream("normal")


def _corrupt(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("corrupt", count=3)
    titles(rig.org, leads, "half")


def _new_schema(rig: Rig, leads: list[str]) -> None:
    rig.org.stream("new_schema", entity="Lead", field="Mood__c", type="picklist")
    titles(rig.org, leads, "under a new schema")


def _merged(rig: Rig, leads: list[str]) -> None:
    edits = [{"sobject": "Lead", "id": one, "fields": {"Title": "the same for all"}} for one in leads]
    rig.org.control("/edit", {"edits": edits})


def _created_and_deleted(rig: Rig, leads: list[str]) -> None:
    answer = rig.org.control(
        "/edit", {"sobject": "Lead", "fields": {"LastName": "Brief", "Company": "Stay", "Title": "New"}}
    )
    rig.org.delete("Lead", answer["ids"][0])
    rig.org.delete("Lead", leads[0])


def _undeleted(rig: Rig, leads: list[str]) -> None:
    rig.org.delete("Lead", leads[0])
    rig.org.control("/edit", {"sobject": "Lead", "id": leads[0], "undelete": True})


def _converted(rig: Rig, leads: list[str]) -> None:
    rig.org.verb("convert_lead", lead=leads[0])


DRILLS: tuple[Callable[[Rig, list[str]], None], ...] = (
    _gap_told,
    _gap_for_a_record,
    _overflow,
    _duplicate,
    _rewind,
    _reverse,
    _corrupt,
    _new_schema,
    _merged,
    _created_and_deleted,
    _undeleted,
    _converted,
)


def test_after_each_drill_the_board_equals_the_org(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            for drill in DRILLS:
                leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][-5:]
                drill(rig, leads)
                try:
                    await equal(rig)
                except AssertionError as wrong:
                    raise AssertionError(f"after {drill.__name__}: {wrong}") from None
                org.stream("normal")
            assert rig.desk.feed.state is FeedState.LIVE

    asyncio.run(scenario())


def test_gaps_and_overflows_of_trackers_are_read_anew(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            trackers = await rig.running(3)
            org.stream("gap", entity="*", next=2)
            org.verb("pause", tracker=trackers[0].id)
            await equal(rig)
            org.stream("overflow", entity="*", next=2)
            org.verb("complete_step", tracker=trackers[1].id)
            await equal(rig)
            org.stream("corrupt", count=2)
            org.verb("remove", tracker=trackers[2].id)
            await equal(rig)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    "status",
    ["UNAVAILABLE", "UNAUTHENTICATED", "RESOURCE_EXHAUSTED", "INVALID_ARGUMENT", "INTERNAL", "clean"],
)
def test_after_each_end_of_a_stream_the_board_equals_the_org(org: Org, tmp_path: Path, status: str) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = rig.free(2)
            rig.states.clear()
            org.stream("drop", status=status, refuse=1 if status == "UNAVAILABLE" else 0)
            titles(org, [one for one in leads if one.startswith("00Q")], f"after {status}")
            await until(lambda: rig.states, "the chip has moved")
            await rig.at_rest(FeedState.LIVE, FeedState.POLLING)
            await equal(rig)

    asyncio.run(scenario())


def test_forgotten_replay_ids_lead_to_a_whole_read(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][-4:]
            titles(org, leads, "seen")
            await equal(rig)
            await rig.desk.stop()
            titles(org, leads, "while the desk is closed")
            org.delete("Lead", leads[0])
            org.stream("forget_replay_ids")
            rig.desk = rig._open()
            await rig.desk.start()
            await rig.at_rest()
            await equal(rig)

    asyncio.run(scenario())


def test_a_silent_stream_is_noticed_and_opened_again(
    org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connect, "PubSubStream", functools.partial(PubSubStream, silence=2.0))

    async def scenario() -> None:
        org.settings(keepalive_seconds=1)
        async with desk_over(org, tmp_path) as rig:
            rig.states.clear()
            org.stream("stall")
            lead = next(str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q")))
            titles(org, [lead], "said into a silence")
            await until(lambda: FeedState.STALE in rig.states, "the silence is noticed")
            org.stream("normal")
            await rig.at_rest()
            await equal(rig)

    asyncio.run(scenario())


# ---------------------------------------------------------------- polling


def test_a_user_without_view_all_polls_and_misses_nothing(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        org.settings(view_all_users=[])
        rig = Rig(org, tmp_path)
        try:
            await rig.desk.start()
            await rig.sign_in()
            await rig.at_rest(FeedState.POLLING)
            assert rig.desk.feed.words == "Polling"
            leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][-4:]
            titles(org, leads, "polled")
            org.delete("Lead", leads[0])
            await equal(rig)
            [tracker] = await rig.running(1)
            await rig.log(tracker, "while polling")
            await rig.confirmed(str(tracker.target_id))
            await equal(rig)
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())


def test_a_used_up_allowance_of_events_turns_to_polling(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            org.settings(event_delivery_limit=1)
            leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][-6:]
            titles(org, leads, "over the limit")
            org.stream("drop")
            await rig.at_rest(FeedState.POLLING)
            titles(org, leads, "polled beyond the limit")
            await equal(rig)

    asyncio.run(scenario())
