"""A window opens where it was, unless nobody could see it there or no screen could hold it."""

import base64

import pytest
from PySide6.QtCore import QByteArray, QRect
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QMainWindow

from cadence_desk.ui.kit.workplace import NoMemory
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.conftest import destroy


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
