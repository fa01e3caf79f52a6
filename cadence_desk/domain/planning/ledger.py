"""The ledger of a run: every input row in exactly one of four bins, as files say it. Pure.

Imports domain. Called by the store, which writes the files, and by the desk.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import STATE_WORDS, Kind, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS, WANTED, RunState, why_skipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.planning.run import Run, RunPlan
    from cadence_desk.domain.refusals import PlanRow

_S = OperationState


class Bin(Enum):
    """Where a row of a finished run is listed; the value is the name of its file."""

    SUCCESS = "success"
    ERROR = "error"
    UNVERIFIED = "unverified"
    SKIPPED = "skipped"


BIN_OF: Mapping[OperationState, Bin] = {
    _S.SETTLED: Bin.SUCCESS,
    _S.REFUSED: Bin.ERROR,
    _S.SENDING: Bin.UNVERIFIED,
    _S.ACCEPTED: Bin.UNVERIFIED,
    _S.IN_DOUBT: Bin.UNVERIFIED,
    _S.NEEDS_REVIEW: Bin.UNVERIFIED,
    _S.DRAFT: Bin.SKIPPED,
    _S.QUEUED: Bin.SKIPPED,
    _S.CANCELLED: Bin.SKIPPED,
    _S.SUPERSEDED: Bin.SKIPPED,
}
"""Success is what reading the org has confirmed, and nothing else."""

COLUMNS = (
    "Row", "Target", "Target record id", "Outcome", "Code", "Reason", "Tracker or task record id", "Attempts",
)  # fmt: skip
"""Who was meant comes first, by name: the file is for the eyes of whoever asked for it, and private as the outbox is."""


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What became of one input row."""

    row_no: int
    target_id: str
    name: str
    bin: Bin
    outcome: str
    code: str = ""
    reason: str = ""
    record_id: str = ""
    attempts: int = 0

    @property
    def cells(self) -> tuple[int | str, ...]:
        """The row as a file says it, under COLUMNS."""
        return (
            self.row_no, self.name, self.target_id, self.outcome, self.code, self.reason, self.record_id,
            self.attempts,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Ledger:
    """A run with all its rows.

    `whole` is False when the chain of its receipt does not agree with what is stored.
    """

    run: Run
    rows: tuple[LedgerRow, ...]
    whole: bool = True

    def count(self, which: Bin) -> int:
        """Return how many rows are in a bin."""
        return sum(1 for row in self.rows if row.bin is which)


def ledger_rows(plan: RunPlan, operations: Mapping[int, Operation]) -> Iterator[LedgerRow]:
    """Yield one row per input row, in order. `operations` are by row number: the last one of a row counts."""
    for number, row in enumerate(plan.rows, start=1):
        operation = operations.get(number)
        if operation is not None:
            yield _of_operation(number, row, operation)
        elif row.verdict in WANTED:
            yield _not_entered(number, row, plan.run)
        else:
            code, reason = why_skipped(row)
            word = "Not added" if plan.run.kind is Kind.ENROLL else "Not sent"
            yield LedgerRow(number, row.target_id, row.name, Bin.SKIPPED, word, code, reason)


def _of_operation(number: int, row: PlanRow, operation: Operation) -> LedgerRow:
    evidence = operation.evidence or {}
    return LedgerRow(
        number,
        row.target_id,
        row.name,
        BIN_OF[operation.state],
        STATE_WORDS[operation.state],
        operation.server_code,
        operation.server_text,
        operation.server_id or str(evidence.get("tracker_id") or ""),
        operation.attempt,
    )


def _not_entered(number: int, row: PlanRow, run: Run) -> LedgerRow:
    if run.state is RunState.STOPPED:
        reason = f"The run was stopped before this row. {run.why}".strip()
    elif run.state in OPEN_RUNS:
        reason = "It has not been this row's turn yet."
    else:
        reason = "It was never sent."
    return LedgerRow(number, row.target_id, row.name, Bin.SKIPPED, "Not sent", "", reason)
