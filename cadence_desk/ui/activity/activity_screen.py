"""ActivityScreen: what Salesforce reported, as it arrives. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import wall_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from cadence_desk.ui.kit.workplace import Workplace

_MOST = 500


class ActivityScreen(QWidget):
    """The feed of live changes."""

    target_chosen = Signal(str)
    target_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("activityScreen")
        self._place: Workplace | None = None
        self._targets: dict[str, str] = {}
        self.heading = PlainLabel("Activity", scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.list = LineList(two_lines=False)
        self.list.setObjectName("activityList")
        self.list.setAccessibleName("Live changes, newest first")
        self.list.show_empty(
            "Nothing yet. Changes made by you, colleagues and Salesforce appear here as they happen."
        )
        self.list.chosen.connect(lambda key: self.target_chosen.emit(self._targets.get(key, "")))
        self.list.opened.connect(lambda key: self.target_opened.emit(self._targets.get(key, "")))
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP)
        whole.addLayout(top)
        whole.addWidget(self.list, 1)

    def attach(self, place: Workplace) -> None:
        """Show a desk's feed."""
        self._place = place
        self.refresh()

    def refresh(self) -> None:
        """Read the feed again."""
        if self._place is None:
            return
        lines = []
        targets = {}
        for number, one in enumerate(list(self._place.desk.activity())[:_MOST]):
            key = f"{one.at}:{one.tracker_id}:{one.text}"
            key = f"{key}:{number}" if key in targets else key
            targets[key] = one.target_id
            badge = Badge("You", Shape.DOT, Tone.INFO) if one.by_us else None
            lines.append(Line(key, one.text, badge=badge, aside=wall_word(one.at)))
        self._targets = targets
        self.list.show_lines(lines)
        self.counts.setText(f"{len(lines)}" if lines else "")
