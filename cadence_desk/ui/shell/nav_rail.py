"""NavRail: the screens, at the left edge: icon, word and a count where there is something to look at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QVBoxLayout, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.icons import paint_icon
from cadence_desk.ui.kit.theme import GAP, Tone, colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

_SIZE = QSize(88, 64)


class NavButton(QAbstractButton):
    """One entry of the rail."""

    def __init__(self, name: str, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.name = name
        self.count = 0
        self.alarming = False
        self.setText(title)
        self.setObjectName(f"nav{title}")
        self.setCheckable(True)
        self.setAccessibleName(title)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setFixedSize(_SIZE)

    def show_count(self, count: int, *, alarming: bool) -> None:
        """Show how much there is to look at; 0 shows nothing."""
        if (count, alarming) != (self.count, self.alarming):
            self.count, self.alarming = count, alarming
            self.setAccessibleName(f"{self.text()}, {count}" if count else self.text())
            self.update()

    @override
    def sizeHint(self) -> QSize:
        return _SIZE

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        look = colors()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.rect().adjusted(6, 3, -6, -3)
        if self.isChecked():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(look.selection))
            painter.drawRoundedRect(box, 8, 8)
        if self.hasFocus():
            painter.setPen(QColor(look.accent))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box, 8, 8)
        ink = QColor(look.accent if self.isChecked() else look.muted)
        paint_icon(painter, QRectF(self.width() / 2 - 11, 10, 22, 22), self.name, ink)
        painter.setPen(QColor(look.text if self.isChecked() else look.muted))
        painter.drawText(QRect(0, 36, self.width(), 20), Qt.AlignmentFlag.AlignCenter, self.text())
        if self.count:
            self._paint_count(painter)

    def _paint_count(self, painter: QPainter) -> None:
        look = colors()
        tone = Tone.BAD if self.alarming else Tone.INFO
        small = QFont(self.font())
        small.setPointSizeF(max(6.5, small.pointSizeF() * 0.85))
        small.setBold(True)
        painter.setFont(small)
        text = str(self.count) if self.count < 1000 else "999+"
        width = max(18, painter.fontMetrics().horizontalAdvance(text) + 10)
        box = QRect(self.width() // 2 + 5, 5, width, 17)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.fill(tone))
        painter.drawRoundedRect(box, 8, 8)
        painter.setPen(look.ink(tone))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)


class NavRail(QWidget):
    """The rail."""

    chosen = Signal(str)

    def __init__(self, entries: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("rail")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(_SIZE.width() + 1)
        self._group = QButtonGroup(self)
        self._empty: set[str] = set()
        self.buttons: dict[str, NavButton] = {}
        rows = QVBoxLayout(self)
        rows.setContentsMargins(0, GAP, 0, GAP)
        rows.setSpacing(2)
        for name, title in entries:
            button = NavButton(name, title, self)
            button.clicked.connect(lambda _checked=False, wanted=name: self.chosen.emit(wanted))
            self._group.addButton(button)
            self.buttons[name] = button
            rows.addWidget(button)
        rows.addStretch(1)

    def mark(self, name: str) -> None:
        """Show which screen is open."""
        self.buttons[name].setChecked(True)
        for hidden in self._empty:
            self.buttons[hidden].setVisible(hidden == name)

    def show_when(self, name: str, *, wanted: bool) -> None:
        """Show an entry only while there is something to see; the open screen keeps its entry."""
        if wanted:
            self._empty.discard(name)
        else:
            self._empty.add(name)
        self.buttons[name].setVisible(wanted or self.buttons[name].isChecked())
