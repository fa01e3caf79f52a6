"""The line breaks, the org dies, the session ends: work waits and says why, then goes out once."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import Kind
from tests.desk.gate import Gate
from tests.desk.practice_org import Org
from tests.desk.rig import Rig, desk_over, equal, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence_desk.domain.orgs import OrgProfile

pytestmark = pytest.mark.whole
OFFLINE = "Waiting: offline"


@pytest.fixture
def gates(org: Org) -> Iterator[tuple[Gate, Gate]]:
    both = Gate(org.ports[0]), Gate(org.ports[1])
    yield both
    for gate in both:
        gate.close()


def _behind(org: Org, gates: tuple[Gate, Gate]) -> OrgProfile:
    return org.profile(ports=(gates[0].port, gates[1].port))


# ---------------------------------------------------------------- the line


def test_a_pulled_cable_keeps_a_call_and_sends_it_once(
    org: Org, gates: tuple[Gate, Gate], tmp_path: Path
) -> None:
    async def scenario() -> None:
        rig = Rig(org, tmp_path, profile=_behind(org, gates))
        try:
            await rig.begin()
            tracker, other = await rig.running(2)
            target = str(tracker.target_id)
            for gate in gates:
                gate.shut()
            await rig.feed(FeedState.STALE)
            assert rig.desk.feed.words.startswith("Stale since ")
            await rig.log(tracker, "typed without a line")
            await until(
                lambda: OFFLINE in rig.states_of(target, Kind.LOG_CALL), "the call waits and says why"
            )
            org.verb("pause", tracker=other.id)
            after = org.now()
            for gate in gates:
                gate.open()
            await rig.confirmed(target, seconds=15)
            await rig.at_rest()
            assert len(org.sends("record", "typed without a line", after)) == 1
            assert rig.active(other.target_id).state == "Paused", "what happened meanwhile is there"
            await equal(rig)
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())


def test_a_start_without_a_line_shows_the_cache_and_goes_live_by_itself(
    org: Org, gates: tuple[Gate, Gate], tmp_path: Path
) -> None:
    async def scenario() -> None:
        rig = Rig(org, tmp_path, profile=_behind(org, gates))
        try:
            await rig.begin()
            [tracker] = await rig.running(1)
            await rig.desk.stop()
            for gate in gates:
                gate.shut()
            rig.desk = rig._open()
            await rig.desk.start()
            assert rig.desk.people.count > 400, "yesterday's list is there"
            draft = await rig.desk.calls.begin(tracker.target_id, tracker.current_step_id)
            draft.notes = "typed before the line is there"
            await rig.desk.calls.keep(draft)
            for gate in gates:
                gate.open()
            await rig.at_rest()
            assert rig.desk.sign_in.state == "signed_in"
            draft.result = rig.result().text
            await rig.desk.calls.save(draft)
            await rig.confirmed(str(tracker.target_id))
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())


# ---------------------------------------------------------------- the org


def test_an_org_that_is_killed_and_started_again_gets_the_call_once(tmp_path: Path) -> None:
    """The second life has the same world and ports but knows no session of the first: a sign-in is asked for."""
    lives = [Org.start_again(tmp_path / "org")]

    async def scenario() -> None:
        rig = Rig(lives[0], tmp_path / "desk")
        try:
            await rig.begin()
            await _over_the_end(rig, lives, tmp_path / "org")
        finally:
            await rig.desk.stop()

    try:
        asyncio.run(scenario())
    finally:
        lives[-1].stop()


async def _over_the_end(rig: Rig, lives: list[Org], home: Path) -> None:
    [target] = rig.free(1)
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes = rig.result().text, "over the end of the org"
    lives[0].kill()
    await rig.feed(FeedState.STALE)
    await rig.desk.calls.save(draft)
    await until(lambda: OFFLINE in rig.states_of(target, Kind.LOG_CALL), "the call waits")
    rig.org = Org.start_again(home, lives[0].ports)
    lives.append(rig.org)
    await rig.feed(FeedState.SIGNED_OUT)
    await until(lambda: rig.desk.sign_in.state == "signed_out", "a sign-in is asked for")
    await rig.sign_in()
    await rig.confirmed(target, seconds=15)
    assert len(rig.org.sends("record", "over the end of the org")) == 1
    assert len(rig.org.query(f"SELECT Id FROM Task WHERE WhoId = '{target}' AND IsClosed = true")) == 1
    await rig.at_rest()
    await equal(rig)


# ---------------------------------------------------------------- the session


def test_expired_tokens_are_renewed_in_mid_work(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            trackers = await rig.running(3)
            targets = [str(one.target_id) for one in trackers]
            after = org.now()
            org.control("/tokens", {"action": "expire", "user": rig.me})
            org.fate("expire_tokens", match={"method": "PATCH"})
            for number, tracker in enumerate(trackers):
                await rig.log(tracker, f"renewed {number}")
            org.stream("drop", status="UNAUTHENTICATED")
            await rig.confirmed(*targets, seconds=15)
            for number in range(3):
                done = [one for one in org.sends("record", f"renewed {number}", after) if one["commit"]]
                assert len(done) == 1
            await rig.at_rest()
            assert rig.desk.sign_in.state == "signed_in"
            await equal(rig)

    asyncio.run(scenario())


def test_an_ended_grant_keeps_the_work_for_the_next_sign_in(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            target, after = str(tracker.target_id), org.now()
            org.control("/tokens", {"action": "revoke", "user": rig.me})
            await rig.log(tracker, "kept for later")
            await until(
                lambda: "Waiting: signed out" in rig.states_of(target, Kind.LOG_CALL), "the call waits"
            )
            await until(lambda: rig.desk.sign_in.state == "signed_out", "the desk says that it is signed out")
            org.stream("drop", status="UNAUTHENTICATED")
            await rig.feed(FeedState.SIGNED_OUT)
            assert rig.desk.person(target) is not None, "the list stays"
            await rig.sign_in()
            await rig.confirmed(target)
            assert len(org.sends("record", "kept for later", after)) == 1
            await rig.at_rest()

    asyncio.run(scenario())


def test_an_answer_of_401_for_ever_ends_in_a_sign_in_and_no_storm(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            target, after = str(tracker.target_id), org.now()
            body = '[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]'
            for purpose in ("record", "query", "composite", "action", "versions"):
                org.fate("status", match={"purpose": purpose}, times=0, status=401, body=body)
            await rig.log(tracker, "answered 401")
            await until(
                lambda: "Waiting: signed out" in rig.states_of(target, Kind.LOG_CALL), "the call waits"
            )
            await until(lambda: rig.desk.sign_in.state == "signed_out", "a sign-in is asked for")
            tokens = [one for one in org.history(after) if one.get("purpose") == "token"]
            # Twice for each request that was under way: the write, what is looked up, what is read in the background.
            assert len(tokens) <= 6, "no storm of renewals"
            org.control("/fates", method="DELETE")
            await rig.sign_in()
            await rig.confirmed(target)
            assert len([one for one in org.sends("record", "answered 401", after) if one["commit"]]) == 1

    asyncio.run(scenario())


@pytest.mark.parametrize("purpose", ["describe", "query", "identity", "action", "versions"])
def test_trouble_while_signing_in_is_told_and_the_next_try_works(
    org: Org, tmp_path: Path, purpose: str
) -> None:
    async def scenario() -> None:
        rig = Rig(org, tmp_path)
        try:
            await rig.desk.start()
            body, kind = "<html>maintenance</html>", {"Content-Type": "text/html"}
            org.fate("status", match={"purpose": purpose}, times=3, status=503, body=body, headers=kind)
            for _ in range(5):
                with contextlib.suppress(DeskError):
                    await rig.sign_in()
                    break
            await rig.at_rest()
            await equal(rig)
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())
