"""ColumnarModel: a Qt table model over a ColumnTable, with its own filter, sort and change handling.

Which rows exist, and in what order, is decided here only, inside Qt's begin and end calls (house rules,
projection). Work is done in slices of at most 4 ms. Called by the list screens; painted by kit.fast_table.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QObject, Qt, QTimer, Signal

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.row_model import RowModel
from cadence_desk.ui.kit.row_search import RowWish, terms_of
from cadence_desk.ui.kit.row_set import SORT_AT_ONCE, Effects, RowSet

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.row_sort import RowSort

FIRST_SCREEN = 60
FIRST_SECONDS = 0.012
SLICE_SECONDS = 0.004
FRESH_SECONDS = 2.5
"""How long a changed row stays marked."""

_ONE_BY_ONE = 40
_RESORT_MS = 1_500
_LOADING_RESORT_MS = 200

_NO_PARENT = QModelIndex()


class ColumnarModel(RowModel):
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
        self.visible_rows: Callable[[], range] = lambda: range(0)
        self._slices = QTimer(self)
        self._slices.setInterval(0)
        self._slices.timeout.connect(self._work)
        self._resort = QTimer(self)
        self._resort.setSingleShot(True)
        self._resort.timeout.connect(self._start_sort)

    # ------------------------------------------------------------ asking

    @override
    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 means arrival order. Above 20,000 rows the work is done in slices."""
        if self.row_set is None:
            return
        name = self.columns[column] if 0 <= column < len(self.columns) else ""
        self.row_set.sort_by(name, descending=order is Qt.SortOrder.DescendingOrder)
        self._start_sort()

    @property
    def busy(self) -> bool:
        """True while a search or a sort goes on."""
        return self._slices.isActive()

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
        if self.current_rows() is None:
            self.show_table(rows.table, self.columns)
        elif not ids:
            self._renew(rows)
        else:
            self._apply_some(rows, rows.absorb(ids))

    # ------------------------------------------------------------ working

    def _search(self, wish: RowWish, *, narrow: bool = False) -> None:
        """Show the first screen of a wish; the rest follows in slices, as one insertion: each costs a repaint."""
        rows = self.row_set
        if rows is None:
            return
        self.rearranging.emit()
        self.beginResetModel()
        rows.begin(wish, narrow=narrow)
        rows.append(rows.first_hits(FIRST_SCREEN, FIRST_SECONDS))
        self.endResetModel()
        self.rearranged.emit()
        self._after_work(rows)

    def _renew(self, rows: RowSet, *, known: bool = False) -> None:
        """Put all rows in the place of all rows: at once where that takes no longer than a first screen."""
        rows.begin_renewal(known=known)
        if rows.go_on(FIRST_SECONDS if rows.table.size <= SORT_AT_ONCE else SLICE_SECONDS):
            self._end_search(rows)
        self._after_work(rows)

    def _start_sort(self) -> None:
        rows = self.row_set
        if rows is None or _begins_anew(self, rows):
            return
        sorting = rows.begin_sort()
        if rows.table.size <= SORT_AT_ONCE:
            sorting.step(10.0)
            self._end_sort(rows, sorting)
            return
        self._sorting = sorting
        self._slices.start()

    def _end_sort(self, rows: RowSet, sorting: RowSort) -> None:
        self._sorting = None
        rows.end_sort(sorting)
        self._renew(rows, known=True)

    def _work(self) -> None:
        rows = self.row_set
        if rows is None or _begins_anew(self, rows):
            return
        if rows.searching:
            if rows.go_on(SLICE_SECONDS):
                self._end_search(rows)
        elif self._sorting is not None and self._sorting.step(SLICE_SECONDS):
            self._end_sort(rows, self._sorting)
        self._after_work(rows)

    def _end_search(self, rows: RowSet) -> None:
        renewing = rows.renewing
        hits, touched = rows.end_search()
        if renewing:
            self.rearranging.emit()
            self.beginResetModel()
            rows.renew(hits)
            self.endResetModel()
            self.rearranged.emit()
        elif hits:
            first = len(rows.rows)
            self.beginInsertRows(_NO_PARENT, first, first + len(hits) - 1)
            rows.append(hits)
            self.endInsertRows()
        if touched:
            self._apply_some(rows, rows.absorb_slots(touched))

    def _after_work(self, rows: RowSet) -> None:
        if rows.searching or self._sorting is not None:
            self._slices.start()
        else:
            self._slices.stop()
            if rows.order_is_stale and not self._resort.isActive():
                self._resort.start(_RESORT_MS)
        self.counted.emit()

    def _apply_some(self, rows: RowSet, effects: Effects) -> None:
        touched = (*effects.changed, *effects.added)
        if len(touched) <= _ONE_BY_ONE:  # a load is no news: marks would only color the whole list
            until = time.monotonic() + FRESH_SECONDS
            self.fresh.update(dict.fromkeys(touched, until))
        if len(effects.gone) > _ONE_BY_ONE:
            self._renew(rows)
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
    if model.current_rows() is not None:
        return False
    model.show_table(rows.table, model.columns)
    return True
