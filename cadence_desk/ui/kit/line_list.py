"""LineList: short lists of two-line rows with a badge, painted plain. For cards, previews, outbox, feed.

Called by every screen that is not a big table. Each row's whole text is its accessible name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import (
    QAbstractListModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractItemView, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.shapes import Badge, badge_width, cut, paint_badge
from cadence_desk.ui.kit.theme import Tone, colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QWidget

_Index = QModelIndex | QPersistentModelIndex
_NO_PARENT = QModelIndex()
_FLAGS = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
_RIGHT = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight | Qt.TextFlag.TextSingleLine


@dataclass(frozen=True, slots=True)
class Line:
    """One row.

    Attributes:
        key: what the row stands for; a selection stays with it.
        aside: short text at the right of the first line, such as a time.
        indent: steps of indentation.
        tone: color of the detail line.
    """

    key: str
    title: str
    detail: str = ""
    badge: Badge | None = None
    aside: str = ""
    indent: int = 0
    tone: Tone | None = None
    is_heading: bool = False

    @property
    def spoken(self) -> str:
        """The whole row as text."""
        parts = (self.title, self.badge.word if self.badge else "", self.detail, self.aside)
        return ", ".join(part for part in parts if part)


class LineModel(QAbstractListModel):
    """The rows of a LineList."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.lines: Sequence[Line] = []

    @override
    def rowCount(self, parent: _Index = _NO_PARENT) -> int:
        return 0 if parent.isValid() else len(self.lines)

    @override
    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.lines):
            return None
        line = self.lines[index.row()]
        if role in {Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole}:
            return line.spoken
        return line.key if role == Qt.ItemDataRole.UserRole else None

    @override
    def flags(self, index: _Index) -> Qt.ItemFlag:
        if index.isValid() and self.lines[index.row()].is_heading:
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def show(self, lines: Sequence[Line]) -> None:
        """Replace the rows; when the keys stay the same only changed rows are told."""
        if [line.key for line in lines] != [line.key for line in self.lines]:
            self.replace(lines)
            return
        changed = [row for row, line in enumerate(lines) if line != self.lines[row]]
        self.lines = list(lines)
        for row in changed:
            self.dataChanged.emit(self.index(row), self.index(row))

    def replace(self, lines: Sequence[Line]) -> None:
        """Replace the rows without looking at each; lines that are made when looked at stay so."""
        self.beginResetModel()
        self.lines = list(lines) if isinstance(lines, list | tuple) else lines
        self.endResetModel()


class _LineDelegate(QStyledItemDelegate):
    """Paints one row."""

    def __init__(self, parent: QObject, *, two_lines: bool) -> None:
        super().__init__(parent)
        self.two_lines = two_lines

    @override
    def sizeHint(self, option: QStyleOptionViewItem, index: _Index) -> QSize:
        height = option.fontMetrics.height()
        return QSize(80, height * 2 + 16 if self.two_lines else height + 12)

    @override
    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: _Index) -> None:
        model = index.model()
        if not isinstance(model, LineModel) or index.row() >= len(model.lines):
            return
        line = model.lines[index.row()]
        look = colors()
        box: QRect = option.rect
        state: QStyle.StateFlag = option.state
        painter.save()
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(box, QColor(look.selection))
            painter.fillRect(QRect(box.x(), box.y(), 3, box.height()), QColor(look.accent))
        inner = box.adjusted(10 + 18 * line.indent, 4, -10, -4)
        if line.is_heading:
            self._paint_heading(painter, box, line, option.font)
            painter.restore()
            return
        if index.row():
            painter.fillRect(QRect(box.x() + 10, box.y(), box.width() - 20, 1), QColor(look.window))
        self._paint_lines(painter, inner, line, option.font)
        painter.restore()

    def _paint_lines(self, painter: QPainter, inner: QRect, line: Line, font: QFont) -> None:
        look = colors()
        upper = QRect(inner)
        if self.two_lines:
            upper.setHeight(inner.height() // 2)
        painter.setFont(font)
        upper = self._paint_right(painter, upper, line)
        if self.two_lines:
            heavy = QFont(font)
            heavy.setBold(True)
            painter.setFont(heavy)
        painter.setPen(QColor(look.text))
        title = cut(painter.fontMetrics(), line.title, upper.width())
        painter.drawText(upper, _FLAGS, title)
        used = painter.fontMetrics().horizontalAdvance(title) + 12
        painter.setFont(font)
        painter.setPen(look.ink(line.tone) if line.tone is not None else QColor(look.muted))
        lower = QRect(inner.x(), upper.bottom() + 1, inner.width(), inner.height() - upper.height())
        if not self.two_lines:
            lower = upper.adjusted(used, 0, 0, 0)
        painter.drawText(lower, _FLAGS, cut(painter.fontMetrics(), line.detail, lower.width()))

    @staticmethod
    def _paint_heading(painter: QPainter, box: QRect, line: Line, font: QFont) -> None:
        look = colors()
        heavy = QFont(font)
        heavy.setBold(True)
        painter.setFont(heavy)
        painter.setPen(QColor(look.muted))
        low = QRect(box.x() + 10, box.bottom() - 24, box.width() - 20, 22)
        painter.drawText(low, _FLAGS, f"{line.title}  {line.detail}")
        painter.fillRect(QRect(low.x(), box.bottom(), low.width(), 1), QColor(look.border))

    @staticmethod
    def _paint_right(painter: QPainter, upper: QRect, line: Line) -> QRect:
        """Paint time and badge at the right end; return what is left for the title."""
        rest = QRect(upper)
        if line.aside:
            width = min(painter.fontMetrics().horizontalAdvance(line.aside) + 4, rest.width() // 2)
            painter.setPen(QColor(colors().muted))
            painter.drawText(QRect(rest.right() - width, rest.y(), width, rest.height()), _RIGHT, line.aside)
            rest.setRight(rest.right() - width - 8)
        if line.badge is not None and line.badge.word:
            width = min(badge_width(painter.fontMetrics(), line.badge), max(60, rest.width() // 2))
            paint_badge(
                painter, QRect(rest.right() - width, rest.y() - 2, width, rest.height() + 4), line.badge
            )
            rest.setRight(rest.right() - width - 8)
        return rest


class LineList(QListView):
    """A short list."""

    chosen = Signal(str)
    """The key of the current row."""
    opened = Signal(str)
    """Enter or a double click on a row."""

    def __init__(self, parent: QWidget | None = None, *, two_lines: bool = True, plain: bool = False) -> None:
        super().__init__(parent)
        self.lines = LineModel(self)
        self._empty = ""
        self.setModel(self.lines)
        self.setItemDelegate(_LineDelegate(self, two_lines=two_lines))
        self.setUniformItemSizes(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setProperty("plain", plain)
        self.activated.connect(lambda index: self.opened.emit(self.key_at(index.row())))

    def key_at(self, row: int) -> str:
        """Return the key of a row; empty when there is none."""
        return self.lines.lines[row].key if 0 <= row < len(self.lines.lines) else ""

    def current_key(self) -> str:
        """Return the key of the selected row; focus alone selects nothing."""
        selected = self.selectionModel().selectedIndexes()
        return self.key_at(selected[0].row()) if selected else ""

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Show rows; current row and scroll position stay with their keys."""
        kept, top = self.current_key(), self.verticalScrollBar().value()
        self.lines.show(lines)
        if kept and self.current_key() != kept:
            self.go_to(kept, quiet=True)
        self.verticalScrollBar().setValue(top)
        self.viewport().update()

    def show_many(self, lines: Sequence[Line]) -> None:
        """Show thousands of lines that are made when they are looked at; the list begins at its top."""
        self.lines.replace(lines)
        self.scrollToTop()

    def look_again(self) -> None:
        """Paint and tell what is on screen anew: the same rows say something else now."""
        height = self.viewport().height()
        first, last = self.indexAt(QPoint(4, 1)), self.indexAt(QPoint(4, height - 2))
        if first.isValid():
            end = last if last.isValid() else self.lines.index(len(self.lines.lines) - 1)
            self.lines.dataChanged.emit(first, end)
        self.viewport().update()

    def show_empty(self, words: str) -> None:
        """Choose the words of an empty list."""
        self._empty = words
        self.viewport().update()

    def go_to(self, key: str, *, quiet: bool = False) -> bool:
        """Make the row of a key current; `quiet` tells nobody. False when there is none."""
        for row, line in enumerate(self.lines.lines):
            if line.key == key and not line.is_heading:
                before = self.blockSignals(quiet)
                flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
                self.selectionModel().setCurrentIndex(self.lines.index(row), flags)
                self.blockSignals(before)
                return True
        return False

    def fit_height(self, most: int = 8) -> None:
        """Take just the height of the rows there are."""
        rows = min(most, len(self.lines.lines))
        height = rows * self.sizeHintForRow(0) if rows else self.fontMetrics().height() + 14
        self.setFixedHeight(height + 2 * self.frameWidth())

    @override
    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        key = self.current_key()
        if key:
            self.chosen.emit(key)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._empty and not self.lines.lines:
            painter = QPainter(self.viewport())
            painter.setPen(QColor(colors().muted))
            box = self.viewport().rect().adjusted(10, 8, -10, -4)
            flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(box, flags, self._empty)
            painter.end()

    @override
    def keyboardSearch(self, search: str) -> None:
        """Ignore typed letters: they are commands here."""
