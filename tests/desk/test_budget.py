"""`cadence-desk budget` against an org: what was counted while a desk ran, what is kept, what many desks would take."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook
from tests.desk.programs import desk
from tests.desk.rig import Rig, desk_over, equal, titles

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole


async def followed(org: Org, home: Path) -> None:
    """A desk that ran for a while and heard of some changes."""
    async with desk_over(org, home) as rig:
        leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][:12]
        titles(org, leads, "counted")
        await equal(rig)
        assert rig.desk.usage().events >= len(leads)


def budget(org: Org, home: Path, *arguments: str) -> tuple[int, dict[str, Any], str]:
    ProfileBook(Paths(home).profile_book).add(org.profile())
    places = ["--home", str(home), "--key-file", str(home / "keys"), "--org", "test"]
    done = desk("budget", "--json", *places, *arguments, temp=home)
    return done.returncode, json.loads(done.stdout or "{}"), done.stderr


def test_what_was_counted_what_is_kept_and_what_two_hundred_desks_would_take(
    org: Org, tmp_path: Path
) -> None:
    asyncio.run(followed(org, tmp_path))
    code, told, said = budget(org, tmp_path, "--desks", "200")

    assert code == 0, said
    calls, events, plan = told["calls"], told["events"], told["forecast"]
    assert calls["limit"] == 100_000
    assert calls["reserved"] == 20_000
    assert calls["left_for_background"] == 80_000 - calls["used"]
    assert calls["by_purpose"]["people"] >= 1
    assert events["allowance"] == 50_000
    assert events["received"] >= 12
    assert events["per_desk_and_day"] > 0
    assert plan["desks"] == 200
    assert plan["deliveries"] > 50_000
    assert plan["live_is_affordable"] is False
    assert "live updates are not affordable" in plan["words"]
    assert "polling" in plan["words"].lower()
    assert "first guess" in plan["words"]


def test_where_setup_is_hidden_the_allowance_is_unknown(org: Org, tmp_path: Path) -> None:
    asyncio.run(followed(org, tmp_path))
    org.settings(setup_visible=False)
    code, told, said = budget(org, tmp_path)
    assert code == 0, said
    assert told["events"]["allowance"] is None
    assert "did not tell its allowance" in told["forecast"]["words"]


def test_beside_a_window_and_without_a_sign_in(org: Org, tmp_path: Path) -> None:
    code, told, said = budget(org, tmp_path)
    assert (code, told) == (4, {})
    assert "not signed in" in said

    async def beside() -> None:
        rig = Rig(org, tmp_path)
        try:
            await rig.begin()
            code, told, said = await asyncio.get_running_loop().run_in_executor(None, budget, org, tmp_path)
            assert code == 0, said
            assert told["calls"]["used"] > 0
            assert "No events were followed" in told["forecast"]["words"]
        finally:
            await rig.desk.stop()

    asyncio.run(beside())
