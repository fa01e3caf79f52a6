"""A window that was just painted: its parts come in turns, and at once for whoever is quicker than that."""

from collections.abc import Callable, Coroutine, Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.addresses import TargetLink
from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.record_ids import parse_record_id
from cadence_desk.ui.kit.confirm_sheet import ConfirmSheet
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.shell.commands import Command
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.driving import settle, until
from tests.widget.fake_desk import FakeDesk


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


# ---------------------------------------------------------------- rows of yesterday

Run = Callable[[Coroutine[Any, Any, Any]], Any]


def is_calm(window: MainWindow) -> bool:
    return not any(one.isActive() for one in window.complete().refresher._timers)


def with_rows(window: MainWindow, desk: FakeDesk) -> FakeDesk:
    """Show the desk's people before the window gets the desk."""
    window.show_yesterday(desk.profile, desk.identity, desk.people)
    return desk


def test_rows_stand_under_the_name_of_their_org_and_wait_for_the_desk(
    painted: MainWindow, desk: FakeDesk
) -> None:
    with_rows(painted, desk)
    assert painted.frame.made("people").table.columnar.rowCount() > 5  # type: ignore[union-attr]
    assert desk.profile.name in painted.windowTitle()
    painted.frame.list_screen().table.go_to_row(0)  # type: ignore[union-attr]
    for command in ("log_call", "enroll", "remove", "dial", "pause"):
        painted.frame.bar.clear("NOTICE-COMMAND")
        painted.run_command(command)
        [banner] = painted.frame.bar.banners()
        assert "not open yet" in banner.words.text(), command
    for command in ("mail", "phone", "copy_ids", "open_in_org", "next_row", "undo", "refresh", "connection"):
        painted.run_command(command)
    assert painted.frame.side.target_id == ""
    assert not desk.operations


def test_the_desk_goes_on_with_the_rows_and_who_was_chosen_among_them(
    painted: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        with_rows(painted, desk)
        table = painted.frame.made("people").table  # type: ignore[union-attr]
        table.go_to_row(2)
        chosen, resets = table.selected_ids(), []
        table.columnar.modelReset.connect(lambda: resets.append(True))
        painted.attach(desk, TaskRunner(painted))
        await settle(5)
        assert (table.selected_ids(), resets) == (chosen, [])
        assert painted.frame.side.target_id == chosen[0]
        painted.started()
        await settle(5)

    run(body())


def test_the_complete_window_looks_the_same_with_and_without_rows_of_yesterday(
    painted: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        pictures = []
        for window in (painted, MainWindow()):
            window.show()
            if window is painted:
                with_rows(window, desk)
            window.attach(desk, TaskRunner(window))
            window.started()
            window.resize(1024, 700)
            await until(partial(is_calm, window), "all is shown")
            window.frame.list_screen().table.setFocus()  # type: ignore[union-attr]
            await settle(5)
            pictures.append(window.frame.grab().toImage())
            window.hide()
        assert pictures[0] == pictures[1]

    run(body())


def test_what_comes_from_outside_waits_until_the_files_are_open(
    painted: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        person = next(iter(desk.world.people.values()))
        for _number in range(2):
            desk.add_operation(Kind.LOG_CALL, person.id, OperationState.QUEUED)
        desk.opening = True
        painted.doors.outside.show_change("op-0")
        painted.attach(desk, TaskRunner(painted))
        painted.doors.outside.show_change("op-1")
        await settle(5)
        assert painted.frame.current == "people"
        desk.opening = False
        desk.events.tell(Change(profile=True))
        await until(lambda: painted.frame.current == "outbox", "the outbox")
        assert painted.frame.outbox().list.current_key() == "op-1"

    run(body())


def test_a_link_to_somebody_whose_row_comes_later_waits_for_it(
    painted: MainWindow, desk: FakeDesk, run: Run
) -> None:
    async def body() -> None:
        assert desk.identity is not None
        org = parse_record_id("00D000000000001")
        desk.identity = replace(desk.identity, organization_id=org)
        person = desk.world.people.popitem()[1]
        link = TargetLink(org, person.id).text
        desk.opening = True
        painted.attach(desk, TaskRunner(painted))
        painted.doors.outside.follow(link)
        desk.opening = False
        desk.events.tell(Change(profile=True))
        await until(partial(is_calm, painted), "the first rows are shown")
        assert "NOTICE-LINK" not in [one.code for one in painted.frame.bar.banners()]
        desk.world.people[person.id] = person
        painted.started()
        [sheet] = [one for one in painted.findChildren(ConfirmSheet) if one.isVisible()]
        assert person.name in sheet.words.text()
        sheet.reject()
        del desk.world.people[person.id]
        painted.doors.outside.follow(link)
        assert "none of your lists" in painted.frame.bar.banners()[-1].words.text()

    run(body())
