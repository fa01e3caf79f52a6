"""CommandPage: what is done in a terminal while the window is closed: the exact commands, to read and to copy.

Opened by commands of launch; knows nothing of what the commands do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton

from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

_COPY, _COPIED = "Copy", "Copied"


@dataclass(frozen=True, slots=True)
class TerminalCommand:
    """One command, and what it does in a sentence."""

    words: str
    command: str


class CommandPage(Sheet):
    """Commands, each with a button that copies it."""

    def __init__(
        self, title: str, why: str, offers: Sequence[TerminalCommand], parent: QWidget | None
    ) -> None:
        super().__init__(title, parent, QSize(760, 320))
        self.setObjectName("commandPage")
        self.content.addWidget(PlainLabel(why, muted=True, wrap=True))
        self.copies: list[QPushButton] = []
        for one in offers:
            self._add(one)
        self.content.addStretch(1)
        self.buttons.addStretch(1)
        self.add_button("Close", "closeCommandPageButton", self.reject, primary=True)
        if self.copies:
            self.copies[0].setFocus()

    def _add(self, one: TerminalCommand) -> None:
        number = len(self.copies) + 1
        words = PlainLabel(one.words, wrap=True)
        field = QLineEdit(one.command)
        field.setObjectName(f"command{number}")
        field.setReadOnly(True)
        field.setCursorPosition(0)
        field.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        field.setAccessibleName(one.words)
        copy = QPushButton(_COPY)
        copy.setObjectName(f"copyCommand{number}Button")
        copy.setAutoDefault(False)
        copy.setAccessibleName(f"Copy the command {one.command}")
        copy.clicked.connect(partial(self._copy, one.command, copy))
        self.copies.append(copy)
        row = QHBoxLayout()
        row.setSpacing(GAP)
        row.addWidget(field, 1)
        row.addWidget(copy)
        self.content.addWidget(words)
        self.content.addLayout(row)

    def _copy(self, command: str, pressed: QPushButton) -> None:
        QGuiApplication.clipboard().setText(command)
        for button in self.copies:
            button.setText(_COPIED if button is pressed else _COPY)
