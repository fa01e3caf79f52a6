"""BadgeLabel: one badge as a widget, with its word as accessible name. Called by screens with a detail side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QSizePolicy, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.shapes import Badge, badge_width, paint_badge

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent


class BadgeLabel(QWidget):
    """One badge."""

    def __init__(self) -> None:
        super().__init__()
        self._badge = Badge("")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    @property
    def word(self) -> str:
        """What it says."""
        return self._badge.word

    def show_badge(self, badge: Badge) -> None:
        """Show another one."""
        self._badge = badge
        self.setAccessibleName(badge.word)
        self.updateGeometry()
        self.update()

    @override
    def sizeHint(self) -> QSize:
        return QSize(badge_width(self.fontMetrics(), self._badge), self.fontMetrics().height() + 8)

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_badge(painter, QRect(0, 0, self.width(), self.height()), self._badge)
        painter.end()
