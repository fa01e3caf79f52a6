"""FastTable: the list of this program. A QTableView that paints its own rows and keeps its place.

Headers, selection, keys and accessibility stay Qt's. Called by the People and Trackers screens.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.column_fitter import ColumnFitter, ColumnPlan
from cadence_desk.ui.kit.columnar_model import ColumnarModel
from cadence_desk.ui.kit.quiet_scroll_bar import QuietScrollBar
from cadence_desk.ui.kit.row_keeper import RowKeeper, records_of, selected_spans
from cadence_desk.ui.kit.row_painter import RowPainter
from cadence_desk.ui.kit.theme import ROW_HEIGHT

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent

    from cadence_desk.ui.kit.shapes import Badge
    from cadence_desk.ui.kit.theme import Tone

_FADE_MS = 120


class FastTable(QTableView):
    """A list of records."""

    current_changed = Signal(str)
    """The record of the current row, when the user or a command moved there."""
    selection_changed = Signal()

    def __init__(self, plans: Sequence[ColumnPlan], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._own_viewport()
        self.columnar = ColumnarModel(self)
        self._painter = RowPainter(self)
        self._told = ""
        self.setModel(self.columnar)
        self.columnar.visible_rows = self.visible_rows
        self._prepare()
        self.fitter = ColumnFitter(self.horizontalHeader(), plans)
        self.keeper = RowKeeper(self, self.columnar)
        self._fade = QTimer(self)
        self._fade.setInterval(_FADE_MS)
        self._fade.timeout.connect(self._fade_some)
        self.columnar.freshened.connect(self._start_fading)
        self.columnar.rowsInserted.connect(self._start_fading)

    def _own_viewport(self) -> None:
        """Paint on a widget made here, as Qt's own is made.

        A widget of Qt's that Python sees for the first time has the binding set up every kind of widget there is, to
        find out which it is: 8 ms of the start.
        """
        own = QWidget()
        own.setObjectName("qt_scrollarea_viewport")
        own.setBackgroundRole(QPalette.ColorRole.Base)
        own.setAutoFillBackground(True)
        self.setViewport(own)

    def _prepare(self) -> None:
        self.setVerticalScrollBar(QuietScrollBar(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSortingEnabled(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        rows = self.verticalHeader()
        rows.setVisible(False)
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(ROW_HEIGHT)
        rows.setDefaultSectionSize(ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        # a header asks for every cell of its columns whether it is selected: 1.3 s for 100,000 selected rows
        header.setSelectionModel(QItemSelectionModel(self.columnar, header))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setMinimumSectionSize(44)
        header.setSectionsMovable(True)
        header.setSortIndicatorClearable(False)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(
            lambda at: self.fitter.open_menu(
                [str(self.columnar.headerData(n, Qt.Orientation.Horizontal)) for n in range(header.count())],
                at,
            )
        )

    # ------------------------------------------------------------ looks

    def show_badges(self, column: str, badge_of: Callable[[int], Badge | None]) -> None:
        """Paint a badge in a column; the function gets a slot and may return None for plain text."""
        self._painter.badges[column] = badge_of
        self._painter.forget_columns()

    def show_tones(self, column: str, tone_of: Callable[[int], Tone | None]) -> None:
        """Color a column's text by slot."""
        self._painter.tones[column] = tone_of
        self._painter.forget_columns()

    def show_empty(self, title: str, hint: str = "") -> None:
        """Choose the words that stand in an empty list."""
        self._painter.empty = (title, hint)
        self.viewport().update()

    # ------------------------------------------------------------ records

    def current_id(self) -> str:
        """Return the record of the current row; empty when there is none."""
        return self.columnar.record_id(self.currentIndex().row())

    def selected_ids(self) -> list[str]:
        """Return the selected records in the order of the rows; the current one when nothing is selected."""
        found = records_of(self.columnar, selected_spans(self))
        if not found and self.current_id():
            return [self.current_id()]
        return found

    def go_to(self, record_id: str) -> bool:
        """Select a record and scroll to it; False when it is not among the rows."""
        row = self.columnar.row_of(record_id)
        if row < 0:
            return False
        self.go_to_row(row)
        return True

    def go_to_row(self, row: int) -> None:
        """Select one row and scroll to it."""
        if not 0 <= row < self.columnar.rowCount():
            return
        index = self.columnar.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index)

    def visible_rows(self) -> range:
        """Return the rows that can be seen now."""
        count = self.columnar.rowCount()
        first = self.rowAt(0)
        if count == 0 or first < 0 or not self.isVisible():
            return range(0)
        last = self.rowAt(self.viewport().height() - 1)
        return range(first, count if last < 0 else last + 1)

    # ------------------------------------------------------------ Qt's calls

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self._painter.paint(event)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fitter.fit(self.viewport().width())

    @override
    def currentChanged(
        self, current: QModelIndex | QPersistentModelIndex, previous: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().currentChanged(current, previous)
        self.viewport().update()
        record_id = self.columnar.record_id(current.row())
        if record_id and not self.keeper.restoring:
            self.keeper.follow(record_id)
            if record_id != self._told:
                self._told = record_id
                self.current_changed.emit(record_id)

    @override
    def selectionChanged(self, selected: object, deselected: object) -> None:
        super().selectionChanged(selected, deselected)  # type: ignore[arg-type]
        self.viewport().update()
        self.selection_changed.emit()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
        if plain and event.key() == Qt.Key.Key_Home:
            self.go_to_row(0)
        elif plain and event.key() == Qt.Key.Key_End:
            self.go_to_row(self.columnar.rowCount() - 1)
        else:
            super().keyPressEvent(event)

    @override
    def keyboardSearch(self, search: str) -> None:
        """Ignore typed letters: Qt would ask the model for every row; the search field does this better."""

    # ------------------------------------------------------------ fading

    def _start_fading(self) -> None:
        if self.columnar.fresh and not self._fade.isActive():
            self._fade.start()

    def _fade_some(self) -> None:
        now = time.monotonic()
        fresh = self.columnar.fresh
        self._paint_again(fresh)
        for slot in [slot for slot, until in fresh.items() if until <= now]:
            del fresh[slot]
        if not fresh:
            self._fade.stop()

    def _paint_again(self, slots: Collection[int]) -> None:
        """Paint the rows of these slots that are in sight, and no others."""
        rows = self.columnar.current_rows()
        if rows is None:
            return
        width = self.viewport().width()
        for row in self.visible_rows():
            if row < len(rows.rows) and rows.rows[row] in slots:
                self.viewport().update(0, self.rowViewportPosition(row), width, ROW_HEIGHT)
