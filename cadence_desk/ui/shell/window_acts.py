"""WindowActs: what the window's own commands do. Called by the command list only."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.shell.toast_follower import ToastFollower, Told
from cadence_desk.ui.shell.window_memory import application

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.ui.kit.workplace import Workplace
    from cadence_desk.ui.shell.commands import Command, CommandBook
    from cadence_desk.ui.shell.frame import WindowFrame
    from cadence_desk.ui.shell.undo_toast import UndoToast
    from cadence_desk.ui.shell.window_memory import WindowMemory


class WindowActs(QObject):
    """Undo, search and look."""

    def __init__(self, frame: WindowFrame, book: CommandBook, toast: UndoToast, memory: WindowMemory) -> None:
        super().__init__(frame)
        self._frame = frame
        self._book = book
        self._toast = toast
        self.follower = ToastFollower(frame, toast)
        self._memory = memory
        self._last: list[str] = []
        self._told: list[Told] = []
        """What was told and could be undone; each until its time is over."""
        self._asked: list[str] = []
        self._whose: tuple[str, str] | None = None
        book.offer(self._undo_commands)

    # ------------------------------------------------------------ undo

    def told(self, what: str, intent_ids: Sequence[str]) -> None:
        """Something was stored: tell how it goes on, with Undo while it waits for that; later U leads to an inverse plan.

        `what` names it; without intents it is a whole sentence, and nothing is followed.
        """
        self._forget_others()
        if intent_ids:
            self._last = list(intent_ids)
            older = [one for one in self._told if not set(one.intent_ids) & set(intent_ids)]
            self._told = [*older, Told(what, tuple(intent_ids))]
            self.follower.follow(what, intent_ids)
        else:
            self.follower.say(what)

    def offer_undo(self) -> None:
        """Show what can still be undone from before a restart or a new sign-in; forget what somebody else did."""
        self._forget_others()
        place = self._frame.place
        intents = place.desk.moves.undoable() if place is not None else []
        new = [one for one in intents if one not in self._toast.intent_ids]
        if new:
            self.told(f"{count_word(len(new), 'change')} of before", new)

    def undo(self) -> None:
        """Take back what still waits: all that the toast counts, else the newest act; what went out by a preview."""
        self._forget_others()
        place, intents = self._frame.place, list(self._toast.intent_ids)
        if place is None:
            return
        waiting = self._waiting(place)
        if intents:
            self._take_back(intents)
        elif waiting:
            self._take_back(waiting[0].intent_ids)
        elif self._last:
            self._plan_undo(place)

    def _take_back(self, intent_ids: Sequence[str]) -> None:
        place = self._frame.place
        if place is not None:
            self.follower.forget()
            self._asked = list(intent_ids)
            place.tasks.start(self, place.desk.moves.undo(self._asked), name="undo", then="undone")

    def _waiting(self, place: Workplace) -> list[Told]:
        """Return what can still be undone, the newest first."""
        self._told = [one for one in self._told if place.desk.moves.undo_left(one.intent_ids) > 0]
        return self._told[::-1]

    def _undo_commands(self) -> list[Command]:
        """Return a command for each act that can still be undone."""
        from cadence_desk.ui.shell.commands import Command

        self._forget_others()
        place = self._frame.place
        return [
            Command(
                f"undo:{one.intent_ids[0]}", f"Undo: {one.what}", partial(self._take_back, one.intent_ids)
            )
            for one in (self._waiting(place) if place is not None else ())
        ]

    def _forget_others(self) -> None:
        """Nothing that one user did is undone, or planned back, in the name of another; nobody signed in is nobody else."""
        identity = self._frame.place.desk.identity if self._frame.place is not None else None
        if identity is None:
            return
        who = (identity.organization_id, identity.user_id)
        if self._whose not in {None, who}:
            self._last, self._told, self._asked = [], [], []
            self.follower.forget()
        self._whose = who

    def _plan_undo(self, place: Workplace) -> None:
        from cadence_desk.ui.outbox.undo_sheet import UndoSheet

        sheet = UndoSheet(place, self._last, self._frame.window())
        sheet.queued.connect(self.told)
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()
        sheet.read()

    def undone(self, count: int) -> None:
        """Say what was taken back, and what was not; what went out already can still be planned back."""
        late = len(self._asked) - count
        words = "Undone: nothing was sent." if count == 1 else f"{count} changes undone: nothing was sent."
        if not count:
            words = "Too late: it was already sent. Press U again to see how it can be taken back."
        elif late > 0:
            words = f"{words} {count_word(late, 'change')} had been sent: press U again to see those."
        place = self._frame.place
        waiting = self._waiting(place) if place is not None else []
        if late > 0:
            self._last = self._asked
        elif set(self._last) <= set(self._asked):
            self._last = []
        if waiting and not late:
            words = f"{words} U once more: {waiting[0].what}."
        self.follower.say(words)

    def why_not_undo(self) -> str:
        """Return why nothing can be undone."""
        self._forget_others()
        place = self._frame.place
        waits = bool(self._toast.intent_ids or (place is not None and self._waiting(place)))
        return "" if waits or self._last else "There is nothing that can still be undone."

    # ------------------------------------------------------------ lists

    def find(self) -> None:
        """Go to the search field of the open screen."""
        field = getattr(self._frame.made(self._frame.current), "search", None)
        if field is not None:
            field.setFocus()
            field.selectAll()

    def clear_filters(self) -> None:
        """Show the whole list."""
        screen = self._frame.list_screen()
        if screen is not None:
            screen.clear_filters()

    def step_rows(self, step: int) -> None:
        """Go down or up in the list."""
        screen = self._frame.list_screen()
        if screen is not None:
            screen.step_rows(step)

    def toggle_side(self) -> None:
        """Show or hide the detail side."""
        self._frame.show_side(wanted=not self._frame.side_wanted)

    # ------------------------------------------------------------ settings

    def use_scheme(self, scheme: Scheme) -> None:
        """Change the look, now and for the next start."""
        self._memory.keep_scheme(scheme)
        apply_theme(application(), scheme)

    def follow_system(self) -> None:
        """The system changed its look: follow, unless the user chose one."""
        if self._memory.scheme is Scheme.SYSTEM:
            apply_theme(application(), Scheme.SYSTEM)

    def toggle_single_keys(self) -> None:
        """Switch keys without a modifier on or off."""
        wanted = not self._book.single_keys
        self._book.use_single_keys(wanted=wanted)
        self._memory.keep_single_keys(wanted=wanted)
        words = "Single-letter keys are on." if wanted else "Single-letter keys are off: use Ctrl+K."
        self.follower.say(words)
