"""OrgActs: commands about the org: open in the browser, read now, sign in and out. Called by the command list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.subject import subject_of

if TYPE_CHECKING:
    from cadence_desk.ui.shell.frame import WindowFrame


class OrgActs(QObject):
    """What is done with the org itself."""

    def __init__(self, frame: WindowFrame) -> None:
        super().__init__(frame)
        self._frame = frame
        frame.strip.chip.clicked.connect(self.tell_connection)

    def open_in_org(self) -> None:
        """Open the selected person in the browser: nothing is written."""
        place, subject = self._frame.place, subject_of(self._frame)
        if place is not None and place.desk.identity is not None and subject.target_ids:
            self._frame.open_page(f"{place.desk.identity.instance_url}/{subject.target_ids[0]}")

    def why_not_open_in_org(self) -> str:
        """Return why nothing can be opened."""
        place = self._frame.place
        if place is None or place.desk.identity is None:
            return "Sign in first."
        return "" if subject_of(self._frame).target_ids else "Select a person first."

    def refresh(self) -> None:
        """Catch up with the org now."""
        place = self._frame.place
        if place is not None:
            place.tasks.start(self, place.desk.refresh(), name="read now")

    def read_everything(self) -> None:
        """Read every list in full: also what was deleted for good disappears then."""
        place = self._frame.place
        if place is not None:
            place.tasks.start(self, place.desk.read_everything(), name="read everything", then="told")

    def told(self, words: str) -> None:
        """Say what goes on."""
        self._frame.bar.clear("NOTICE-READ")
        self._frame.bar.tell("NOTICE-READ", "Reading everything again", words, tone=Tone.INFO)

    def tell_connection(self) -> None:
        """Say how the connection stands, and when everything was read last."""
        place = self._frame.place
        if place is not None:
            feed = place.desk.feed
            words = f"{feed.detail} {place.desk.last_whole}".strip() or "Nothing was read yet."
            self._frame.bar.clear("NOTICE-FEED")
            self._frame.bar.tell("NOTICE-FEED", f"Connection: {feed.words}", words, tone=Tone.INFO)

    def why_not_refresh(self) -> str:
        """Return why the org cannot be read."""
        return "" if self._state() == "signed_in" else "Sign in first."

    def sign_in(self) -> None:
        """Show the sign-in page and begin."""
        self._frame.work.setCurrentWidget(self._frame.sign_in)
        self._frame.sign_in.start()

    def why_not_sign_in(self) -> str:
        """Return why signing in makes no sense."""
        return "You are signed in." if self._state() == "signed_in" else ""

    def sign_out(self) -> None:
        """Sign out."""
        place = self._frame.place
        if place is not None:
            place.tasks.start(self, place.desk.sign_in.sign_out(), name="sign out", then="signed_out")

    def signed_out(self, words: str) -> None:
        """Say what signing out left behind."""
        if words:
            self._frame.bar.tell("NOTICE-SIGN-OUT", "Signed out", words, tone=Tone.INFO)

    def why_not_sign_out(self) -> str:
        """Return why signing out makes no sense."""
        return "" if self._state() == "signed_in" else "You are not signed in."

    def _state(self) -> str:
        return self._frame.place.desk.sign_in.state if self._frame.place is not None else ""
