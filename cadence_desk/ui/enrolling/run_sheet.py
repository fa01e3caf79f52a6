"""RunSheet: a run that was started before, found again: where it stands, row by row. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize

from cadence_desk.domain.operations import Kind
from cadence_desk.ui.enrolling.run_pane import RunPane
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.sheet import Sheet

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import EnrollRunFace
    from cadence_desk.ui.kit.workplace import Workplace


class RunSheet(Sheet):
    """One run."""

    def __init__(self, place: Workplace, run_id: str, title: str, parent: QWidget | None = None) -> None:
        super().__init__(title, parent, QSize(920, 560))
        self.setObjectName("runSheet")
        self.pane = RunPane(place, self)
        self.pane.state.setText("Reading…")
        self.pane.failed.connect(self.read_failed)
        self.content.addWidget(self.pane, 1)
        self.buttons.addStretch(1)
        self.close_button = self.add_button("Close", "closeRunButton", self.reject)
        self.close_button.setFocus()
        self.finished.connect(lambda _result: self.pane.stop_following())
        place.tasks.start(
            self, place.desk.runs.view(run_id), name="read a run", then="run_read", failed="read_failed"
        )

    def run_read(self, run: EnrollRunFace) -> None:
        """Show it."""
        what = "added" if run.run.kind is Kind.ENROLL else "changed"
        self.show_sub(f"{run.run.rows:,} rows came in, {run.run.wanted:,} were to be {what}")
        self.pane.follow(run)

    def read_failed(self, error: DeskError) -> None:
        """Tell what did not work."""
        present_error(self, error)
