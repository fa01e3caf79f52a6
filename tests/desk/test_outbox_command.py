"""`cadence-desk outbox` as a shell runs it: on a closed profile, and beside a window that has it open."""

from __future__ import annotations

import asyncio
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.operations import OperationState
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook
from tests.desk.programs import desk
from tests.desk.rig import Rig, options, until

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole


class Commands:
    """Runs the command for one home."""

    def __init__(self, org: Org, home: Path) -> None:
        self.home = home
        ProfileBook(Paths(home).profile_book).add(org.profile())

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        places = ["--home", str(self.home), "--key-file", str(self.home / "keys"), "--org", "test"]
        return desk(*places, "outbox", *arguments, temp=self.home)

    def listed(self, code: int) -> list[dict[str, Any]]:
        done = self("list", "--json")
        assert done.returncode == code, done.stderr
        found: list[dict[str, Any]] = json.loads(done.stdout)["operations"]
        return found


async def removal_waits(org: Org, home: Path) -> tuple[str, str]:
    """Remove somebody from a cadence and quit while that can still be undone; returns the name and the tracker."""
    rig = Rig(org, home, options(undo_seconds=3600.0))
    try:
        await rig.begin()
        [tracker] = await rig.running(1)
        await rig.desk.moves.remove([tracker.id])
        person = rig.desk.person(tracker.target_id)
        assert person is not None
        return person.name, tracker.id
    finally:
        await rig.desk.stop()


def test_a_closed_profile_is_seen_decided_and_exported(org: Org, tmp_path: Path) -> None:
    name, tracker = asyncio.run(removal_waits(org, tmp_path))
    command = Commands(org, tmp_path)
    before = org.now()
    (row,) = command.listed(code=4)
    assert (row["person"], row["kind"], row["hold"]) == (name, "remove", "undo_window")
    refused = command("cancel", row["id"])
    assert (refused.returncode, "Add --yes" in refused.stderr) == (2, True)
    assert name in refused.stderr
    assert command("export", str(tmp_path / "texts.txt")).returncode == 0
    assert name in (tmp_path / "texts.txt").read_text(encoding="utf-8")
    done = command("cancel", "--yes", row["id"][-8:])
    assert (done.returncode, done.stdout) == (0, "1 change canceled: nothing was sent.\n")
    assert command.listed(code=0) == []
    assert not [one for one in org.history(before) if one["kind"] == "invocation"], (
        "the org was asked for nothing"
    )
    assert org.one("ActionCadenceTracker", tracker, "IsTrackerActive")["IsTrackerActive"] is True


async def call_in_review(org: Org, home: Path) -> str:
    """Log a call whose answer is lost, have reading give up, and quit; returns the person."""
    rig = Rig(org, home)
    try:
        await rig.begin()
        [target] = rig.free(1)
        org.fate("drop_before_commit", match={"method": "POST", "path": "*/sobjects/Task"})
        draft = await rig.desk.calls.begin(target, None)
        draft.result, draft.notes = rig.result(0).text, "only here"
        await rig.desk.calls.save(draft)
        await until(lambda: rig.operations(target)[0].state is OperationState.IN_DOUBT, "the answer is lost")
        outbox = rig.engine.parts.outbox
        outbox.move(
            rig.operations(target)[0].op_id, OperationState.NEEDS_REVIEW, "reading was of no use"
        ).result()
        return target
    finally:
        await rig.desk.stop()


def test_a_call_under_review_is_told_exported_and_sent_again_later(org: Org, tmp_path: Path) -> None:
    org.settings(operation_key="absent")
    target = asyncio.run(call_in_review(org, tmp_path))
    command = Commands(org, tmp_path)
    (row,) = command.listed(code=3)
    assert (row["target_id"], row["state"]) == (target, "needs_review")
    shown = command("show", row["id"])
    assert (shown.returncode, "Note: only here" in shown.stdout) == (3, True)
    assert command("export", str(tmp_path / "notes.csv")).returncode == 0
    assert "only here" in (tmp_path / "notes.csv").read_text(encoding="utf-8")
    sent = command("resend", "--yes", "--no-wait", "--why", "not there", row["id"])
    assert sent.returncode == 4, sent.stderr
    assert "looked for once more, then sent. Not before 11 min" in sent.stdout
    assert command.listed(code=4)[0]["hold"] == "scheduled"


def test_resend_sends_waits_and_tells_what_the_org_confirmed(org: Org, tmp_path: Path) -> None:
    org.settings(operation_key="absent")
    target = asyncio.run(call_in_review(org, tmp_path))
    org.jump(700)  # the first send is certainly over by then
    command = Commands(org, tmp_path)
    (row,) = command.listed(code=3)
    sent = command("resend", "--yes", row["id"])
    assert sent.returncode == 0, sent.stderr
    assert sent.stdout.rstrip().endswith("Log call: Confirmed")
    assert "looked for once more, then sent" in sent.stderr
    assert "Confirmed" in sent.stderr.splitlines()[-1]
    assert command.listed(code=0) == []
    assert len(org.query(f"SELECT Id FROM Task WHERE WhoId = '{target}' AND CreatedDate = TODAY")) == 1


def test_beside_an_open_window_states_are_told_and_nothing_is_decided(org: Org, tmp_path: Path) -> None:
    command = Commands(org, tmp_path)

    async def scenario() -> None:
        rig = Rig(org, tmp_path, options(undo_seconds=3600.0))
        loop = asyncio.get_running_loop()
        try:
            await rig.begin()
            [tracker] = await rig.running(1)
            await rig.desk.moves.remove([tracker.id])
            (row,) = await loop.run_in_executor(None, command.listed, 4)
            assert (row["state"], row["target_id"]) == ("queued", tracker.target_id)
            for decision in (("cancel", "--yes", row["id"]), ("export", str(tmp_path / "texts.txt"))):
                done = await loop.run_in_executor(None, command, *decision)
                assert done.returncode == 75
                assert f"is open in process {os.getpid()}" in done.stderr
            assert len(list(Paths(tmp_path).inbox("test").glob("*.args.json"))) == 1, "handed to the window"
            assert not (tmp_path / "texts.txt").exists()
            assert rig.desk.outbox.find(row["id"]).state.value == "queued"
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())
