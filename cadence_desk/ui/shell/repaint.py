"""Brings the colors of a new look to what carries its own: labels and icons. Called when the look changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from cadence_desk.ui.kit.icons import icon
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import colors

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton


def repaint_colors(top: QWidget) -> None:
    """Refresh everything below a window."""
    for label in top.findChildren(PlainLabel):
        label.refresh_colors()
    for button in top.findChildren(QPushButton):
        _refresh_icon(button)
    for widget in top.findChildren(QWidget):
        widget.update()


def _refresh_icon(button: QAbstractButton) -> None:
    glyph = button.property("glyph")
    if isinstance(glyph, str) and glyph:
        look = colors()
        button.setIcon(icon(glyph, look.accent_text if button.property("primary") else look.text))
