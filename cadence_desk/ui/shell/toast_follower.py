"""ToastFollower: keeps the toast true while what it tells of goes on: a countdown, sent, confirmed, refused.

Called by WindowActs and, at each change, by the main window.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS
from cadence_desk.ui.shell.toast_words import TAKE_BACK, UNDO, Standing, run_standing, standing
from cadence_desk.ui.shell.undo_toast import NOTICE_MS, SHOWN_MS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.ui.kit.desk_face import DeskFace
    from cadence_desk.ui.shell.frame import WindowFrame
    from cadence_desk.ui.shell.undo_toast import UndoToast

_LOOK_MS = 120
"""Changes may come many times a second; the toast looks so often."""
_COUNT_MS = 500
"""How often a countdown looks at the clock."""
_MOST_WAITS = 10
"""So often the toast stays a little longer while an answer is awaited."""


@dataclass(frozen=True, slots=True)
class Told:
    """Something a toast told of: what it is, and its presses."""

    what: str
    intent_ids: tuple[str, ...]


class ToastFollower(QObject):
    """Looks again whenever something changed, and once a moment while time itself matters."""

    def __init__(self, frame: WindowFrame, toast: UndoToast) -> None:
        super().__init__(frame)
        self._frame = frame
        self._toast = toast
        self._told: list[Told] = []
        self._was_over = self._was_found = False
        self._waits = 0
        self._look = self._timer(_LOOK_MS, self.look, once=True)
        self._count = self._timer(_COUNT_MS, self.look, once=False)
        self._end = self._timer(SHOWN_MS, self._ended, once=True)

    def _timer(self, milliseconds: int, slot: object, *, once: bool) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(once)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # ------------------------------------------------------------ telling

    def say(self, words: str) -> None:
        """Show words that nothing can change any more."""
        self.forget()
        self._toast.show_words(words, [], "")
        self._end.start(NOTICE_MS)

    def follow(self, what: str, intent_ids: Sequence[str]) -> None:
        """Tell where these presses stand until they are over; those that can still be undone stay on the toast too."""
        desk = self._desk()
        if desk is None:
            self.say(f"{what}.")
            return
        older = [one for one in self._told if not set(one.intent_ids) & set(intent_ids)]
        waiting = [one for one in older if desk.moves.undo_left(one.intent_ids) > 0]
        self._told = [*waiting, Told(what, tuple(intent_ids))]
        self._was_over, self._was_found, self._waits = False, False, 0
        left = desk.moves.undo_left(intent_ids)
        self._end.start(int(left * 1000) + SHOWN_MS // 2 if left else SHOWN_MS)
        self._count.start()
        self._toast.begin_anew()
        self.look()

    def forget(self) -> None:
        """Tell of nothing any more."""
        self._told = []
        for timer in (self._look, self._count, self._end):
            timer.stop()
        self._toast.forget()

    def heard(self) -> None:
        """Something changed."""
        if self._told and not self._look.isActive():
            self._look.start()

    # ------------------------------------------------------------ looking

    def look(self) -> None:
        """Show where things stand now."""
        desk = self._desk()
        if desk is None or not self._told:
            return
        newest = self._told[-1]
        found = bool(desk.moves.results(newest.intent_ids))
        if (
            self._was_found and not found
        ):  # the files were closed, as at a sign-out: nothing is known any more
            self.forget()
            return
        self._was_found = found
        now = self._standing(desk, newest)
        waiting = [
            intent
            for told in self._told
            if desk.moves.undo_left(told.intent_ids) > 0
            for intent in told.intent_ids
        ]
        self._toast.show_words(now.words, waiting, _button(len(waiting), now))
        if now.over and not waiting:
            self._count.stop()
        if now.over and not self._was_over:
            self._end.start(SHOWN_MS if now.bad or waiting else NOTICE_MS)
        self._was_over = now.over

    def _standing(self, desk: DeskFace, told: Told) -> Standing:
        operations = desk.moves.results(told.intent_ids)
        left = desk.moves.undo_left(told.intent_ids)
        run_id = _run_of_additions(operations) if left <= 0 else ""
        for run, ended in desk.runs.in_short() if run_id else ():
            if run.run_id == run_id:
                return run_standing(told.what, ended, run.wanted, over=run.state not in OPEN_RUNS)
        now = standing(told.what, operations, left)
        back = now.back and (not operations or any(_may_go_back(desk, one) for one in operations))
        return replace(now, back=back)

    def _ended(self) -> None:
        """The toast's time is over: it stays a little while an answer is awaited."""
        desk = self._desk()
        if desk is not None and self._told and self._waits < _MOST_WAITS:
            moving = self._standing(desk, self._told[-1]).moving
            if moving or any(desk.moves.undo_left(one.intent_ids) > 0 for one in self._told):
                self._waits += 1
                self._end.start(NOTICE_MS)
                return
        self.forget()

    def _desk(self) -> DeskFace | None:
        return self._frame.place.desk if self._frame.place is not None else None


def _run_of_additions(operations: Sequence[Operation]) -> str:
    """Return the run whose first press this is; empty when every press is here."""
    if len(operations) == 1 and operations[0].kind is Kind.ENROLL:
        return operations[0].run_id
    return ""


def _may_go_back(desk: DeskFace, operation: Operation) -> bool:
    """Return True for what was not sent, and for what has an opposite."""
    unsent = operation.state is OperationState.QUEUED
    return unsent or not desk.moves.reversibility(operation.kind)[0].startswith("Not")


def _button(waiting: int, now: Standing) -> str:
    if waiting:
        return UNDO if waiting == 1 else f"Undo {waiting:,}  (U)"
    return TAKE_BACK if now.back else ""
