"""QuietScrollBar: a scroll bar that keeps pictures of its groove and of its handle, and only puts them in place.

Drawing a bar anew costs a quarter of a turn of the wheel in Qt's own table. Called by kit.fast_table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QScrollBar, QWidget

from cadence_desk.domain.overriding import override

if TYPE_CHECKING:
    from PySide6.QtWidgets import QStyleOptionSlider

_LOOKS = frozenset(
    {
        QEvent.Type.StyleChange,
        QEvent.Type.PaletteChange,
        QEvent.Type.ActivationChange,
        QEvent.Type.LayoutDirectionChange,
    }
)


class QuietScrollBar(QScrollBar):
    """A vertical bar that looks as any other; while the mouse is on it, it is painted as any other."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._key: object = None
        self._groove = QPixmap()
        self._handle = QPixmap()

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        # setting up the styles' kinds costs 5 ms, and the first picture of a start shows no bar
        from PySide6.QtWidgets import QStyle, QStyleOptionSlider

        bar, part = QStyle.ComplexControl.CC_ScrollBar, QStyle.SubControl
        ratio = self.devicePixelRatioF()
        option = QStyleOptionSlider()
        self.initStyleOption(option)
        handle = self.style().subControlRect(bar, option, part.SC_ScrollBarSlider, self)
        if self.underMouse() or self.isSliderDown() or handle.isEmpty() or not ratio.is_integer():
            super().paintEvent(event)
            return
        key = (self.width(), self.height(), handle.width(), handle.height(), ratio, self.isEnabled())
        if key != self._key:
            self._key = key
            option.subControls = part.SC_All & ~part.SC_ScrollBarSlider
            self._groove = self._drawn(option, self.rect(), ratio)
            option.subControls = part.SC_All
            self._handle = self._drawn(option, handle, ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._groove)
        painter.drawPixmap(handle.topLeft(), self._handle)

    @override
    def changeEvent(self, event: QEvent) -> None:
        if event.type() in _LOOKS:
            self._key = None
        super().changeEvent(event)

    def _drawn(self, option: QStyleOptionSlider, part: QRect, ratio: float) -> QPixmap:
        """Return a part of the bar as the style draws it."""
        from PySide6.QtWidgets import QStyle

        picture = QPixmap(part.size() * ratio)
        picture.setDevicePixelRatio(ratio)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        painter.translate(-part.topLeft())
        self.style().drawComplexControl(QStyle.ComplexControl.CC_ScrollBar, option, painter, self)
        painter.end()
        return picture
