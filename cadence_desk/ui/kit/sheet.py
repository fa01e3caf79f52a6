"""Sheet: the frame of every dialog: heading, banners, content, buttons. Fits a 1024 by 640 screen.

Opened with `open()`, never executed (bridge rules). Base of the dialogs of all features.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from cadence_desk.ui.kit.banner_bar import BannerBar
from cadence_desk.ui.kit.plain_label import ElidedLabel, PlainLabel
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

LARGEST = QSize(960, 600)


class Sheet(QDialog):
    """A dialog over the main window."""

    def __init__(self, title: str, parent: QWidget | None, size: QSize) -> None:
        super().__init__(parent)
        self.setWindowTitle(title[:120])
        self.setModal(True)
        self.heading = ElidedLabel(title, scale=1.3, bold=True)
        self.sub = ElidedLabel(muted=True)
        self.sub.hide()
        self.bar = BannerBar(self)
        self.content = QVBoxLayout()
        self.content.setSpacing(GAP)
        self.buttons = QHBoxLayout()
        self.buttons.setSpacing(GAP)
        inner = QVBoxLayout()
        inner.setContentsMargins(2 * GAP, 2 * GAP, 2 * GAP, 2 * GAP)
        inner.setSpacing(GAP)
        inner.addWidget(self.heading)
        inner.addWidget(self.sub)
        inner.addLayout(self.content, 1)
        inner.addLayout(self.buttons)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.bar)
        whole.addLayout(inner, 1)
        self.resize(size.boundedTo(LARGEST))

    def show_sub(self, text: str) -> None:
        """Show a second line under the heading."""
        self.sub.setText(text)
        self.sub.setVisible(bool(text))

    def add_button(
        self,
        text: str,
        name: str,
        pressed: Callable[[], object],
        *,
        primary: bool = False,
        danger: bool = False,
    ) -> QPushButton:
        """Add a button to the bottom row; the primary one answers Ctrl+Enter too."""
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("primary", primary and not danger)
        button.setProperty("danger", danger)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: pressed())
        self.buttons.addWidget(button)
        if primary:
            for keys in ("Ctrl+Return", "Ctrl+Enter"):
                shortcut = QShortcut(QKeySequence(keys), self)
                shortcut.activated.connect(button.click)
        return button


def field_label(text: str, buddy: QWidget) -> QLabel:
    """Return a label for a field; the field gets its words as accessible name."""
    label = PlainLabel(text, muted=True)
    label.setBuddy(buddy)
    if not buddy.accessibleName():
        buddy.setAccessibleName(text)
    return label


def stacked(text: str, field: QWidget) -> QVBoxLayout:
    """Return a field with its label above."""
    rows = QVBoxLayout()
    rows.setSpacing(3)
    rows.addWidget(field_label(text, field), 0, Qt.AlignmentFlag.AlignLeft)
    rows.addWidget(field)
    return rows
