"""RunPane: one run with every row's result, and what can be done about it: undo, hold, resume, stop, save the report.

Shown inside the add-to-cadence dialog once it began, and by RunSheet for a run that is found again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from cadence_desk.bridge.relay import EventRelay
from cadence_desk.domain.operations import Hold
from cadence_desk.domain.planning.run import OPEN_RUNS, RunState
from cadence_desk.ui.enrolling.enroll_lines import result_lines, result_summary
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence
    from typing import Any

    from cadence_desk.domain.changes import Change
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import EnrollRunFace
    from cadence_desk.ui.kit.workplace import Workplace

_LOOK_MS = 150
"""The first change is shown at once. A run of thousands changes many times a second; then the pane looks so often."""
_SURE_MS = 4_000
"""How long a first press on Stop waits for the second."""


class RunPane(QWidget):
    """A run that goes on or is over."""

    failed = Signal(object)
    """Something that was asked for did not work: a DeskError."""

    def __init__(self, place: Workplace, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place = place
        self.run: EnrollRunFace | None = None
        self.state = PlainLabel(bold=True, wrap=True)
        self.state.setObjectName("runState")
        self.summary = PlainLabel(wrap=True)
        self.summary.setObjectName("runSummary")
        self.list = LineList()
        self.list.setObjectName("resultList")
        self.list.setAccessibleName("What became of each person")
        self.whole = PlainLabel(wrap=True, muted=True)
        self.whole.setObjectName("resultDetail")
        self.told = PlainLabel(wrap=True, muted=True)
        self.told.setObjectName("reportPlace")
        for label in (self.whole, self.told):
            label.hide()
        self.list.chosen.connect(self._show_whole)
        self._make_buttons()
        self._lay_out()
        self._look, self._sure = self._timer(_LOOK_MS, self._rested), self._timer(_SURE_MS, self._unsure)
        self._changed_since = False
        self._relay = EventRelay(place.desk.events, self)
        self._relay.changed.connect(self._heard)

    def _make_buttons(self) -> None:
        self._buttons = QHBoxLayout()
        self._buttons.setSpacing(GAP)
        self.undo = self._button("&Undo", "undoRunButton", self._undo)
        self.hold = self._button("&Hold", "holdRunButton", lambda: self._do("hold", self._runs.hold))
        self.resume = self._button(
            "&Resume", "resumeRunButton", lambda: self._do("resume", self._runs.resume)
        )
        self.end = self._button("&Stop", "stopRunButton", self._stop)
        self._buttons.addStretch(1)
        self.save = self._button("Sa&ve report…", "saveReportButton", self._choose_folder)

    def _lay_out(self) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(GAP)
        for widget in (self.state, self.summary):
            whole.addWidget(widget)
        whole.addWidget(self.list, 1)
        for widget in (self.whole, self.told):
            whole.addWidget(widget)
        whole.addLayout(self._buttons)

    @property
    def _runs(self) -> Any:
        return self._place.desk.runs

    def _button(self, text: str, name: str, pressed: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAutoDefault(False)
        button.clicked.connect(lambda _checked=False: pressed())
        self._buttons.addWidget(button)
        return button

    def _timer(self, milliseconds: int, slot: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    # ------------------------------------------------------------ showing

    def follow(self, run: EnrollRunFace) -> None:
        """Show a run from now on."""
        self.run = run
        self.list.show_many(result_lines(run))
        self._show()

    def stop_following(self) -> None:
        """Look no more."""
        self._relay.stop()
        self._look.stop()

    def _heard(self, change: Change) -> None:
        if not change.operations or self.run is None:
            return
        if self._look.isActive():
            self._changed_since = True
            return
        self._show()
        self._look.start()

    def _rested(self) -> None:
        if self._changed_since:
            self._changed_since = False
            self._show()
            self._look.start()

    def _show(self, _done: object = None) -> None:
        if self.run is None:
            return
        run = self.run.run
        undoable = self.run.can_be_undone
        self.state.setText(f"{run.words}: it can still be taken back." if undoable else run.words)
        self.summary.setText(result_summary(self.run))
        self.list.look_again()
        is_open, by_person = run.state in OPEN_RUNS, run.hold is Hold.RUN_HOLDING
        many = run.is_listed and is_open
        self.undo.setVisible(undoable)
        self.hold.setVisible(many and not by_person and not undoable)
        self.resume.setVisible(many and run.state is RunState.HOLDING)
        self.end.setVisible(many and not undoable)

    def _show_whole(self, key: str) -> None:
        """Show the selected row's text uncut."""
        line = self.list.lines.lines[int(key.partition(":")[0])]
        self.whole.setText(f"{line.title[:80]}: {line.detail}")
        self.whole.show()

    # ------------------------------------------------------------ doing

    def _do(self, name: str, ask: Callable[[str], Coroutine[Any, Any, object]]) -> None:
        if self.run is not None:
            self._place.tasks.start(
                self, ask(self.run.run_id), name=f"{name} a run", then="_show", failed="_not_done"
            )

    def _not_done(self, error: DeskError) -> None:
        self.failed.emit(error)
        self._show()

    def _undo(self) -> None:
        if self.run is not None:
            intents = [self.run.first_intent()]
            self._place.tasks.start(
                self,
                self._place.desk.moves.undo(intents),
                name="undo a run",
                then="_show",
                failed="_not_done",
            )

    def _stop(self) -> None:
        """Ask once more before the end that cannot be taken back."""
        if self._sure.isActive():
            self._unsure()
            self._do("stop", self._runs.stop)
            return
        self.end.setText("&Stop for good?")
        self._sure.start()

    def _unsure(self) -> None:
        self._sure.stop()
        self.end.setText("&Stop")

    def _choose_folder(self) -> None:
        """Let the user choose where; the dialog is the system's and does not block."""
        dialog = QFileDialog(self, "Save the report of this run in a folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly, on=True)
        dialog.fileSelected.connect(self.save_report)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_report(self, folder: str) -> None:
        """Write the four files into a folder."""
        if self.run is not None and folder:
            self._place.tasks.start(
                self,
                self._runs.write_report(self.run.run_id, Path(folder)),
                name="save a report",
                then="report_saved",
                failed="_not_done",
                sender=self.save,
            )

    def report_saved(self, paths: Sequence[Path]) -> None:
        """Say where the files are."""
        names = ", ".join(path.name for path in paths)
        self.told.show()
        self.told.setText(f"Saved in {paths[0].parent}: {names}.")
