"""ColumnarModel: a Qt table model over a ColumnTable, with its own filter, sort and change handling.

Which rows exist, and in what order, is decided here only, inside Qt's begin and end calls (house rules,
projection). Work is done in slices of at most 4 ms. Called by the list screens; painted by kit.fast_table.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.row_search import RowSort, RowWish, terms_of
from cadence_desk.ui.kit.row_set import SORT_AT_ONCE, RowSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.tables import ColumnTable

FIRST_SCREEN = 60
FIRST_SECONDS = 0.012
SLICE_SECONDS = 0.004
SLICE_ROWS = 25_000
"""Most rows that one slice adds: the view paints itself anew for each slice, so few long ones cost least."""
FRESH_SECONDS = 2.5
"""How long a changed row stays marked."""

_ONE_BY_ONE = 40
_RESORT_MS = 1_500
_LOADING_RESORT_MS = 200

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()


class ColumnarModel(QAbstractTableModel):
    """The model of a big list."""

    rearranging = Signal()
    """Rows are about to be replaced: views remember what is selected."""
    rearranged = Signal()
    """Rows were replaced: views restore it."""
    counted = Signal()
    """The number of rows changed, or the search ended."""
    freshened = Signal()
    """Shown rows changed their content."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns: list[str] = []
        self.visible_rows: Callable[[], range] = lambda: range(0)
        self.fresh: dict[int, float] = {}
        self.row_set: RowSet | None = None
        """The rows; read it, change it only here."""
        self._sorting: RowSort | None = None
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._work)
        self._resort = QTimer(self)
        self._resort.setSingleShot(True)
        self._resort.timeout.connect(self._start_sort)

    # ------------------------------------------------------------ Qt's questions

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() or self.row_set is None else len(self.row_set.rows)

    @override
    def columnCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.columns)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if self.row_set is None or not index.isValid() or not self.row_set.is_current:
            return None
        slot = self.row_set.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return self.row_set.table.texts(self.columns[index.column()])[slot]
        if role == Qt.ItemDataRole.UserRole:
            return self.row_set.table.ids()[slot]
        return None

    @override
    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if role != Qt.ItemDataRole.DisplayRole or orientation is not Qt.Orientation.Horizontal:
            return None
        return self.row_set.table.title(self.columns[section]) if self.row_set is not None else None

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 means arrival order. Above 20,000 rows the work is done in slices."""
        if self.row_set is None:
            return
        name = self.columns[column] if 0 <= column < len(self.columns) else ""
        self.row_set.sort_by(name, descending=order is Qt.SortOrder.DescendingOrder)
        self._start_sort()

    # ------------------------------------------------------------ reading

    @property
    def busy(self) -> bool:
        """True while a search or a sort goes on."""
        return self._slices.isActive()

    def record_id(self, row: int) -> str:
        """Return the record of a row; empty when there is no such row."""
        if self.row_set is None or not self.row_set.is_current or not 0 <= row < len(self.row_set.rows):
            return ""
        return self.row_set.table.ids()[self.row_set.rows[row]]

    def row_of(self, record_id: str) -> int:
        """Return the row of a record, or -1."""
        slot = self.row_set.table.slot_of(record_id) if self.row_set is not None else None
        return self.row_set.row_of(slot) if self.row_set is not None and slot is not None else -1

    # ------------------------------------------------------------ asking

    def show_table(self, table: ColumnTable, columns: Sequence[str] = ()) -> None:
        """Show a table from its start."""
        self.rearranging.emit()
        self.beginResetModel()
        before = self.row_set
        self._sorting = None
        self.fresh.clear()
        self.columns = list(columns or table.columns)
        self.row_set = RowSet(table)
        if before is not None:
            self.row_set.sort_by(before.sort_column, descending=before.descending)
            self.row_set.wish = before.wish
        self.endResetModel()
        self.rearranged.emit()
        self._search(self.row_set.wish)
        if self.row_set.sort_column:
            self._start_sort()

    def look_for(
        self, text: str, facets: dict[str, frozenset[str]] | None = None, only: frozenset[str] | None = None
    ) -> None:
        """Show the rows that fit typed words, facets and a list view. The first screen is there at once."""
        if self.row_set is None:
            return
        wish = RowWish(terms_of(text), facets or {}, only)
        if wish != self.row_set.wish:
            self._search(wish, narrow=True)

    def apply(self, ids: frozenset[str]) -> None:
        """Take over changed records; an empty set means that many changed."""
        rows = self.row_set
        if rows is None:
            return
        if not rows.is_current:
            self.show_table(rows.table, self.columns)
        elif not ids:
            self._search(rows.wish)
        else:
            self._apply_some(rows, ids)

    # ------------------------------------------------------------ working

    def _search(self, wish: RowWish, *, narrow: bool = False) -> None:
        rows = self.row_set
        if rows is None:
            return
        # a typed key wants its first screen; a refresh wants its old length back, for the scroll bar's sake
        enough = FIRST_SCREEN if narrow else max(FIRST_SCREEN, len(rows.rows))
        self.rearranging.emit()
        self.beginResetModel()
        rows.begin(wish, narrow=narrow)
        rows.append(rows.next_hits(enough, FIRST_SECONDS))
        self.endResetModel()
        self.rearranged.emit()
        self._after_work(rows)

    def _start_sort(self) -> None:
        rows = self.row_set
        if rows is None or _begins_anew(self, rows):
            return
        sorting = rows.begin_sort()
        if rows.table.size <= SORT_AT_ONCE:
            sorting.step(10.0)
            self._sorting = None
            rows.end_sort(sorting.result)
            self._search(rows.wish)
            return
        self._sorting = sorting
        self._slices.start()

    def _work(self) -> None:
        rows = self.row_set
        if rows is None or _begins_anew(self, rows):
            self._slices.stop()
            return
        if rows.searching:
            self._add_hits(rows)
        elif self._sorting is not None and self._sorting.step(SLICE_SECONDS):
            result, self._sorting = self._sorting.result, None
            rows.end_sort(result)
            self._search(rows.wish)
        self._after_work(rows)

    def _add_hits(self, rows: RowSet) -> None:
        found = rows.next_hits(SLICE_ROWS, SLICE_SECONDS)
        if found:
            first = len(rows.rows)
            self.beginInsertRows(_NO_PARENT, first, first + len(found) - 1)
            rows.append(found)
            self.endInsertRows()

    def _after_work(self, rows: RowSet) -> None:
        if rows.searching or self._sorting is not None:
            self._slices.start()
        else:
            self._slices.stop()
            if rows.order_is_stale and not self._resort.isActive():
                self._resort.start(_RESORT_MS)
        self.counted.emit()

    def _apply_some(self, rows: RowSet, ids: frozenset[str]) -> None:
        effects = rows.absorb(ids)
        touched = (*effects.changed, *effects.added)
        if len(touched) <= _ONE_BY_ONE:  # a load is no news: marks would only color the whole list
            until = time.monotonic() + FRESH_SECONDS
            self.fresh.update(dict.fromkeys(touched, until))
        if len(effects.gone) > _ONE_BY_ONE:
            self._search(rows.wish)
            return
        for slot in effects.gone:
            row = rows.row_of(slot)
            self.beginRemoveRows(_NO_PARENT, row, row)
            rows.take_out(row)
            self.endRemoveRows()
        self._add_records(rows, effects.added)
        self._tell_visible(rows, frozenset(effects.changed))
        if effects.gone or effects.added or rows.order_is_stale:
            self._after_work(rows)

    def _add_records(self, rows: RowSet, added: Sequence[int]) -> None:
        if not added:
            return
        if len(added) > _ONE_BY_ONE:
            first = len(rows.rows)
            self.beginInsertRows(_NO_PARENT, first, first + len(added) - 1)
            rows.append(added)
            self.endInsertRows()
            if rows.table.size <= SORT_AT_ONCE and rows.order_is_stale:
                self._resort.start(_LOADING_RESORT_MS)
            return
        for slot in added:
            row = rows.place_of(slot)
            self.beginInsertRows(_NO_PARENT, row, row)
            rows.insert(row, slot)
            self.endInsertRows()

    def _tell_visible(self, rows: RowSet, changed: frozenset[int]) -> None:
        """Emit for visible rows only: one range over scattered rows would repaint everything (4.7)."""
        if not changed:
            return
        last_column = max(len(self.columns) - 1, 0)
        for row in self.visible_rows():
            if row < len(rows.rows) and rows.rows[row] in changed:
                self.dataChanged.emit(self.index(row, 0), self.index(row, last_column))
        self.freshened.emit()


def _begins_anew(model: ColumnarModel, rows: RowSet) -> bool:
    """Start over when the table began a new epoch before anybody told: a timer may be faster than the notice."""
    if rows.is_current:
        return False
    model.show_table(rows.table, model.columns)
    return True
