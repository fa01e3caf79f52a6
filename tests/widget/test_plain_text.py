"""Text from data is text: no label, list or dialog reads it as anything else."""

import time
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLabel, QLineEdit, QTextEdit, QWidget

from cadence_desk.bridge.faults import Fault
from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import OrgRefused
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.ui.kit.banner_bar import BannerBar, present_error
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import clock_word, count_word, seconds_of
from cadence_desk.ui.kit.plain_label import ElidedLabel, PlainLabel
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.conftest import destroy
from tests.widget.driving import settle, until
from tests.widget.fake_desk import FakeDesk
from tests.widget.fake_world import made_id

Run = Callable[[Coroutine[Any, Any, Any]], Any]
NESTED = "<table><tr><td>" * 17
COMMANDS = (
    "log_call",
    "enroll",
    "pause",
    "remove",
    "skip_step",
    "change_assignee",
    "set_disposition",
    "palette",
)


def rich_labels(top: QWidget) -> list[str]:
    return [
        f"{type(label).__name__} {label.objectName()}"
        for label in top.findChildren(QLabel)
        if label.textFormat() is not Qt.TextFormat.PlainText
    ]


def test_nested_tables_in_every_field_cost_nothing(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        target = made_id("003", 999_999)
        desk.world.people[target] = Person(
            target, PersonKind.CONTACT, NESTED, NESTED, NESTED, NESTED, NESTED, city=NESTED, owner_name=NESTED
        )
        desk.show_person(desk.world.people[target])
        window.attach(desk, TaskRunner(window))
        window.started()
        await settle()
        began = time.thread_time()
        screen = window.frame.list_screen()
        assert screen is not None
        assert screen.table.go_to(target)
        await until(lambda: window.frame.side.name.whole_text == NESTED, "shown")
        for command in ("log_call", "enroll"):
            window.book.run(command)
            await settle(10)
            for dialog in window.findChildren(QDialog):
                dialog.grab()
                dialog.reject()
        window.grab()
        assert time.thread_time() - began < 5

    run(body())


def test_no_label_guesses(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        window.attach(desk, TaskRunner(window))
        window.started()
        await settle()
        for name in ("cadences", "outbox", "activity", "people", "trackers"):
            window.frame.go(name)
        screen = window.frame.list_screen()
        assert screen is not None
        screen.table.go_to_row(0)
        assert rich_labels(window) == []
        for command in COMMANDS:
            window.book.run(command)
            await settle(5)
            shown = [dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()]
            assert shown, command
            assert rich_labels(shown[0]) == []
            assert nameless(shown[0]) == [], command
            shown[0].reject()
            await settle(3)
        assert nameless(window) == []
        assert not [one for one in window.findChildren(QTextEdit) if one.acceptRichText()]

    run(body())


def nameless(top: QWidget) -> list[str]:
    """Return controls that assistive tools could not name."""
    found = []
    for widget in top.findChildren(QWidget):
        if widget.focusPolicy() == Qt.FocusPolicy.NoFocus or not widget.isVisible():
            continue
        inner = type(widget).__name__.startswith("Q") and widget.objectName().startswith("qt_")
        text = widget.text() if isinstance(widget, (QAbstractButton, QLabel)) else ""
        above = widget.parentWidget()
        is_edit_of_box = isinstance(widget, QLineEdit) and above is not None and bool(above.accessibleName())
        if not (widget.accessibleName() or text or inner or is_edit_of_box):
            found.append(f"{type(widget).__name__} {widget.objectName()}")
    return found


@pytest.mark.usefixtures("app")
class TestLabels:
    def test_markup_is_shown_letter_by_letter(self) -> None:
        label = PlainLabel("<b>x</b>")
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert label.sizeHint().width() > PlainLabel("x").sizeHint().width()

    def test_long_texts_are_cut_and_kept_for_assistive_tools(self) -> None:
        label = ElidedLabel("word " * 100)
        label.resize(120, 20)
        assert label.text().endswith("…")
        assert label.accessibleName() == "word " * 100
        assert len(PlainLabel("x" * 100_000).text()) == 4_000


def test_errors_are_told_once_with_their_code(app: QApplication) -> None:
    window = QWidget()
    bar = BannerBar(window)
    child = QWidget(window)
    error = OrgRefused("The org says no.", hint="Ask an admin.", server_text=NESTED, server_code="X_Y")
    assert present_error(child, error)
    assert present_error(child, error)
    banner = bar.banners()[0]
    assert banner.count == 2
    assert "CD-1104" in banner.title.text()
    assert "(2 times)" in banner.title.text()
    assert NESTED in banner.words.text()
    banner._copy_details()
    copied = QApplication.clipboard().text()
    assert "X_Y" in copied
    assert NESTED not in copied
    for number in range(5):
        bar.tell(f"N{number}", "Notice")
    assert [one.code for one in bar.banners()] == ["N2", "N3", "N4"]
    bar.clear("N3")
    assert [one.code for one in bar.banners()] == ["N2", "N4"]
    assert not present_error(QWidget(), error)
    assert not present_error(None, error)
    destroy(app, window)


def test_a_fault_is_one_calm_line(window: MainWindow) -> None:
    fault = Fault("CD-1900-ABCD", "KeyError", "  file.py:1 in run")
    window.show_fault(fault)
    window.show_fault(fault)
    assert len(window.frame.bar.banners()) == 1
    window.show_error(None, OrgRefused())
    assert len(window.frame.bar.banners()) == 2


def test_a_line_list_keeps_its_place(app: QApplication) -> None:
    made = LineList()
    chosen: list[str] = []
    made.chosen.connect(chosen.append)
    made.show_empty("Nothing.")
    made.grab()
    made.show_lines([Line("h", "Heading", is_heading=True), Line("a", "A"), Line("b", NESTED, NESTED)])
    made.go_to("b")
    made.show_lines([Line("new", "New"), Line("a", "A"), Line("b", "B", "changed")])
    assert made.current_key() == "b"
    assert chosen == ["b"]
    assert not made.go_to("absent")
    made.grab()
    destroy(app, made)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("", 0),
        ("90", 90),
        ("1:30", 90),
        ("1:02:03", 3723),
        ("x", None),
        ("1:2:3:4", None),
        ("99:00:00", None),
        ("٣", None),
    ],
)
def test_lengths_are_read(text: str, seconds: int | None) -> None:
    assert seconds_of(text) == seconds


def test_words_for_lengths_and_counts() -> None:
    assert [clock_word(one) for one in (0, 75, 3723)] == ["0:00", "1:15", "1:02:03"]
    assert count_word(1, "person", "people") == "1 person"
    assert count_word(1_200, "tracker") == "1,200 trackers"


def test_an_unknown_table_change_is_harmless(window: MainWindow, desk: FakeDesk, run: Run) -> None:
    async def body() -> None:
        window.attach(desk, TaskRunner(window))
        await settle(3)
        desk.events.tell(Change(people=True, trackers=True, steps=True, cadences=True, operations=True))
        desk.events.tell(Change(ids=frozenset({"nobody"})))
        await settle(80)
        screen = window.frame.list_screen()
        assert screen is not None
        assert screen.table.columnar.rowCount() == 300

    run(body())
