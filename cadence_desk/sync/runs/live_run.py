"""A run in memory: its plan, what became of its rows, and the operations its next rows become. Pure bookkeeping.

Imports domain. Owned by the run controller; read by the desk on the loop thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.op_ids import new_op_id
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.planning.pacing import Tally
from cadence_desk.domain.planning.run import WANTED
from cadence_desk.domain.record_ids import LEAD, RecordId, key_prefix

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.planning.run import Run, RunPlan
    from cadence_desk.domain.ports import Clock, Entropy
    from cadence_desk.domain.refusals import PlanRow


_STEP = 1e-6
"""Seconds between the times of two rows of one slice, so that they are sent in their order."""


@dataclass(frozen=True, slots=True)
class Beginning:
    """How the first operations of a run wait: until the undo window is over, or not at all."""

    hold: Hold = Hold.NONE
    next_try: float = 0.0


class LiveRun:
    """One run that is known with its rows."""

    def __init__(self, plan: RunPlan) -> None:
        self.run: Run = plan.run
        self.rows: Sequence[PlanRow] = plan.rows
        self.tally = Tally(plan.run.wanted)
        self.op_of_row: dict[int, str] = {}
        self.limited: set[str] = set()
        """Operations that wait for the org's limit."""
        self.shut_out: set[str] = set()
        """Operations that the org does not allow to this user, whoever they are about."""
        self.undone = False
        self._wanted = [number for number, row in enumerate(plan.rows, start=1) if row.verdict in WANTED]
        self._row_of_target = {str(plan.rows[number - 1].target_id): number for number in self._wanted}
        self._next = 0

    def take(self, operation: Operation) -> None:
        """Take one of its operations as it stands now."""
        self.op_of_row[operation.row_no] = operation.op_id
        self.tally.take(operation)
        waits = operation.state is OperationState.QUEUED
        for hold, told in ((Hold.ORG_LIMIT, self.limited), (Hold.NOT_ALLOWED, self.shut_out)):
            if waits and operation.hold is hold:
                told.add(operation.op_id)
            else:
                told.discard(operation.op_id)
        taken_back = operation.state is OperationState.CANCELLED and not operation.server_code
        # Said anew with each row: when a run is opened its rows come one by one, and the first may be withdrawn alone.
        self.undone = taken_back and self.run.is_bulk and len(self.op_of_row) == 1

    def is_to_come(self, target_id: str) -> bool:
        """Return True for a target whose row has not entered the outbox yet."""
        number = self._row_of_target.get(target_id)
        return number is not None and number not in self.op_of_row

    def next_numbers(self, count: int) -> list[int]:
        """Return the numbers of the next rows that have not entered."""
        while self._next < len(self._wanted) and self._wanted[self._next] in self.op_of_row:
            self._next += 1
        found: list[int] = []
        for number in self._wanted[self._next :]:
            if len(found) >= count:
                break
            if number not in self.op_of_row:
                found.append(number)
        return found

    def operations(
        self, numbers: Sequence[int], clock: Clock, entropy: Entropy, beginning: Beginning
    ) -> list[Operation]:
        """Return new operations for these rows."""
        now, lane = clock.wall(), "bulk" if self.run.is_bulk else "interactive"
        wish = {key: value for key, value in self.run.wish.items() if key != "cadence_id"}
        made = []
        for place, number in enumerate(numbers):
            target = str(self.rows[number - 1].target_id)
            op_id = new_op_id(clock, entropy)
            about = "Lead" if key_prefix(RecordId(target)) == LEAD else "Contact"
            made.append(
                Operation(
                    op_id, op_id, 0, self.run.kind, RecordId(target), OperationState.QUEUED,
                    {**wish, "target_type": about}, cadence_id=str(self.run.wish.get("cadence_id") or ""), lane=lane,
                    hold=beginning.hold, next_try=beginning.next_try, created=now + place * _STEP, run_id=self.run.run_id, row_no=number,
                )
            )  # fmt: skip
        return made
