"""Outside: ways out of the window to other programs, and the way in for links.

A number, a mail address and a person named by a link are shown before anything happens. Called by the shell's commands.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cadence_desk.domain.addresses import mail_address, parse_target_link, phone_address
from cadence_desk.domain.errors import BadValue
from cadence_desk.ui.kit.confirm_sheet import ConfirmSheet
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.kit.web_pages import open_url
from cadence_desk.ui.shell.subject import subject_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.people import Person
    from cadence_desk.ui.kit.workplace import Workplace
    from cadence_desk.ui.shell.frame import WindowFrame

_log = logging.getLogger(__name__)


class Outside(QObject):
    """Ways out of the window and in."""

    def __init__(
        self, window: QWidget, frame: WindowFrame, hand_over: Callable[[str], None] = open_url
    ) -> None:
        """Take what opens a checked address of the two kinds that are shown first."""
        super().__init__(window)
        self._window = window
        self._frame = frame
        self._hand_over = hand_over
        self._kept: Callable[[], None] | None = None
        """What came from outside while the desk was still being opened."""
        self._lists_are_whole = False

    # ------------------------------------------------------------ out

    def call(self, then: Callable[[], object] | None = None) -> None:
        """Call the selected person's number with the program this computer has for that, after asking.

        `then` is done after it; a number that cannot be dialed is told, and `then` done all the same.
        """
        person = self._person()
        if person is not None:
            number = person.phone or person.mobile
            self._after_asking(number, phone_address, "Call this number?", "Call", then)

    def write(self) -> None:
        """Write a mail to the selected person with the program this computer has for that, after asking."""
        person = self._person()
        if person is not None:
            self._after_asking(person.email, mail_address, "Write to this address?", "Write")

    def why_not_call(self) -> str:
        """Return why nobody can be called."""
        person = self._person()
        if person is None:
            return "Select a person first."
        if person.do_not_call:
            return "This person does not want to be called."
        return "" if person.phone or person.mobile else "This person has no phone number."

    def why_not_write(self) -> str:
        """Return why nobody can be written to."""
        person = self._person()
        if person is None:
            return "Select a person first."
        return "" if person.email else "This person has no e-mail address."

    def _after_asking(
        self,
        text: str,
        parsed: Callable[[str], str],
        title: str,
        yes: str,
        then: Callable[[], object] | None = None,
    ) -> None:
        go_on = then or (lambda: None)
        try:
            address = parsed(text)
        except BadValue as error:
            self._frame.bar.show_error(error)
            go_on()
            return
        logged = "Nothing is logged by that: press L afterwards."
        if then is not None:
            logged = "The call panel opens with its timer running."
        words = f"{address.partition(':')[2]}\n\nAnother program on this computer opens it. {logged}"

        def agreed() -> None:
            self._hand_over(address)
            go_on()

        self._ask(title, words, yes, agreed)

    def _person(self) -> Person | None:
        place, subject = self._frame.place, subject_of(self._frame)
        if place is None or not subject.target_ids:
            return None
        return place.desk.person(subject.target_ids[0])

    # ------------------------------------------------------------ in

    def go_on(self, *, whole: bool) -> None:
        """Do what came while the desk was still being opened, once it is open; `whole` when all rows are there."""
        place, self._lists_are_whole = self._frame.place, whole
        if self._kept is not None and place is not None and not place.desk.opening:
            kept, self._kept = self._kept, None
            kept()

    def _keeps(self, act: Callable[[], None]) -> bool:
        """Return True, and keep an act for later, while it is not known yet what the files hold; the last one counts."""
        place = self._frame.place
        if place is not None and not place.desk.opening:
            return False
        self._kept = act
        return True

    def show_change(self, part: str) -> None:
        """Show a change in the outbox, by its id or an end of it; decides nothing."""
        place = self._frame.place
        if self._keeps(lambda: self.show_change(part)) or place is None or self._asks_something():
            return
        found = [one.op_id for one in place.desk.outbox.listed()]
        self._frame.go("outbox")
        for op_id in found:
            if op_id.startswith(part) or op_id.endswith(part):
                self._frame.outbox().list.go_to(op_id)
                return

    def _asks_something(self) -> bool:
        """True while a dialog or a menu is open: what comes from outside then is ignored."""
        busy = any(one.isVisible() for one in self._window.findChildren(QDialog))
        if busy or QApplication.activePopupWidget():
            _log.info("what came from outside was ignored: a dialog is open")
            return True
        return False

    def follow(self, link: str) -> None:
        """Show whom a link names and go there when that is wanted; ignored while a dialog asks something else."""
        if self._keeps(lambda: self.follow(link)) or self._asks_something():
            return
        place = self._frame.place
        try:
            parsed = parse_target_link(link)
        except BadValue as error:
            self._frame.bar.show_error(error)
            return
        if place is None or place.desk.identity is None:
            self._refuse("Sign in first, then follow the link again.")
        elif place.desk.identity.organization_id != parsed.org_id:
            self._refuse("It belongs to another org than the one that is open here.")
        elif place.desk.person(parsed.target_id) is None:
            if self._lists_are_whole:
                self._refuse("This person is in none of your lists.")
            else:  # rows come in portions: this one's may be still to come
                self._kept = lambda: self.follow(link)
        else:
            self._offer(place, parsed.target_id)

    def _offer(self, place: Workplace, target_id: str) -> None:
        person = place.desk.person(target_id)
        if person is not None:
            company = f", {person.account_name}" if person.account_name else ""
            words = f"{person.name[:120]}{company[:120]} ({target_id})\n\nNothing is changed by that."
            self._ask(
                "A link wants to show a person", words, "Show", lambda: self._frame.open_person(target_id)
            )

    def _refuse(self, why: str) -> None:
        self._frame.bar.clear("NOTICE-LINK")
        self._frame.bar.tell("NOTICE-LINK", "The link cannot be followed", why, tone=Tone.WARN)

    def _ask(self, title: str, words: str, yes: str, act: Callable[[], object]) -> None:
        sheet = ConfirmSheet(title, words, yes, self._window)
        sheet.accepted.connect(act)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()
