"""A window of Qt's own parts, driven as the tour drives the desk's: prints its longest callback in CPU milliseconds and ends.

Run as `python -m tests.bench.usual_window_child PEOPLE` by tests.bench.tour_stalls. Loop, meter and hands are those of the
tour, so that only the window differs: a stock table and dialog without an org, a file or a secret behind them.
"""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QMainWindow,
    QStackedWidget,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.bridge.stall_meter import StallMeter
from cadence_desk.launch.tour.hands import Hands
from tests.bench.crowd import CITIES, people_table
from tests.bench.lists import COLUMNS
from tests.bench.usual_lists import UsualModel, usual_view

if TYPE_CHECKING:
    from collections.abc import Callable

WORDS = ("a", "smith", "zz")
PAUSE = 0.03


class UsualWindow(QMainWindow):
    """A page without anything, a page with a list, a dialog with a form."""

    def __init__(self, people: int) -> None:
        super().__init__()
        self._model = UsualModel(people_table(people), COLUMNS)
        self._pages = QStackedWidget()
        self._pages.addWidget(QWidget())
        self.setCentralWidget(self._pages)
        self.resize(1280, 800)
        self.field = QLineEdit()
        self.view: QTableView | None = None

    def open_list(self) -> None:
        """Make the page and turn to it."""
        page = QWidget()
        layout = QVBoxLayout(page)
        proxy = QSortFilterProxyModel()
        proxy.setSourceModel(self._model)
        proxy.setFilterKeyColumn(-1)
        self.field.textChanged.connect(proxy.setFilterFixedString)
        self.view = usual_view(proxy)
        self.view.setSortingEnabled(True)
        layout.addWidget(self.field)
        layout.addWidget(self.view)
        self._pages.setCurrentIndex(self._pages.addWidget(page))

    def open_dialog(self) -> QDialog:
        """Make a dialog with a form and a list, and show it."""
        dialog = QDialog(self)
        layout = QVBoxLayout(dialog)
        form = QFormLayout()
        for label in ("Cadence", "Assignee", "First step"):
            box = QComboBox()
            box.setEditable(True)
            box.addItems(list(CITIES) * 5)
            form.addRow(label, box)
        layout.addLayout(form)
        view = QTableView()
        view.setModel(self._model)
        layout.addWidget(view)
        layout.addWidget(QDialogButtonBox(QDialogButtonBox.StandardButton.Ok))
        dialog.resize(720, 520)
        dialog.open()
        return dialog


async def driven(window: UsualWindow, hands: Hands) -> None:
    """Open, filter, sort, scroll, open a dialog, type and close it; each step in a callback of its own."""
    await asyncio.sleep(PAUSE)
    window.open_list()
    await asyncio.sleep(PAUSE)
    assert window.view is not None
    for word in WORDS:
        window.field.clear()
        for letter in word:
            hands.press(window.field, Qt.Key(ord(letter.upper())))
            await asyncio.sleep(PAUSE)
    window.field.clear()
    header = window.view.horizontalHeader()
    for column in range(len(COLUMNS) - 2):
        hands.click(
            header.viewport(), QPoint(header.sectionViewportPosition(column) + 20, header.height() // 2)
        )
        await asyncio.sleep(PAUSE)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_PageDown):
        hands.press(window.view, key)
        await asyncio.sleep(PAUSE)
    dialog = window.open_dialog()
    await asyncio.sleep(PAUSE)
    hands.type(dialog.findChildren(QComboBox)[0], "Oslo")
    await asyncio.sleep(PAUSE)
    hands.press(dialog, Qt.Key.Key_Escape)
    await asyncio.sleep(PAUSE)


def main(people: int, tell: Callable[[str], object]) -> None:
    """Drive a window once."""
    app = QApplication(["usual"])
    window = UsualWindow(people)
    window.show()
    loop, meter = DeskLoop(app), StallMeter(release=False)
    asyncio.set_event_loop(loop)
    loop.measure(meter.note)
    loop.run_until_complete(driven(window, Hands()))
    loop.measure(None)
    loop.close()
    asyncio.set_event_loop(None)
    tell(f"{meter.busiest_callback.seconds * 1000}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.stdout.write)
