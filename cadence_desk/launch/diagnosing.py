"""Diagnostics for support: the window's command with its preview, and `cadence-desk diagnostics`. Called by launch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject

from cadence_desk.launch.diagnosed import bundle_of
from cadence_desk.launch.threads import in_thread
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.bridge.stall_meter import StallMeter
    from cadence_desk.bridge.tasks import TaskRunner
    from cadence_desk.domain.diagnosis import Page
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.shell.main_window import MainWindow

CODE = "NOTICE-DIAGNOSTICS"


class Windows(Protocol):
    """The life of the window, as far as diagnostics need it."""

    window: MainWindow
    tasks: TaskRunner | None
    meter: StallMeter

    @property
    def opened(self) -> OpenProfile | None:
        """The profile that the window holds."""


class Diagnosing(QObject):
    """Collects, shows, and writes what a person has looked at."""

    def __init__(self, run: Windows, window: MainWindow) -> None:
        """Add the command to a window; ends with it."""
        super().__init__(window)
        self._run = run
        self._window = window
        window.contribute(
            Command(
                "diagnostics",
                "Collect diagnostics for support",
                self.collect,
                (),
                "log support help error report",
                self.why_not,
            )
        )

    def why_not(self) -> str:
        """Return why nothing can be collected."""
        return "" if self._run.opened is not None else "The desk is not open yet."

    def collect(self) -> None:
        """Read everything in a thread, then show it."""
        opened, tasks = self._run.opened, self._run.tasks
        if opened is None or tasks is None:
            return
        self._tell(
            "Collecting diagnostics", "Files are read and the line is looked at: this takes some seconds."
        )
        silences = self._run.meter.histogram()
        tasks.start(
            self,
            in_thread(lambda: bundle_of(opened.profile, opened.paths, silences)),
            name="collect diagnostics",
            then="collected",
            failed="failed",
        )

    def collected(self, pages: Sequence[Page]) -> None:
        """Show what was collected."""
        from cadence_desk.ui.org.diagnostics_sheet import DiagnosticsSheet

        self._window.frame.bar.clear(CODE)
        sheet = DiagnosticsSheet(pages, self._window)
        sheet.folder_chosen.connect(lambda folder: self.write(folder, sheet.pages))
        sheet.finished.connect(sheet.deleteLater)
        sheet.open()

    def write(self, folder: str, pages: Sequence[Page]) -> None:
        """Write what was shown, and nothing else."""
        from cadence_desk.bootstrap.diagnosis import write_pages

        if self._run.tasks is not None:
            self._run.tasks.start(
                self,
                in_thread(lambda: write_pages(Path(folder), pages)),
                name="write diagnostics",
                then="written",
                failed="failed",
            )

    def written(self, folder: Any) -> None:
        """Say where it lies."""
        self._tell("Diagnostics written", f"The files are in {folder}. Nothing was sent.")

    def failed(self, error: DeskError) -> None:
        """Say why there is nothing."""
        self._window.frame.bar.clear(CODE)
        self._window.frame.bar.show_error(error)

    def _tell(self, title: str, words: str) -> None:
        self._window.frame.bar.clear(CODE)
        self._window.frame.bar.tell(CODE, title, words, tone=Tone.INFO)
