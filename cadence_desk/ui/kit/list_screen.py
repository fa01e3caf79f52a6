"""ListScreen: the frame of a big list: heading, counts, actions, search field, facets and the table.

Base of the People and Trackers screens. Asks for commands by name; the shell carries them out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.fast_table import FastTable
from cadence_desk.ui.kit.icons import icon
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP, colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.column_fitter import ColumnPlan
    from cadence_desk.ui.kit.facet_pill import FacetPill


_LEAST_WIDTH = 420


class SearchField(QLineEdit):
    """Filter as you type: Down goes to the list, Escape clears."""

    left_downwards = Signal()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self.left_downwards.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class ListScreen(QWidget):
    """One big list with everything around it."""

    asked = Signal(str)
    """A command is wanted, by its name."""
    current_changed = Signal(str)

    def __init__(
        self, title: str, noun: str, plans: Sequence[ColumnPlan], pills: Sequence[FacetPill]
    ) -> None:
        super().__init__()
        self._noun = noun
        self._only: frozenset[str] | None = None
        self._columns_state = self._order = ""
        self.pills = list(pills)
        self.table = FastTable(plans)
        self.table.setAccessibleName(title)
        self.table.current_changed.connect(self.current_changed)
        self.table.doubleClicked.connect(lambda _index: self.asked.emit("open_side"))
        self.table.columnar.counted.connect(self._count)
        self.search = SearchField()
        self._make_search()
        self.heading = PlainLabel(title, scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.counts.setObjectName("countLabel")
        self.reset = QPushButton("Clear filters")
        self.reset.setObjectName("clearFiltersButton")
        self.reset.setProperty("flat", True)  # noqa: FBT003  # a Qt property, by position only
        self.reset.clicked.connect(self.clear_filters)
        self.actions_row = QHBoxLayout()
        self.actions_row.setSpacing(GAP)
        self.filters_row = QHBoxLayout()
        self.filters_row.setSpacing(GAP)
        self.search_row = QHBoxLayout()
        self.search_row.setSpacing(GAP)
        self.below_row = QHBoxLayout()
        self.below_row.setContentsMargins(0, 0, 0, 0)
        self.setMinimumWidth(_LEAST_WIDTH)
        self._lay_out()

    def _make_search(self) -> None:
        self.search.setObjectName("searchField")
        self.search.setAccessibleName(f"Search {self._noun}")
        self.search.setPlaceholderText(f"Search {self._noun}  (Ctrl+F)")
        self.search.setClearButtonEnabled(True)
        self.search.addAction(icon("search", colors().muted), QLineEdit.ActionPosition.LeadingPosition)
        self.search.textChanged.connect(self.look)
        self.search.left_downwards.connect(self._enter_list)

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        top.addLayout(self.actions_row)
        self.search.setMinimumWidth(180)
        self.search_row.addWidget(self.search, 1)
        self.search_row.addLayout(self.filters_row)
        for pill in self.pills:
            pill.changed.connect(self.look)
            self.filters_row.addWidget(pill)
        self.filters_row.addWidget(self.reset)
        self.reset.hide()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP + 2)
        whole.addLayout(top)
        whole.addLayout(self.search_row)
        whole.addLayout(self.below_row)
        whole.addWidget(self.table, 1)

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the filters beside the search field, or below it where there is no room."""
        needed = self.filters_row.sizeHint().width() + self.search.minimumWidth() + 6 * GAP
        below = needed > self.width()
        if below == (self.below_row.count() > 0):
            return
        if below:
            self.search_row.removeItem(self.filters_row)
            self.below_row.addLayout(self.filters_row)
            self.below_row.addStretch(1)
        else:
            self.below_row.takeAt(1)
            self.below_row.removeItem(self.filters_row)
            self.search_row.addLayout(self.filters_row)

    # ------------------------------------------------------------ building

    def add_action(
        self, command: str, text: str, name: str, glyph: str, *, primary: bool = False
    ) -> QPushButton:
        """Add a button that asks for a command."""
        button = QPushButton(f" {text}")
        button.setObjectName(name)
        button.setAccessibleName(text)
        look = colors()
        button.setIcon(icon(glyph, look.accent_text if primary else look.text))
        button.setProperty("glyph", glyph)
        button.setProperty("primary", primary)
        button.setProperty("command", command)
        button.clicked.connect(lambda: self.asked.emit(command))
        self.actions_row.addWidget(button)
        return button

    def use(self, table: ColumnTable, columns: Sequence[str]) -> None:
        """Show a table, in the order of the one before."""
        self._order = self.order()
        for pill in self.pills:
            pill.use(table)
        self.table.columnar.show_table(table, columns)
        self.table.fitter.restore(self._columns_state)
        self._columns_state = ""
        self.table.fitter.fit(self.table.viewport().width())
        self.look()

    def restore_columns(self, state: str, order: str) -> None:
        """Take back the user's arrangement of columns and the order of rows, now or once there are columns."""
        self._columns_state, self._order = state, order
        if self.table.columnar.row_set is not None:
            self.table.fitter.restore(state)
            self._columns_state = ""
            self.sort_first("")

    def columns_state(self) -> str:
        """Return the user's arrangement of columns; the kept one while there are no columns yet."""
        return self._columns_state or self.table.fitter.state()

    def sort_first(self, column: str) -> None:
        """Sort as the user left it, else by a column; does nothing where neither is one of this list's."""
        kept, _, way = self._order.partition(":")
        columns = list(self.table.columnar.columns)
        name = kept if kept in columns else column
        if name in columns:
            descending = name == kept and way == "down"
            order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
            self.table.sortByColumn(columns.index(name), order)

    def order(self) -> str:
        """Return by which column the rows are sorted, and which way; empty before there are any."""
        rows = self.table.columnar.row_set
        if rows is None or not rows.sort_column:
            return self._order
        return f"{rows.sort_column}:{'down' if rows.descending else 'up'}"

    # ------------------------------------------------------------ filtering

    def look(self) -> None:
        """Filter by what is typed and chosen."""
        facets: dict[str, frozenset[str]] = {}
        for pill in self.pills:
            facets.update(pill.wanted())
        self.table.columnar.look_for(self.search.text(), facets, self._only)
        self.reset.setVisible(not all(pill.is_normal for pill in self.pills) or self._only is not None)
        self._arrange()
        self.table.viewport().update()

    def show_only(self, ids: frozenset[str] | None) -> None:
        """Narrow the list to some records, as a list view does; None shows all."""
        self._only = ids
        self.look()

    def clear_filters(self) -> None:
        """Go back to the normal list."""
        self.search.clear()
        self._only = None
        for pill in self.pills:
            pill.reset()
        self.look()

    def focus_search(self) -> None:
        """Put the cursor into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def selected_ids(self) -> list[str]:
        """Return the selected records."""
        return self.table.selected_ids()

    def step_rows(self, step: int) -> None:
        """Go some rows down or up."""
        row = self.table.currentIndex().row() + step
        self.table.go_to_row(max(0, min(row, self.table.columnar.rowCount() - 1)))

    def _enter_list(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if self.table.currentIndex().row() < 0:
            self.table.go_to_row(0)

    def _count(self) -> None:
        rows = self.table.columnar.row_set
        if rows is None:
            self.counts.setText("")
            return
        total = rows.table.alive().count(1)
        shown = len(rows.rows)
        text = f"{total:,}" if shown == total else f"{shown:,} of {total:,}"
        self.counts.setText(text)
        self.counts.setAccessibleName(f"{text} {self._noun} shown")
