"""CallFields: what is typed about a call: result, notes, duration, follow-up. Called by CallPanel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from cadence_desk.domain.calls import NOTE_LIMIT
from cadence_desk.ui.calling.draft_keeper import Typed
from cadence_desk.ui.calling.duration_row import DurationRow
from cadence_desk.ui.calling.follow_up_row import FollowUpRow
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import field_label
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.calls import CallResult, CallScript
    from cadence_desk.ui.calling.call_facts import CallFacts
    from cadence_desk.ui.kit.desk_face import DraftFace

CLOCK_SAVE_MS = 10_000
"""A running clock is kept this often: what a crash may cost of a call's length."""


class CallFields(QWidget):
    """The fields of one call, on two sides."""

    changed = Signal()
    """Something was typed or chosen, or the clock ran on."""

    def __init__(self, facts: CallFacts, results: Sequence[CallResult]) -> None:
        super().__init__()
        self._facts = facts
        self.results = LineList(two_lines=False)
        self.results.setObjectName("callResultList")
        self.results.setAccessibleName("Call result")
        self.results.show_empty("This org has no call results.")
        self.results.show_lines([_result_line(number, one) for number, one in enumerate(results, start=1)])
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("notesField")
        self.notes.setPlaceholderText("What was said")
        self.notes.setTabChangesFocus(True)
        self.counter = PlainLabel(muted=True)
        self.duration = DurationRow()
        self.follow_up = FollowUpRow(facts.name)
        self.script = QPlainTextEdit()
        self.script.setObjectName("scriptField")
        self.script.setReadOnly(True)
        self.script_label = field_label("Script", self.script)
        self.branches = PlainLabel(wrap=True)
        self.branches.set_tone(Tone.INFO)
        self.branches.setText(facts.branch_words(""))
        self.branches.setVisible(facts.has_branches)
        self.show_script(None)
        sides = QHBoxLayout(self)
        sides.setContentsMargins(0, 0, 0, 0)
        sides.setSpacing(2 * GAP)
        sides.addLayout(self._lay_out_left(), 2)
        sides.addLayout(self._lay_out_right(), 3)
        self._connect()

    def _lay_out_left(self) -> QVBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(6)
        left.addWidget(field_label("Call result", self.results))
        left.addWidget(self.results, 1)
        left.addWidget(self.branches)
        left.addWidget(field_label("Duration", self.duration.field))
        left.addWidget(self.duration)
        left.addWidget(field_label("Follow-up task", self.follow_up))
        left.addWidget(self.follow_up)
        return left

    def _lay_out_right(self) -> QVBoxLayout:
        right = QVBoxLayout()
        right.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(field_label("Notes", self.notes))
        top.addStretch(1)
        top.addWidget(self.counter)
        right.addLayout(top)
        right.addWidget(self.notes, 3)
        right.addWidget(self.script_label)
        right.addWidget(self.script, 2)
        return right

    def _connect(self) -> None:
        self.results.chosen.connect(self._result_chosen)
        self.notes.textChanged.connect(self._note_typed)
        self.duration.changed.connect(self._clock_changed)
        self.follow_up.changed.connect(self.changed)
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_SAVE_MS)
        self._clock.timeout.connect(self.changed)
        for number in range(1, 10):
            QShortcut(QKeySequence(str(number)), self).activated.connect(
                lambda row=number - 1: self._press(row)
            )
        QShortcut(QKeySequence("Ctrl+T"), self).activated.connect(self.duration.toggle)

    # ------------------------------------------------------------ in and out

    def typed(self) -> Typed:
        """Return what stands in the fields."""
        return Typed(
            self.results.current_key(),
            self.notes.toPlainText(),
            self.duration.seconds() or 0,
            self.follow_up.wanted(),
        )

    def show_draft(self, draft: DraftFace) -> None:
        """Show what a draft held from before; what was typed meanwhile stays."""
        if draft.notes and not self.notes.toPlainText():
            self.notes.setPlainText(draft.notes)
        if draft.result and not self.results.current_key():
            self.results.go_to(draft.result)
        if draft.duration_seconds and not self.duration.is_running and not self.duration.seconds():
            self.duration.show_seconds(draft.duration_seconds)
        if draft.follow_up is not None and self.follow_up.wanted() is None:
            self.follow_up.show_kept(draft.follow_up)

    def show_script(self, script: CallScript | None) -> None:
        """Show the script, if there is one."""
        self.script.setVisible(script is not None)
        self.script_label.setVisible(script is not None)
        if script is not None:
            self.script.setPlainText(script.text)

    # ------------------------------------------------------------ typing

    def _note_typed(self) -> None:
        left = NOTE_LIMIT - len(self.notes.toPlainText())
        self.counter.setText(f"{left:,} left" if left < 2_000 else "")
        self.counter.set_tone(Tone.BAD if left < 0 else None)
        self.changed.emit()

    def _clock_changed(self) -> None:
        if self.duration.is_running:
            self._clock.start()
        else:
            self._clock.stop()
        self.changed.emit()

    def _press(self, row: int) -> None:
        key = self.results.key_at(row)
        if key:
            self.results.go_to(key)
            self.results.setFocus()

    def _result_chosen(self, key: str) -> None:
        self.branches.setText(self._facts.branch_words(key))
        self.changed.emit()


def _result_line(number: int, result: CallResult) -> Line:
    outcome = "" if result.outcome == result.text else result.outcome
    return Line(result.text, result.text, outcome, aside=str(number) if number < 10 else "")
