"""SafeMode: a start in which nothing happens by itself, said on screen, with the texts at hand and a way back.

Chosen with --safe-mode, or by itself after two starts that died young. Called by launch.main and launch.window.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog

from cadence_desk.settings.start_log import SAFE_SECONDS, YOUNG_SECONDS
from cadence_desk.ui.kit.theme import Tone
from cadence_desk.ui.shell.commands import Command

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.launch.next_org import NextOrg
    from cadence_desk.launch.org_switch import Windows
    from cadence_desk.settings.start_log import StartLog
    from cadence_desk.sync.parts import EngineOptions
    from cadence_desk.ui.shell.main_window import MainWindow

CODE = "NOTICE-SAFE"


def safe_options(options: EngineOptions) -> EngineOptions:
    """Return the engine's settings for a safe start: no event stream, nothing sent by itself, lists read anew."""
    return replace(options, live=False, sends=False, keeps_cache=False)


def follow_life(parent: QObject, starts: StartLog) -> None:
    """Tell the log of starts how long this one has lived."""
    for seconds, told in ((YOUNG_SECONDS, starts.grown), (SAFE_SECONDS, starts.lasted)):
        timer = QTimer(parent)
        timer.setSingleShot(True)
        timer.timeout.connect(told)
        timer.start(seconds * 1_000)


class SafeMode(QObject):
    """The window's side of a safe start."""

    def __init__(
        self, run: Windows, back: Callable[[], NextOrg], starts: StartLog | None, *, asked: bool
    ) -> None:
        """Take how to open the same org normally; `asked` when a person wanted safe mode."""
        super().__init__()
        self._run = run
        self._back = back
        self._starts = starts
        self._asked = asked
        self._over = False
        self._dialog: QFileDialog | None = None
        self._others = run.contribute
        run.contribute = self.contribute

    def contribute(self, window: MainWindow) -> None:
        """Say so on a window and add the commands; after the way back nothing of it is left."""
        self._others(window)
        if self._over:
            return
        window.contribute(
            Command("leave_safe_mode", "Leave safe mode", self.leave, (), "start normally send what waits")
        )
        window.contribute(
            Command("export_unsent", "Export unsent notes", self.export, (), "save outbox draft text")
        )
        why = "" if self._asked else "Cadence Desk ended twice right after its start. "
        words = (
            f"{why}Nothing is sent, changes in Salesforce are not followed live, and the lists are read anew. "
            "What you wrote waits in the outbox: it goes out as soon as you leave safe mode."
        )
        acts = (("Export unsent notes", "export_unsent"), ("Leave safe mode", "leave_safe_mode"))
        window.frame.bar.tell(CODE, "Safe mode", words, tone=Tone.WARN, acts=acts, lasting=True)

    def leave(self) -> None:
        """Open the same org again, normally."""
        if not self._over:
            self._over = True
            if self._starts is not None:
                self._starts.forget()
            self._run.leave_for(self._back())

    # ------------------------------------------------------------ the texts

    def export(self) -> None:
        """Ask for a file and write what is not surely in Salesforce."""
        dialog = QFileDialog(self._run.window, "Export unsent notes", "", "Text (*.txt);;Table (*.csv)")
        dialog.setObjectName("exportUnsentDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("txt")
        dialog.selectFile("unsent-notes.txt")
        dialog.fileSelected.connect(self.write)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write(self, name: str) -> None:
        """Write the texts to a file that a person named."""
        desk, tasks = self._run.desk, self._run.tasks
        if desk is not None and tasks is not None:
            tasks.start(
                self, desk.outbox.export(Path(name)), name="export notes", then="written", failed="failed"
            )

    def written(self, count: int) -> None:
        """Say how many texts are in the file."""
        words = f"{count} {'note was' if count == 1 else 'notes were'} written. The file holds personal data."
        self._run.window.frame.bar.tell("NOTICE-EXPORT", "Exported", words if count else "No note is unsent.")

    def failed(self, error: DeskError) -> None:
        """Say why there is no file."""
        self._run.window.frame.bar.show_error(error)
