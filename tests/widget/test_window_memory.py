"""A window opens where it was, unless nobody could see it there or no screen could hold it."""

import base64

import pytest
from PySide6.QtCore import QByteArray, QRect, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow

from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.workplace import NoMemory
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.conftest import destroy
from tests.widget.fake_desk import FakeDesk


def kept(place: QRect) -> str:
    """Return the geometry of a window that lay there, as it is kept."""
    window = QMainWindow()
    window.setGeometry(place)
    raw: QByteArray = window.saveGeometry()
    return base64.b64encode(raw.data()).decode("ascii")


def opened(app: QApplication, geometry: str) -> QRect:
    """Return where a window opens that kept this geometry."""
    memory = NoMemory()
    memory.write("geometry", geometry)
    window = MainWindow(memory)
    place = QRect(window.geometry())
    destroy(app, window)
    return place


def test_a_window_opens_where_it_was(app: QApplication) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    place = QRect(screen.topLeft(), screen.size() / 2).translated(20, 20)
    found = opened(app, kept(place))
    assert (found.width(), found.height()) == (max(place.width(), 900), max(place.height(), 560))


@pytest.mark.parametrize(
    "place",
    [
        QRect(-9_000, -9_000, 1_000, 700),
        QRect(90_000, 100, 1_000, 700),
        QRect(0, 0, 30_000, 20_000),
        QRect(0, 0, 1, 1),
    ],
)
def test_a_window_nobody_could_use_opens_on_the_screen(app: QApplication, place: QRect) -> None:
    screen = QGuiApplication.primaryScreen().availableGeometry()
    found = opened(app, kept(place))
    assert screen.intersected(found).width() >= 200
    assert screen.intersected(found).height() >= 100
    assert found.width() <= max(screen.width(), 1_280)
    assert found.height() <= max(screen.height(), 800)


@pytest.mark.parametrize("geometry", ["", "!", "AAAA", base64.b64encode(b"\xff" * 66).decode()])
def test_nonsense_means_the_normal_size(app: QApplication, geometry: str) -> None:
    assert (opened(app, geometry).width(), opened(app, geometry).height()) == (1_280, 800)


def sorted_by(window: MainWindow, name: str) -> tuple[str, bool]:
    """Return the column a list is sorted by, and whether it falls."""
    screen = window.frame.screen_of(name)
    assert isinstance(screen, ListScreen)
    rows = screen.table.columnar.row_set
    assert rows is not None
    header = screen.table.horizontalHeader()
    shown = list(screen.table.columnar.columns)[header.sortIndicatorSection()]
    assert shown == rows.sort_column, "the arrow says so, too"
    return rows.sort_column, rows.descending


@pytest.mark.parametrize("late", [True, False])
def test_lists_are_sorted_as_they_were_left(app: QApplication, loop: DeskLoop, *, late: bool) -> None:
    memory = NoMemory()
    first = MainWindow(memory)
    first.attach(FakeDesk(), TaskRunner(first))
    assert sorted_by(first, "trackers") == ("due", False)
    for name, column in (("people", "company"), ("trackers", "cadence")):
        screen = first.frame.screen_of(name)
        assert isinstance(screen, ListScreen)
        place = list(screen.table.columnar.columns).index(column)
        screen.table.sortByColumn(place, Qt.SortOrder.DescendingOrder)
    first.finish()
    destroy(app, first)
    second = MainWindow(memory)
    if not late:
        second.frame.screen_of("trackers")
    second.attach(FakeDesk(), TaskRunner(second))
    assert sorted_by(second, "people") == ("company", True)
    assert sorted_by(second, "trackers") == ("cadence", True)
    destroy(app, second)


def test_an_order_that_fits_no_column_is_ignored(app: QApplication, loop: DeskLoop) -> None:
    memory = NoMemory()
    memory.write("order_people", "nonsense:down")
    window = MainWindow(memory)
    window.attach(FakeDesk(), TaskRunner(window))
    assert sorted_by(window, "people") == ("name", False)
    destroy(app, window)


def test_a_window_that_never_had_rows_forgets_no_arrangement(app: QApplication, loop: DeskLoop) -> None:
    memory = NoMemory()
    first = MainWindow(memory)
    first.attach(FakeDesk(), TaskRunner(first))
    screen = first.frame.screen_of("people")
    assert isinstance(screen, ListScreen)
    screen.table.horizontalHeader().moveSection(0, 2)
    first.finish()
    destroy(app, first)
    kept_columns = memory.read("columns_people")
    assert kept_columns
    second = MainWindow(memory)
    second.finish()
    destroy(app, second)
    assert memory.read("columns_people") == kept_columns
