"""MainWindow: puts the parts together. Paints without a desk and gets one by `attach`.

Called by launch; implements bridge's Reporter and SessionWindow. Behavior lives in the parts, not here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal

from cadence_desk.bridge.relay import EventRelay
from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.icons import window_icon
from cadence_desk.ui.kit.theme import Tone, colors
from cadence_desk.ui.kit.web_pages import open_url
from cadence_desk.ui.kit.workplace import Memory, NoMemory, Workplace
from cadence_desk.ui.shell.frame import WindowFrame
from cadence_desk.ui.shell.later_parts import PartsWindow
from cadence_desk.ui.shell.repaint import repaint_colors
from cadence_desk.ui.shell.window_memory import WindowMemory, application

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent

    from cadence_desk.bridge.faults import Fault
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.orgs import Identity, OrgProfile
    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.desk_face import DeskFace, TasksFace
    from cadence_desk.ui.kit.theme import Colors
    from cadence_desk.ui.outbox.trouble_page import TroublePage
    from cadence_desk.ui.shell.later_parts import LaterParts

_PALETTES = frozenset({QEvent.Type.ApplicationPaletteChange, QEvent.Type.PaletteChange})


class MainWindow(PartsWindow):
    """The window."""

    quit_asked = Signal()
    """The user wants to leave; launch starts the quit order and calls `finish` at its end."""
    link = ""
    """What to show once the desk is open."""
    _told_kept = False
    _told_unsaved = False
    _look: Colors | None = None
    """Whose colors the buttons' icons have."""

    def __init__(self, memory: Memory | None = None, open_page: Callable[[str], None] = open_url) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("Cadence Desk")
        self.setWindowIcon(window_icon())
        self._relay: EventRelay | None = None
        self._started = False
        self._finished = False
        self._look = colors()
        self.frame = WindowFrame(open_page)
        self.setCentralWidget(self.frame)
        self.memory = WindowMemory(self, self.frame, memory or NoMemory())
        self.frame.asked.connect(self.run_command)
        self.frame.bar.asked.connect(self.run_command)
        self.memory.restore()
        self.frame.work.setCurrentWidget(self.frame.split)

    @override
    def use_parts(self, parts: LaterParts) -> None:
        from cadence_desk.ui.shell.commands import Command

        parts.refresher.profile_changed.connect(self._show_profile)
        parts.book.add(Command("quit", "Quit", self.close, ("Ctrl+Q",), "close exit"))
        application().styleHints().colorSchemeChanged.connect(parts.acts.follow_system)

    # ------------------------------------------------------------ the desk

    @property
    def place(self) -> Workplace | None:
        """The desk and its tasks, once attached."""
        return self.frame.place

    def show_yesterday(self, profile: OrgProfile, identity: Identity | None, people: ColumnTable) -> None:
        """Show rows before there is a desk, under the name of their org; nothing can be done with them yet."""
        self._name_org(profile, identity)
        self.frame.show_people(people)

    def attach(self, desk: DeskFace, tasks: TasksFace) -> None:
        """Work with a desk from now on."""
        parts = self.complete()
        self.frame.attach(Workplace(desk, tasks))
        self._relay = EventRelay(desk.events, self)
        self._relay.changed.connect(parts.refresher.take)
        self._relay.changed.connect(parts.acts.follower.heard)
        parts.refresher.refresh_all()

    def started(self) -> None:
        """The desk has opened: who is still signed out may sign in now."""
        if self._started:
            return
        self._started = True
        self._show_profile()
        self._tell_kept()
        if self.link:
            self.doors.outside.follow(self.link)

    def _tell_kept(self) -> None:
        """Say once that calls were typed and not saved, and lead back to them."""
        from cadence_desk.ui.kit.moments import count_word

        kept = self.doors.calls.kept()
        if kept and not self._told_kept:
            self._told_kept = True
            one = len(kept) == 1
            title = f"{count_word(len(kept), 'call note')} {'was' if one else 'were'} kept"
            words = "What you typed before Cadence Desk ended is there, for the same person."
            self.frame.bar.tell("NOTICE-DRAFTS", title, words, acts=[("Continue", "continue_call")])

    def show_start_error(self, error: DeskError) -> None:
        """Tell that the desk could not start; the reason takes the place of the general words about being signed out."""
        self.started()
        self.frame.bar.clear(error.code)
        if self.frame.trouble is None:  # else the page has told it, with what can be done
            self.frame.bar.show_error(error)

    def show_trouble(self, page: TroublePage) -> None:
        """Show why the profile cannot be opened, in the place of everything else."""
        self.frame.trouble = page
        self.frame.work.addWidget(page)
        self.frame.work.setCurrentWidget(page)
        self.frame.rail.hide()
        page.focus_first()

    def show_error(self, owner: QObject | None, error: DeskError) -> None:
        """Tell an expected problem, in the window it belongs to."""
        if not present_error(owner, error):
            self.frame.bar.show_error(error)

    def show_fault(self, fault: Fault, count: int = 1) -> None:
        """Tell an unexpected problem: one calm line, however often it happens."""
        del count  # the bar counts for itself
        words = "Your work is safe. If it happens again, send the details to support."
        self.frame.bar.tell(
            fault.code, f"Something went wrong  ·  {fault.code}", words, tone=Tone.BAD, copied=fault.text
        )

    def _show_profile(self) -> None:
        if self.place is None:
            return
        desk = self.place.desk
        self._name_org(desk.profile, desk.identity)
        self.doors.outside.go_on(whole=self._started)
        if self._started:
            self.acts.offer_undo()
            self._tell_kept()  # who signs in later sees what was kept then
        self.frame.sign_in.refresh(opening=not self._started)
        signed_in = desk.sign_in.state == "signed_in"
        if signed_in and self._started:
            self.frame.read_views()
        has_rows = any(desk.people.alive()) or any(desk.trackers.alive())
        page = self.frame.trouble or (self.frame.split if signed_in or has_rows else self.frame.sign_in)
        self.frame.work.setCurrentWidget(page)
        self.frame.rail.setVisible(page is self.frame.split)
        if signed_in or not has_rows or not self._started:
            self.frame.bar.clear("CD-1101")
        else:
            words = "What you see is from this computer. Changes wait until you sign in (Ctrl+K, “Sign in”)."
            words = f"{desk.feed.detail} {words}".strip()
            self.frame.bar.clear("CD-1101")
            self.frame.bar.tell("CD-1101", "You are signed out", words, tone=Tone.WARN)

    def _name_org(self, profile: OrgProfile, identity: Identity | None) -> None:
        self.frame.strip.show_org(profile, identity)
        kind, name = profile.banner.value, profile.name
        self.setWindowTitle(f"Cadence Desk: {name}" if name == kind else f"Cadence Desk: {name} ({kind})")

    # ------------------------------------------------------------ leaving

    def flush_drafts(self) -> None:
        """Hand unsaved text to the desk."""
        self.doors.calls.flush()

    def keep_at_once(self) -> bool:
        """Store unsaved text before returning: for the moment the computer shuts down. True when it is stored."""
        return self.doors.calls.keep_at_once()

    def finish(self) -> None:
        """Keep the settings and close for good."""
        self._finished = True
        if self._relay is not None:
            self._relay.stop()
        self.memory.keep()
        self.close()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        # the first polish changes the palette too, and nothing is to be painted anew for that
        if self._look is not colors() and event.type() in _PALETTES:
            self._look = colors()
            repaint_colors(self)

    @override
    def closeEvent(self, event: QCloseEvent) -> None:
        if self._finished or self.place is None:
            event.accept()
            if self.place is None:
                self.quit_asked.emit()
            return
        event.ignore()
        if self.doors.calls.has_unsaved and not self._told_unsaved:
            self._told_unsaved = True
            words = "Free some space, or copy your text. Close the window once more to leave without it."
            self.frame.bar.tell("NOTICE-UNSAVED", "What you typed is not saved", words, tone=Tone.BAD)
            return
        if self._warns_of_loss():
            return
        self.setEnabled(False)
        self.quit_asked.emit()

    def _warns_of_loss(self) -> bool:
        """Say once what would be lost with this session; closing once more leaves all the same."""
        from cadence_desk.ui.kit.moments import count_word

        at_stake = self.place.desk.lost_at_quit() if self.place is not None else 0
        if not at_stake or self._told_unsaved:
            return False
        self._told_unsaved = True
        title = f"{count_word(at_stake, 'change')} would be lost"
        words = (
            "Salesforce has not confirmed them yet, and this computer has no key store to keep texts in. "
            "Wait for Salesforce, or close the window once more to leave without them."
        )
        self.frame.bar.tell("NOTICE-UNSAVED", title, words, tone=Tone.BAD)
        return True
