"""What ends a session for good leads to one calm end: said once, in plain words, and the work is kept and sent later."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import NotAllowed, SignedOut
from cadence_desk.domain.operations import Kind
from cadence_desk.salesforce.sign_in import read_answer
from tests.desk.rig import Rig, desk_over, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

ENDS: dict[str, tuple[dict[str, Any], str]] = {
    "revoked": ({}, "Your sign-in has ended"),
    "not installed": ({"app_installed": False}, "is not installed in this org"),
    "address": ({"sign_in_ip_locked": True}, "from this network"),
    "inactive": ({}, "user is not active"),
}


def end_session(org: Org, how: str, me: str) -> None:
    settings, _ = ENDS[how]
    if settings:
        org.settings(**settings)
    if how == "inactive":
        org.edit("User", me, IsActive=False)
    org.control("/tokens", {"action": "revoke" if how == "revoked" else "expire", "user": me})


def mend(org: Org, how: str, me: str) -> None:
    org.reset()
    if how == "inactive":
        org.edit("User", me, IsActive=True)


@pytest.mark.whole
@pytest.mark.parametrize("how", ENDS)
def test_an_end_is_calm_and_keeps_the_work(org: Org, tmp_path: Path, how: str) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            target = str(tracker.target_id)
            turns = _watch(rig)
            after = org.now()
            end_session(org, how, rig.me)
            await rig.log(tracker, "kept for later")
            await until(lambda: rig.desk.sign_in.state == "signed_out", "the desk says that it is signed out")
            await rig.feed(FeedState.SIGNED_OUT)
            assert ENDS[how][1] in rig.desk.feed.detail
            assert rig.states_of(target, Kind.LOG_CALL) == ["Waiting: signed out"]
            assert rig.desk.person(target) is not None, "the list stays"
            assert turns.count("signed_out") == 1, "said once"
            asked = [one for one in org.history(after) if one.get("purpose") == "token"]
            assert sum(one["kind"] == "invocation" for one in asked) == 1, "asked once"
            mend(org, how, rig.me)
            await rig.sign_in()
            await rig.confirmed(target)
            assert len(org.sends("record", "kept for later", after)) == 1

    asyncio.run(scenario())


def _watch(rig: Rig) -> list[str]:
    turns: list[str] = []

    def note(_: object) -> None:
        state = rig.desk.sign_in.state
        if not turns or turns[-1] != state:
            turns.append(state)

    rig.desk.events.subscribe(note)
    return turns


@pytest.mark.whole
def test_a_refused_renewal_at_the_start_shows_what_is_cached(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            shown = len(rig.people())
            await rig.desk.stop()
            org.control("/tokens", {"action": "revoke", "user": rig.me})
            rig.desk = rig._open()
            with pytest.raises(SignedOut, match="Your sign-in has ended"):
                await rig.desk.start()
            assert len(rig.people()) == shown
            assert rig.desk.sign_in.state == "signed_out"
            await rig.sign_in()
            await rig.at_rest()

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("code", "told", "words"),
    [
        (
            "OAUTH_APPROVAL_ERROR_GENERIC",
            "An unexpected error has occured",
            "does not know the app, or has blocked",
        ),
        ("invalid_client", "app must be installed into org", "is not installed in this org"),
        ("access_denied", "end-user denied authorization", "did not let you in"),
        ("unknown_code", "", "did not let you in"),
    ],
)
def test_what_the_browser_brings_back(code: str, told: str, words: str) -> None:
    with pytest.raises(NotAllowed, match=words) as caught:
        read_answer({"state": "s", "error": code, "error_description": told}, "s")
    assert (caught.value.server_code, caught.value.server_text) == (code, told)
