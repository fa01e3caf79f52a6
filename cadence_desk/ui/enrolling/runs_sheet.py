"""RunsSheet: the runs of many rows, open and ended; Enter opens one. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal

from cadence_desk.bridge.relay import EventRelay
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.run_lines import RUN, run_lines
from cadence_desk.ui.kit.sheet import Sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cadence_desk.ui.kit.workplace import Workplace


class RunsSheet(Sheet):
    """All runs."""

    wanted = Signal(str, str)
    """A run is to be opened: its id and title."""

    def __init__(self, place: Workplace, parent: QWidget | None = None) -> None:
        super().__init__("Many at once", parent, QSize(760, 460))
        self.setObjectName("runsSheet")
        self._place = place
        self.list = LineList()
        self.list.setObjectName("runsList")
        self.list.setAccessibleName("Changes of many people at once")
        self.list.show_empty("Nothing was changed for ten people or more at once.")
        self.list.opened.connect(self._open)
        self.content.addWidget(self.list, 1)
        self.show_sub("Press Enter on a line to see every row, to hold or to stop it, or to save its report.")
        self.buttons.addStretch(1)
        self.add_button("Close", "closeRunsButton", self.reject)
        relay = EventRelay(place.desk.events, self)
        relay.changed.connect(lambda change: self.show_runs() if change.operations else None)
        self.finished.connect(lambda _result: relay.stop())
        self.show_runs()
        self.list.setFocus()

    def show_runs(self) -> None:
        """Look again."""
        self.list.show_lines(run_lines(self._place.desk.runs.in_short()))
        if not self.list.current_key() and len(self.list.lines.lines) > 1:
            self.list.go_to(self.list.key_at(1), quiet=True)

    def _open(self, key: str) -> None:
        run_id = key.removeprefix(RUN)
        titles = [run.title for run, _ in self._place.desk.runs.in_short() if run.run_id == run_id]
        if titles:
            self.accept()
            self.wanted.emit(run_id, titles[0])
