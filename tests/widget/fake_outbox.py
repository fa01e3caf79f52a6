"""The outbox and the undo of the fake desk: real choices and words over made-up operations."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.choices import Choice, choices_of, meaning_of
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.protection import PROTECTION_WORDS, Protection
from cadence_desk.domain.stories import Moment, Story, asked_facts, seen_facts
from cadence_desk.domain.undo import UndoRow, UndoVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.operations import Operation
    from tests.widget.fake_desk import FakeDesk

_TO = {
    Choice.SETTLE: OperationState.SETTLED,
    Choice.RESEND: OperationState.QUEUED,
    Choice.DROP: OperationState.CANCELLED,
    Choice.CANCEL: OperationState.CANCELLED,
}


@dataclass
class FakeDecided:
    """What came of a decision."""

    count: int
    words: str


class FakeOutbox:
    """Decides in memory."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.protection = Protection.REVIEW
        self.decided: list[tuple[Choice, tuple[str, ...], str]] = []
        self.problem: DeskError | None = None

    def listed(self) -> list[Operation]:
        return list(self._desk.operations)

    def name_of(self, record_id: str) -> str:
        person = self._desk.person(record_id)
        return person.name if person is not None else record_id

    def touched(self, choice: Choice, op_ids: Sequence[str]) -> list[Operation]:
        return [one for one in self._desk.operations if one.op_id in op_ids]

    async def story(self, op_id: str) -> Story:
        operation = self._find(op_id)
        history = [
            Moment(operation.created, None, OperationState.QUEUED, "saved"),
            Moment(
                operation.created + 2, OperationState.QUEUED, operation.state, "no usable answer: CD-1204"
            ),
        ]
        return Story(
            operation,
            self.name_of(operation.target_id),
            meaning_of(operation),
            PROTECTION_WORDS[self.protection],
            asked_facts(operation, self.name_of),
            seen_facts(operation, self.name_of),
            history,
            choices_of(operation),
        )

    async def decide(self, choice: Choice, op_ids: Sequence[str], reason: str = "") -> FakeDecided:
        if self.problem is not None:
            raise self.problem
        self.decided.append((choice, tuple(op_ids), reason))
        for op_id in op_ids:
            old = self._find(op_id)
            if choice in _TO:
                self._desk.put_operation(dataclasses.replace(old, state=_TO[choice]))
        return FakeDecided(len(op_ids), f"{choice.value} done.")

    def _find(self, op_id: str) -> Operation:
        found = next((one for one in self._desk.operations if one.op_id == op_id), None)
        if found is None:
            raise BadValue("gone")
        return found


@dataclass
class FakeUndoing:
    """Shows the rows a test puts there."""

    rows: list[UndoRow] = field(default_factory=list)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    started: list[int] = field(default_factory=list)
    problem: DeskError | None = None

    async def plan(self, intent_ids: Sequence[str]) -> list[UndoRow]:
        self.asked.append(tuple(intent_ids))
        if self.problem is not None:
            raise self.problem
        return list(self.rows)

    async def start(self, rows: Sequence[UndoRow]) -> list[str]:
        made = [row for row in rows if row.verdict is UndoVerdict.TAKEN_BACK]
        self.started.append(len(made))
        return [f"undo-{number}" for number, _ in enumerate(made)]
