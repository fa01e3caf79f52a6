"""Palette: every command by name (Ctrl+K), and people by name. Called by the main window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QKeyEvent

    from cadence_desk.ui.shell.commands import Command

_PEOPLE = 8


class Palette(QDialog):
    """A search field over a list."""

    def __init__(
        self,
        commands: Sequence[Command],
        find_people: Callable[[str, int], list[tuple[str, str]]],
        parent: QWidget,
    ) -> None:
        """Take the commands, and a function that finds (id, name) of people for a typed text."""
        super().__init__(parent)
        self.setObjectName("palette")
        self.setWindowTitle("Commands")
        self._commands = list(commands)
        self._find_people = find_people
        self.chosen = ""
        """What was picked: `command:<name>` or `person:<id>`."""
        self.field = QLineEdit()
        self.field.setObjectName("paletteField")
        self.field.setAccessibleName("Find a command or a person")
        self.field.setPlaceholderText("Find a command or a person")
        self.field.textChanged.connect(self._look)
        self.list = LineList(two_lines=False)
        self.list.setObjectName("paletteList")
        self.list.setAccessibleName("Commands and people")
        self.list.show_empty("Nothing fits.")
        self.list.opened.connect(self._pick)
        self.list.clicked.connect(lambda index: self._pick(self.list.key_at(index.row())))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(GAP + 4, GAP + 4, GAP + 4, GAP + 4)
        rows.setSpacing(GAP)
        rows.addWidget(self.field)
        rows.addWidget(self.list)
        self.resize(560, 420)
        self._look("")

    def _look(self, text: str) -> None:
        words = text.casefold().split()
        lines = [
            Line(f"command:{one.name}", one.title, one.why_not(), aside=one.shown_keys())
            for one in self._commands
            if all(word in f"{one.title} {one.group}".casefold() for word in words)
        ]
        if words:
            found = self._find_people(text, _PEOPLE)
            lines += [Line(f"person:{key}", name, "Person") for key, name in found]
        self.list.show_lines(lines)
        self.list.go_to(lines[0].key if lines else "")

    def _pick(self, key: str) -> None:
        if key:
            self.chosen = key
            self.accept()

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            step = 1 if key == Qt.Key.Key_Down else -1
            row = max(0, min(self.list.currentIndex().row() + step, self.list.lines.rowCount() - 1))
            self.list.go_to(self.list.key_at(row))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._pick(self.list.current_key())
        else:
            super().keyPressEvent(event)
