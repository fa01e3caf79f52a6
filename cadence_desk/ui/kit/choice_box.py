"""ChoiceBox, MomentField and TickBox: fields with the marks of this program, right in light and dark."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QDateTime, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QCheckBox, QComboBox, QDateTimeEdit, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.icons import paint_icon
from cadence_desk.ui.kit.theme import colors

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

_ARROW = 14


def _paint_arrow(widget: QWidget) -> None:
    painter = QPainter(widget)
    look = colors()
    box = QRectF(widget.width() - _ARROW - 8, (widget.height() - _ARROW) / 2, _ARROW, _ARROW)
    paint_icon(painter, box, "down", QColor(look.text if widget.isEnabled() else look.muted))
    painter.end()


class ChoiceBox(QComboBox):
    """A combo box."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrow(self)


class MomentField(QDateTimeEdit):
    """A date and a time, with a calendar."""

    def __init__(self, moment: QDateTime, parent: QWidget | None = None) -> None:
        super().__init__(moment, parent)
        self.setCalendarPopup(True)
        self.setDisplayFormat("ddd d MMM yyyy  HH:mm")

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _paint_arrow(self)


class TickBox(QCheckBox):
    """A check box."""

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self.isChecked():
            painter = QPainter(self)
            box = QRectF(2, (self.height() - 14) / 2, 14, 14)
            paint_icon(painter, box, "check", QColor(colors().accent_text))
            painter.end()
