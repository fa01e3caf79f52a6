"""FollowUpRow: no follow-up, or a task in 1, 3 or 7 days, in one press. Called by CallPanel."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QToolButton, QWidget

from cadence_desk.domain.calls import FollowUp
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable

_DAYS = ((0, "None"), (1, "+1 day"), (3, "+3 days"), (7, "+7 days"))


class FollowUpRow(QWidget):
    """The follow-up choice."""

    changed = Signal()

    def __init__(self, name: str, today: Callable[[], date] = date.today) -> None:
        super().__init__()
        self.setObjectName("followUpRow")
        self._name = name
        self._today = today
        self._kept: FollowUp | None = None
        self._group = QButtonGroup(self)
        self.due = PlainLabel(muted=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP // 2)
        for days, text in _DAYS:
            button = QToolButton()
            button.setText(text)
            button.setObjectName("pill")
            button.setProperty("days", days)
            button.setAccessibleName(f"Follow-up: {text}")
            button.setCheckable(True)
            button.setChecked(days == 0)
            button.setShortcut(QKeySequence(f"Ctrl+{days}"))
            self._group.addButton(button, days)
            row.addWidget(button)
        row.addWidget(self.due)
        row.addStretch(1)
        self._group.idClicked.connect(self._pressed)
        self._show()

    def choose(self, days: int) -> None:
        """Choose a follow-up in some days; 0 means none."""
        button = self._group.button(days)
        if button is not None:
            button.setChecked(True)
            self._pressed(days)

    def show_kept(self, follow_up: FollowUp) -> None:
        """Show a follow-up that a draft held."""
        self._kept = follow_up
        self._group.setExclusive(False)
        for button in self._group.buttons():
            button.setChecked(False)
        self._group.setExclusive(True)
        self._show()

    def wanted(self) -> FollowUp | None:
        """Return the follow-up, if one is wanted."""
        days = self._group.checkedId()
        if days < 0:
            return self._kept
        if days == 0:
            return None
        return FollowUp(f"Follow up with {self._name}"[:255], self._today() + timedelta(days=days))

    def _pressed(self, _days: int) -> None:
        self._kept = None
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        found = self.wanted()
        self.due.setText(f"{found.due:%a} {found.due.day} {found.due:%b}" if found is not None else "")
        for button in self._group.buttons():
            button.setProperty("chosen", button.isChecked())
            button.style().unpolish(button)
            button.style().polish(button)
