"""The usual ways to show a big list in Qt, as tutorials write them: what the list of this program is compared with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtWidgets import QApplication, QHeaderView, QTableView
from typing_extensions import override

from cadence_desk.ui.kit.theme import ROW_HEIGHT

if TYPE_CHECKING:
    from cadence_desk.domain.tables import ColumnTable

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class UsualModel(QAbstractTableModel):
    """A table model with a row and column look-up per cell."""

    def __init__(self, table: ColumnTable, columns: list[str]) -> None:
        super().__init__()
        self._columns = [table.texts(name) for name in columns]

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._columns[0])

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self._columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and index.isValid():
            return self._columns[index.column()][index.row()]
        return None


class TutorialProxy(QSortFilterProxyModel):
    """The filter of the tutorials: asks the model for each searched cell and lowers it, row by row."""

    def __init__(self, source: UsualModel) -> None:
        super().__init__()
        self.setSourceModel(source)
        self._wanted = ""

    def look_for(self, text: str) -> None:
        """Filter by a text."""
        self._wanted = text.lower()
        self.invalidateFilter()

    @override
    def filterAcceptsRow(self, source_row: int, source_parent: _Index) -> bool:
        model = self.sourceModel()
        for column in range(3):
            text = model.data(model.index(source_row, column, source_parent))
            if self._wanted in str(text).lower():
                return True
        return False


def usual_view(model: QAbstractTableModel | QSortFilterProxyModel) -> QTableView:
    """Return a table view with Qt's own delegate, with the settings that help it most."""
    view = QTableView()
    view.setWordWrap(False)
    view.setShowGrid(False)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.setVerticalScrollMode(QTableView.ScrollMode.ScrollPerPixel)
    view.verticalHeader().setVisible(False)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    view.verticalHeader().setDefaultSectionSize(ROW_HEIGHT)
    view.setModel(model)
    view.resize(1100, 700)
    view.show()
    for _ in range(5):  # the layout of the items comes a few turns later
        QApplication.processEvents()
    return view
