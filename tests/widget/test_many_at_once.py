"""Many people at once in the window: a preview that can be stopped, a run that is followed, held, stopped and found again."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, Kind, OperationState
from cadence_desk.domain.planning.run import Run as PlannedRun
from cadence_desk.domain.planning.run import RunState
from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog
from cadence_desk.ui.enrolling.run_sheet import RunSheet
from cadence_desk.ui.enrolling.runs_sheet import RunsSheet
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.many_lines import ManyLines
from cadence_desk.ui.kit.run_lines import run_lines
from cadence_desk.ui.kit.workplace import Workplace
from cadence_desk.ui.outbox.outbox_screen import OutboxScreen
from tests.widget.conftest import destroy
from tests.widget.driving import press, settle, until
from tests.widget.fake_desk import FakeDesk
from tests.widget.fake_runs import FakeResult, FakeRun

S = OperationState
Run = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture
def parent(app: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.resize(1100, 700)
    made.show()
    yield made
    destroy(app, made)


def running(desk: FakeDesk, count: int, state: RunState = RunState.RUNNING) -> FakeRun:
    asked = {"cadence_name": "Outbound"}
    run = PlannedRun("run-a", Kind.ENROLL, "hash", state, asked, 1.0, count, count)
    rows = [FakeResult(f"00Q{number:015d}", f"Person {number}") for number in range(count)]
    made = FakeRun(run, rows)
    desk.enrollment.runs.append(made)
    return made


async def previewed(place: Workplace, desk: FakeDesk, targets: list[str], parent: QWidget) -> EnrollDialog:
    dialog = EnrollDialog(place, targets, parent)
    dialog.open()
    await until(dialog.isActiveWindow, "dialog active")
    dialog.cadence.pick(desk.world.cadences[0].id)
    return dialog


def test_lines_are_made_when_they_are_looked_at(app: QApplication, run: Run) -> None:
    async def body() -> None:
        made: list[int] = []

        def make(place: int) -> Line:
            made.append(place)
            return Line(f"{place}", f"Row {place}", "detail")

        rows = LineList()
        rows.resize(400, 300)
        rows.show()
        rows.show_many(ManyLines(50_000, make))
        await settle(5)
        assert rows.lines.rowCount() == 50_000
        assert 0 < len(set(made)) < 60, "only what is on screen"
        rows.scrollToBottom()
        await settle(5)
        assert max(made) == 49_999
        rows.look_again()
        with pytest.raises(IndexError):
            rows.lines.lines[50_000]
        assert [one.key for one in rows.lines.lines[3:5]] == ["3", "4"]
        destroy(app, rows)

    run(body())


def test_a_preview_tells_its_progress_and_can_be_stopped_by_key(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        desk.enrollment.held = asyncio.Event()
        targets = list(desk.world.people)
        dialog = await previewed(place, desk, targets, parent)
        await until(lambda: "Checked 0 of" in dialog.summary.text(), "progress")
        assert dialog.stop_check.isVisible()
        press(dialog.stop_check, "Space")
        await until(lambda: dialog.summary.text().startswith("Stopped"), "stopped")
        assert not dialog.add.isEnabled()
        assert not dialog.stop_check.isVisible()
        desk.enrollment.held.set()
        await settle(5)
        assert dialog.list.lines.rowCount() == 0, "what was stopped is not shown"
        dialog.cadence.pick(desk.world.cadences[1].id)
        await until(lambda: dialog.list.lines.rowCount() == len(targets), "every row")
        assert dialog.whole.text() == ""
        dialog.list.setCurrentIndex(dialog.list.lines.index(2))
        assert dialog.list.lines.lines[2].title in dialog.whole.text()

    run(body())


def test_a_run_is_taken_back_from_the_dialog_or_from_the_toast(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        dialog = await previewed(place, desk, list(desk.world.people), parent)
        told: list[tuple[str, list[str]]] = []
        dialog.queued.connect(lambda words, intents: told.append((words, intents)))
        await until(dialog.add.isEnabled, "preview")
        dialog.add.click()
        await until(lambda: dialog.run is not None, "the run")
        assert not dialog.pane.undo.isVisible()
        desk.enrollment.runs[0].can_be_undone = True
        desk.events.tell(Change(operations=True))
        await until(dialog.pane.undo.isVisible, "undo")
        assert not dialog.pane.hold.isVisible()
        press(dialog.pane.undo, "Space")
        await until(lambda: desk.moves.undone, "undone")
        assert desk.moves.undone == ["intent of run-0"]
        press(dialog, "Escape")
        assert told
        assert told[0][0].startswith("Adding ")
        assert told[0][0].endswith(" people")
        assert told[0][1] == ["intent of run-0"]

    run(body())


def test_a_run_is_found_again_held_resumed_and_stopped_by_keys(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        made = running(desk, 300)
        runs = RunsSheet(place, parent)
        wanted: list[tuple[str, str]] = []
        runs.wanted.connect(lambda run_id, title: wanted.append((run_id, title)))
        runs.open()
        assert "0 of 300 rows have come to their end" in runs.list.lines.lines[1].detail
        press(runs.list, "Return")
        assert wanted == [("run-a", "Add to cadence: Outbound")]
        sheet = RunSheet(place, *wanted[0], parent)
        sheet.open()
        await until(lambda: sheet.pane.list.lines.rowCount() == 300, "every row")
        assert sheet.pane.summary.text() == "300 waiting"
        press(sheet.pane.hold, "Space")
        await until(sheet.pane.resume.isVisible, "held")
        assert sheet.pane.state.text() == "On hold: you put it on hold."
        press(sheet.pane.resume, "Space")
        await until(sheet.pane.hold.isVisible, "resumed")
        press(sheet.pane.end, "Space")
        await settle(5)
        assert sheet.pane.end.text() == "&Stop for good?", "the end is asked for twice"
        press(sheet.pane.end, "Space")
        await until(lambda: not sheet.pane.end.isVisible(), "stopped")
        assert [what for what, _ in desk.runs.asked] == ["hold", "resume", "stop"]
        made.rows[4].state, made.rows[4].words = S.REFUSED, "Refused: locked"
        desk.events.tell(Change(operations=True))
        await until(lambda: "1 refused" in sheet.pane.summary.text(), "the result")
        sheet.pane.list.setCurrentIndex(sheet.pane.list.lines.index(4))
        assert sheet.pane.whole.text() == "Person 4: Refused: locked"

    run(body())


def test_the_outbox_leads_to_the_runs(place: Workplace, desk: FakeDesk, parent: QWidget, run: Run) -> None:
    async def body() -> None:
        running(desk, 300)
        screen = OutboxScreen()
        screen.attach(place)
        screen.show()
        asked: list[str] = []
        screen.asked.connect(asked.append)
        lines = screen.list.lines.lines
        assert [lines[0].title, lines[1].title] == ["Many at once (Enter opens)", "Add to cadence: Outbound"]
        screen.list.go_to("run:run-a")
        press(screen.list, "Return")
        assert asked == ["runs"]
        screen.deleteLater()

    run(body())


def test_the_report_is_saved_and_what_does_not_work_is_told(
    place: Workplace, desk: FakeDesk, parent: QWidget, tmp_path: Path, run: Run
) -> None:
    async def body() -> None:
        running(desk, 20, RunState.FINISHED)
        sheet = RunSheet(place, "run-a", "Add to cadence", parent)
        sheet.open()
        await until(lambda: sheet.pane.run is not None, "read")
        sheet.pane.save_report(str(tmp_path))
        await until(sheet.pane.told.text, "saved")
        assert str(tmp_path) in sheet.pane.told.text()
        assert "enroll-unverified.csv" in sheet.pane.told.text()
        assert not sheet.pane.hold.isVisible(), "what is over cannot be held"
        desk.runs.problem = BadValue("There is no such run in the outbox.")
        again = RunSheet(place, "run-a", "Add to cadence", parent)
        again.open()
        await until(again.bar.banners, "told")

    run(body())


def test_a_change_of_many_trackers_is_listed_and_told_in_its_own_words(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        made = running(desk, 3)
        made.run = replace(made.run, kind=Kind.REMOVE, wish={}, wanted=2)
        made.rows[2] = replace(made.rows[2], state=None, words="Not sent: row 1 covers this tracker")
        [_, line] = run_lines([(made.run, 1)])
        assert line.title == "Remove from cadence"
        sheet = RunSheet(place, made.run_id, made.run.title, parent)
        sheet.show()
        await until(lambda: sheet.pane.list.lines.rowCount() == 3, "its rows")
        assert sheet.sub.text() == "3 rows came in, 2 were to be changed"
        assert "1 not sent" in sheet.pane.summary.text()
        assert sheet.pane.hold.isVisible()
        assert sheet.pane.end.isVisible()
        assert [one.badge.word for one in sheet.pane.list.lines.lines if one.badge is not None][
            2
        ] == "Not sent"
        sheet.reject()

    run(body())


def test_a_small_addition_that_is_on_hold_is_found_and_resumed(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        made = running(desk, 3)
        assert run_lines([(made.run, 0)]) == []
        made.run = replace(made.run, state=RunState.HOLDING, hold=Hold.RUN_HOLDING)
        assert len(run_lines([(made.run, 0)])) == 2
        sheet = RunSheet(place, made.run_id, made.run.title, parent)
        sheet.show()
        await until(lambda: sheet.pane.list.lines.rowCount() == 3, "its rows")
        assert sheet.pane.resume.isVisible()
        sheet.pane.resume.click()
        await until(lambda: desk.runs.asked == [("resume", "run-a")], "resumed")
        sheet.reject()

    run(body())
