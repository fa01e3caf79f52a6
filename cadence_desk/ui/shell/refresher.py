"""Refresher: brings changes to the parts of the window, gathered per frame so that bursts cost one repaint.

Tables take changed ids every 16 ms; everything else follows a little later. Called by MainWindow.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from cadence_desk.domain.changes import Change
from cadence_desk.domain.operations import OPEN_STATES, OperationState
from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.notice_board import NoticeBoard
from cadence_desk.ui.shell.offers import show_offers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.shell.frame import WindowFrame

_FRAME_MS = 16
_REST_MS = 120
_MANY_MS = 300
TROUBLE = "NOTICE-TROUBLE"
_ALARMING = frozenset({OperationState.REFUSED, OperationState.NEEDS_REVIEW})


class Refresher(QObject):
    """Keeps a window frame up to date."""

    profile_changed = Signal()

    def __init__(self, frame: WindowFrame) -> None:
        super().__init__(frame)
        self._frame = frame
        self._ids: set[str] = set()
        self._many = {"people": False, "trackers": False}
        self._rest = Change()
        self._notices = NoticeBoard()
        self._timers = [self._timer(ms, slot) for ms, slot in (
            (_FRAME_MS, self._refresh_tables), (_MANY_MS, self._refresh_many), (_REST_MS, self._refresh_rest)
        )]  # fmt: skip
        frame.screen_made.connect(self._screen_made)

    def _timer(self, milliseconds: int, slot: object) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _screen_made(self, _name: str) -> None:
        show_offers(self._frame)
        self._timers[2].start()

    def take(self, change: Change) -> None:
        """Take one change; what it means is shown soon."""
        frame_timer, many_timer, rest_timer = self._timers
        if change.ids:
            self._ids |= change.ids
            _start(frame_timer)
        for name, flag in (("people", change.people), ("trackers", change.trackers)):
            if flag and not change.ids:
                self._many[name] = True
                _start(many_timer)
        self._rest = _merged(self._rest, change)
        _start(rest_timer)

    def refresh_all(self) -> None:
        """Show everything anew."""
        self._rest = Change(
            people=True, trackers=True, steps=True, cadences=True, operations=True, feed=True, profile=True
        )
        self._refresh_rest()

    # ------------------------------------------------------------ tables

    def _lists(self) -> list[tuple[str, ListScreen, ColumnTable]]:
        place = self._frame.place
        if place is None:
            return []
        tables = {"people": place.desk.people, "trackers": place.desk.trackers}
        found = ((name, self._frame.made(name)) for name in tables)
        return [(name, screen, tables[name]) for name, screen in found if isinstance(screen, ListScreen)]

    def _refresh_tables(self) -> None:
        ids, self._ids = frozenset(self._ids), set()
        for _name, screen, table in self._lists():
            if not self._renew(screen, table):
                screen.table.columnar.apply(ids)

    def _refresh_many(self) -> None:
        for name, screen, table in self._lists():
            if self._many[name] and not self._renew(screen, table):
                screen.table.columnar.apply(frozenset())
            self._many[name] = False

    @staticmethod
    def _renew(screen: ListScreen, table: ColumnTable) -> bool:
        """Show another table when the desk has a new one, as after a sign-in."""
        rows = screen.table.columnar.row_set
        if rows is not None and rows.table is table:
            if not rows.is_current:
                screen.table.columnar.apply(frozenset())
            return False
        screen.use(table, screen.table.columnar.columns)
        return True

    # ------------------------------------------------------------ the rest

    def _refresh_rest(self) -> None:
        change, self._rest = self._rest, Change()
        frame = self._frame
        if frame.place is None:
            return
        desk = frame.place.desk
        if change.profile:
            for _name, screen, table in self._lists():
                self._renew(screen, table)
            show_offers(frame)
            self.profile_changed.emit()
        frame.strip.chip.show_feed(desk.feed)
        frame.strip.meter.show_usage(desk.usage())
        frame.status.show_loading(desk.loading)
        frame.status.show_notice(desk.secrets_word)
        show_trouble(frame)
        self._notices.show(frame.bar, desk.notices)
        frame.side.apply(change)
        self._refresh_work(change)
        if desk.loading.what:
            self._timers[2].start()

    def _refresh_work(self, change: Change) -> None:
        frame = self._frame
        if frame.place is None:
            return
        if change.operations or change.profile:
            show_outbox_entry(frame, frame.place.desk.outbox.listed())
        wanted = {
            "outbox": change.operations,
            "activity": True,
            "cadences": change.cadences or change.profile,
            "readiness": change.profile,
        }
        for name, flag in wanted.items():
            screen = frame.made(name)
            if screen is not None and flag:
                screen.refresh()  # type: ignore[attr-defined]  # each of these has it


def show_outbox_entry(frame: WindowFrame, operations: Sequence[Operation]) -> None:
    """Show the outbox in the rail while anything is not over, with how much waits or needs a person."""
    alarming = sum(1 for one in operations if one.state in _ALARMING)
    waiting = sum(1 for one in operations if one.state in OPEN_STATES)
    drafts = any(one.state is OperationState.DRAFT for one in operations)
    frame.rail.buttons["outbox"].show_count(alarming or waiting, alarming=bool(alarming))
    frame.rail.show_when("outbox", wanted=bool(alarming or waiting or drafts))


def show_trouble(frame: WindowFrame) -> None:
    """Say in a line that stays, as long as it is so, that this computer takes no changes."""
    why = frame.place.desk.trouble if frame.place is not None else ""
    shown = any(banner.code == TROUBLE for banner in frame.bar.banners())
    if why and not shown:
        title = f"Not saved: {why[:1].lower()}{why[1:].rstrip('.')}"
        words = "Nothing is sent meanwhile, and what you type stays where it is. It goes on by itself."
        frame.bar.tell(TROUBLE, title, words, tone=Tone.BAD, lasting=True)
    elif shown and not why:
        frame.bar.clear(TROUBLE)


def _start(timer: QTimer) -> None:
    if not timer.isActive():
        timer.start()


def _merged(first: Change, second: Change) -> Change:
    """Return one change that says what two said; ids of neither get lost, none at all stays none."""
    return Change(
        people=first.people or second.people,
        trackers=first.trackers or second.trackers,
        steps=first.steps or second.steps,
        cadences=first.cadences or second.cadences,
        operations=first.operations or second.operations,
        feed=first.feed or second.feed,
        profile=first.profile or second.profile,
        ids=first.ids | second.ids,
    )
