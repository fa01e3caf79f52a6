"""EnrollDialog: add people to a cadence, with what will happen to each before anything is written.

Called by the shell. Can be closed while a run goes on: its rows live in the outbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.ui.enrolling.enroll_lines import (
    added,
    assignee_choices,
    cadence_choices,
    offers_related,
    plan_lines,
    plan_summary,
    step_choices,
)
from cadence_desk.ui.enrolling.run_pane import RunPane
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.pick_field import PickField
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, field_label, stacked
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.ui.kit.desk_face import EnrollRunFace
    from cadence_desk.ui.kit.workplace import Workplace

_TYPING_MS = 120
_ID_LENGTHS = frozenset({0, 15, 18})


class EnrollDialog(Sheet):
    """Choose, see, add."""

    queued = Signal(str, list)
    """Closed while the run can still be taken back: words and the intents that do so."""

    def __init__(self, place: Workplace, target_ids: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            f"Add {count_word(len(target_ids), 'person', 'people')} to a cadence", parent, QSize(920, 560)
        )
        self.setObjectName("enrollDialog")
        self._place = place
        self._targets = list(target_ids)
        self._rows: list[PlanRow] = []
        self._asked = 0
        self._checking: Any = None
        self.run: EnrollRunFace | None = None
        self._make_fields()
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(_TYPING_MS)
        self._wait.timeout.connect(self._preview)
        self._lay_out()
        self._offer()
        self._connect()

    # ------------------------------------------------------------ building

    def _make_fields(self) -> None:
        self.cadence = PickField("Type a part of the cadence's name")
        self.cadence.setObjectName("cadenceField")
        self.step = PickField("First step")
        self.step.setObjectName("startStepField")
        self.assignee = PickField("Who performs the steps")
        self.assignee.setObjectName("assigneeField")
        self.related = QLineEdit()
        self.related.setObjectName("relatedField")
        self.related.setPlaceholderText("Id of an opportunity or another record")
        self.summary = PlainLabel("Choose a cadence to see what will happen.", bold=True)
        self.summary.setObjectName("previewSummary")
        self.stop_check = QPushButton("&Stop checking")
        self.stop_check.setObjectName("stopCheckButton")
        self.stop_check.setAutoDefault(False)
        self.stop_check.clicked.connect(lambda _checked=False: self._stop_checking())
        self.stop_check.hide()
        self.pane = RunPane(self._place, self)
        self.pane.failed.connect(lambda error: present_error(self, error))
        self.pane.hide()
        self.list = LineList()
        self.list.setObjectName("previewList")
        self.list.setAccessibleName("What will happen to each person")
        self.whole = PlainLabel(wrap=True, muted=True)
        self.whole.setObjectName("rowDetail")
        self.list.chosen.connect(self._show_whole)
        self.note = PlainLabel("Nothing is written before you press Add.", muted=True, wrap=True)

    def _lay_out(self) -> None:
        form = QVBoxLayout()
        form.setSpacing(GAP + 2)
        form.addLayout(stacked("Cadence", self.cadence))
        form.addLayout(stacked("Start step", self.step))
        form.addLayout(stacked("Assignee", self.assignee))
        self._related_label = field_label("Related record", self.related)
        form.addWidget(self._related_label)
        form.addWidget(self.related)
        form.addStretch(1)
        form.addWidget(self.note)
        shown = QVBoxLayout()
        shown.setSpacing(GAP)
        told = QHBoxLayout()
        told.addWidget(self.summary, 1)
        told.addWidget(self.stop_check)
        shown.addLayout(told)
        shown.addWidget(self.list, 1)
        shown.addWidget(self.whole)
        self._choosing = QWidget()
        sides = QHBoxLayout(self._choosing)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(2 * GAP)
        sides.addLayout(form, 2)
        sides.addLayout(shown, 3)
        self.content.addWidget(self._choosing, 1)
        self.content.addWidget(self.pane, 1)
        self.buttons.addStretch(1)
        self.close_button = self.add_button("Close", "closeEnrollButton", self.reject)
        self.add = self.add_button("Add", "confirmEnrollButton", self._start, primary=True)
        self.add.setEnabled(False)

    def _offer(self) -> None:
        desk = self._place.desk
        self.cadence.offer(cadence_choices(desk.cadences()))
        self.assignee.offer(assignee_choices(desk.reps()))
        if desk.identity is not None:
            self.assignee.pick(desk.identity.user_id)
        shown = offers_related(desk.capabilities)
        self._related_label.setVisible(shown)
        self.related.setVisible(shown)
        self._show_steps("")
        self.cadence.text_field().setFocus()

    def _connect(self) -> None:
        self.cadence.picked.connect(self._show_steps)
        for field in (self.cadence, self.step, self.assignee):
            field.picked.connect(lambda _key: self._wait.start())
        self.related.textChanged.connect(lambda _text: self._wait.start())
        self.finished.connect(lambda _result: self._closed())

    def _show_steps(self, cadence_id: str) -> None:
        cadence = next((one for one in self._place.desk.cadences() if one.id == cadence_id), None)
        self.step.offer(step_choices(cadence))
        self.step.pick("")
        self.step.setEnabled(cadence is not None)

    def _show_whole(self, _key: str) -> None:
        """Show the selected row's text uncut."""
        row = self.list.currentIndex().row()
        line = self.list.lines.lines[row] if 0 <= row < len(self.list.lines.lines) else None
        self.whole.setText(f"{line.title[:80]}: {line.detail}" if line is not None else "")

    # ------------------------------------------------------------ preview

    def _wish(self) -> WishInput | None:
        related = self.related.text().strip() if self.related.isVisibleTo(self) else ""
        if not self.cadence.key() or not self.assignee.key() or len(related) not in _ID_LENGTHS:
            return None
        return WishInput(self.cadence.key(), self.assignee.key(), self.step.key(), related)

    def _preview(self) -> None:
        wish = self._wish()
        if self.run is not None:
            return
        self._drop_check()
        if wish is None:
            self._rows = []
            self.list.show_many(())
            self.summary.setText("Choose a cadence and an assignee to see what will happen.")
            self._allow()
            return
        self.summary.setText("Checking…")
        self.stop_check.show()
        self._checking = self._place.tasks.start(
            self,
            self._ask(self._asked, wish),
            name="enrollment preview",
            then="preview_ready",
            failed="preview_failed",
        )

    async def _ask(self, number: int, wish: WishInput) -> tuple[int, list[PlanRow]]:
        def told(done: int, of: int) -> None:
            if number == self._asked:
                self.summary.setText(f"Checked {done:,} of {count_word(of, 'person', 'people')}…")

        return number, await self._place.desk.enrollment.preview(self._targets, wish, told)

    def _drop_check(self) -> None:
        """Wait no more for a preview that is being made: an answer to it is not shown."""
        self._asked += 1
        self.stop_check.hide()
        if self._checking is not None:
            self._checking.cancel()
            self._checking = None

    def _stop_checking(self) -> None:
        self._drop_check()
        self._rows = []
        self.list.show_many(())
        self.summary.setText("Stopped: nothing was written. Change a choice to check again.")
        self._allow()
        self.cadence.text_field().setFocus()

    def preview_ready(self, answer: tuple[int, list[PlanRow]]) -> None:
        """Show a preview, unless a newer one was asked for."""
        number, rows = answer
        if number != self._asked or self.run is not None:
            return
        self._checking = None
        self.stop_check.hide()
        self._rows = rows
        self.list.show_many(plan_lines(rows))
        self.summary.setText(plan_summary(rows))
        self._allow()

    def preview_failed(self, error: DeskError) -> None:
        """Tell why there is no preview."""
        self._checking = None
        self.stop_check.hide()
        self._rows = []
        self.list.show_many(())
        self.summary.setText("The preview could not be made.")
        self._allow()
        present_error(self, error)

    def _allow(self) -> None:
        count = len(added(self._rows))
        reason = self._reason()
        self.add.setEnabled(count > 0 and not reason)
        self.add.setText(f"Add {count_word(count, 'person', 'people')}" if count else "Add")
        if reason:
            self.note.setText(reason)

    def _reason(self) -> str:
        from cadence_desk.domain.operations import Kind

        return self._place.desk.why_not(Kind.ENROLL)

    # ------------------------------------------------------------ the run

    def _start(self) -> None:
        wish = self._wish()
        if wish is None or self.run is not None or not added(self._rows):
            return
        for field in (self.cadence, self.step, self.assignee, self.related):
            field.setEnabled(False)
        self._place.tasks.start(
            self,
            self._place.desk.enrollment.start(self._rows, wish),
            name="add to cadence",
            then="started",
            failed="not_started",
            sender=self.add,
        )

    def started(self, run: EnrollRunFace) -> None:
        """Follow the run from now on."""
        self.run = run
        self._choosing.hide()
        self.add.hide()
        self.show_sub("You can close this: the rows go on, and the Outbox shows the run.")
        self.pane.show()
        self.pane.follow(run)
        self.close_button.setFocus()

    def _closed(self) -> None:
        self._drop_check()
        self.pane.stop_following()
        if self.run is not None and self.run.can_be_undone:
            what = f"Adding {count_word(self.run.run.wanted, 'person', 'people')}"
            self.queued.emit(what, [self.run.first_intent()])

    def not_started(self, error: DeskError) -> None:
        """Nothing was queued: let the user correct and try again."""
        for field in (self.cadence, self.step, self.assignee, self.related):
            field.setEnabled(True)
        present_error(self, error)
