"""BadgePictures: badges drawn once on the ground of a row, and from then on only put in place.

A badge costs as much as twenty texts: antialiasing, a path and a word. Called by kit.row_painter.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPixmap

from cadence_desk.ui.kit.shapes import badge_width, paint_badge

if TYPE_CHECKING:
    from PySide6.QtGui import QColor

    from cadence_desk.ui.kit.shapes import Badge

_MOST = 300
"""Pictures that are kept: some 10 KB each, 40 KB on a screen of twice the points."""


class BadgePictures:
    """The badges of one list, for one look, one font and one screen."""

    def __init__(self) -> None:
        self._made_for: tuple[object, ...] = ()
        self._pictures: dict[tuple[Badge, int, int], QPixmap] = {}

    def use(self, *made_for: object) -> None:
        """Forget the pictures when what they were made for changed."""
        if made_for != self._made_for:
            self._made_for = made_for
            self._pictures.clear()

    def paint(self, painter: QPainter, box: QRect, badge: Badge, ground: QColor | None) -> None:
        """Paint a badge; `ground` is the color that lies below, None when it is one of many."""
        if not badge.word:
            return
        ratio = painter.device().devicePixelRatioF()
        if ground is None or not ratio.is_integer():  # a picture between two points would be blurred
            paint_badge(painter, box, badge)
            return
        key = (badge, box.width(), ground.rgba())
        picture = self._pictures.get(key)
        if picture is None:
            if len(self._pictures) >= _MOST:
                self._pictures.clear()
            picture = self._pictures[key] = _drawn(painter, box, badge, ground)
        painter.drawPixmap(box.topLeft(), picture)


def _drawn(like: QPainter, box: QRect, badge: Badge, ground: QColor) -> QPixmap:
    """Return a badge on its ground, drawn as the painter of the list would."""
    ratio = like.device().devicePixelRatioF()
    width = max(1, min(badge_width(like.fontMetrics(), badge), box.width()))
    picture = QPixmap(round(width * ratio), round(box.height() * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(ground)
    painter = QPainter(picture)
    painter.setFont(like.font())
    paint_badge(painter, QRect(0, 0, box.width(), box.height()), badge)
    painter.end()
    return picture
