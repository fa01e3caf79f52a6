"""RowModel: answers Qt's questions about the rows of a columnar table. Base of ColumnarModel.

Rows come and go in the class derived from this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from cadence_desk.domain.overriding import override

if TYPE_CHECKING:
    from cadence_desk.ui.kit.row_set import RowSet
    from cadence_desk.ui.kit.row_sort import RowSort

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class RowModel(QAbstractTableModel):
    """The rows of a list, for reading."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: list[str] = []
        self.row_set: RowSet | None = None
        """The rows; read it, change it only here."""
        self.fresh: dict[int, float] = {}
        """Slots that are marked as changed, and until when."""
        self.wanted: set[int] = set()
        """Slots to select as soon as they are among the rows."""
        self._sorting: RowSort | None = None

    def current_rows(self) -> RowSet | None:
        """Return the rows with slots that hold now; None when they must be read anew first."""
        rows = self.row_set
        if rows is None or rows.is_current:
            return rows
        moves = rows.follow()
        if moves is None:
            return None
        self.fresh = {moves[slot]: until for slot, until in self.fresh.items() if moves[slot] >= 0}
        wanted = {moves[slot] for slot in self.wanted}
        self.wanted.clear()
        self.wanted |= wanted - {-1}
        if self._sorting is not None:
            self._sorting = rows.begin_sort()
        return rows

    # ------------------------------------------------------------ Qt's questions

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() or self.row_set is None else len(self.row_set.rows)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        rows = self.current_rows()
        if rows is None or not index.isValid():
            return None
        slot = rows.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return rows.table.texts(self.columns[index.column()])[slot]
        if role == Qt.ItemDataRole.UserRole:
            return rows.table.ids()[slot]
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return self.row_set.table.title(self.columns[section]) if self.row_set is not None else None

    def record_id(self, row: int) -> str:
        """Return the record of a row; empty when there is no such row."""
        rows = self.current_rows()
        if rows is None or not 0 <= row < len(rows.rows):
            return ""
        return rows.table.ids()[rows.rows[row]]

    def row_of(self, record_id: str) -> int:
        """Return the row of a record, or -1."""
        rows = self.current_rows()
        slot = rows.table.slot_of(record_id) if rows is not None else None
        return rows.row_of(slot) if rows is not None and slot is not None else -1
