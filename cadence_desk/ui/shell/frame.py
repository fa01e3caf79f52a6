"""WindowFrame: the parts of the main window and how they lie. Screens are made when they are first opened.

Called by MainWindow only. Late imports here keep the first paint short (facts: paint first).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from cadence_desk.ui.kit.banner_bar import BannerBar
from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.web_pages import checked_opener
from cadence_desk.ui.people.people_screen import PeopleScreen
from cadence_desk.ui.shell.nav_rail import NavRail
from cadence_desk.ui.shell.org_strip import OrgStrip
from cadence_desk.ui.shell.status_line import StatusLine
from cadence_desk.ui.target.target_panel import TargetPanel

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.workplace import Workplace
    from cadence_desk.ui.outbox.outbox_screen import OutboxScreen
    from cadence_desk.ui.shell.sign_in_page import SignInPage

ENTRIES = (
    ("people", "People"),
    ("trackers", "Trackers"),
    ("cadences", "Cadences"),
    ("outbox", "Outbox"),
    ("activity", "Activity"),
    ("readiness", "Readiness"),
)
_WITH_SIDE = frozenset({"people", "trackers", "activity"})


class WindowFrame(QWidget):
    """Everything inside the main window."""

    asked = Signal(str)
    """A command is wanted, by its name."""
    screen_made = Signal(str)
    draft_wanted = Signal(object)
    """A call is to be written on: its draft."""
    told = Signal(str, list)
    """Something was stored: words, and intents that may be undone."""

    def __init__(self, open_page: Callable[[str], None]) -> None:
        super().__init__()
        self.place: Workplace | None = None
        self.trouble: QWidget | None = None
        """The page about files that cannot be opened; while there is one it is all there is."""
        self.current = "people"
        self.strip = OrgStrip()
        self.bar = BannerBar()
        self.open_page = checked_opener(open_page, self.bar, lambda: self.place)
        self.rail = NavRail(ENTRIES)
        self.pages = QStackedWidget()
        self.side = TargetPanel()
        self.side.asked.connect(self.asked)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setObjectName("sideSplitter")
        self.split.setHandleWidth(1)
        self.split.setChildrenCollapsible(False)
        self.split.addWidget(self.pages)
        self.split.addWidget(self.side)
        self.split.setStretchFactor(0, 1)
        self.split.setStretchFactor(1, 0)
        self.split.setSizes([880, 300])
        self.work = QStackedWidget()
        self.work.addWidget(self.split)
        self._sign_in: SignInPage | None = None
        self.status = StatusLine()
        self._screens: dict[str, QWidget] = {}
        self._lay_out()
        self.go("people")

    def _lay_out(self) -> None:
        self.rail.chosen.connect(self.go)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.rail)
        middle.addWidget(self.work, 1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self.strip)
        whole.addWidget(self.bar)
        whole.addLayout(middle, 1)
        whole.addWidget(self.status)

    # ------------------------------------------------------------ screens

    def go(self, name: str) -> None:
        """Open a screen."""
        screen = self.screen_of(name)
        self.current = name
        self.pages.setCurrentWidget(screen)
        self.rail.mark(name)
        self.show_side(wanted=self.side_wanted)
        if isinstance(screen, ListScreen):
            screen.table.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            target = getattr(screen, "list", None)
            if isinstance(target, QWidget):
                target.setFocus(Qt.FocusReason.OtherFocusReason)

    def screen_of(self, name: str) -> QWidget:
        """Return a screen, made now if it was never opened."""
        screen = self._screens.get(name)
        if screen is None:
            screen = _make_screen(name)
            self._screens[name] = screen
            self.pages.addWidget(screen)
            self._connect(screen)
            if self.place is not None:
                attach(screen, self.place)
            self.screen_made.emit(name)
        return screen

    def made(self, name: str) -> QWidget | None:
        """Return a screen if it was opened before."""
        return self._screens.get(name)

    def list_screen(self) -> ListScreen | None:
        """Return the open screen if it is a big list."""
        screen = self._screens.get(self.current)
        return screen if isinstance(screen, ListScreen) else None

    def attach(self, place: Workplace) -> None:
        """Give a desk to every part."""
        self.place = place
        self.side.attach(place)
        self.sign_in.attach(place)
        for screen in self._screens.values():
            attach(screen, place)
        chosen = self.list_screen()
        if chosen is not None and chosen.table.current_id():  # chosen while there was no desk to ask
            chosen.current_changed.emit(chosen.table.current_id())

    def show_people(self, people: ColumnTable) -> None:
        """Show people before there is a desk."""
        screen = self.screen_of("people")
        if isinstance(screen, PeopleScreen):
            screen.show_people(people)

    def read_views(self) -> None:
        """Let the People list read the user's list views, once."""
        screen = self.made("people")
        if isinstance(screen, PeopleScreen):
            screen.read_views()

    @property
    def sign_in(self) -> SignInPage:
        """The page for those who are not signed in, made now if it was never needed."""
        if self._sign_in is None:
            from cadence_desk.ui.shell.sign_in_page import SignInPage

            self._sign_in = SignInPage(self.open_page)
            self.work.addWidget(self._sign_in)
        return self._sign_in

    def outbox(self) -> OutboxScreen:
        """Return the outbox, made now if it was never opened."""
        from cadence_desk.ui.outbox.outbox_screen import OutboxScreen

        screen = self.screen_of("outbox")
        if not isinstance(screen, OutboxScreen):
            raise TypeError("the outbox is another screen")
        return screen

    def _connect(self, screen: QWidget) -> None:
        if isinstance(screen, ListScreen):
            screen.asked.connect(self.asked)
            show = self._show_tracker if screen.objectName() == "trackersScreen" else self._show_person
            screen.current_changed.connect(show)
        chosen = getattr(screen, "target_chosen", None)
        if chosen is not None:
            chosen.connect(self._show_person)
            screen.target_opened.connect(self.open_person)  # type: ignore[attr-defined]
        if screen.objectName() == "outboxScreen":
            outbox: Any = screen
            outbox.asked.connect(self.asked)
            outbox.draft_wanted.connect(self.draft_wanted)
            outbox.told.connect(self.told)

    # ------------------------------------------------------------ the detail side

    side_wanted = True

    def show_side(self, *, wanted: bool) -> None:
        """Show or hide the detail side, where the open screen has one."""
        self.side_wanted = wanted
        self.side.setVisible(wanted and self.current in _WITH_SIDE)

    def open_person(self, target_id: str) -> None:
        """Go to a person in the People list."""
        screen = self.screen_of("people")
        if isinstance(screen, PeopleScreen) and target_id:
            self.go("people")
            if not screen.table.go_to(target_id):
                screen.clear_filters()
                screen.table.go_to(target_id)
            self._show_person(target_id)

    def _show_person(self, target_id: str) -> None:
        if target_id:
            self.side.show_target(target_id)

    def _show_tracker(self, tracker_id: str) -> None:
        tracker = self.place.desk.tracker(tracker_id) if self.place is not None else None
        if tracker is not None:
            self.side.show_target(tracker.target_id)
            self.side.choose_tracker(tracker_id)


def attach(screen: QWidget, place: Workplace) -> None:
    """Give a desk to a screen."""
    screen.attach(place)  # type: ignore[attr-defined]  # every screen has it; their classes are imported late


def _make_screen(name: str) -> QWidget:
    if name == "people":
        return PeopleScreen()
    if name == "trackers":
        from cadence_desk.ui.trackers.trackers_screen import TrackersScreen

        return TrackersScreen()
    if name == "cadences":
        from cadence_desk.ui.cadences.cadences_screen import CadencesScreen

        return CadencesScreen()
    if name == "outbox":
        from cadence_desk.ui.outbox.outbox_screen import OutboxScreen

        return OutboxScreen()
    if name == "readiness":
        from cadence_desk.ui.org.readiness_screen import ReadinessScreen

        return ReadinessScreen()
    from cadence_desk.ui.activity.activity_screen import ActivityScreen

    return ActivityScreen()
