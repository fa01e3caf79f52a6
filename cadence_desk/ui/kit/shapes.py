"""Badges: a shape, a word and a color, so that no state is told by color alone. Painted by hand.

Called by lists, cards and the connection chip.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPainterPath, QPen, QPolygonF, QStaticText

from cadence_desk.ui.kit.theme import Tone, colors

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QRect


_KEPT_CUTS = 10_000
_KEPT_WIDTHS = 60
_KEPT_LAID_OUT = 2_000
_LONGEST = 400


class Shape(Enum):
    """Shapes that stay apart at ten pixels and without color."""

    DOT = "dot"
    RING = "ring"
    PLAY = "play"
    BARS = "bars"
    SQUARE = "square"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    CROSS = "cross"
    CHECK = "check"
    CLOCK = "clock"
    ARROWS = "arrows"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Badge:
    """What stands for a state."""

    word: str
    shape: Shape = Shape.DOT
    tone: Tone = Tone.NEUTRAL


def _dot(box: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addEllipse(box.adjusted(1, 1, -1, -1))
    return path


def _square(box: QRectF) -> QPainterPath:
    path = QPainterPath()
    path.addRoundedRect(box.adjusted(1, 1, -1, -1), 1.5, 1.5)
    return path


def _polygon(*points: tuple[float, float]) -> Callable[[QRectF], QPainterPath]:
    def build(box: QRectF) -> QPainterPath:
        path = QPainterPath()
        corners = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in points]
        path.addPolygon(QPolygonF(corners))
        path.closeSubpath()
        return path

    return build


def _bars(box: QRectF) -> QPainterPath:
    path = QPainterPath()
    width = box.width() * 0.28
    path.addRoundedRect(box.x() + box.width() * 0.14, box.y() + 1, width, box.height() - 2, 1, 1)
    path.addRoundedRect(box.x() + box.width() * 0.58, box.y() + 1, width, box.height() - 2, 1, 1)
    return path


_FILLED: dict[Shape, Callable[[QRectF], QPainterPath]] = {
    Shape.DOT: _dot,
    Shape.SQUARE: _square,
    Shape.BARS: _bars,
    Shape.PLAY: _polygon((0.15, 0.05), (0.95, 0.5), (0.15, 0.95)),
    Shape.DIAMOND: _polygon((0.5, 0), (1, 0.5), (0.5, 1), (0, 0.5)),
    Shape.TRIANGLE: _polygon((0.5, 0.05), (1, 0.95), (0, 0.95)),
}

_STROKES: dict[Shape, tuple[tuple[tuple[float, float], ...], ...]] = {
    Shape.CROSS: (((0.15, 0.15), (0.85, 0.85)), ((0.85, 0.15), (0.15, 0.85))),
    Shape.CHECK: (((0.1, 0.55), (0.4, 0.85), (0.92, 0.18)),),
    Shape.ARROWS: (
        ((0.1, 0.35), (0.9, 0.35), (0.65, 0.1)),
        ((0.9, 0.7), (0.1, 0.7), (0.35, 0.95)),
    ),
}


def paint_shape(painter: QPainter, box: QRectF, shape: Shape, color: QColor) -> None:
    """Paint one shape into a square box."""
    filled = _FILLED.get(shape)
    if filled is not None:
        painter.fillPath(filled(box), color)
        return
    pen = QPen(color, max(1.6, box.width() * 0.17))
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    if shape in {Shape.RING, Shape.CLOCK}:
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))
    if shape is Shape.CLOCK:
        center = box.center()
        painter.drawLine(center, QPointF(center.x(), box.y() + box.height() * 0.28))
        painter.drawLine(center, QPointF(box.x() + box.width() * 0.7, center.y()))
    for line in _STROKES.get(shape, ()):
        points = [QPointF(box.x() + x * box.width(), box.y() + y * box.height()) for x, y in line]
        painter.drawPolyline(points)


class TextFitter:
    """Cuts texts to widths and remembers the cuts, because measuring text is most of the cost of a cell."""

    def __init__(self) -> None:
        self._font = ""
        self._cuts: dict[int, dict[str, str]] = {}
        self._laid_out: dict[str, QStaticText] = {}

    def cuts(self, width: int) -> dict[str, str]:
        """Return the cuts made for a width."""
        found = self._cuts.setdefault(width, {})
        if len(found) > _KEPT_CUTS or len(self._cuts) > _KEPT_WIDTHS:
            self._cuts.clear()
            found = self._cuts[width] = {}
        return found

    def fit(self, painter: QPainter, text: str, width: int) -> str:
        """Return the text with an ellipsis where it is too wide; only the start of very long texts is looked at."""
        known = self.cuts(width)
        found = known.get(text)
        if found is None:
            found = known[text] = cut(painter.fontMetrics(), text, width)
        return found

    def use_font(self, key: str) -> None:
        """Forget the cuts when the font changed."""
        if key != self._font:
            self._font = key
            self._cuts.clear()
            self._laid_out.clear()

    def laid_out(self) -> dict[str, QStaticText]:
        """Return the cut texts that were painted before, ready to be painted again."""
        if len(self._laid_out) > _KEPT_LAID_OUT:
            self._laid_out.clear()
        return self._laid_out

    def lay_out(self, shown: str) -> QStaticText | None:
        """Keep a cut text ready; None when it must be painted as it is, such as one with control characters."""
        if not shown.isprintable():
            return None
        made = self._laid_out[shown] = QStaticText(shown)
        made.setTextFormat(Qt.TextFormat.PlainText)
        return made


def cut(metrics: QFontMetrics, text: str, width: int) -> str:
    """Return one line of text that fits a width."""
    short = text[:_LONGEST].replace("\n", " ")
    if metrics.horizontalAdvance(short) <= width:
        return short
    return metrics.elidedText(short, Qt.TextElideMode.ElideRight, max(width, 0))


def badge_width(metrics: QFontMetrics, badge: Badge) -> int:
    """Return how wide a badge is when nothing cuts it."""
    return metrics.horizontalAdvance(badge.word) + 30


def paint_badge(painter: QPainter, box: QRect, badge: Badge) -> None:
    """Paint a rounded badge at the left of a box, cut to its width."""
    if not badge.word:
        return
    look = colors()
    ink = look.ink(badge.tone)
    height = min(20, box.height() - 4)
    width = min(badge_width(painter.fontMetrics(), badge), box.width())
    top = box.y() + (box.height() - height) / 2
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QColor(ink)
    edge.setAlpha(70)  # keeps a badge apart from a selected row of a like color
    painter.setPen(QPen(edge, 1))
    painter.setBrush(look.fill(badge.tone))
    painter.drawRoundedRect(QRectF(box.x() + 0.5, top + 0.5, width - 1, height - 1), height / 2, height / 2)
    side = 9.0
    paint_shape(painter, QRectF(box.x() + 8, top + (height - side) / 2, side, side), badge.shape, ink)
    painter.setPen(ink)
    words = QRectF(box.x() + 21, top, width - 27, height)
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextSingleLine
    painter.drawText(words, flags, cut(painter.fontMetrics(), badge.word, int(words.width()) + 1))
    painter.restore()
