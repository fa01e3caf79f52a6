"""OrgPicker: go to another org with two keys, Ctrl+O and a digit; or by name; or add one by pasting its link.

Opened by launch, which knows the orgs; this knows names and keys only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QLineEdit, QVBoxLayout, QWidget

from cadence_desk.domain.orgs import Banner
from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.banner_bar import BannerBar
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from collections.abc import Coroutine, Sequence
    from typing import Any

    from PySide6.QtGui import QKeyEvent

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import TasksFace

_BADGES = {
    Banner.TRAINING: Badge("Training", Shape.DIAMOND, Tone.INFO),
    Banner.SANDBOX: Badge("Sandbox", Shape.RING, Tone.WARN),
    Banner.PRODUCTION: Badge("Production", Shape.DOT, Tone.BAD),
}
LINK = "cadence-desk://"
_HEADING = "heading"


@dataclass(frozen=True, slots=True)
class OrgChoice:
    """One org that the window can work with.

    Attributes:
        key: what it is opened by.
        detail: where it is and whose sign-in it uses.
        offered: it is another program's login and not on this computer's list yet.
    """

    key: str
    name: str
    banner: Banner
    detail: str = ""
    is_open: bool = False
    offered: bool = False


class OrgShelf(Protocol):
    """The orgs of this computer."""

    def known(self) -> Sequence[OrgChoice]:
        """Return the orgs as they were read last; never blocks."""

    def read(self) -> Coroutine[Any, Any, Sequence[OrgChoice]]:
        """Read the orgs anew."""

    def read_offered(self) -> Coroutine[Any, Any, Sequence[OrgChoice]]:
        """Return what other programs offer; may take seconds. Raises DeskError."""

    def add(self, link: str) -> Coroutine[Any, Any, OrgChoice]:
        """Add the org of a pasted link. Raises DeskError."""

    def go_to(self, key: str) -> Coroutine[Any, Any, None]:
        """Leave this org in order and open another. Raises DeskError, and stays, when that cannot be opened."""


class OrgPicker(QDialog):
    """A field over a numbered list."""

    def __init__(self, shelf: OrgShelf, tasks: TasksFace, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("orgPicker")
        self.setWindowTitle("Go to an org")
        self.setModal(True)
        self._shelf = shelf
        self._tasks = tasks
        self._orgs: list[OrgChoice] = list(shelf.known())
        self._offered: list[OrgChoice] = []
        self.bar = BannerBar(self)
        self.field = QLineEdit()
        self.field.setObjectName("orgField")
        self.field.setAccessibleName("Digit or name of an org, or a link to add one")
        self.field.setPlaceholderText("A digit, a name, or paste the link of an org")
        self.field.textEdited.connect(self._typed)
        self.list = LineList()
        self.list.setObjectName("orgList")
        self.list.setAccessibleName("Orgs")
        self.list.show_empty("No orgs yet. Paste the link an admin gave you, or: cadence-desk org add FILE")
        self.list.opened.connect(self._pick)
        self.list.clicked.connect(lambda index: self._pick(self.list.key_at(index.row())))
        rows = QVBoxLayout(self)
        rows.setContentsMargins(GAP + 4, GAP + 4, GAP + 4, GAP + 4)
        rows.setSpacing(GAP)
        for widget in (self.bar, self.field, self.list):
            rows.addWidget(widget)
        self.resize(560, 420)
        self._show("")
        tasks.start(self, shelf.read(), name="read orgs", then="show_orgs")
        tasks.start(
            self, shelf.read_offered(), name="read offered orgs", then="show_offered", failed="not_offered"
        )

    def show_orgs(self, orgs: Sequence[OrgChoice]) -> None:
        """Show the orgs as they are now."""
        self._orgs = list(orgs)
        self._show(self.field.text())

    def show_offered(self, offered: Sequence[OrgChoice]) -> None:
        """Show what other programs offer, below the others."""
        self._offered = list(offered)
        self._show(self.field.text())

    def not_offered(self, error: DeskError) -> None:
        """Say why nothing is offered; the orgs of this computer are not touched by it."""
        self.bar.tell("NOTICE-OFFERED", "The Salesforce CLI's logins could not be listed", error.message)

    def added(self, choice: OrgChoice) -> None:
        """Go to the org that was just added."""
        self._pick(choice.key)

    def gone(self, _value: object) -> None:
        """The window is on its way to the other org."""
        self.accept()

    def failed(self, error: DeskError) -> None:
        """Say why the window stays."""
        self.field.clear()
        self._show("")
        self.bar.show_error(error)

    def _typed(self, text: str) -> None:
        if len(text) == 1 and text.isdecimal():
            numbered = self._numbered()
            if 1 <= int(text) <= len(numbered):
                self._pick(numbered[int(text) - 1].key)
                return
        self._show(text)

    def _numbered(self) -> list[OrgChoice]:
        return [*self._orgs, *self._offered]

    def _show(self, text: str) -> None:
        words = text.casefold().split()
        lines: list[Line] = []
        for number, one in enumerate(self._numbered(), start=1):
            if not all(word in f"{one.name} {one.detail} {one.banner.value}".casefold() for word in words):
                continue
            if one.offered and not any(line.key == _HEADING for line in lines):
                lines.append(Line(_HEADING, "Offered by the Salesforce CLI", is_heading=True))
            title = f"{number}   {one.name}" if number <= 9 else one.name
            aside = "open" if one.is_open else ""
            lines.append(Line(one.key, title, one.detail, _BADGES[one.banner], aside))
        self.list.show_lines(lines)
        self.list.go_to(next((line.key for line in lines if not line.is_heading), ""))

    def _pick(self, key: str) -> None:
        chosen = next((one for one in self._numbered() if one.key == key), None)
        if chosen is not None and chosen.is_open:
            self.reject()
        elif key and key != _HEADING:
            self._tasks.start(
                self, self._shelf.go_to(key), name="go to another org", then="gone", failed="failed"
            )

    def _enter(self) -> None:
        text = self.field.text().strip()
        if text.startswith(LINK):
            self._tasks.start(self, self._shelf.add(text), name="add an org", then="added", failed="failed")
        else:
            self._pick(self.list.current_key())

    @override
    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if key in {Qt.Key.Key_Down, Qt.Key.Key_Up}:
            step = 1 if key == Qt.Key.Key_Down else -1
            row = max(0, min(self.list.currentIndex().row() + step, self.list.lines.rowCount() - 1))
            self.list.go_to(self.list.key_at(row))
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            self._enter()
        else:
            super().keyPressEvent(event)
