"""SignInPage: shown while nobody is signed in. The browser does the signing in; this waits for it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cadence_desk.domain.orgs import WayIn
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.workplace import Workplace


_WORDS = {
    WayIn.BROWSER: "Your browser opens the sign-in page of {name}. Cadence Desk never sees your password.",
    WayIn.TOKEN: "The access token from the environment lets you in to {name} while Salesforce accepts it.",
    WayIn.KEY: "A statement signed with the key file lets you in to {name}.",
    WayIn.CLI: "The Salesforce CLI's login lets you in to {name}.",
}
_BUTTONS = {
    WayIn.BROWSER: "Sign in with the browser",
    WayIn.TOKEN: "Try again",
    WayIn.KEY: "Sign in with the key",
    WayIn.CLI: "Ask the Salesforce CLI",
}


class SignInPage(QWidget):
    """What to do before there is a list."""

    page_wanted = Signal(str)
    """Carries the address from the waiting thread to the window's thread."""

    def __init__(self, open_page: Callable[[str], None]) -> None:
        super().__init__()
        self.setObjectName("signInPage")
        self._place: Workplace | None = None
        self._address = ""
        self._open_page = open_page
        self.page_wanted.connect(self._open, Qt.ConnectionType.QueuedConnection)
        self.title = PlainLabel("Sign in to Salesforce", scale=1.6, bold=True)
        self.words = PlainLabel("", muted=True, wrap=True)
        self.begin = self._button("Sign in with the browser", "signInButton", primary=True)
        self.begin.clicked.connect(self.start)
        self.cancel = self._button("Cancel", "cancelSignInButton")
        self.cancel.clicked.connect(self._cancel)
        self.copy = self._button("Copy the address", "copySignInButton")
        self.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        self._lay_out()
        self.refresh()

    @staticmethod
    def _button(text: str, name: str, *, primary: bool = False) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setProperty("primary", primary)
        return button

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        card.setFixedWidth(440)
        rows = QVBoxLayout(card)
        rows.setContentsMargins(4 * GAP, 4 * GAP, 4 * GAP, 4 * GAP)
        rows.setSpacing(GAP + 4)
        rows.addWidget(self.title)
        rows.addWidget(self.words)
        rows.addSpacing(GAP)
        buttons = QHBoxLayout()
        buttons.setSpacing(GAP)
        for button in (self.begin, self.cancel, self.copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        rows.addLayout(buttons)
        middle = QHBoxLayout()
        middle.addStretch(1)
        middle.addWidget(card)
        middle.addStretch(1)
        whole = QVBoxLayout(self)
        whole.addStretch(2)
        whole.addLayout(middle)
        whole.addStretch(3)

    def attach(self, place: Workplace) -> None:
        """Sign in with this desk."""
        self._place = place
        self.refresh()

    def refresh(self, *, opening: bool = False) -> None:
        """Show where signing in stands; `opening` while the desk may still sign in by itself."""
        state = self._place.desk.sign_in.state if self._place is not None else ""
        waiting = state == "signing_in"
        name = self._place.desk.profile.name if self._place is not None else ""
        opening = (opening and not waiting) or self._place is None
        if opening:
            self.title.setText("Opening your desk…")
            self.words.setText("Reading what is stored on this computer.")
        elif waiting:
            self.title.setText("Waiting for the browser…")
            self.words.setText(
                "Sign in on the page that opened, then come back here. Nothing is typed into this window."
            )
        else:
            self.title.setText("Sign in to Salesforce")
            self.begin.setText(_BUTTONS[self._way_in()])
            kept = "Work that waits is kept until you are back."
            self.words.setText(f"{_WORDS[self._way_in()].format(name=name)} {kept}")
        self.begin.setVisible(not opening and not waiting)
        self.cancel.setVisible(waiting)
        self.copy.setVisible(waiting and bool(self._address))

    def _way_in(self) -> WayIn:
        return self._place.desk.profile.way_in if self._place is not None else WayIn.BROWSER

    def start(self) -> None:
        """Begin to sign in."""
        if self._place is None or self._place.desk.sign_in.state == "signing_in":
            return
        self._address = ""
        self._place.tasks.start(
            self,
            self._place.desk.sign_in.begin(self.page_wanted.emit),
            name="sign in",
            then="ended",
            failed="not_signed_in",
            sender=self.begin,
        )
        self.refresh()

    def ended(self, _value: object) -> None:
        """Signing in is over."""
        self.refresh()

    def not_signed_in(self, error: DeskError) -> None:
        """Tell why signing in did not work."""
        self.refresh()
        present_error(self, error)

    def _open(self, address: str) -> None:
        self._address = address
        self.refresh()
        self._open_page(address)

    def _cancel(self) -> None:
        if self._place is not None:
            self._place.desk.sign_in.cancel()
