"""ConnectionSheet: where an org's change events come from and which extra authority is trusted for it.

Opened by launch, which keeps what is entered and opens the org anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, stacked

if TYPE_CHECKING:
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.orgs import OrgProfile

_WORDS = (
    "Leave both as they are unless an admin says otherwise. The authority is trusted for this org only, by the sign-in, "
    "the data calls and the event stream alike. The desk opens the org anew with what you enter."
)


class ConnectionSheet(Sheet):
    """Two fields."""

    wanted = Signal(str, str)
    """The events endpoint and the path of the authority, as entered."""

    def __init__(self, profile: OrgProfile, parent: QWidget | None) -> None:
        super().__init__(f"Connection settings of {profile.name}", parent, QSize(560, 320))
        self.setObjectName("connectionSheet")
        self.show_sub(profile.login_url)
        self.endpoint = QLineEdit(profile.events_endpoint)
        self.endpoint.setObjectName("eventsEndpointField")
        self.authority = QLineEdit(profile.extra_ca)
        self.authority.setObjectName("extraAuthorityField")
        self.authority.setPlaceholderText("none")
        self.content.addLayout(stacked("Events endpoint (host and port)", self.endpoint))
        self.content.addLayout(stacked("Extra certificate authority (PEM file)", self.authority))
        self.content.addWidget(PlainLabel(_WORDS, muted=True, wrap=True))
        self.content.addStretch(1)
        self.buttons.addStretch(1)
        self.add_button("Close", "closeConnectionButton", self.reject)
        self.add_button("Save and open anew", "saveConnectionButton", self._save, primary=True)

    def _save(self) -> None:
        self.wanted.emit(self.endpoint.text(), self.authority.text())

    def kept(self, _value: object) -> None:
        """The settings are kept; the org is opened anew."""
        self.accept()

    def failed(self, error: DeskError) -> None:
        """Say what is wrong with them."""
        self.bar.show_error(error)
