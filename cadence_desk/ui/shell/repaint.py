"""Brings the colors of a new look to what carries its own: icons, and what paints itself. Called by MainWindow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QPushButton, QWidget

from cadence_desk.ui.kit.icons import icon
from cadence_desk.ui.kit.theme import colors

if TYPE_CHECKING:
    from PySide6.QtWidgets import QAbstractButton


def repaint_colors(top: QWidget) -> None:
    """Refresh everything below a window."""
    for button in top.findChildren(QPushButton):
        _refresh_icon(button)
    for widget in top.findChildren(QWidget):
        widget.update()


def _refresh_icon(button: QAbstractButton) -> None:
    glyph = button.property("glyph")
    if isinstance(glyph, str) and glyph:
        look = colors()
        button.setIcon(icon(glyph, look.accent_text if button.property("primary") else look.text))
