"""What no event and no list of deletions tells is found all the same: at night by comparing, on demand by reading all."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.changes import FeedState
from tests.desk.rig import FAST, Rig, desk_over, equal, titles, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole


def _purge_some(org: Org, rig: Rig) -> set[str]:
    """Remove two people and a run with its steps for good; returns what the desk still shows of them."""
    leads = [one for one in rig.free(6) if one.startswith("00Q")][:2]
    tracker = next(
        one
        for one in org.query("SELECT Id FROM ActionCadenceTracker ORDER BY Id")
        if rig.desk.tracker(one["Id"])
    )["Id"]
    steps = org.query(f"SELECT Id FROM ActionCadenceStepTracker WHERE ActionCadenceTrackerId = '{tracker}'")
    for lead in leads:
        org.purge("Lead", lead)
    org.purge("ActionCadenceTracker", tracker)
    for step in steps:
        org.purge("ActionCadenceStepTracker", step["Id"])
    return {*leads, tracker}


def _still_shown(rig: Rig, ids: set[str]) -> set[str]:
    return {one for one in ids if rig.desk.person(one) or rig.desk.tracker(one)}


def test_records_deleted_for_good_disappear_on_demand(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            gone = _purge_some(org, rig)
            rig.engine.monitor.try_now()
            await until(lambda: rig.engine.monitor.settled, "a round is over")
            assert _still_shown(rig, gone) == gone, "no event and no list of deletions tells it"
            words = await rig.desk.read_everything()
            assert words.startswith("It costs about 4 API calls")
            assert "Everything was last read" in words
            await until(lambda: not _still_shown(rig, gone), "they disappear")
            await equal(rig)
            before = rig.desk.last_whole
            await rig.again()
            await rig.at_rest()
            assert rig.desk.last_whole == before, "when that was is remembered"
            assert not _still_shown(rig, gone)

    asyncio.run(scenario())


def test_records_deleted_for_good_disappear_by_comparing(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            before = dict(rig.desk.usage().by_purpose)
            same = await rig.engine.comparison.run()
            shown = len(rig.people()) + len(rig.engine.board.trackers)
            assert same.differing == 0
            assert same.rows >= shown
            spent = {name: count - before.get(name, 0) for name, count in rig.desk.usage().by_purpose.items()}
            assert {name: count for name, count in spent.items() if count} == {"comparison": 4}
            gone = _purge_some(org, rig)
            found = await rig.engine.comparison.run()
            assert found.differing >= len(gone)
            await until(lambda: not _still_shown(rig, gone), "they disappear")
            await equal(rig)

    asyncio.run(scenario())


def test_at_night_everything_is_compared(org: Org, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cadence_desk.sync import nightly

    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            gone = _purge_some(org, rig)
            # The night begins as soon as the last time is long ago.
            rig.engine.nightly.last = replace(rig.engine.nightly.last, at=0.0)  # type: ignore[type-var]
            await until(lambda: not _still_shown(rig, gone), "they disappear")
            await equal(rig)
            said = await until(
                lambda: [line.text for line in rig.desk.activity() if line.text.startswith("Compared")],
                "the feed tells it",
            )
            assert "differed and were read again" in said[-1]
            assert "differed" in rig.desk.last_whole

    monkeypatch.setattr(nightly, "SOON", nightly.SOON * 0)
    monkeypatch.setattr(nightly, "LOOK_SECONDS", 0.05)
    asyncio.run(scenario())


def test_an_org_that_was_moved_gives_its_replay_ids_again(org: Org, tmp_path: Path) -> None:
    """The old mark is taken and stands for nothing: what it should have brought is read."""

    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = [one for one in rig.free(8) if one.startswith("00Q")][:4]
            titles(org, leads, "seen")
            await equal(rig)
            org.stream("close_door")
            titles(org, leads, "told to nobody")
            org.delete("Lead", leads[0])
            org.stream("migrate")
            org.stream("open_door")
            await rig.at_rest(FeedState.LIVE)
            await equal(rig)
            titles(org, leads[1:], "after the move")
            await equal(rig)
            await rig.desk.stop()
            titles(org, leads[1:], "while it was closed")
            org.stream("migrate")
            titles(org, leads[1:3], "under ids that were given out before")
            rig.desk = rig._open()
            await rig.desk.start()
            await rig.at_rest()
            await equal(rig)

    asyncio.run(scenario())


def test_what_is_kept_of_the_calls_is_not_spent_at_night(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            nightly = rig.engine.nightly
            assert nightly._affordable()
            budget = replace(FAST.budget, reserved_percent=100)
            nightly._options = replace(FAST, budget=budget)
            assert not nightly._affordable()
            assert not await nightly._tried()

    asyncio.run(scenario())


def test_events_that_cannot_be_read_are_told_kept_apart_and_made_good(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            leads = [one for one in rig.free(8) if one.startswith("00Q")][:3]
            assert rig.desk.unreadable == ""
            org.stream("corrupt", count=len(leads))
            titles(org, leads, "garbled on the way")
            await until(lambda: rig.desk.unreadable, "it is told")
            await equal(rig)
            quarantine = rig.engine.parts.feed.quarantine  # type: ignore[attr-defined]
            assert 0 < len(quarantine.kept) == quarantine.total <= len(leads)
            assert all(one.topic == "/data/LeadChangeEvent" and one.reason for one in quarantine.kept)
            told = [line.text for line in rig.desk.activity() if "could not be read" in line.text]
            assert len(told) == 1
            assert told[0].endswith("was read from Salesforce instead.")

    asyncio.run(scenario())
