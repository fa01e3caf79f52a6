"""UndoSheet: shows what an undo would do, change by change, before anything is done. Called by the shell and the outbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal

from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.operations import KIND_WORDS
from cadence_desk.domain.undo import UndoVerdict, undo_summary
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import count_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.sheet import Sheet
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.undo import UndoRow
    from cadence_desk.ui.kit.workplace import Workplace

_BADGES = {
    UndoVerdict.WITHDRAWN: Badge("Withdrawn", Shape.CROSS, Tone.NEUTRAL),
    UndoVerdict.TAKEN_BACK: Badge("Taken back", Shape.ARROWS, Tone.GOOD),
    UndoVerdict.LEFT_OUT: Badge("Left out", Shape.TRIANGLE, Tone.WARN),
}


class UndoSheet(Sheet):
    """The preview of one undo."""

    queued = Signal(str, list)
    """The opposite changes are stored: words, and their intents."""

    def __init__(self, place: Workplace, intent_ids: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__("Undo?", parent, QSize(680, 440))
        self.setObjectName("undoSheet")
        self._place = place
        self._intents = list(intent_ids)
        self._rows: Sequence[UndoRow] = ()
        self._pressed = False
        self.show_sub("Salesforce is read first: what somebody else changed since is left alone.")
        self.list = LineList()
        self.list.setObjectName("undoList")
        self.list.setAccessibleName("What the undo does")
        self.list.show_empty("Reading Salesforce …")
        self.summary = PlainLabel(bold=True, wrap=True)
        self.summary.setObjectName("undoSummary")
        self.content.addWidget(self.list, 1)
        self.content.addWidget(self.summary)
        self.buttons.addStretch(1)
        self.back = self.add_button("Back", "backFromUndoButton", self.reject)
        self.confirm = self.add_button("Undo", "confirmUndoButton", self._start, primary=True)
        self.confirm.setEnabled(False)
        self.back.setFocus()

    def read(self) -> None:
        """Make the plan."""
        undoing = self._place.desk.undoing
        self._place.tasks.start(
            self, undoing.plan(self._intents), name="plan an undo", then="planned", failed="not_planned"
        )

    def planned(self, rows: Sequence[UndoRow]) -> None:
        """Show the plan."""
        self._rows = rows
        self.list.show_empty("There is nothing to undo.")
        self.list.show_lines([self._line(row) for row in rows])
        self.summary.setText(undo_summary(rows))
        doable = any(row.verdict is not UndoVerdict.LEFT_OUT for row in rows)
        self.confirm.setEnabled(doable)
        if doable:
            self.confirm.setFocus()

    def not_planned(self, error: DeskError) -> None:
        """Salesforce could not be read, so nothing can be promised."""
        self.list.show_empty("Salesforce could not be read, so it is not known what an undo would touch.")
        self.bar.show_error(error)

    @staticmethod
    def _line(row: UndoRow) -> Line:
        tone = Tone.WARN if row.verdict is UndoVerdict.LEFT_OUT else None
        detail = f"{KIND_WORDS[row.operation.kind]}  ·  {row.words}"
        return Line(row.operation.op_id, row.name, detail, _BADGES[row.verdict], tone=tone)

    def _start(self) -> None:
        if self._pressed:
            return
        self._pressed = True
        self.confirm.setEnabled(False)
        self._place.tasks.start(
            self, self._place.desk.undoing.start(self._rows), name="undo", then="stored", failed="not_stored"
        )

    def stored(self, intents: Sequence[str]) -> None:
        """The opposite changes are in the outbox: close."""
        what = f"Undo of {count_word(len(intents), 'change')}"
        self.queued.emit(what if intents else "Undone: nothing was sent.", list(intents))
        self.accept()

    def not_stored(self, error: DeskError) -> None:
        """Nothing was undone; only what could not be stored may be pressed again."""
        self.bar.show_error(error)
        self._pressed = not isinstance(error, StoreError)
        self.confirm.setEnabled(not self._pressed)
        self.back.setFocus()
