"""Signing in and out, starting and failing to start: one engine at a time, and a word for everything that goes wrong."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.sign_in import SIGNED_IN, SIGNED_OUT
from cadence_desk.domain.changes import Change, FeedState
from cadence_desk.domain.errors import (
    DeskError,
    DiskFull,
    FileDamaged,
    NotAllowed,
    SignedOut,
    Unreachable,
    WrongOwner,
)
from cadence_desk.domain.operations import Kind
from tests.engine.model_files import Disk
from tests.engine.model_org import IDENTITY
from tests.engine.model_world import CADENCE, lead, record_id

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ANNA = lead(1)


def browse(_address: str) -> None:
    """Play a person at the browser."""


def test_before_the_first_sign_in_everything_is_empty_and_says_so(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.org.signed_out = True
        desk = await rig.start()
        assert desk.sign_in.state == SIGNED_OUT
        assert (desk.feed.words, desk.loading.what, desk.trouble) == ("Signed out", "", "")
        assert (desk.identity, desk.capabilities.api_version) == (None, "")
        for empty in (
            desk.cadences(),
            desk.reps(),
            desk.call_results(),
            desk.dispositions(),
            desk.open_operations(),
        ):
            assert empty == []
        assert (desk.person(ANNA), desk.tracker(ANNA), desk.trackers_of(ANNA)) == (None, None, [])
        assert (desk.operations_of(ANNA), list(desk.activity()), desk.calls.drafts()) == ([], [], [])
        assert desk.current_step("x") is None
        assert desk.why_not(Kind.PAUSE) == "Sign in first."
        with pytest.raises(SignedOut, match="Sign in first"):
            await desk.calls.begin(ANNA, None)
        await desk.idle()

    run(go())


def test_signing_in_fills_the_desk(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        rig.org.signed_out = True
        desk = await rig.start()
        seen: list[str] = []
        desk.events.subscribe(lambda _change: seen.append(desk.sign_in.state))
        await desk.sign_in.begin(lambda _address: seen.append(desk.sign_in.address))
        await rig.calm()
        assert seen[:2] == ["signing_in", "https://org.example/authorize"]
        assert (desk.sign_in.state, desk.sign_in.address) == (SIGNED_IN, "")
        assert (desk.identity, rig.known) == (IDENTITY, IDENTITY)
        assert desk.name_of(ANNA) == "Person 1"
        assert desk.name_of(lead(7)) == lead(7)
        assert [one.name for one in desk.cadences()] == ["Outbound", "Nurture"]
        assert desk.dispositions() == ["Success", "Bad Data"]
        assert desk.usage().calls
        assert await desk.list_views() == []

    run(go())


def test_a_sign_in_that_fails_leaves_the_desk_signed_out(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.org.signed_out = True
        desk = await rig.start()

        def denied(*_: Any) -> Any:
            raise NotAllowed("denied")

        monkeypatch.setattr("tests.engine.rig.ModelFlow.sign_in", denied)
        with pytest.raises(NotAllowed):
            await desk.sign_in.begin(browse)
        assert desk.sign_in.state == SIGNED_OUT

    run(go())


def test_signing_out_tells_when_the_org_did_not_confirm(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        desk = await rig.start()
        assert "kept for your next sign-in" in await desk.sign_in.sign_out()
        assert (desk.sign_in.state, desk.feed.state) == (SIGNED_OUT, FeedState.SIGNED_OUT)
        await desk.sign_in.begin(browse)
        monkeypatch.setattr(rig.org, "sign_out", lambda: False)
        assert "did not confirm" in await desk.sign_in.sign_out()

    run(go())


def test_two_ways_in_at_once_open_one_engine(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        opened: list[str] = []
        make = rig._engine

        def counted(boot_id: str, *given: Any) -> Any:
            opened.append(boot_id)
            return make(boot_id, *given)

        rig._engine = counted  # type: ignore[method-assign, assignment]
        await asyncio.gather(rig.desk.start(), rig.desk.sign_in.begin(browse))
        await rig.calm()
        assert len(opened) == 1
        assert len(rig.feed.streams) == len(rig.options.topics)

    run(go())


def test_another_user_gets_other_files_and_the_first_ones_work_stays(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        desk = await rig.start()
        engine = rig.engine
        other = replace(IDENTITY, user_id=record_id("005", 9))
        with pytest.raises(WrongOwner):
            await desk._session.open(other)  # the rig gives everybody the same file: it is refused
        assert desk._session.engine is None
        assert desk.people.count == 0
        await desk.sign_in.begin(browse)
        await rig.calm()
        assert rig.engine is not engine
        assert desk.people.count == 1

    run(go())


@pytest.mark.parametrize("error", [FileDamaged(), DiskFull()])
def test_an_outbox_that_cannot_be_opened_opens_nothing(error: DeskError, rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.disk = Disk()
        rig.disk.refuse = lambda what: error if what == "adopt" else None
        with pytest.raises(type(error)):
            await rig.start()
        assert rig.desk._session.engine is None
        assert not rig.org.sent
        rig.disk.refuse = lambda _what: None
        await rig.desk.sign_in.begin(browse)
        assert rig.desk.sign_in.state == SIGNED_IN

    run(go())


def test_without_a_cache_everything_is_read(rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def go() -> None:
        rig.disk = Disk()
        rig.world.add_lead(1)
        rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        await rig.desk.stop()
        rig.desk = rig._desk()
        monkeypatch.setattr("tests.engine.model_files.MemoryCache.load_trackers", damaged)
        rig.org.calls.clear()
        await rig.start()
        assert rig.org.calls["trackers all"] == 1
        assert rig.desk.trackers.count == 1

    run(go())


def damaged(_cache: Any, _each: Any) -> Any:
    raise FileDamaged


def test_an_org_that_says_no_for_good_is_told_and_asked_again_later(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.org.read_errors.append(NotAllowed("The API is off for you."))
        with pytest.raises(NotAllowed, match="API is off"):
            await rig.start()
        await rig.calm()
        assert rig.feed_state() is FeedState.LIVE, "the next answer was a better one"

    run(go())


def test_what_is_broken_for_good_is_called_so(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await rig.start()
        rig.org.before_read = lambda _what: rig.org.read_errors.append(NotAllowed("no"))
        rig.feed.drop()
        await rig.pass_time(200)
        assert rig.feed_state() is FeedState.BROKEN
        assert rig.desk.feed.detail == "no"
        rig.org.before_read = lambda _what: None
        rig.org.read_errors.clear()
        await rig.pass_time(31)
        assert rig.feed_state() is FeedState.LIVE

    run(go())


def test_asking_to_refresh_does_not_wait(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        await rig.start()
        rig.org.link_down = rig.feed.down = True
        rig.feed.drop()
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.result = "Connected"
        await rig.desk.calls.save(draft)
        await rig.pass_time(500)
        with pytest.raises(Unreachable):
            await rig.desk.refresh()
        rig.org.link_down = rig.feed.down = False
        await rig.desk.refresh()
        await rig.pass_time(0.1)
        assert rig.feed_state() is FeedState.LIVE
        assert rig.states(ANNA) in (["accepted"], ["settled"])

    run(go())


def test_notices_reach_who_subscribed_and_nobody_else(rig: Rig) -> None:
    seen: list[str] = []
    first = rig.desk.events.subscribe(lambda _change: seen.append("first"))

    def once(_change: Change) -> None:
        seen.append("once")
        stop()

    stop = rig.desk.events.subscribe(once)
    rig.desk.events.announce(Change())
    rig.desk.events.announce(Change())
    first()
    first()
    rig.desk.events.announce(Change())
    assert seen == ["first", "once", "first"]
