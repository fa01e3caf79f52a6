"""FirstOrgSheet: what a start shows while there is no org to open: paste the link an admin gave you, or take the other way.

Opened by launch, which adds the org and names the other way.
"""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit

from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, stacked

_WORDS = (
    "An admin of your company hands out a link or a small file, once. It says where your org is; it holds no password. "
    "You sign in with your browser afterwards."
)
_ASKED = (
    "A link asks to add this org. Add it only if an admin of your company gave you the link: "
    "you will be asked to sign in there."
)


class FirstOrgSheet(Sheet):
    """One field and two ways."""

    add_asked = Signal(str)
    """A link or the path of a file, as entered."""
    other_asked = Signal()
    """The other way."""

    def __init__(self, other: str, link: str = "", where: str = "") -> None:
        super().__init__("Add this org?" if where else "Welcome to Cadence Desk", None, QSize(600, 300))
        self.setObjectName("firstOrgSheet")
        self.show_sub(where or "No org is set up on this computer yet.")
        self.field = QLineEdit(link)
        self.field.setObjectName("firstOrgField")
        self.field.setPlaceholderText("cadence-desk://add-org?… or the path of a file")
        self.content.addLayout(stacked("Link or file of your org", self.field))
        self.content.addWidget(PlainLabel(_ASKED if where else _WORDS, muted=True, wrap=True))
        self.content.addStretch(1)
        if other:
            self.add_button(other, "otherWayButton", self.other_asked.emit)
        self.buttons.addStretch(1)
        self.add_button("Close", "closeFirstOrgButton", self.reject)
        self.add_button("Add and open", "addFirstOrgButton", self._add, primary=True)

    def _add(self) -> None:
        text = self.field.text().strip()
        if text:
            self.add_asked.emit(text)
        else:
            self.field.setFocus()
