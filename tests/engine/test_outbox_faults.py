"""What was asked for survives everything: crashes, full disks, lost links, signing out, quitting in mid-send."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import OrgRefused, Untrusted
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.connections import FileOptions
from cadence_desk.sync.kinds.calling import LogCallKind
from cadence_desk.sync.supervisor import settled
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Run

ANNA, BERT = lead(1), lead(2)


async def ready(rig: Rig) -> str:
    for number in (1, 2):
        rig.world.add_lead(number)
    tracker = rig.world.enroll(ANNA, CADENCE)
    await rig.start()
    return rig.world.trackers[tracker.id].current_step_id


async def log(rig: Rig, target: str = ANNA, step: str | None = None, notes: str = "note") -> None:
    draft = await rig.desk.calls.begin(target, step)
    draft.result, draft.notes = "Connected", notes
    await rig.desk.calls.save(draft)
    await rig.calm()


def test_first_in_first_out_per_target_and_others_do_not_wait(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        rig.org.fates.append(Fate.LOST)
        await log(rig, notes="first")
        await rig.desk.moves.pause([rig.world.active(ANNA)[0].id])
        await log(rig, notes="second")
        await log(rig, BERT, notes="other")
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["in_doubt", "queued", "queued"]
        assert rig.states(BERT) == ["settled"]
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["settled"] * 3
        assert [one.notes for one in rig.world.calls(ANNA)] == ["first", "second"]
        assert rig.world.steps[step].is_open

    run(go())


def test_a_draft_begun_earlier_does_not_overtake_what_is_in_doubt(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        early = await rig.desk.calls.begin(ANNA, None)
        await rig.pass_time(1)
        rig.org.fates.append(Fate.LOST)
        await rig.desk.moves.pause([rig.world.active(ANNA)[0].id])
        await rig.calm()
        early.result = "Connected"
        await rig.desk.calls.save(early)
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["queued", "in_doubt"]
        assert rig.org.calls["create task"] == 0

    run(go())


@pytest.mark.parametrize("jump", [-86_400.0, 86_400.0])
def test_a_clock_that_is_set_lets_no_later_press_go_first_and_holds_nothing(
    rig: Rig, run: Run[Any], jump: float
) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.link_down = True
        await log(rig, notes="first")
        rig.clock.shift += jump
        await log(rig, notes="second")
        rig.org.link_down = False
        await rig.pass_time(400)
        assert [one.notes for one in rig.world.calls(ANNA)] == ["first", "second"]
        assert rig.states(ANNA) == ["settled", "settled"]

    run(go())


def test_a_link_that_is_down_holds_the_work_and_lets_it_go(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.link_down = rig.feed.down = True
        rig.feed.drop()
        await log(rig)
        await rig.pass_time(1000)
        assert rig.operations(ANNA)[0].words == "Waiting: offline"
        assert rig.org.calls["time"] < 150
        rig.org.link_down = rig.feed.down = False
        await rig.pass_time(35)
        assert rig.states(ANNA) == ["settled"], "goes on with the link, not after its own long pause"

    run(go())


def test_a_server_that_is_not_trusted_refuses_nothing(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.read_errors.append(Untrusted())
        await rig.desk.moves.pause([rig.world.active(ANNA)[0].id])
        await rig.calm()
        assert rig.operations(ANNA)[0].words == "Waiting: offline"
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]

    run(go())


def test_a_read_that_the_org_refuses_ends_the_one_it_is_about(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        trackers = [rig.world.active(ANNA)[0].id, rig.world.enroll(BERT, CADENCE).id]
        await rig.calm()
        refusal = OrgRefused(server_code="MALFORMED_ID", server_text="bad id")
        rig.org.read_errors.extend([refusal, refusal])  # for both together, then for the first alone
        await rig.desk.moves.pause(trackers)
        await rig.pass_time(15)
        assert (rig.operations(ANNA)[0].words, rig.states(BERT)) == ("Refused: bad id", ["settled"])

    run(go())


@pytest.mark.logs_errors("the crash is reported, with its place")
def test_a_crash_of_ours_does_not_spin_and_loses_nothing(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        await ready(rig)
        calls = []

        def crash(*_: Any) -> None:
            calls.append(1)
            raise KeyError("a bug")

        monkeypatch.setattr(LogCallKind, "prepare", crash)
        await log(rig)
        await rig.pass_time(600)
        assert len(calls) < 4
        monkeypatch.undo()
        await rig.pass_time(400)
        assert rig.states(ANNA) == ["settled"]

    run(go())


@pytest.mark.logs_errors("the crash is reported, with its place")
def test_a_crash_while_reading_an_answer_is_doubt(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        await ready(rig)
        send = LogCallKind.send

        def crash(kind: Any, *given: Any) -> Any:
            send(kind, *given)
            raise KeyError("a bug")

        monkeypatch.setattr(LogCallKind, "send", crash)
        await log(rig)
        monkeypatch.undo()
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled"]
        history = await settled(rig.engine.parts.outbox.history(rig.operations(ANNA)[0].op_id))
        assert [one.after.value for one in history] == ["draft", "queued", "sending", "in_doubt", "settled"]
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


def test_signing_out_keeps_the_work_and_signing_in_sends_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.link_down = True
        await log(rig)
        await rig.desk.sign_in.sign_out()
        assert rig.desk.people.count == 0
        rig.org.link_down = False
        await rig.desk.sign_in.begin(lambda _page: None)
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]

    run(go())


def test_a_session_that_ends_holds_the_work_also_over_a_restart(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.signed_out = True
        rig.feed.drop()
        await rig.desk.moves.pause([rig.world.active(ANNA)[0].id])
        await rig.calm()
        assert rig.operations(ANNA)[0].words == "Waiting: signed out"
        await rig.pass_time(500)
        await rig.restart()
        await rig.desk.sign_in.begin(lambda _page: None)
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]

    run(go())


def test_a_passing_401_does_not_hold_the_work_for_ever(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        rig.org.fates.append(Fate.SIGNED_OUT)
        await log(rig)
        await rig.pass_time(310)
        assert rig.states(ANNA) == ["settled"], "the session works, as the next read of the org shows"

    run(go())


@pytest.mark.parametrize("committed", [True, False])
def test_what_was_being_sent_in_a_crash_is_in_doubt_and_ends_once(
    *, committed: bool, rig: Rig, run: Run[Any]
) -> None:
    async def go() -> None:
        await ready(rig)
        if committed:
            rig.lanes.mute.add(LaneName.INTERACTIVE)
        await log_held(rig, committed)
        assert rig.states(ANNA) == ["sending"]
        await rig.crash()
        rig.lanes.held.clear()
        rig.lanes.mute.clear()
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert rig.states(ANNA) == ["in_doubt"]
        await rig.start()
        await rig.pass_time(30)
        assert rig.states(ANNA) == ["settled" if committed else "in_doubt"]
        await rig.pass_time(900)
        assert rig.states(ANNA) == ["settled"]
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


async def log_held(rig: Rig, committed: bool) -> None:
    """Save a call and leave its send under way: carried out and not answered, or not even begun."""
    rig.lanes.held.add(LaneName.INTERACTIVE)
    rig.lanes.mute.discard(LaneName.INTERACTIVE)
    await log(rig)
    rig.lanes.let_go()  # the preparation
    await rig.calm()
    if committed:
        rig.lanes.mute.add(LaneName.INTERACTIVE)
        rig.lanes.let_go()
    await rig.calm()


def test_signing_out_in_mid_send_leaves_doubt_in_the_same_process(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        await log_held(rig, committed=True)
        await rig.desk.sign_in.sign_out()
        rig.lanes.held.clear()
        rig.lanes.mute.clear()
        await rig.desk.sign_in.begin(lambda _page: None)
        await rig.pass_time(5)
        assert rig.states(ANNA) == ["settled"]
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


def test_quitting_in_mid_send_takes_at_most_five_seconds(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        await log_held(rig, committed=True)
        before = rig.clock.monotonic()
        await rig.desk.stop()
        assert 3.0 <= rig.clock.monotonic() - before <= 5.0

    run(go())


def test_an_answer_that_comes_while_quitting_is_recorded(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        await log_held(rig, committed=False)
        asyncio.get_running_loop().call_later(1.0, rig.lanes.let_go)
        before = rig.clock.monotonic()
        await rig.desk.stop()
        assert rig.clock.monotonic() - before < 2.0
        rig.lanes.held.clear()
        rig.desk = rig._desk()
        await rig.desk._session.open(rig.known)  # type: ignore[arg-type]
        assert rig.states(ANNA) == ["accepted"]

    run(go())


def test_drafts_survive_a_crash_and_are_taken_up_again(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        step = await ready(rig)
        draft = await rig.desk.calls.begin(ANNA, step)
        draft.result, draft.notes, draft.duration_seconds = "Connected", "half a sent", 12
        await rig.desk.calls.keep(draft)
        await rig.crash()
        await rig.start()
        assert [one.notes for one in rig.desk.calls.drafts()] == ["half a sent"]
        again = await rig.desk.calls.begin(ANNA, step)
        assert (again.intent_id, again.notes, again.duration_seconds) == (draft.intent_id, "half a sent", 12)
        await rig.desk.calls.save(again)
        await rig.desk.calls.save(again)  # a second press
        await rig.pass_time(3)
        assert rig.states(ANNA) == ["settled", "settled"]
        assert len(rig.world.calls(ANNA)) == 1

    run(go())


def test_a_double_click_makes_one_draft_and_discarding_ends_it(rig: Rig, run: Run[Any]) -> None:
    async def go() -> None:
        await ready(rig)
        first, second = await asyncio.gather(
            rig.desk.calls.begin(ANNA, None), rig.desk.calls.begin(ANNA, None)
        )
        assert first.op_id == second.op_id
        await rig.desk.calls.discard(first)
        assert not rig.desk.calls.drafts()
        assert rig.states(ANNA) == ["cancelled"]

    run(go())


# ---------------------------------------------------------------- full disks


class Disk:
    """Fails commits of operations that become a given state, while it is full."""

    def __init__(self) -> None:
        self.full = ""

    def files(self) -> FileOptions:
        disk = self

        class Connection(sqlite3.Connection):
            @override
            def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
                if disk.full and "UPDATE operation" in sql and arguments and disk.full in arguments[0]:
                    raise sqlite3.OperationalError("database or disk is full")
                return super().execute(sql, *arguments)

        return FileOptions(connection=Connection)


@pytest.mark.parametrize("state", ["sending", "accepted"])
def test_a_full_disk_sends_nothing_and_loses_nothing(state: str, tmp_path: Path) -> None:
    disk = Disk()
    rig = Rig(tmp_path, files=disk.files())
    loop = SteeredLoop(rig.clock)

    async def go() -> None:
        await ready(rig)
        disk.full = state
        await log(rig)
        await rig.pass_time(120)
        assert len(rig.org.sent) == (0 if state == "sending" else 1)
        assert rig.states(ANNA) == ["queued" if state == "sending" else "sending"]
        assert rig.desk.trouble == "The disk is full"
        assert rig.org.calls["time"] < 40, "the org is not asked over and over"
        disk.full = ""
        await rig.pass_time(15)
        assert rig.states(ANNA) == ["settled"]
        assert not rig.desk.trouble
        assert len(rig.world.calls(ANNA)) == 1
        await rig.desk.stop()

    loop.run_until_complete(go())
    loop.close()
