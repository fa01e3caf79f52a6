"""Runs of the outbox: a plan is stored as a whole, its rows enter in slices, and the ledger is read and written here.

Imports domain. Called by the engine and the desk as `OutboxFile.runs`; each method queues one job and returns its future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.ledger import Ledger, ledger_rows
from cadence_desk.domain.planning.run import RUN_TRANSITIONS, RUN_WORDS, RunState, plan_hash
from cadence_desk.domain.refusals import REASONS, RefusalCode
from cadence_desk.store.moves import Move
from cadence_desk.store.report_files import write_ledger
from cadence_desk.store.run_rows import RunRows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.planning.run import Run, RunPlan
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.outbox_ledger import OutboxLedger
    from cadence_desk.store.outbox_rows import OutboxRows

T = TypeVar("T")
_ALREADY = RefusalCode.ALREADY_IN_THIS_CADENCE
_ON_ITS_WAY = f"{REASONS[_ALREADY].meaning} (an earlier change is on its way)"


class Job(Protocol):
    """Runs a job in one transaction of the writer, or on a read-only connection after everything queued before."""

    def __call__(self, job: Callable[[sqlite3.Connection], T], /) -> Future[T]:
        """Queue the job."""


@dataclass(frozen=True, slots=True)
class RunParts:
    """What the runs share with the rest of their file."""

    operations: OutboxRows
    ledger: OutboxLedger
    cipher: ColumnCipher
    clock: Clock


class OutboxRuns:
    """The runs of one outbox file. Futures fail as those of OutboxFile do."""

    def __init__(self, in_writer: Job, in_reader: Job, parts: RunParts) -> None:
        self._in_writer = in_writer
        self._in_reader = in_reader
        self._operations = parts.operations
        self._ledger = parts.ledger
        self._rows = RunRows(parts.cipher)
        self._clock = parts.clock

    def plan(self, plan: RunPlan, first: Sequence[Operation]) -> Future[tuple[Run, list[Operation]]]:
        """Store a run, its whole plan and its first operations: all or none. Returns run and operations as stored.

        The plan's hash is made here, in the writer's thread.
        """

        def job(connection: sqlite3.Connection) -> tuple[Run, list[Operation]]:
            run = replace(plan.run, plan_hash=plan_hash(plan.run.kind, plan.run.wish, plan.rows))
            self._rows.insert(connection, replace(plan, run=run))
            return run, self._enter(connection, first)

        return self._in_writer(job)

    def enter(self, operations: Sequence[Operation]) -> Future[list[Operation]]:
        """Store the next operations of a run and return them as stored.

        One whose target is being added to the same cadence by an earlier change is stored as canceled.
        """
        return self._in_writer(lambda connection: self._enter(connection, operations))

    def _enter(self, connection: sqlite3.Connection, operations: Sequence[Operation]) -> list[Operation]:
        entered = []
        for operation in operations:
            if self._rows.is_being_added(connection, operation):
                self._ledger.add(connection, [replace(operation, state=OperationState.DRAFT)])
                told = {"server_code": _ALREADY.value, "server_text": _ON_ITS_WAY}
                move = Move(
                    operation.op_id, OperationState.CANCELLED, "an earlier change is on its way", told
                )
                entered.append(self._ledger.move(connection, move))
            else:
                self._ledger.add(connection, [operation])
                entered.append(operation)
        return entered

    def turn(self, run_id: str, to: RunState, why: str = "", hold: Hold = Hold.NONE) -> Future[Run]:
        """Change the state of a run and return it as stored. Raises BadValue when the present one forbids it."""

        def job(connection: sqlite3.Connection) -> Run:
            before = self._known(connection, run_id)
            if to is not before.state and to not in RUN_TRANSITIONS[before.state]:
                raise BadValue(f"This run is {RUN_WORDS[before.state].lower()}.", hint="Look at it again.")
            now = self._clock.wall()
            started = before.started or (now if to is RunState.RUNNING else 0.0)
            ended = now if to in {RunState.FINISHED, RunState.STOPPED} else 0.0
            run = replace(before, state=to, why=why, hold=hold, started=started, ended=ended)
            self._rows.write(connection, run)
            return run

        return self._in_writer(job)

    def load(self) -> Future[list[Run]]:
        """Return all runs, oldest first, without their rows."""
        return self._in_reader(self._rows.all)

    def read_plan(self, run_id: str) -> Future[RunPlan]:
        """Return a run with its rows. Raises BadValue when there is none of this id."""
        return self._in_reader(
            lambda connection: self._rows.plan(connection, self._known(connection, run_id))
        )

    def report(self, run_id: str) -> Future[Ledger]:
        """Return what became of every input row, and whether the receipt agrees."""
        return self._in_reader(lambda connection: self._report(connection, run_id))

    def write_report(self, run_id: str, folder: Path) -> Future[list[Path]]:
        """Write the four files of the ledger. Raises DiskFull, StoreError, BadValue."""
        return self._in_reader(lambda connection: write_ledger(self._report(connection, run_id), folder))

    def _report(self, connection: sqlite3.Connection, run_id: str) -> Ledger:
        run = self._known(connection, run_id)
        plan = self._rows.plan(connection, run)
        found = [one for part in self._operations.read(connection, "run_id = ?", (run_id,)) for one in part]
        by_row = {one.row_no: one for one in found}
        whole = self._rows.receipt_agrees(connection, run, found)
        return Ledger(run, tuple(ledger_rows(plan, by_row)), whole)

    def _known(self, connection: sqlite3.Connection, run_id: str) -> Run:
        run = self._rows.get(connection, run_id)
        if run is None:
            raise BadValue("There is no such run in the outbox.")
        return run
