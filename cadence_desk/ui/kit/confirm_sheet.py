"""ConfirmSheet: shows what is about to happen and does it only when that is wanted. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget


class ConfirmSheet(Sheet):
    """One question; `accepted` means yes."""

    def __init__(self, title: str, words: str, yes: str, parent: QWidget | None) -> None:
        super().__init__(title, parent, QSize(520, 220))
        self.setObjectName("confirmSheet")
        self.words = PlainLabel(words, wrap=True)
        self.content.addWidget(self.words, 1)
        self.buttons.addStretch(1)
        self.add_button("Cancel", "cancelConfirmButton", self.reject)
        self.yes = self.add_button(yes, "confirmButton", self.accept, primary=True)
        self.yes.setDefault(True)
        self.yes.setFocus()
