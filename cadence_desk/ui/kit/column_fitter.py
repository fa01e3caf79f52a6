"""ColumnFitter: gives the columns of a list their widths, and hides the least important ones in small windows.

Until the user moves, sizes or hides a column; from then on the user's arrangement is kept. Called by FastTable.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QHeaderView


class ColumnPlan(NamedTuple):
    """How a column wants to be shown.

    Attributes:
        least: narrowest useful width in pixels.
        weight: its share of the room that is left.
        rank: 0 stays longest; the highest rank goes first when there is no room.
    """

    name: str
    least: int
    weight: int = 1
    rank: int = 1


class ColumnFitter(QObject):
    """Arranges the sections of one header."""

    rearranged = Signal()
    """The user changed the arrangement: worth keeping."""

    def __init__(self, header: QHeaderView, plans: Sequence[ColumnPlan]) -> None:
        super().__init__(header)
        self._header = header
        self._plans = list(plans)
        self._own = True
        self._by_user = False
        header.sectionResized.connect(self._noticed)
        header.sectionMoved.connect(self._noticed)

    def fit(self, width: int) -> None:
        """Spread the columns over a width, unless the user arranged them."""
        if self._by_user or not self._plans or self._header.count() < len(self._plans) or width < 80:
            return
        shown = self._those_that_fit(width)
        spare = max(0, width - sum(plan.least for plan in shown))
        weights = sum(plan.weight for plan in shown) or 1
        self._own = False
        for index, plan in enumerate(self._plans):
            self._header.setSectionHidden(index, plan not in shown)
        left = width
        for plan in shown:
            size = plan.least + spare * plan.weight // weights
            left -= size
            self._header.resizeSection(self._plans.index(plan), size)
        if shown and left > 0:
            last = self._plans.index(shown[-1])
            self._header.resizeSection(last, self._header.sectionSize(last) + left)
        self._own = True

    def _those_that_fit(self, width: int) -> list[ColumnPlan]:
        kept = list(self._plans)
        while len(kept) > 1 and sum(plan.least for plan in kept) > width:
            kept.remove(max(kept, key=lambda plan: (plan.rank, self._plans.index(plan))))
        return kept

    def state(self) -> str:
        """Return the user's arrangement as text; empty while there is none."""
        if not self._by_user:
            return ""
        return base64.b64encode(self._header.saveState().data()).decode("ascii")

    def restore(self, state: str) -> None:
        """Take back an arrangement; what does not fit this list is ignored."""
        if not state:
            return
        self._own = False
        try:
            raw = base64.b64decode(state, validate=True)
        except ValueError:
            raw = b""
        self._by_user = bool(raw) and self._header.restoreState(QByteArray(raw))
        self._own = True

    def forget(self) -> None:
        """Go back to the built-in arrangement."""
        self._by_user = False
        for index in range(self._header.count()):
            self._header.moveSection(self._header.visualIndex(index), index)
        self._by_user = False
        self.rearranged.emit()

    def open_menu(self, titles: Sequence[str], at: QPoint) -> None:
        """Let the user choose the columns."""
        menu = QMenu(self._header)
        for index, title in enumerate(titles):
            action = QAction(title.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(not self._header.isSectionHidden(index))
            action.toggled.connect(lambda shown, column=index: self._show_column(column, shown=shown))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction("Reset columns").triggered.connect(self.forget)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(self._header.mapToGlobal(at))

    def _show_column(self, column: int, *, shown: bool) -> None:
        visible = self._header.count() - self._header.hiddenSectionCount()
        if shown or visible > 1:
            self._header.setSectionHidden(column, not shown)
            self._noticed()

    def _noticed(self, *_: int) -> None:
        if self._own:
            self._by_user = True
            self.rearranged.emit()
