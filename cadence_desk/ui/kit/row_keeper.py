"""RowKeeper: selection, current row and scroll position stay with their records when rows are replaced.

Called by FastTable. Records that a running search has not reached yet are restored when they arrive.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject

from cadence_desk.ui.kit.theme import ROW_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtWidgets import QTableView

    from cadence_desk.ui.kit.columnar_model import ColumnarModel
    from cadence_desk.ui.kit.row_set import RowSet

_FEW = 2_000
_Flag = QItemSelectionModel.SelectionFlag


class RowKeeper(QObject):
    """Remembers by record id and restores."""

    def __init__(self, view: QTableView, model: ColumnarModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self._wanted_ids: list[str] = []
        self._from: RowSet | None = None
        self._current = ""
        self._offset: int | None = None
        self.restoring = False
        model.rearranging.connect(self._remember)
        model.rearranged.connect(self._restore_all)
        model.rowsInserted.connect(self._restore_range)
        model.counted.connect(self._give_up)

    @property
    def current(self) -> str:
        """The record of the current row, also while it is not there."""
        return self._current

    def follow(self, record_id: str) -> None:
        """Note a current row that the user chose."""
        if not self.restoring:
            self._current = record_id

    def _remember(self) -> None:
        self.restoring = True
        self._from = self._model.row_set
        if self._from is not None and not self._from.is_current:
            # the slots moved under us: only the current record is known by its id
            self._model.wanted.clear()
            self._wanted_ids = [self._current] if self._current else []
        elif self._from is not None:
            for first, last in selected_spans(self._view):
                self._model.wanted.update(self._from.rows[first : last + 1])
            if len(self._model.wanted) <= _FEW:
                ids = self._from.table.ids()
                self._wanted_ids = [ids[slot] for slot in self._model.wanted if slot < len(ids)]
        row = self._view.currentIndex().row()
        self._offset = self._view.rowViewportPosition(row) if row >= 0 else None
        if self._offset is not None and not 0 <= self._offset < self._view.viewport().height():
            self._offset = None

    def _restore_all(self) -> None:
        rows = self._model.row_set
        if rows is not None and rows is not self._from:
            # other slots: only ids still mean the same records
            found = (rows.table.slot_of(record_id) for record_id in self._wanted_ids)
            self._model.wanted = {slot for slot in found if slot is not None}
        if rows is not None and self._model.wanted:
            if len(self._model.wanted) == 1:
                row = rows.row_of(next(iter(self._model.wanted)))
                self._select([row] if row >= 0 else [])
            else:
                self._select(self._found_between(0, len(rows.rows)))
        self._restore_current()
        self.restoring = False

    def _restore_range(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._model.wanted and not self.restoring:
            self.restoring = True
            self._select(self._found_between(first, last + 1))
            self._restore_current()
            self.restoring = False

    def _found_between(self, first: int, end: int) -> list[int]:
        rows = self._model.row_set
        if rows is None:
            return []
        wanted = self._model.wanted
        return [row for row, slot in enumerate(rows.rows[first:end], start=first) if slot in wanted]

    def _restore_current(self) -> None:
        row = self._model.row_of(self._current) if self._current else -1
        if row < 0:
            return
        if self._view.currentIndex().row() != row:
            index = self._model.index(row, 0)
            self._view.selectionModel().setCurrentIndex(index, _Flag.NoUpdate)
        if self._offset is not None:
            bar = self._view.verticalScrollBar()
            self._view.updateGeometry()
            bar.setValue(row * ROW_HEIGHT - self._offset)

    def _select(self, rows: Iterable[int]) -> None:
        selection = QItemSelection()
        last_column = max(self._model.columnCount() - 1, 0)
        for first, last in spans(rows):
            selection.select(self._model.index(first, 0), self._model.index(last, last_column))
            if self._model.row_set is not None:
                self._model.wanted.difference_update(self._model.row_set.rows[first : last + 1])
        self._view.selectionModel().select(selection, _Flag.Select | _Flag.Rows)

    def _give_up(self) -> None:
        if not self._model.busy:
            self._model.wanted.clear()


def selected_spans(view: QTableView) -> list[tuple[int, int]]:
    """Return the selected rows as (first, last) pairs, in the order of the rows."""
    selection = view.selectionModel().selection()
    parts = map(selection.at, range(selection.count()))
    return sorted((part.top(), part.bottom()) for part in parts)


def records_of(model: ColumnarModel, parts: Iterable[tuple[int, int]]) -> list[str]:
    """Return the record ids of some rows, each once; thousands of rows cost one pass."""
    rows = model.current_rows()
    if rows is None:
        return []
    ids, slots = rows.table.ids(), rows.rows
    return list(dict.fromkeys(ids[slot] for first, last in parts for slot in slots[first : last + 1]))


def spans(rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return ascending rows as (first, last) pairs without gaps."""
    found: list[tuple[int, int]] = []
    for row in rows:
        if found and found[-1][1] == row - 1:
            found[-1] = (found[-1][0], row)
        else:
            found.append((row, row))
    return found
