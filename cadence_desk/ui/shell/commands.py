"""Commands: everything the window can do, by name, with keys, one list for menus, keys and palette.

Called by the main window, which fills the book, and by launch, which may add commands of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

_WITH_MODIFIER = re.compile(r"(Ctrl|Alt|Meta)\+|F\d+$|Escape$|Return$")


def always() -> str:
    """Return no reason: the command can be used."""
    return ""


@dataclass(frozen=True, slots=True)
class Command:
    """One thing the window can do.

    Attributes:
        keys: key sequences in Qt's portable form; the first is shown.
        why_not: asked before it runs; a sentence why it cannot be used now, or nothing.
    """

    name: str
    title: str
    run: Callable[[], object]
    keys: tuple[str, ...] = ()
    group: str = ""
    why_not: Callable[[], str] = always

    def shown_keys(self) -> str:
        """Return the first key as the platform writes it."""
        return (
            QKeySequence(self.keys[0]).toString(QKeySequence.SequenceFormat.NativeText) if self.keys else ""
        )


def is_single(keys: str) -> bool:
    """Return True for keys without a modifier: they act only while no text field has focus."""
    return not _WITH_MODIFIER.match(keys)


class CommandBook(QObject):
    """All commands of a window, with their key bindings."""

    refused = Signal(str, str)
    """A command cannot be used: its title and the reason."""

    def __init__(self, window: QWidget, *, single_keys: bool = True) -> None:
        super().__init__(window)
        self._window = window
        self._commands: dict[str, Command] = {}
        self._actions: dict[str, QAction] = {}
        self._of_the_moment: list[Callable[[], Sequence[Command]]] = []
        self._shown: dict[str, str] = {}
        """Titles of the commands of the moment that were at hand last: one of them may be chosen too late."""
        self._singles = single_keys

    @property
    def commands(self) -> list[Command]:
        """All commands, in the order they were added."""
        return list(self._commands.values())

    @property
    def at_hand(self) -> list[Command]:
        """All commands, and before them what can be done just now only."""
        now = self._now()
        self._shown = {one.name: one.title for one in now}
        return [*now, *self.commands]

    def offer(self, commands: Callable[[], Sequence[Command]]) -> None:
        """Ask for commands of the moment whenever the palette opens; they have no keys."""
        self._of_the_moment.append(commands)

    def _now(self) -> list[Command]:
        return [command for ask in self._of_the_moment for command in ask()]

    @property
    def single_keys(self) -> bool:
        """True while keys without a modifier work."""
        return self._singles

    def add(self, command: Command) -> None:
        """Add a command; the same name again replaces it."""
        old = self._actions.pop(command.name, None)
        if old is not None:
            self._window.removeAction(old)
            old.deleteLater()
        self._commands[command.name] = command
        action = QAction(command.title.replace("&", "&&"), self)
        action.setObjectName(f"command_{command.name}")
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda: self.run(command.name))
        self._actions[command.name] = action
        self._bind(command, action)
        self._window.addAction(action)

    def action(self, name: str) -> QAction:
        """Return the action of a command, for menus."""
        return self._actions[name]

    def run(self, name: str) -> bool:
        """Run a command, or tell why it cannot be used; an unknown name does nothing."""
        command = self._commands.get(name) or next((one for one in self._now() if one.name == name), None)
        if command is None:
            if name in self._shown:
                self.refused.emit(self._shown[name], "Its time is over: nothing was done.")
            return False
        reason = command.why_not()
        if reason:
            self.refused.emit(command.title, reason)
            return False
        command.run()
        return True

    def use_single_keys(self, *, wanted: bool) -> None:
        """Switch keys without a modifier on or off; screen readers need them for themselves."""
        self._singles = wanted
        for name, action in self._actions.items():
            self._bind(self._commands[name], action)

    def _bind(self, command: Command, action: QAction) -> None:
        keys = [key for key in command.keys if self._singles or not is_single(key)]
        action.setShortcuts([QKeySequence(key) for key in keys])
