"""WindowActs: what the window's own commands do. Called by the command list only."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.shell.window_memory import application

if TYPE_CHECKING:
    from cadence_desk.ui.shell.commands import CommandBook
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
        self._memory = memory

    # ------------------------------------------------------------ undo

    def undo(self) -> None:
        """Take back the last change that still waits."""
        place, intents = self._frame.place, list(self._toast.intent_ids)
        if place is not None and intents:
            self._toast.forget()
            place.tasks.start(self, place.desk.moves.undo(intents), name="undo", then="undone")

    def undone(self, count: int) -> None:
        """Say what was taken back."""
        words = "Too late to undo: it was already sent."
        if count:
            words = (
                "Undone: nothing was sent." if count == 1 else f"{count} changes undone: nothing was sent."
            )
        self._toast.show_words(words, [])

    def why_not_undo(self) -> str:
        """Return why nothing can be undone."""
        return "" if self._toast.intent_ids else "There is nothing that can still be undone."

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
        self._toast.show_words(words, [])
