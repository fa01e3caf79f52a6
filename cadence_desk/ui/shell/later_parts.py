"""PartsWindow: what of the window is not seen at its first paint, made in short turns after it, or at first use.

Base of MainWindow. Commands, dialogs' doors, messages and the refresher are parts; so are the two hidden pages of
the frame. Every part is there as soon as somebody asks for one, a key is pressed or a desk is attached.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QMainWindow

from cadence_desk.domain.overriding import override

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.ui.shell.commands import Command, CommandBook
    from cadence_desk.ui.shell.doors import Doors
    from cadence_desk.ui.shell.frame import WindowFrame
    from cadence_desk.ui.shell.refresher import Refresher
    from cadence_desk.ui.shell.undo_toast import UndoToast
    from cadence_desk.ui.shell.window_acts import WindowActs
    from cadence_desk.ui.shell.window_memory import WindowMemory

LOADED_LATER = (
    "cadence_desk.domain.operations",
    "cadence_desk.domain.trackers",
    "cadence_desk.ui.kit.state_badges",
    "cadence_desk.ui.kit.line_list",
    "cadence_desk.ui.target.target_lines",
    "cadence_desk.ui.shell.commands",
    "cadence_desk.ui.shell.doors",
    "cadence_desk.ui.shell.window_acts",
    "cadence_desk.ui.shell.refresher",
    "cadence_desk.ui.shell.command_list",
    "cadence_desk.ui.shell.sign_in_page",
)
"""What the parts are made of, in the order and the portions in which it is loaded."""


class LaterParts:
    """The parts, once they are made. Plain code: what a dataclass writes would be compiled before the first paint."""

    __slots__ = ("acts", "book", "doors", "refresher", "toast")

    def __init__(
        self, book: CommandBook, doors: Doors, toast: UndoToast, acts: WindowActs, refresher: Refresher
    ) -> None:
        self.book = book
        self.doors = doors
        self.toast = toast
        self.acts = acts
        self.refresher = refresher


class PartsWindow(QMainWindow):
    """A window that is painted before it is complete."""

    frame: WindowFrame
    memory: WindowMemory

    def __init__(self) -> None:
        super().__init__()
        self._parts: LaterParts | None = None
        self._contributed: list[Command] = []
        self._turns = self._make_parts()
        self.installEventFilter(self)

    def complete_soon(self) -> None:
        """Make one part after the other, each in a turn of its own: the window was painted."""
        QTimer.singleShot(0, self, self._make_one)

    def complete(self) -> LaterParts:
        """Make what is not there yet, now."""
        while self._parts is None and next(self._turns, self) is not self:
            pass
        if self._parts is None:
            raise RuntimeError("a part of the window asked for all parts while it was made")
        return self._parts

    def contribute(self, command: Command) -> None:
        """Add a command from outside, such as those of launch."""
        if self._parts is None:
            self._contributed.append(command)
        else:
            self._parts.book.add(command)

    def run_command(self, name: str) -> None:
        """Run a command by its name."""
        self.complete().book.run(name)

    @property
    def book(self) -> CommandBook:
        """Every command."""
        return self.complete().book

    @property
    def doors(self) -> Doors:
        """What opens dialogs."""
        return self.complete().doors

    @property
    def toast(self) -> UndoToast:
        """The message at the bottom."""
        return self.complete().toast

    @property
    def acts(self) -> WindowActs:
        """What the window's own commands do."""
        return self.complete().acts

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Make the commands before the first key is looked up among their keys."""
        if event.type() == QEvent.Type.ShortcutOverride:
            self.complete()
        return False

    def use_parts(self, parts: LaterParts) -> None:
        """Connect what was made; for MainWindow."""

    # ------------------------------------------------------------ one turn after the other

    def _make_one(self) -> None:
        if next(self._turns, self) is not self:
            QTimer.singleShot(0, self, self._make_one)

    def _make_parts(self) -> Iterator[None]:
        """Make everything; a turn ends before a picture would be late."""
        for name in LOADED_LATER:
            import_module(name)
            yield
        from cadence_desk.ui.shell.command_list import add_commands
        from cadence_desk.ui.shell.commands import CommandBook
        from cadence_desk.ui.shell.doors import Doors, refusal_banner
        from cadence_desk.ui.shell.refresher import Refresher
        from cadence_desk.ui.shell.undo_toast import UndoToast
        from cadence_desk.ui.shell.window_acts import WindowActs

        frame = self.frame
        book = CommandBook(self, single_keys=self.memory.single_keys)
        book.refused.connect(lambda title, reason: refusal_banner(frame, title, reason))
        doors = Doors(self, frame, book)
        toast = UndoToast(frame)
        acts = WindowActs(frame, book, toast, self.memory)
        toast.undo_asked.connect(acts.undo)
        doors.queued.connect(acts.told)
        yield
        add_commands(book, frame, doors, acts)
        yield
        self._take(LaterParts(book, doors, toast, acts, Refresher(frame)))
        yield
        frame.side.complete()
        yield
        _ = frame.sign_in

    def _take(self, parts: LaterParts) -> None:
        self._parts = parts
        self.removeEventFilter(self)
        self.use_parts(parts)
        for command in self._contributed:
            parts.book.add(command)
        self._contributed.clear()
