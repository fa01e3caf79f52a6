"""CallPanel: log a call with a few keys: result, notes, duration, follow-up. Called by the shell.

What is typed is kept by the desk 400 ms after the last key and whenever the panel loses focus or closes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget
from typing_extensions import override

from cadence_desk.domain.calls import NOTE_LIMIT
from cadence_desk.ui.calling.call_facts import CallFacts, call_facts
from cadence_desk.ui.calling.duration_row import DurationRow
from cadence_desk.ui.calling.follow_up_row import FollowUpRow
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, field_label
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from cadence_desk.domain.calls import CallScript
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.ui.kit.desk_face import DraftFace
    from cadence_desk.ui.kit.workplace import Workplace

AUTOSAVE_MS = 400


class CallPanel(Sheet):
    """One call."""

    saved = Signal(str)
    """The call is queued: words about it."""

    def __init__(
        self, place: Workplace, target_id: str, tracker_id: str, parent: QWidget | None = None
    ) -> None:
        self._facts: CallFacts = call_facts(place.desk, target_id, tracker_id)
        super().__init__(f"Log a call: {self._facts.name}", parent, QSize(820, 560))
        self.setObjectName("callPanel")
        self._place = place
        self._target_id = target_id
        self._draft: DraftFace | None = None
        self._timer_wanted = False
        self._dirty = False
        self.show_sub(self._facts.where)
        self._make_fields()
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_MS)
        self._autosave.timeout.connect(self.keep_now)
        self._lay_out()
        self._connect()

    # ------------------------------------------------------------ building

    def _make_fields(self) -> None:
        self.results = LineList(two_lines=False)
        self.results.setObjectName("callResultList")
        self.results.setAccessibleName("Call result")
        self.results.show_empty("This org has no call results.")
        self.results.show_lines(
            [
                Line(
                    result.text,
                    result.text,
                    "" if result.outcome == result.text else result.outcome,
                    aside=str(number) if number < 10 else "",
                )
                for number, result in enumerate(self._place.desk.call_results(), start=1)
            ]
        )
        self.notes = QPlainTextEdit()
        self.notes.setObjectName("notesField")
        self.notes.setPlaceholderText("What was said")
        self.notes.setTabChangesFocus(True)
        self.counter = PlainLabel(muted=True)
        self.duration = DurationRow()
        self.follow_up = FollowUpRow(self._facts.name)
        self.script = QPlainTextEdit()
        self.script.setObjectName("scriptField")
        self.script.setReadOnly(True)
        self.script_label = field_label("Script", self.script)
        self.branches = PlainLabel(wrap=True)
        self.branches.set_tone(Tone.INFO)
        self.branches.setText(self._facts.branch_words(""))
        self.branches.setVisible(self._facts.has_branches)

    def _lay_out(self) -> None:
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
        self.script.hide()
        self.script_label.hide()
        sides = QHBoxLayout()
        sides.setSpacing(2 * GAP)
        sides.addLayout(self._lay_out_left(), 2)
        sides.addLayout(right, 3)
        self.content.addLayout(sides, 1)
        self.discard = self.add_button("Discard", "discardCallButton", self._discard)
        self.buttons.addStretch(1)
        self.add_button("Keep for later", "keepCallButton", self.reject)
        words = "Save and complete step" if self._facts.step_id else "Log call"
        self.save = self.add_button(words, "saveCallButton", self._save, primary=True)

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

    def _connect(self) -> None:
        self.results.chosen.connect(self._result_chosen)
        self.notes.textChanged.connect(self._touched)
        self.duration.changed.connect(self._touched)
        self.follow_up.changed.connect(self._touched)
        for number in range(1, 10):
            QShortcut(QKeySequence(str(number)), self).activated.connect(
                lambda row=number - 1: self._press(row)
            )
        QShortcut(QKeySequence("Ctrl+T"), self).activated.connect(self.duration.toggle)

    # ------------------------------------------------------------ opening

    def open_with(self, *, timer: bool) -> None:
        """Open; with `timer` the clock runs from now on. Fields wait for the durable draft."""
        self._timer_wanted = timer
        self.save.setEnabled(False)
        self.open()
        self.results.setFocus()
        tasks, calls, step = self._place.tasks, self._place.desk.calls, self._facts.step_id
        tasks.start(
            self,
            calls.begin(self._target_id, step or None),
            name="begin a call",
            then="begun",
        )
        if step:
            tasks.start(
                self, calls.script(step), name="call script", then="script_read", failed="script_missing"
            )

    def begun(self, draft: DraftFace) -> None:
        """Take the draft and what it held from before."""
        self._draft = draft
        self.save.setEnabled(True)
        if draft.notes and not self.notes.toPlainText():
            self.notes.setPlainText(draft.notes)
        if draft.result and not self.results.current_key():
            self.results.go_to(draft.result)
        if draft.duration_seconds and not self.duration.is_running:
            self.duration.show_seconds(draft.duration_seconds)
        if draft.follow_up is not None:
            self.follow_up.show_kept(draft.follow_up)
        if draft.was_refused:
            words = f"Your text was kept. Salesforce said: “{draft.was_refused}”"
            self.bar.tell("NOTICE-REFUSED", "This call was refused before", words, tone=Tone.WARN)
        self._dirty = False
        if self._timer_wanted and not self.duration.is_running:
            self.duration.toggle()

    def script_read(self, script: CallScript | None) -> None:
        """Show the script, if the step has one."""
        self.script.setVisible(script is not None)
        self.script_label.setVisible(script is not None)
        if script is not None:
            self.script.setPlainText(script.text)

    def script_missing(self, _error: DeskError) -> None:
        """A call can be logged without its script."""

    # ------------------------------------------------------------ typing

    def keep_now(self) -> None:
        """Hand the text to the desk, which saves it."""
        self._autosave.stop()
        if self._draft is not None and self._dirty:
            self._dirty = False
            self._collect(self._draft)
            owner = self.parentWidget() or self
            self._place.tasks.start(owner, self._place.desk.calls.keep(self._draft), name="keep a call draft")

    def _touched(self) -> None:
        self._dirty = True
        left = NOTE_LIMIT - len(self.notes.toPlainText())
        self.counter.setText(f"{left:,} left" if left < 2_000 else "")
        self.counter.set_tone(Tone.BAD if left < 0 else None)
        self._autosave.start()

    def _press(self, row: int) -> None:
        key = self.results.key_at(row)
        if key:
            self.results.go_to(key)
            self.results.setFocus()

    def _result_chosen(self, key: str) -> None:
        self.branches.setText(self._facts.branch_words(key))
        self._touched()

    def _collect(self, draft: DraftFace) -> None:
        draft.result = self.results.current_key()
        draft.notes = self.notes.toPlainText()
        draft.duration_seconds = self.duration.seconds() or 0
        draft.follow_up = self.follow_up.wanted()

    # ------------------------------------------------------------ ending

    def _save(self) -> None:
        if self._draft is None:
            return
        self.duration.stop()
        if self.duration.seconds() is None:
            self.bar.tell(
                "NOTICE-DURATION",
                "The duration cannot be read",
                "Write it as 90, 1:30 or 1:02:03.",
                tone=Tone.BAD,
            )
            self.duration.field.setFocus()
            return
        self._autosave.stop()
        self._dirty = False
        self._collect(self._draft)
        calls = self._place.desk.calls
        self._place.tasks.start(
            self,
            calls.save(self._draft),
            name="save a call",
            then="save_done",
            sender=self.save,
        )

    def save_done(self, _intent: str) -> None:
        """The call is in the outbox: close and go on."""
        self._draft = None
        self.saved.emit(f"Call with {self._facts.name[:60]} is waiting to be sent.")
        self.accept()

    def _discard(self) -> None:
        draft, self._draft = self._draft, None
        if draft is not None:
            owner = self.parentWidget() or self
            self._place.tasks.start(owner, self._place.desk.calls.discard(draft), name="discard a call draft")
        self.reject()

    @override
    def reject(self) -> None:
        """Close; what was typed is kept, an empty draft is dropped."""
        draft = self._draft
        if draft is not None:
            self._collect(draft)
            if not (draft.result or draft.notes or draft.follow_up):
                self._draft = None
                owner = self.parentWidget() or self
                self._place.tasks.start(
                    owner, self._place.desk.calls.discard(draft), name="drop an empty draft"
                )
        self.keep_now()
        super().reject()

    @override
    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and not self.isActiveWindow():
            self.keep_now()
