"""Runs in memory, for desks whose files are: the rules of the real ones where the engine leans on them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import OPEN_STATES, Hold, Kind, OperationState
from cadence_desk.domain.planning.ledger import Ledger, ledger_rows
from cadence_desk.domain.planning.run import RUN_TRANSITIONS, Run, RunPlan, RunState, plan_hash
from cadence_desk.store.moves import Move

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from cadence_desk.domain.operations import Operation


class MemoryRuns:
    """Has the methods of OutboxRuns that the engine calls; `outbox` is a MemoryOutbox."""

    def __init__(self, outbox: Any) -> None:
        self._outbox = outbox

    @property
    def _plans(self) -> dict[str, RunPlan]:
        plans: dict[str, RunPlan] = self._outbox.disk.plans
        return plans

    def plan(self, plan: RunPlan, first: Sequence[Operation]) -> Future[tuple[Run, list[Operation]]]:
        def job() -> tuple[Run, list[Operation]]:
            entered = self._enter(first)
            run = replace(plan.run, plan_hash=plan_hash(plan.run.kind, plan.run.wish, plan.rows))
            self._plans[run.run_id] = replace(plan, run=run)
            return run, entered

        return self._commit("plan", job)

    def enter(self, operations: Sequence[Operation]) -> Future[list[Operation]]:
        return self._commit("enter", lambda: self._enter(operations))

    def _enter(self, operations: Sequence[Operation]) -> list[Operation]:
        outbox, entered = self._outbox, []
        for one in operations:
            about = (one.kind, one.target_id, one.cadence_id)
            busy = one.kind is Kind.ENROLL and any(
                (other.kind, other.target_id, other.cadence_id) == about and other.state in OPEN_STATES
                for other in outbox.disk.operations.values()
            )
            state = OperationState.DRAFT if busy else one.state
            outbox.ledger.add(outbox.rows, [replace(one, state=state)])
            told = {"server_code": "ALREADY_IN_THIS_CADENCE"}
            move = Move(one.op_id, OperationState.CANCELLED, "an earlier change is on its way", told)
            entered.append(outbox.ledger.move(outbox.rows, move) if busy else one)
        return entered

    def turn(self, run_id: str, to: RunState, why: str = "", hold: Hold = Hold.NONE) -> Future[Run]:
        def job() -> Run:
            before = self._plans[run_id]
            if to is not before.run.state and to not in RUN_TRANSITIONS[before.run.state]:
                raise BadValue("This run went on in the meantime.")
            run = replace(before.run, state=to, why=why, hold=hold)
            self._plans[run_id] = replace(before, run=run)
            return run

        return self._commit("turn", job)

    def load(self) -> Future[list[Run]]:
        return self._read(lambda: [plan.run for plan in self._plans.values()])

    def read_plan(self, run_id: str) -> Future[RunPlan]:
        return self._read(lambda: self._plans[run_id])

    def report(self, run_id: str) -> Future[Ledger]:
        def job() -> Ledger:
            plan = self._plans[run_id]
            mine = [one for one in self._outbox.disk.operations.values() if one.run_id == run_id]
            return Ledger(plan.run, tuple(ledger_rows(plan, {one.row_no: one for one in mine})))

        return self._read(job)

    def _commit(self, what: str, job: Any) -> Future[Any]:
        future: Future[Any] = self._outbox._commit(what, job)
        return future

    def _read(self, job: Any) -> Future[Any]:
        from tests.engine.model_files import at_once

        future: Future[Any] = at_once(job)
        return future
