"""PlainLabel: the only label of this program. Text from data is never read as rich text.

A default QLabel guesses: 17 nested tables in a name block it for seconds, and an image tag reads files
(reliability notes, plain text everywhere).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.shapes import cut
from cadence_desk.ui.kit.theme import Tone, colors, font_of

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QWidget

_LONGEST = 4_000
_LONGEST_TIP = 500


def plain_tip(text: str) -> str:
    """Return a text for a tool tip, which Qt would otherwise take for rich text where it looks like that."""
    from html import escape  # the start shows no such text

    short = text[:_LONGEST_TIP]
    return f"<qt>{escape(short)}</qt>" if "<" in short else short


class PlainLabel(QLabel):
    """A label that shows its text letter by letter; long texts are cut, not laid out."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        muted: bool = False,
        scale: float = 1.0,
        bold: bool = False,
        wrap: bool = False,
    ) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)
        if scale != 1.0 or bold:
            font_of(self, scale=scale, bold=bold)
        self._tone: Tone | None = None
        self._ink = "muted" if muted else "text"
        self.setText(text)
        self.refresh_colors()

    @override
    def setText(self, text: str) -> None:
        super().setText(text[:_LONGEST])

    def set_tone(self, tone: Tone | None) -> None:
        """Color the words; None goes back to the normal color."""
        self._tone = tone
        self.refresh_colors()

    def set_ink(self, name: str) -> None:
        """Choose the normal color by its name in the theme."""
        self._ink = name
        self.refresh_colors()

    def refresh_colors(self) -> None:
        """Take the colors of the look in force."""
        look = colors()
        color = look.ink(self._tone) if self._tone is not None else QColor(str(getattr(look, self._ink)))
        palette = self.palette()
        if palette.color(self.foregroundRole()) != color:
            palette.setColor(QPalette.ColorRole.WindowText, color)
            self.setPalette(palette)

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # the look may be chosen after the label was made
        if event.type() in {QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange}:
            self.refresh_colors()


class ElidedLabel(PlainLabel):
    """One line that is cut with an ellipsis where its place ends; the whole text is its accessible name."""

    def __init__(
        self,
        text: str = "",
        parent: QWidget | None = None,
        *,
        muted: bool = False,
        scale: float = 1.0,
        bold: bool = False,
    ) -> None:
        self._whole = ""
        super().__init__("", parent, muted=muted, scale=scale, bold=bold)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setText(text)

    @property
    def whole_text(self) -> str:
        """The text before it was cut."""
        return self._whole

    @override
    def setText(self, text: str) -> None:
        self._whole = text
        self.setAccessibleName(text[:_LONGEST])
        self._show_cut()

    @override
    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    @override
    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_cut()

    def _show_cut(self) -> None:
        QLabel.setText(self, cut(self.fontMetrics(), self._whole, self.width()))
