"""A call that is typed outlives every way of leaving, a disk that is full and a second press of Enter."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from datetime import date
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.calls import FollowUp
from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import DiskFull, SignedOut, StoreError
from cadence_desk.ui.calling import call_panel, draft_keeper
from cadence_desk.ui.calling.call_panel import CallPanel
from cadence_desk.ui.kit.workplace import Workplace
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.conftest import destroy
from tests.widget.driving import find, press, press_focused, settle, until
from tests.widget.fake_desk import FakeDesk
from tests.widget.test_call_panel import call_step, opened

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NOTE = "half a sentence"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft_keeper, "RETRY_MS", 5)


@pytest.fixture
def parent(app: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    destroy(app, made)


def lose_focus(panel: CallPanel, parent: QWidget) -> None:
    other = QWidget(parent, Qt.WindowType.Window)
    other.show()
    other.activateWindow()


def close(panel: CallPanel, parent: QWidget) -> None:
    panel.close()


def escape(panel: CallPanel, parent: QWidget) -> None:
    press(panel, "Escape")


def end_session(panel: CallPanel, parent: QWidget) -> None:
    assert panel.keep_at_once()


def flush(panel: CallPanel, parent: QWidget) -> None:
    panel.keep_now()


@pytest.mark.parametrize("leave", [lose_focus, close, escape, end_session, flush])
def test_every_way_of_leaving_keeps_the_words(
    place: Workplace,
    desk: FakeDesk,
    parent: QWidget,
    run: Run,
    leave: Callable[[CallPanel, QWidget], None],
) -> None:
    async def body() -> None:
        panel = await opened(place, *call_step(desk), parent)
        panel._autosave.setInterval(600_000)
        panel.notes.setPlainText(NOTE)
        panel.follow_up.choose(3)
        leave(panel, parent)
        await until(lambda: desk.calls.kept, "kept")
        assert desk.calls.kept[-1].notes == NOTE
        assert desk.calls.kept[-1].follow_up is not None
        panel.close()
        await settle(3)

    run(body())


def test_words_typed_before_there_is_a_draft_are_kept(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(call_panel, "AUTOSAVE_MS", 5)

    async def body() -> None:
        for close_at_once in (False, True):
            desk.calls.kept.clear()
            panel = CallPanel(place, *call_step(desk), parent)
            panel.open_with()
            panel.notes.setPlainText(NOTE)
            if close_at_once:
                panel.close()
            await until(lambda: desk.calls.kept, "kept")
            assert desk.calls.kept[-1].notes == NOTE
            panel.close()
            await settle(3)

    run(body())


def test_pressing_enter_again_and_again_makes_one_call(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        desk.calls.gate = asyncio.Event()
        panel = await opened(place, *call_step(desk), parent)
        press_focused("2")
        for _ in range(5):
            press(panel, "Ctrl+Return")
        await settle(3)
        assert not panel.fields.isEnabled(), "what is typed now would belong to no draft"
        desk.calls.gate.set()
        await until(lambda: not panel.isVisible(), "closed")
        assert len(desk.calls.saved) == 1

    run(body())


@pytest.mark.parametrize("problem", [DiskFull(), StoreError("The file is read-only.")])
def test_a_full_disk_keeps_the_words_in_the_window_and_goes_by_itself(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run, problem: StoreError
) -> None:
    async def body() -> None:
        panel = await opened(place, *call_step(desk), parent)
        desk.calls.disk_problem = problem
        panel.results.go_to("Left Voicemail")
        panel.notes.setPlainText(NOTE)
        panel.keep_now()
        await until(panel.unsaved.isVisible, "told")
        why = "the disk is full" if isinstance(problem, DiskFull) else "the file is read-only"
        assert panel.unsaved.text().startswith(f"Not saved: {why}.")
        press(panel, "Escape")
        press(panel, "Ctrl+Return")
        await settle(5)
        assert panel.isVisible(), "nothing closes over words that are not stored"
        assert panel.notes.toPlainText() == NOTE
        assert panel.unsaved.isVisible()
        assert not desk.calls.saved
        desk.calls.disk_problem = None
        await until(lambda: not panel.unsaved.isVisible(), "taken back by itself")
        assert desk.calls.kept[-1].notes == NOTE
        press(panel, "Ctrl+Return")
        await until(lambda: desk.calls.saved, "saved")

    run(body())


def test_words_that_wait_for_a_sign_in_let_the_panel_close_and_are_stored_then(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        panel = await opened(place, *call_step(desk), parent)
        desk.calls.disk_problem = SignedOut("Sign in first.")
        panel.notes.setPlainText(NOTE)
        panel.keep_now()
        await until(panel.unsaved.isVisible, "told")
        press(panel, "Escape")
        assert not panel.isVisible(), "else nobody could get to the sign-in"
        panel.deleteLater()
        await settle(5)
        assert not desk.calls.kept
        desk.calls.disk_problem = None
        await until(lambda: desk.calls.kept, "kept")
        assert desk.calls.kept[-1].notes == NOTE

    run(body())


def test_without_room_for_a_draft_the_panel_waits_with_the_words(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        desk.calls.disk_problem = DiskFull()
        panel = CallPanel(place, *call_step(desk), parent)
        panel.open_with()
        panel.notes.setPlainText(NOTE)
        await until(panel.unsaved.isVisible, "told")
        assert not panel.save.isEnabled()
        desk.calls.disk_problem = None
        await until(panel.save.isEnabled, "there is a draft")
        panel.close()
        await until(lambda: desk.calls.kept, "kept")
        assert desk.calls.kept[-1].notes == NOTE

    run(body())


def test_a_kept_call_is_told_at_the_start_and_goes_on_where_it_was(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        target, tracker = call_step(desk)
        draft = await desk.calls.begin(target, desk.current_step(tracker).id)  # type: ignore[union-attr]
        draft.notes, draft.result, draft.duration_seconds = NOTE, "Left Voicemail", 95
        draft.follow_up = FollowUp("Call again", date(2030, 1, 7))
        window.attach(desk, TaskRunner(window))
        window.started()
        await settle()
        [banner] = window.frame.bar.banners()
        assert banner.title.text() == "1 call note was kept"
        find(window, QPushButton, "actOnBannerButton").click()
        await until(lambda: window.findChildren(CallPanel), "open again")
        [panel] = window.findChildren(CallPanel)
        assert (panel._facts.name, panel._facts.step_id) == (
            desk.world.people[target].name,
            draft.step_tracker_id,
        )
        typed = panel.fields.typed()
        assert (typed.notes, typed.result, typed.duration_seconds) == (NOTE, "Left Voicemail", 95)
        assert typed.follow_up == draft.follow_up
        await until(lambda: not window.frame.bar.banners(), "nothing is left to tell")
        panel.close()
        await settle(3)

    run(body())


def test_the_window_asks_before_it_closes_over_words_that_are_not_stored(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        asked: list[bool] = []
        window.quit_asked.connect(lambda: asked.append(True))
        window.attach(desk, TaskRunner(window))
        window.started()
        window.frame.list_screen().table.go_to_row(0)  # type: ignore[union-attr]
        window.book.run("log_call")
        await until(lambda: window.findChildren(CallPanel), "open")
        [panel] = window.findChildren(CallPanel)
        await until(panel.save.isEnabled, "begun")
        desk.calls.disk_problem = DiskFull()
        panel.notes.setPlainText(NOTE)
        panel.keep_now()
        await until(panel.unsaved.isVisible, "told")
        window.close()
        assert not asked
        assert window.frame.bar.banners()[-1].code == "NOTICE-UNSAVED"
        window.close()
        assert asked
        desk.calls.disk_problem = None
        await until(lambda: desk.calls.kept, "kept")

    run(body())


def test_trouble_with_the_disk_is_a_line_that_stays_while_it_lasts(
    window: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        window.attach(desk, TaskRunner(window))
        window.started()
        desk.trouble = "The disk is full"
        desk.events.tell(Change(operations=True))
        await until(window.frame.bar.banners, "told")
        [banner] = window.frame.bar.banners()
        assert banner.title.text() == "Not saved: the disk is full"
        assert not banner._close.isVisible()
        for number in range(5):
            window.frame.bar.tell(f"N{number}", "Notice")
        assert banner in window.frame.bar.banners(), "other notices do not push it out"
        desk.trouble = ""
        desk.events.tell(Change(operations=True))
        await until(lambda: banner not in window.frame.bar.banners(), "taken back")

    run(body())


def test_a_window_that_is_not_active_any_more_has_kept_everything(
    place: Workplace, desk: FakeDesk, parent: QWidget, run: Run
) -> None:
    async def body() -> None:
        panel = await opened(place, *call_step(desk), parent)
        panel.notes.setPlainText(NOTE)
        panel.changeEvent(QEvent(QEvent.Type.ActivationChange))
        await settle(3)
        assert not desk.calls.kept, "the window is still active"
        panel.close()
        await until(lambda: desk.calls.kept, "kept")

    run(body())
