"""KeyFieldPage: how an admin gives calls a unique key, to read and to copy. Opened by a command."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cadence_desk.domain.key_field import key_field_page
from cadence_desk.ui.kit.sheet import Sheet


class KeyFieldPage(Sheet):
    """A page to read and to copy from."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("For admins: a unique key for every call", parent, QSize(860, 560))
        self.setObjectName("keyFieldPage")
        self.show_sub("One field on Activity. The files to deploy: cadence-desk org key-field --to FOLDER")
        self.text = QPlainTextEdit(key_field_page())
        self.text.setObjectName("keyFieldText")
        self.text.setAccessibleName("How to add the field")
        self.text.setReadOnly(True)
        self.content.addWidget(self.text)
        self.add_button("Copy all", "copyKeyFieldButton", self._copy)
        self.buttons.addStretch(1)
        self.add_button("Close", "closeKeyFieldButton", self.reject, primary=True)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
