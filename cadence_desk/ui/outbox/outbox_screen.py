"""OutboxScreen: own changes that are not over yet, and those that were refused. Called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from cadence_desk.domain.operations import KIND_WORDS, OperationState
from cadence_desk.ui.kit.line_list import Line, LineList
from cadence_desk.ui.kit.moments import wall_word
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.state_badges import operation_badge
from cadence_desk.ui.kit.theme import GAP, Tone

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation
    from cadence_desk.ui.kit.workplace import Workplace

_ORDER = (
    ("Needs a person", (OperationState.NEEDS_REVIEW, OperationState.REFUSED)),
    ("Being checked", (OperationState.IN_DOUBT,)),
    ("Waiting", (OperationState.QUEUED, OperationState.SENDING, OperationState.DRAFT)),
    (
        "Done",
        (
            OperationState.ACCEPTED,
            OperationState.SETTLED,
            OperationState.CANCELLED,
            OperationState.SUPERSEDED,
        ),
    ),
)


class OutboxScreen(QWidget):
    """The outbox."""

    target_chosen = Signal(str)
    target_opened = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("outboxScreen")
        self._place: Workplace | None = None
        self._targets: dict[str, str] = {}
        self.heading = PlainLabel("Outbox", scale=1.5, bold=True)
        self.counts = PlainLabel(muted=True)
        self.hint = PlainLabel(
            "Every change is stored on this computer before it is sent, and read back afterwards.", muted=True
        )
        self.list = LineList()
        self.list.setObjectName("outboxList")
        self.list.setAccessibleName("Changes that wait or were refused")
        self.list.show_empty("Nothing waits. What you change appears here until Salesforce has confirmed it.")
        self.list.chosen.connect(lambda key: self.target_chosen.emit(self._targets.get(key, "")))
        self.list.opened.connect(lambda key: self.target_opened.emit(self._targets.get(key, "")))
        top = QHBoxLayout()
        top.setSpacing(GAP)
        top.addWidget(self.heading)
        top.addWidget(self.counts, 0, Qt.AlignmentFlag.AlignVCenter)
        top.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(2 * GAP, GAP + 4, 2 * GAP, GAP + 4)
        whole.setSpacing(GAP)
        whole.addLayout(top)
        whole.addWidget(self.hint)
        whole.addWidget(self.list, 1)

    def attach(self, place: Workplace) -> None:
        """Show a desk's outbox."""
        self._place = place
        self.refresh()

    def refresh(self) -> None:
        """Read the outbox again."""
        if self._place is None:
            return
        operations = self._place.desk.open_operations()
        self._targets = {operation.op_id: operation.target_id for operation in operations}
        lines: list[Line] = []
        for title, states in _ORDER:
            part = [operation for operation in operations if operation.state in states]
            if part:
                lines.append(Line(f"heading:{title}", title, f"{len(part)}", is_heading=True))
                lines += [self._line(operation) for operation in part]
        self.list.show_lines(lines)
        self.counts.setText(f"{len(operations)}" if operations else "")

    def _line(self, operation: Operation) -> Line:
        person = self._place.desk.person(operation.target_id) if self._place is not None else None
        name = person.name if person is not None else operation.target_id
        refused = operation.state is OperationState.REFUSED
        detail = KIND_WORDS[operation.kind]
        if refused and operation.server_text:
            detail = f"{detail}  ·  {operation.server_text}"
        return Line(
            key=operation.op_id,
            title=name,
            detail=detail,
            badge=operation_badge(operation),
            aside=wall_word(operation.created),
            tone=Tone.BAD if refused else None,
        )
