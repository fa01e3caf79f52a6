"""RunDoor: opens what adds many people at once, and finds again what was begun. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QDialog, QMainWindow

    from cadence_desk.ui.shell.frame import WindowFrame


class RunDoor(QObject):
    """Opens the add-to-cadence dialog, the list of runs and single runs. Dialogs are imported when first opened."""

    queued = Signal(str, list)
    """Something was queued that may be undone: words and intent ids."""

    def __init__(self, window: QMainWindow, frame: WindowFrame) -> None:
        super().__init__(window)
        self._window = window
        self._frame = frame

    def enroll(self, target_ids: Sequence[str]) -> None:
        """Open the add-to-cadence dialog for these people."""
        from cadence_desk.ui.enrolling.enroll_dialog import EnrollDialog

        if self._frame.place is not None:
            dialog = EnrollDialog(self._frame.place, target_ids, self._window)
            dialog.queued.connect(self.queued)
            _open(dialog)

    def runs(self) -> None:
        """Open the list of runs."""
        from cadence_desk.ui.enrolling.runs_sheet import RunsSheet

        if self._frame.place is not None:
            sheet = RunsSheet(self._frame.place, self._window)
            sheet.wanted.connect(self.open_run)
            _open(sheet)

    def open_run(self, run_id: str, title: str) -> None:
        """Open one run."""
        from cadence_desk.ui.enrolling.run_sheet import RunSheet

        if self._frame.place is not None:
            _open(RunSheet(self._frame.place, run_id, title, self._window))

    def why_not(self) -> str:
        """Return why the runs cannot be shown now; empty when they can."""
        return "" if self._frame.place is not None else "The desk is not open yet."

    def command(self) -> Command:
        """Return the command that lists the runs."""
        return Command(
            "runs", "Show what changes many at once", self.runs, ("G, M",), "run bulk many enroll hold resume stop report",
            self.why_not,
        )  # fmt: skip


def _open(dialog: QDialog) -> None:
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
