"""EnrollDialog: add people to a cadence, with what will happen to each before anything is written.

Called by the shell. Can be closed while a run goes on: its rows live in the outbox.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QVBoxLayout

from cadence_desk.bridge.relay import EventRelay
from cadence_desk.desk.enrollment import WishInput
from cadence_desk.ui.enrolling.enroll_lines import (
    added,
    assignee_choices,
    cadence_choices,
    offers_related,
    plan_lines,
    plan_summary,
    result_lines,
    result_summary,
    step_choices,
)
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.line_list import LineList
from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.pick_field import PickField
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, field_label, stacked
from cadence_desk.ui.kit.theme import GAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.ui.kit.desk_face import EnrollRunFace
    from cadence_desk.ui.kit.workplace import Workplace

_TYPING_MS = 120
_ID_LENGTHS = frozenset({0, 15, 18})


class EnrollDialog(Sheet):
    """Choose, see, add."""

    def __init__(self, place: Workplace, target_ids: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(
            f"Add {count_word(len(target_ids), 'person', 'people')} to a cadence", parent, QSize(920, 560)
        )
        self.setObjectName("enrollDialog")
        self._place = place
        self._targets = list(target_ids)
        self._rows: list[PlanRow] = []
        self._asked = 0
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
        shown.addWidget(self.summary)
        shown.addWidget(self.list, 1)
        shown.addWidget(self.whole)
        sides = QHBoxLayout()
        sides.setSpacing(2 * GAP)
        sides.addLayout(form, 2)
        sides.addLayout(shown, 3)
        self.content.addLayout(sides, 1)
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
        relay = EventRelay(self._place.desk.events, self)
        relay.changed.connect(lambda _change: self._show_results())
        self.finished.connect(lambda _result: relay.stop())

    def _show_steps(self, cadence_id: str) -> None:
        cadence = next((one for one in self._place.desk.cadences() if one.id == cadence_id), None)
        self.step.offer(step_choices(cadence))
        self.step.pick("")
        self.step.setEnabled(cadence is not None)

    def _show_whole(self, key: str) -> None:
        """Show the selected row's text uncut."""
        line = next((one for one in self.list.lines.lines if one.key == key), None)
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
        if wish is None:
            self._rows = []
            self.list.show_lines(())
            self.summary.setText("Choose a cadence and an assignee to see what will happen.")
            self._allow()
            return
        self._asked += 1
        self.summary.setText("Checking…")
        self._place.tasks.start(
            self,
            self._ask(self._asked, wish),
            name="enrollment preview",
            then="preview_ready",
            failed="preview_failed",
        )

    async def _ask(self, number: int, wish: WishInput) -> tuple[int, list[PlanRow]]:
        return number, await self._place.desk.enrollment.preview(self._targets, wish)

    def preview_ready(self, answer: tuple[int, list[PlanRow]]) -> None:
        """Show a preview, unless a newer one was asked for."""
        number, rows = answer
        if number != self._asked or self.run is not None:
            return
        self._rows = rows
        self.list.show_lines(plan_lines(rows))
        self.summary.setText(plan_summary(rows))
        self._allow()

    def preview_failed(self, error: DeskError) -> None:
        """Tell why there is no preview."""
        self._rows = []
        self.list.show_lines(())
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
        self.note.setText("You can close this: the rows go on, and the Outbox shows them.")
        self.add.hide()
        self.close_button.setText("Close")
        self.close_button.setFocus()
        self._show_results()

    def not_started(self, error: DeskError) -> None:
        """Nothing was queued: let the user correct and try again."""
        for field in (self.cadence, self.step, self.assignee, self.related):
            field.setEnabled(True)
        present_error(self, error)

    def _show_results(self) -> None:
        if self.run is None:
            return
        results = self.run.results()
        self.list.show_lines(result_lines(results))
        self.summary.setText(result_summary(results))
