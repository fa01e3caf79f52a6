"""Icons drawn with a pen: no icon library, no image files, right in every color and size.

Called by the rail, buttons and the palette. Each icon is a few strokes on a 24 by 24 grid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QIcon, QPainter, QPen, QPixmap

if TYPE_CHECKING:
    from collections.abc import Sequence

_Line = tuple[tuple[float, float], ...]

_LINES: dict[str, Sequence[_Line]] = {
    "trackers": (((3, 16), (8, 9), (13, 14), (21, 5)), ((15, 5), (21, 5), (21, 11))),
    "cadences": (((6, 6), (6, 18)), ((6, 12), (15, 12), (15, 6)), ((15, 12), (15, 18))),
    "outbox": (
        ((3, 13), (8, 13), (10, 16), (14, 16), (16, 13), (21, 13)),
        ((12, 11), (12, 3)),
        ((8, 6), (12, 3), (16, 6)),
        ((3, 13), (3, 20), (21, 20), (21, 13)),
    ),
    "readiness": (
        ((5, 4), (19, 4), (19, 21), (5, 21), (5, 4)),
        ((9, 2.5), (15, 2.5)),
        ((8, 13), (11, 16), (16, 9.5)),
    ),
    "activity": (((2, 12), (7, 12), (10, 4), (14, 20), (17, 12), (22, 12)),),
    "plus": (((12, 5), (12, 19)), ((5, 12), (19, 12))),
    "pause": (((8, 5), (8, 19)), ((16, 5), (16, 19))),
    "play": (((7, 4), (19, 12), (7, 20), (7, 4)),),
    "cross": (((6, 6), (18, 18)), ((18, 6), (6, 18))),
    "check": (((4, 13), (10, 19), (20, 6)),),
    "skip": (((5, 5), (14, 12), (5, 19), (5, 5)), ((18, 5), (18, 19))),
    "undo": (((8, 5), (4, 9), (8, 13)), ((4, 9), (15, 9), (19, 13), (15, 18), (9, 18))),
    "down": (((6, 9), (12, 15), (18, 9)),),
    "hand_over": (
        ((3, 8), (20, 8)),
        ((16, 4), (20, 8), (16, 12)),
        ((21, 17), (4, 17)),
        ((8, 13), (4, 17), (8, 21)),
    ),
    "phone": (
        ((7, 3), (10, 8), (8, 10), (14, 16), (16, 14), (21, 17), (19, 21), (13, 20), (4, 11), (3, 5), (7, 3)),
    ),
    "more": (),
}

_CIRCLES: dict[str, Sequence[tuple[float, float, float]]] = {
    "people": ((9, 8, 3.6), (17, 9, 2.6)),
    "search": ((10.5, 10.5, 6),),
    "cadences": ((6, 4.5, 1.8), (6, 19.5, 1.8), (15, 4.5, 1.8), (15, 19.5, 1.8)),
    "clock": ((12, 12, 8.5),),
    "more": ((6, 12, 1.2), (12, 12, 1.2), (18, 12, 1.2)),
    "flag": (),
}

_MORE_LINES: dict[str, Sequence[_Line]] = {
    "people": (((2, 20), (3, 16), (6, 14), (12, 14), (15, 16), (16, 20)), ((17, 14), (20, 15), (22, 19))),
    "search": (((15, 15), (21, 21)),),
    "clock": (((12, 7), (12, 12), (16, 14)),),
    "flag": (((6, 21), (6, 3)), ((6, 4), (18, 4), (15, 8.5), (18, 13), (6, 13))),
}


def paint_icon(painter: QPainter, box: QRectF, name: str, color: QColor) -> None:
    """Paint an icon into a square box; an unknown name paints nothing."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(box.topLeft())
    painter.scale(box.width() / 24, box.height() / 24)
    pen = QPen(color, 1.9)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for line in (*_LINES.get(name, ()), *_MORE_LINES.get(name, ())):
        painter.drawPolyline([QPointF(x, y) for x, y in line])
    for x, y, radius in _CIRCLES.get(name, ()):
        painter.drawEllipse(QPointF(x, y), radius, radius)
    painter.restore()


def icon(name: str, color: str, size: int = 18) -> QIcon:
    """Return an icon in one color, sharp at one and two pixels per point."""
    made = QIcon()
    for ratio in (1, 2):
        pixmap = QPixmap(size * ratio, size * ratio)
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        paint_icon(painter, QRectF(0, 0, size, size), name, QColor(color))
        painter.end()
        made.addPixmap(pixmap)
    return made


def window_icon() -> QIcon:
    """Return the program's own icon: a rising cadence on a blue square."""
    made = QIcon()
    for size in (16, 32, 64, 128):
        pixmap = QPixmap(size, size)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("#2760D3"))
        painter.drawRoundedRect(QRectF(0, 0, size, size), size * 0.22, size * 0.22)
        paint_icon(
            painter, QRectF(size * 0.14, size * 0.14, size * 0.72, size * 0.72), "trackers", QColor("white")
        )
        painter.end()
        made.addPixmap(pixmap)
    return made
