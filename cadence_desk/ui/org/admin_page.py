"""AdminPage: how an admin lets Cadence Desk into an org, in eight lines, and an org file to copy. Opened by a command."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from cadence_desk.domain.admin_help import ORG_FILE, admin_page
from cadence_desk.ui.kit.sheet import Sheet


class AdminPage(Sheet):
    """A page to read and to copy from."""

    def __init__(self, parent: QWidget | None) -> None:
        super().__init__("For admins: let Cadence Desk into your org", parent, QSize(860, 560))
        self.setObjectName("adminPage")
        self.show_sub("An external client app, made once in Setup. Nothing here is secret.")
        self.text = QPlainTextEdit(admin_page())
        self.text.setObjectName("adminText")
        self.text.setAccessibleName("How to make the app")
        self.text.setReadOnly(True)
        self.content.addWidget(self.text)
        self.add_button("Copy all", "copyAdminButton", lambda: _copy(self.text.toPlainText()))
        self.add_button("Copy the org file", "copyOrgFileButton", lambda: _copy(ORG_FILE))
        self.buttons.addStretch(1)
        self.add_button("Close", "closeAdminButton", self.reject, primary=True)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
