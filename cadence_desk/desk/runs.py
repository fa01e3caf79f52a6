"""Runs for window and command line: where each stands, what became of every row, hold, resume, stop, and the report."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS, WANTED, RunState
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cadence_desk.desk.session import Session
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.planning.ledger import Ledger
    from cadence_desk.domain.planning.run import Run
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.sync.runs.live_run import LiveRun
    from cadence_desk.sync.work_list import WorkList

SHORTEST_ID = 6
"""Letters of an id that are enough to name a run, when they fit only one."""
_NOT_YET = "Waiting for its turn"
_NEVER = "Not sent: the run was stopped before this row"


@dataclass(frozen=True, slots=True)
class RowResult:
    """How one row stands. `state` is None for a row that was never sent and never will be."""

    target_id: str
    name: str
    words: str
    state: OperationState | None
    code: str = ""


class RunView:
    """One run with its rows; looks at what is known now, so it is made once and asked again."""

    def __init__(self, live: LiveRun, work: WorkList) -> None:
        self._live = live
        self._work = work

    @property
    def run(self) -> Run:
        """The run as stored."""
        return self._live.run

    @property
    def run_id(self) -> str:
        """Its id."""
        return self._live.run.run_id

    @property
    def words(self) -> str:
        """Where it stands, in one sentence."""
        return self._live.run.words

    @property
    def count(self) -> int:
        """How many rows came in."""
        return len(self._live.rows)

    @property
    def finished(self) -> bool:
        """True when no row is open: nothing more happens by itself."""
        tally = self._live.tally
        return tally.ended >= tally.entered and (tally.over or self._live.run.state not in OPEN_RUNS)

    @property
    def can_be_undone(self) -> bool:
        """True while nothing was sent of a run that waits before its first send."""
        tally = self._live.tally
        return (
            self._live.run.state is RunState.PLANNED
            and self._live.run.is_bulk
            and tally.states[OperationState.QUEUED] == tally.entered == 1
        )

    def first_intent(self) -> str:
        """Return the intent that takes the run back while that is possible; empty when there is none."""
        op_id = next(iter(self._live.op_of_row.values()), "")
        operation = self._work.get(op_id)
        return operation.intent_id if operation is not None else ""

    def counts(self) -> Mapping[OperationState | None, int]:
        """Return how many rows are in which state; None stands for rows that are not sent at all."""
        tally, run = self._live.tally, self._live.run
        found: Counter[OperationState | None] = Counter({state: n for state, n in tally.states.items() if n})
        found[None] = run.rows - run.wanted
        found[OperationState.QUEUED if run.state in OPEN_RUNS else None] += run.wanted - tally.entered
        return +found

    def result(self, index: int) -> RowResult:
        """Return how a row stands, by its place in the plan."""
        row = self._live.rows[index]
        operation = self._work.get(self._live.op_of_row.get(index + 1, ""))
        if operation is not None:
            words = _words(operation)
            return RowResult(str(row.target_id), row.name, words, operation.state, operation.server_code)
        return self._without_operation(row)

    def _without_operation(self, row: PlanRow) -> RowResult:
        target = str(row.target_id)
        if row.verdict not in WANTED:
            words = row.words if row.code is not None or not row.detail else f"Not sent: {row.detail}"
            return RowResult(target, row.name, words, None, row.code.value if row.code else "")
        if self._live.run.state in OPEN_RUNS:
            return RowResult(target, row.name, _NOT_YET, OperationState.QUEUED)
        return RowResult(target, row.name, _NEVER, None)

    def results(self) -> list[RowResult]:
        """Return one result per row, in the plan's order."""
        return [self.result(index) for index in range(self.count)]


class Runs:
    """The runs of the outbox."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def all(self) -> list[Run]:
        """Return all runs, newest first."""
        engine = self._session.engine
        found = list(engine.runs.book.runs.values()) if engine else []
        return sorted(found, key=lambda run: (run.created, run.run_id), reverse=True)

    def find(self, part: str) -> Run:
        """Return the run of this id, or of the one id that begins or ends so. Raises BadValue."""
        wanted = part.lower()
        found = [
            run
            for run in self.all()
            if len(wanted) >= SHORTEST_ID and (run.run_id.startswith(wanted) or run.run_id.endswith(wanted))
        ]
        if len(found) != 1:
            raise BadValue(
                "There is no such run in the outbox." if not found else "Several runs fit that id.",
                hint="“cadence-desk outbox runs” lists them.",
            )
        return found[0]

    def in_short(self) -> Sequence[tuple[Run, int]]:
        """Return every run with the number of its rows that have come to an end, newest first."""
        engine = self._session.engine
        if engine is None:
            return ()
        return [(run, engine.runs.book.ended_rows(run.run_id)) for run in self.all()]

    async def view(self, run_id: str) -> RunView:
        """Return a run with its rows. Raises BadValue, StoreError."""
        engine = self._session.require_engine()
        return RunView(await engine.runs.open(run_id), engine.runner.work)

    async def hold(self, run_id: str) -> None:
        """Send nothing more of it until it is resumed. Raises BadValue, StoreError."""
        await self._session.require_engine().runs.hold(run_id)

    async def resume(self, run_id: str) -> None:
        """Go on with it. Raises BadValue, StoreError."""
        await self._session.require_engine().runs.resume(run_id)

    async def stop(self, run_id: str) -> None:
        """End it: what was not sent is canceled, what was sent is read back. Raises BadValue, StoreError."""
        await self._session.require_engine().runs.end(run_id)

    async def report(self, run_id: str) -> Ledger:
        """Return what became of every input row, and whether the receipt agrees. Raises BadValue, StoreError."""
        return await settled(self._session.require_engine().parts.outbox.runs.report(run_id))

    async def write_report(self, run_id: str, folder: Path) -> list[Path]:
        """Write success, error, unverified and skipped file; returns their paths. Raises BadValue, StoreError."""
        outbox = self._session.require_engine().parts.outbox
        return await settled(outbox.runs.write_report(run_id, folder))


def _words(operation: Operation) -> str:
    if operation.kind is not Kind.ENROLL:
        return operation.words
    if operation.state is OperationState.SETTLED:
        return "Added, confirmed by Salesforce"
    if operation.state is OperationState.ACCEPTED:
        return "Added, saved by Salesforce"
    if operation.state is OperationState.CANCELLED and operation.server_text:
        return f"{operation.words}: {operation.server_text}"
    return operation.words
