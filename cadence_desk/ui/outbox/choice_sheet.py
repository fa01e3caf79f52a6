"""ChoiceSheet: asks before a decision that cannot be taken back, and names everything it will touch first.

Called by OutboxScreen. One press decides once: the button stays off from the first press on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QLineEdit, QWidget

from cadence_desk.domain.choices import CHOICE_HINTS, CHOICE_WORDS, DANGEROUS, Choice
from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.operations import KIND_WORDS
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import count_word, wall_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.sheet import Sheet, field_label
from cadence_desk.ui.kit.state_badges import operation_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.operations import Operation
    from cadence_desk.ui.kit.desk_face import DecidedFace
    from cadence_desk.ui.kit.workplace import Workplace

_MOST_SHOWN = 6
_MOST_NAMED = 200
_LONGEST_REASON = 255


class ChoiceSheet(Sheet):
    """One decision."""

    decided = Signal(str)
    """It is made: words about it."""

    def __init__(
        self, place: Workplace, choice: Choice, op_ids: Sequence[str], parent: QWidget | None = None
    ) -> None:
        super().__init__(f"{CHOICE_WORDS[choice]}?", parent, QSize(600, 420))
        self.setObjectName("choiceSheet")
        self._place = place
        self._choice = choice
        self._ids = list(op_ids)
        self._pressed = False
        touched = place.desk.outbox.touched(choice, op_ids)
        self.show_sub(f"This decides about {count_word(len(touched), 'change')}:")
        self.list = LineList()
        self.list.setObjectName("decidedList")
        self.list.setAccessibleName("What this decides about")
        self.list.show_lines([self._line(one) for one in touched[:_MOST_NAMED]])
        self.list.fit_height(_MOST_SHOWN)
        self.risk = PlainLabel(CHOICE_HINTS[choice], bold=True, wrap=True)
        self.risk.setObjectName("riskLabel")
        self.risk.set_tone(Tone.BAD if choice in DANGEROUS else Tone.INFO)
        self.reason = QLineEdit()
        self.reason.setObjectName("decisionReasonField")
        self.reason.setMaxLength(_LONGEST_REASON)
        self.reason.setPlaceholderText("Kept in the history of this change (optional)")
        self._lay_out()
        self.back = self.add_button("Back", "backFromChoiceButton", self.reject)
        danger = choice in DANGEROUS
        self.confirm = self.add_button(
            CHOICE_WORDS[choice], "confirmChoiceButton", self._decide, primary=True, danger=danger
        )
        self.reason.setFocus()
        self.resize(600, self.sizeHint().height())

    def _lay_out(self) -> None:
        self.content.addWidget(self.list)
        self.content.addWidget(self.risk)
        self.content.addWidget(field_label("Why", self.reason))
        self.content.addWidget(self.reason)
        self.content.addStretch(1)
        self.buttons.addStretch(1)

    def _line(self, operation: Operation) -> Line:
        name = self._place.desk.outbox.name_of(operation.target_id)
        return Line(
            operation.op_id,
            name,
            KIND_WORDS[operation.kind],
            operation_badge(operation),
            wall_word(operation.created),
        )

    def _decide(self) -> None:
        if self._pressed:
            return
        self._pressed = True
        self.confirm.setEnabled(False)
        self._place.tasks.start(
            self,
            self._place.desk.outbox.decide(self._choice, self._ids, self.reason.text()),
            name="decide about a change",
            then="made",
            failed="not_made",
        )

    def made(self, done: DecidedFace) -> None:
        """The decision is stored: close."""
        self.decided.emit(done.words)
        self.accept()

    def not_made(self, error: DeskError) -> None:
        """Nothing was decided: say why. Only what could not be stored may be pressed again."""
        self.bar.show_error(error)
        self._pressed = not isinstance(error, StoreError)
        self.confirm.setEnabled(not self._pressed)
        self.back.setFocus()
