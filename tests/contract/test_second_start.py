"""The whole desk follows the profile: a second start asks for changed describes only, and works without what is missing."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.bootstrap.compose import build_desk
from cadence_desk.bootstrap.opening import look_into_profile, open_profile
from cadence_desk.commands import check
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.orgs import Capabilities, GivenAccess, WayIn
from cadence_desk.settings.paths import Paths
from cadence_desk.sync.parts import EngineOptions
from tests.contract.client_org import PracticeProcess, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.whole


@pytest.fixture
def practice(tmp_path: Path) -> Iterator[PracticeProcess]:
    yield from running("--people", "30", "--home", str(tmp_path / "authority"))


def life(practice: PracticeProcess, home: Path, token: str) -> tuple[Capabilities, list[dict[str, Any]]]:
    """Run a desk from its start until nothing is on its way; return what it knows and how describes were answered."""
    before = practice.control("/state")["history"]["newest"]
    profile = replace(practice.profile(), way_in=WayIn.TOKEN)
    opened = open_profile(profile, Paths(home), home / "keys", GivenAccess(token=token))

    async def live() -> Capabilities:
        desk = build_desk(opened, EngineOptions(live=False))
        try:
            await desk.start()
            await desk.idle()
            return desk.capabilities
        finally:
            await desk.stop()

    known = asyncio.run(live())
    entries = practice.history(before)
    asked = {
        one["request"]: one
        for one in entries
        if one["kind"] == "invocation" and one["path"].endswith(("/describe", "actions/standard"))
    }
    return known, [one for one in entries if one["kind"] == "reply" and one["request"] in asked]


def test_unchanged_describes_come_without_a_body(practice: PracticeProcess, tmp_path: Path) -> None:
    token = practice.ready["access_token"]
    known, first = life(practice, tmp_path / "home", token)
    assert {one["status"] for one in first} == {200}
    again, second = life(practice, tmp_path / "home", token)
    assert again == known
    assert len(second) == len(first)
    assert {one["status"] for one in second} == {304}

    practice.control("/settings", {"hidden_fields": ["Lead.Title"]})
    changed, third = life(practice, tmp_path / "home", token)
    assert "Title" not in changed.objects["Lead"].fields
    assert 200 in {one["status"] for one in third}


def test_a_new_home_starts_from_nothing(practice: PracticeProcess, tmp_path: Path) -> None:
    token = practice.ready["access_token"]
    life(practice, tmp_path / "one", token)
    _, other = life(practice, tmp_path / "two", token)
    assert {one["status"] for one in other} == {200}


def test_people_are_shown_in_an_org_without_cadences(practice: PracticeProcess, tmp_path: Path) -> None:
    listed = [f"ActionCadence{part}" for part in ("", "Step", "Tracker", "StepTracker")]
    practice.control("/settings", {"hidden_objects": listed, "unlicensed_users": [practice.ready["user_id"]]})
    profile = replace(practice.profile(), way_in=WayIn.TOKEN)
    access = GivenAccess(token=practice.ready["access_token"])
    opened = open_profile(profile, Paths(tmp_path / "home"), tmp_path / "keys", access)

    async def live() -> None:
        desk = build_desk(opened, EngineOptions(live=False))
        try:
            await desk.start()
            await desk.idle()
            assert desk.people.count > 20
            assert (desk.trackers.count, desk.cadences()) == (0, [])
            assert desk.feed.words == "Polling"
            assert "does not offer" in desk.why_not(Kind.ENROLL)
            assert not desk.why_not(Kind.LOG_CALL)
        finally:
            await desk.stop()

    asyncio.run(live())


def test_a_stored_sign_in_is_checked_beside_an_open_window(
    practice: PracticeProcess, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    profile, paths, keys = practice.profile(), Paths(tmp_path / "home"), tmp_path / "keys"
    assert check.check(lambda: look_into_profile(profile, paths, keys), as_json=True) == 4
    assert "not signed in" in capsys.readouterr().err

    async def sign_in() -> None:
        desk = build_desk(open_profile(profile, paths, keys), EngineOptions(live=False))
        try:
            await desk.sign_in.begin(lambda url: Thread(target=practice.browse, args=(url,)).start())
        finally:
            await desk.stop()

    asyncio.run(sign_in())
    window = open_profile(profile, paths, keys)
    try:
        assert check.check(lambda: look_into_profile(profile, paths, keys), as_json=False) == 0
    finally:
        window.close()
    told = capsys.readouterr().out
    assert "PASS    CADENCE_USER" in told
    assert "cadence-desk check --explain CODE" in told
