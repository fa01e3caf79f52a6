"""CadencesScreen: the cadences as they are live, read only. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QVBoxLayout, QWidget

from cadence_desk.ui.cadences.cadence_lines import cadence_lines, step_lines
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.list_screen import SearchField
from cadence_desk.ui.kit.plain_label import ElidedLabel, PlainLabel
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.ui.kit.workplace import Workplace


class CadencesScreen(QWidget):
    """Cadences at the left, steps at the right."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("cadencesScreen")
        self._place: Workplace | None = None
        self.heading = PlainLabel("Cadences", scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.search = SearchField()
        self.search.setObjectName("cadenceSearchField")
        self.search.setAccessibleName("Search cadences")
        self.search.setPlaceholderText("Search cadences")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self.refresh)
        self.list = LineList()
        self.list.setObjectName("cadencesList")
        self.list.setAccessibleName("Cadences")
        self.list.show_empty("No cadences. They appear once you are signed in.")
        self.list.chosen.connect(self._show_cadence)
        self.search.left_downwards.connect(self.list.setFocus)
        self.title = ElidedLabel(scale=1.15, bold=True)
        self.facts = ElidedLabel(muted=True)
        self.steps = LineList()
        self.steps.setObjectName("cadenceStepsList")
        self.steps.setAccessibleName("Steps of the cadence")
        self.steps.show_empty("Select a cadence to see its steps.")
        self._lay_out()

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        top.addWidget(PlainLabel("Read only: cadences are built in Salesforce.", muted=True))
        split = self._build_split()
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP)
        whole.addLayout(top)
        whole.addWidget(split, 1)

    def _build_split(self) -> QSplitter:
        left = QWidget()
        left_rows = QVBoxLayout(left)
        left_rows.setContentsMargins(0, 0, 0, 0)
        left_rows.setSpacing(GAP)
        left_rows.addWidget(self.search)
        left_rows.addWidget(self.list, 1)
        right = QWidget()
        right_rows = QVBoxLayout(right)
        right_rows.setContentsMargins(GAP, 4, 0, 0)
        right_rows.setSpacing(4)
        right_rows.addWidget(self.title)
        right_rows.addWidget(self.facts)
        right_rows.addSpacing(4)
        right_rows.addWidget(self.steps, 1)
        split = QSplitter()
        split.setHandleWidth(GAP)
        split.addWidget(left)
        split.addWidget(right)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        split.setChildrenCollapsible(False)
        return split

    def attach(self, place: Workplace) -> None:
        """Show a desk's cadences."""
        self._place = place
        self.refresh()

    def refresh(self) -> None:
        """Read the cadences again."""
        if self._place is None:
            return
        typed = self.search.text().casefold().split()
        everything = self._place.desk.cadences()
        found = [one for one in everything if all(word in one.name.casefold() for word in typed)]
        self.list.show_lines(cadence_lines(found))
        self.counts.setText(
            f"{len(found)}" if len(found) == len(everything) else f"{len(found)} of {len(everything)}"
        )
        if not self.list.current_key() and found:
            self.list.go_to(self.list.key_at(0))
        else:
            self._show_cadence(self.list.current_key())

    def _show_cadence(self, cadence_id: str) -> None:
        cadence = self._find(cadence_id)
        if cadence is None:
            self.title.setText("")
            self.facts.setText("")
            self.steps.show_lines(())
            return
        self.title.setText(cadence.name)
        counts = [
            "" if cadence.active_targets is None else f"{cadence.active_targets:,} in cadence",
            "" if cadence.total_targets is None else f"{cadence.total_targets:,} ever",
        ]
        parts = [cadence.type, cadence.folder_name, *counts, cadence.description]
        self.facts.setText("  ·  ".join(part for part in parts if part))
        self.steps.show_lines(step_lines(cadence))

    def _find(self, cadence_id: str) -> Cadence | None:
        if self._place is None:
            return None
        return next((one for one in self._place.desk.cadences() if one.id == cadence_id), None)
