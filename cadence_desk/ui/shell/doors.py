"""Doors: opens dialogs for what is selected. Dialogs are imported when they are first opened.

Called by the commands. Features do not know each other; they meet here.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMenu

from cadence_desk.domain.operations import KIND_WORDS, Kind
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.call_door import CallDoor
from cadence_desk.ui.shell.offers import offer_in_menu
from cadence_desk.ui.shell.outside import Outside
from cadence_desk.ui.shell.run_door import RunDoor
from cadence_desk.ui.shell.subject import subject_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDialog, QMainWindow

    from cadence_desk.ui.shell.commands import CommandBook
    from cadence_desk.ui.shell.frame import WindowFrame

MENU_KINDS = ("complete_step", "skip_step", "change_assignee", "set_disposition", "enroll", "remove")


class Doors(QObject):
    """Opens what needs a dialog."""

    queued = Signal(str, list)
    """Something was queued that may be undone: words and intent ids."""

    def __init__(self, window: QMainWindow, frame: WindowFrame, book: CommandBook) -> None:
        super().__init__(window)
        self._window = window
        self._frame = frame
        self._book = book
        self.many = RunDoor(window, frame)
        self.many.queued.connect(self.queued)
        self.calls = CallDoor(window, frame)
        self.outside = Outside(window, frame)
        self.calls.saved.connect(self._call_saved)
        frame.draft_wanted.connect(self.calls.open_draft)
        frame.told.connect(self.queued)

    # ------------------------------------------------------------ may it be used

    def why_not_people(self, kind: Kind) -> str:
        """Return why a command on people cannot be used now."""
        return self._why_not(kind, subject_of(self._frame).target_ids, "Select a person first.")

    def why_not_trackers(self, kind: Kind) -> str:
        """Return why a command on trackers cannot be used now."""
        nobody = "Select someone who is in a cadence first."
        return self._why_not(kind, subject_of(self._frame).tracker_ids, nobody)

    def _why_not(self, kind: Kind, ids: Sequence[str], nobody: str) -> str:
        if self._frame.place is None:
            return "The desk is not open yet."
        return self._frame.place.desk.why_not(kind) or ("" if ids else nobody)

    # ------------------------------------------------------------ opening

    def dial(self) -> None:
        """Hand the number to this computer's phone program, after asking, and open the call panel with its timer.

        Without a number that may be called the reason is told, and the panel opens for a call made some other way.
        """
        # while the question is open the list may change, and with it who is selected
        log = partial(self.calls.log_call, timer=True, subject=subject_of(self._frame))
        reason = self.outside.why_not_call()
        if reason:
            self._frame.bar.clear("NOTICE-CALL")
            self._frame.bar.tell("NOTICE-CALL", "No number was dialed", reason, tone=Tone.WARN)
            log()
        else:
            self.outside.call(log)

    def enroll(self) -> None:
        """Open the add-to-cadence dialog for the selected people."""
        subject = subject_of(self._frame)
        if subject.target_ids:
            self.many.enroll(list(subject.target_ids))

    def act(self, kind: Kind) -> None:
        """Open the confirm sheet of an action on trackers."""
        from cadence_desk.ui.trackers.action_sheet import ActionSheet

        place, subject = self._frame.place, subject_of(self._frame)
        if place is not None and subject.tracker_ids:
            sheet = ActionSheet(place, kind, list(subject.tracker_ids), self._window)
            sheet.queued.connect(self.queued)
            _open(sheet)

    def tracker_menu(self) -> None:
        """Open a menu of the other actions on trackers."""
        menu = QMenu(self._window)
        menu.setObjectName("trackerMenu")
        for name in MENU_KINDS:
            offer_in_menu(self._frame, menu, self._book.action(name), name)
        menu.aboutToHide.connect(menu.deleteLater)
        screen = self._frame.list_screen()
        button = screen.findChild(QObject, "moreActionsButton") if screen is not None else None
        corner = getattr(button, "mapToGlobal", self._window.mapToGlobal)(QPoint(0, 32))
        menu.popup(corner)

    def key_field(self) -> None:
        """Open the page that tells an admin how calls get a unique key."""
        from cadence_desk.ui.org.key_field_page import KeyFieldPage

        _open(KeyFieldPage(self._window))

    def palette(self) -> None:
        """Open the command palette."""
        from cadence_desk.ui.shell.palette import Palette

        palette = Palette(self._book.at_hand, self._find_people, self._window)
        palette.accepted.connect(lambda: self._picked(palette.chosen))
        _open(palette)

    def copy_ids(self) -> None:
        """Copy the ids of the selected rows."""
        screen = self._frame.list_screen()
        ids = screen.selected_ids() if screen is not None else []
        if ids:
            QGuiApplication.clipboard().setText("\n".join(ids))

    # ------------------------------------------------------------ helpers of the above

    def _call_saved(self, words: str, intents: list[str]) -> None:
        self._frame.bar.clear("NOTICE-CALL")
        self.queued.emit(words, intents)
        screen = self._frame.list_screen()
        if screen is not None:
            screen.step_rows(1)

    def _find_people(self, text: str, most: int) -> list[tuple[str, str]]:
        if self._frame.place is None:
            return []
        table = self._frame.place.desk.people
        words = text.casefold().split()
        names, ids, alive = table.texts("name"), table.ids(), table.alive()
        found: list[tuple[str, str]] = []
        for slot, hay in enumerate(table.haystack()):
            if alive[slot] and all(word in hay for word in words):
                found.append((ids[slot], names[slot]))
                if len(found) >= most:
                    break
        return found

    def _picked(self, key: str) -> None:
        what, _, name = key.partition(":")
        if what == "command":
            self._book.run(name)
        elif what == "person":
            self._frame.open_person(name)


def refusal_banner(frame: WindowFrame, title: str, reason: str) -> None:
    """Say why a command cannot be used."""
    frame.bar.tell("NOTICE-COMMAND", f"{title} cannot be used now", reason, tone=Tone.WARN)


def kind_title(kind: Kind) -> str:
    """Return the words of an action."""
    return KIND_WORDS[kind]


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
