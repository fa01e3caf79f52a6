"""The outbox on the command line: the same decisions as in the window, asked for first, with exit codes that tell."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.commands.outbox import EXIT_REFUSED, EXIT_UNCLEAR, EXIT_USAGE, EXIT_WAITS, Request, outbox
from cadence_desk.commands.outbox_sending import send_and_wait
from cadence_desk.commands.outbox_words import plain
from cadence_desk.domain.choices import Choice
from cadence_desk.domain.planning.run import RunState
from tests.engine.fates import Fate
from tests.engine.model_world import CADENCE, lead
from tests.engine.test_moves import one_tracker
from tests.engine.test_outbox_choices import in_review
from tests.engine.test_runs import begun, people

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.operations import OperationState
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


ANNA = lead(1)


class Terminal:
    """Somebody who answers, or nobody."""

    def __init__(self, answer: str = "", *, there: bool = True) -> None:
        self.answer = answer
        self.there = there

    def isatty(self) -> bool:
        return self.there

    def readline(self) -> str:
        return f"{self.answer}\n"


class Shell:
    """Runs the command on the files of a rig whose window is closed."""

    def __init__(self, rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]) -> None:
        self.rig, self.run, self.capsys = rig, run, capsys
        self.op_id = ""

    def close_window(self) -> None:
        self.run(self.rig.desk.stop())

    def _desk(self) -> Desk:
        self.rig.desk = self.rig._desk()
        return self.rig.desk

    def __call__(self, verb: str, *ids: str, **more: Any) -> tuple[int, str, str]:
        self.capsys.readouterr()
        code = outbox(self._desk, Request(verb, ids, **more))
        told = self.capsys.readouterr()
        return code, told.out, told.err

    def state(self) -> OperationState:
        self.run(self._desk().open_files())
        found = self.rig.desk.outbox.find(self.op_id).state
        self.close_window()
        return found


@pytest.fixture
def shell(rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]) -> Shell:
    """A call that needs review, and a closed window."""
    made = Shell(rig, run, capsys)
    made.op_id = run(in_review(rig)).op_id
    made.close_window()
    return made


def test_the_list_shows_what_is_not_over_and_asks_no_org(shell: Shell) -> None:
    calls = sum(shell.rig.org.calls.values())
    code, told, _ = shell("list")
    assert code == EXIT_UNCLEAR
    assert "Needs review (1)" in told
    assert "Person 1  Log call: Needs review" in told
    assert "Waits (1)" in told
    assert "Protection of calls: At most once, with review: no unique key." in told
    code, told, _ = shell("list", as_json=True)
    listed = json.loads(told)
    assert [one["state"] for one in listed["operations"]] == ["needs_review", "queued"]
    assert listed["operations"][0]["choices"] == ["settle", "resend", "edit", "drop"]
    assert listed["protection"]["level"] == "review"
    assert sum(shell.rig.org.calls.values()) == calls


def test_show_tells_the_whole_story(shell: Shell) -> None:
    code, told, _ = shell("show", shell.op_id[-8:])
    assert code == EXIT_UNCLEAR
    for part in (
        "Note: =HYPERLINK spoke to Anna",
        "Needs review: reading was of no use",
        "Complete step: Waiting",
    ):
        assert part in told
    _, told, _ = shell("show", shell.op_id, as_json=True)
    (story,) = json.loads(told)["operations"]
    assert [one["to"] for one in story["history"]][-1] == "needs_review"
    assert story["behind"][0]["kind"] == "complete_step"


@pytest.mark.parametrize(
    ("verb", "code", "state"),
    [("settle", 0, "settled"), ("resend", EXIT_WAITS, "queued"), ("drop", 0, "cancelled")],
)
def test_a_decision_is_made_once_and_by_name(verb: str, code: int, state: str, shell: Shell) -> None:
    assert shell(verb, shell.op_id, sure=True, reason="looked it up")[0] == code
    assert shell.state().value == state
    again, _, said = shell(verb, shell.op_id, sure=True)
    assert (again, "cannot be decided now" in said) == (EXIT_USAGE, True)
    _, told, _ = shell("show", shell.op_id)
    assert "decided by rep@example.org on the command line (looked it up)" in told


@pytest.mark.parametrize("answer", ["", "n", "no thanks"])
def test_a_decision_names_what_it_touches_and_takes_no_for_an_answer(
    answer: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answer))
    code, told, asked = shell("resend", shell.op_id)
    assert (code, told) == (EXIT_USAGE, "")
    assert "Send again: 1 change" in asked
    assert "it will be there twice" in asked
    assert shell.state().value == "needs_review"
    monkeypatch.setattr("sys.stdin", Terminal("y"))
    assert shell("drop", shell.op_id)[0] == 0
    assert shell.state().value == "cancelled"


@pytest.mark.parametrize("verb", ["settle", "resend", "drop"])
def test_where_nobody_can_be_asked_nothing_is_decided(
    verb: str, shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(there=False))
    code, _, said = shell(verb, shell.op_id)
    assert (code, "Add --yes" in said) == (EXIT_USAGE, True)
    assert shell.state().value == "needs_review"


def test_what_is_typed_wrong_is_told(shell: Shell, tmp_path: Path) -> None:
    assert shell("show", "no such id")[0] == EXIT_USAGE
    assert shell("cancel", shell.op_id, sure=True)[0] == EXIT_USAGE
    assert shell("export")[0] == EXIT_USAGE
    path = tmp_path / "texts.csv"
    code, told, _ = shell("export", file=path)
    assert (code, told) == (0, f"2 notes written to {path}; only you can read it.\n")
    assert shell("export", file=path)[0] == EXIT_USAGE
    assert json.loads(shell("export", file=tmp_path / "more.txt", as_json=True)[1])["notes"] == 2


def test_a_run_that_waits_is_canceled_as_a_whole(
    rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async def go() -> str:
        people = [rig.world.add_lead(number).id for number in (1, 2, 3)]
        trackers = [str(rig.world.enroll(one, CADENCE).id) for one in people]
        await rig.start()
        await rig.desk.moves.pause(trackers)
        return rig.operations(people[0])[0].op_id

    shell = Shell(rig, run, capsys)
    shell.op_id = run(go())
    shell.close_window()
    code, told, _ = shell("cancel", shell.op_id, sure=True, whole_run=True)
    assert (code, told) == (0, "3 changes canceled: nothing was sent.\n")
    assert shell("list")[:2][0] == 0


def test_a_run_of_an_addition_is_ended_from_a_shell(
    rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async def go() -> str:
        await begun(rig, await people(rig, 30))
        (row,) = [one for one in rig.desk.outbox.listed() if one.run_id]
        return row.op_id

    shell = Shell(rig, run, capsys)
    shell.op_id = run(go())
    shell.close_window()
    assert shell("cancel", shell.op_id, sure=True, whole_run=True)[0] == 0

    async def next_day() -> None:
        shell.rig.desk = shell.rig._desk()
        await rig.start()
        await rig.pass_time(3600)
        assert not rig.org.sent
        assert [one.state for one in rig.desk.runs.all()] == [RunState.STOPPED]

    run(next_day())


def test_refusals_have_a_code_of_their_own(
    rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]
) -> None:
    async def go() -> None:
        tracker = await one_tracker(rig)
        rig.org.fates.append(Fate.REFUSED)
        await rig.desk.moves.pause([tracker.id])
        await rig.pass_time(3)

    shell = Shell(rig, run, capsys)
    run(go())
    shell.close_window()
    code, told, _ = shell("list")
    assert code == EXIT_REFUSED
    assert "Refused: No calls on Sundays." in told


def test_who_never_signed_in_is_told_so(rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]) -> None:
    rig.org.signed_out = True
    code, _, said = Shell(rig, run, capsys)("list")
    assert (code, "not signed in" in said) == (EXIT_WAITS, True)


def test_nothing_steers_the_terminal() -> None:
    assert plain("a\x1b[2Jb\x07\nc\u202ed") == "a [2Jb  c d"


def sent_again(rig: Rig, run: Run[Any], op_id: str, seconds: float) -> None:
    """Decide to send again, then wait for it as the command does, on the rig's own clock."""

    async def go() -> None:
        await rig.desk.open_files()
        await rig.desk.outbox.decide(Choice.RESEND, [op_id])
        waiting = asyncio.get_running_loop().create_task(send_and_wait(rig.desk, [op_id]))
        await rig.pass_time(seconds)
        try:
            assert waiting.done(), "it has come to its end"
            waiting.result()
        finally:
            waiting.cancel()
            await rig.desk.stop()

    run(go())


def test_resend_sends_waits_for_the_end_and_tells_on_the_way(shell: Shell) -> None:
    shell._desk()
    shell.capsys.readouterr()
    sent_again(shell.rig, shell.run, shell.op_id, 1500)
    told = shell.capsys.readouterr()
    assert not told.out, "progress goes to standard error"
    lines = [line.rpartition("Person 1: ")[2] for line in told.err.splitlines()]
    assert lines[0] == "Waiting: scheduled"
    assert lines[-1] == "Confirmed"
    assert len(lines) == len(set(lines)), "each is told once"
    assert shell.state().value == "settled"
    assert len(shell.rig.world.calls(ANNA)) == 1


def test_resend_without_a_session_says_so_and_keeps_it_waiting(shell: Shell) -> None:
    shell.rig.org.signed_out = True
    code, _, said = shell("resend", shell.op_id, sure=True, wait=True)
    assert code == EXIT_WAITS
    assert "Sign in once in the window" in said or "signed out" in said.lower()
    shell.rig.org.signed_out = False
    assert shell.state().value == "queued"
