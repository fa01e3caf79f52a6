"""A window that was just painted: its parts come in turns, and at once for whoever is quicker than that."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.shell.commands import Command
from cadence_desk.ui.shell.main_window import MainWindow


@pytest.fixture
def painted(qapp: QApplication) -> Iterator[MainWindow]:
    apply_theme(qapp, Scheme.LIGHT)
    window = MainWindow()
    window.show()
    qapp.processEvents()
    yield window
    window.close()
    window.deleteLater()


def is_complete(window: MainWindow) -> bool:
    return window._parts is not None


def test_the_first_paint_makes_no_command_no_page_and_no_list_of_the_side(painted: MainWindow) -> None:
    assert not is_complete(painted)
    assert painted.actions() == []
    assert painted.findChildren(LineList) == []
    assert painted.frame.work.count() == 1


def test_every_part_comes_in_a_turn_of_its_own(painted: MainWindow, qapp: QApplication) -> None:
    painted.complete_soon()
    turns = 0
    while painted.frame.work.count() < 2 and turns < 100:
        qapp.processEvents()
        turns += 1
    assert is_complete(painted)
    assert painted.findChildren(LineList) != []
    assert painted.actions() != []


def test_the_window_looks_the_same_before_and_after(painted: MainWindow, qapp: QApplication) -> None:
    before = painted.grab().toImage()
    for _part in painted._turns:
        pass
    qapp.processEvents()
    assert painted.grab().toImage() == before


def test_a_key_that_is_quicker_works(painted: MainWindow) -> None:
    assert painted.frame.side.isVisible()
    QTest.keyClick(painted.frame.pages, Qt.Key.Key_I, Qt.KeyboardModifier.ControlModifier)
    assert is_complete(painted)
    assert not painted.frame.side.isVisible()


def test_a_button_that_is_quicker_works(painted: MainWindow) -> None:
    button = painted.findChild(QPushButton, "logCallButton")
    assert isinstance(button, QPushButton)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert [one.code for one in painted.frame.bar.banners()] == ["NOTICE-COMMAND"], "no desk yet: it says so"


def test_a_screen_that_is_opened_sooner_is_there(painted: MainWindow) -> None:
    QTest.mouseClick(painted.frame.rail.buttons["cadences"], Qt.MouseButton.LeftButton)
    assert painted.frame.current == "cadences"


def test_commands_of_the_launcher_wait_for_the_book(painted: MainWindow) -> None:
    ran: list[str] = []
    painted.contribute(Command("extra", "Something more", lambda: ran.append("extra"), ("Ctrl+Shift+Y",)))
    assert not is_complete(painted)
    painted.book.run("extra")
    assert ran == ["extra"]
    painted.contribute(Command("late", "Later still", lambda: ran.append("late")))
    painted.book.run("late")
    assert ran == ["extra", "late"]


def test_single_keys_that_are_switched_off_are_never_bound(qapp: QApplication) -> None:
    class Kept:
        def read(self, name: str) -> str:
            return "0" if name == "single_keys" else ""

        def write(self, name: str, value: str) -> None:
            del name, value

    window = MainWindow(Kept())
    assert window.book.action("log_call").shortcut().toString() == "Ctrl+L"
    window.deleteLater()
