"""Every widget of the window, found by walking its package, shows hostile data letter by letter and at once."""

import time
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMessageBox, QTextEdit, QToolButton, QWidget

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.ui.kit.plain_label import plain_tip
from cadence_desk.ui.kit.workplace import Workplace
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.conftest import Reports, destroy
from tests.widget.driving import settle
from tests.widget.every_widget import NESTED, HostileDesk, Maker, guesses, rich_parts, widget_classes

Run = Callable[[Coroutine[Any, Any, Any]], Any]
CPU_SECONDS = 2.0
"""Own CPU time that one widget may take with all its data; what Qt's own label needs for one text is 30 s."""


@pytest.fixture
def host(app: QApplication) -> Iterator[QWidget]:
    made = QWidget()
    made.show()
    yield made
    destroy(app, made)


@pytest.fixture
def bad_desk() -> HostileDesk:
    return HostileDesk()


@pytest.mark.parametrize("kind", widget_classes(), ids=lambda kind: kind.__name__)
def test_a_widget_shows_hostile_data_as_text_and_at_once(
    kind: type[QWidget], bad_desk: HostileDesk, host: QWidget, app: QApplication, run: Run
) -> None:
    async def body() -> None:
        place = Workplace(bad_desk, TaskRunner(Reports()))
        began = time.thread_time()
        widget = Maker(place, bad_desk, host).make(kind)
        widget.resize(900, 560)
        widget.show()
        await settle(4)
        widget.grab()
        assert rich_parts(widget) == []
        assert time.thread_time() - began < CPU_SECONDS
        widget.close()
        await settle(2)
        destroy(app, widget)

    run(body())


def test_every_command_of_the_window_opens_plain_things(
    window: MainWindow, bad_desk: HostileDesk, run: Run
) -> None:
    async def body() -> None:
        began = time.thread_time()
        window.attach(bad_desk, TaskRunner(window))
        window.started()
        await settle()
        assert rich_parts(window) == [], "with every command refused in the org's own words"
        bad_desk.refusals.clear()
        opened = []
        for command in list(window.book.commands):
            if command.name in {"quit", "sign_out", "open_in_org"}:
                continue
            window.frame.go("trackers")
            screen = window.frame.list_screen()
            assert screen is not None
            screen.table.go_to_row(0)
            window.book.run(command.name)
            await settle(3)
            assert rich_parts(window) == [], command.name
            popup = QApplication.activePopupWidget()
            if popup is not None:
                popup.close()
            for dialog in window.findChildren(QDialog):
                if dialog.isVisible():
                    opened.append(command.name)
                    dialog.grab()
                    dialog.close()
            await settle(2)
        assert {"log_call", "enroll", "palette", "pause", "remove", "skip_step"} <= set(opened)
        assert time.thread_time() - began < 20

    run(body())


@pytest.mark.usefixtures("app")
def test_the_walker_finds_what_guesses(host: QWidget) -> None:
    made: QWidget
    for made, problem in (
        (QLabel(host), "AutoText"),
        (QMessageBox(host), "message box"),
        (QTextEdit(host), "rich text"),
        (_tipped(host), "tool tip"),
    ):
        assert any(problem in one for one in rich_parts(made)), problem
        made.setParent(None)
        made.deleteLater()
    assert rich_parts(host) == []


def _tipped(host: QWidget) -> QWidget:
    button = QToolButton(host)
    button.setToolTip("<b>from data</b>")
    return button


@pytest.mark.parametrize("text", [NESTED, "<b>x</b>", "a < b", "plain", "", "&amp; <i>x</i>"])
def test_a_tool_tip_shows_its_text_letter_by_letter(text: str) -> None:
    tip = plain_tip(text)
    assert not guesses(tip)
    assert tip.startswith("<qt>") == ("<" in text)
    assert len(tip) < 3_000
