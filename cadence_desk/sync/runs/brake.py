"""Keeps the rows of a held or stopped run from being sent, also those that came back unsent. Used by the controller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.choices import RESENT
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.planning.run import RunState
from cadence_desk.store.moves import Move
from cadence_desk.sync.org_time import is_unsure
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.planning.run import Run
    from cadence_desk.store.outbox import OutboxFile
    from cadence_desk.sync.outbox_runner import OutboxRunner

_S = OperationState


class RunBrake:
    """Holds, releases and cancels the waiting rows of runs. All methods raise StoreError."""

    def __init__(self, outbox: OutboxFile, runner: OutboxRunner) -> None:
        self._outbox = outbox
        self._runner = runner

    def _queued(self, run_id: str) -> list[Operation]:
        return [one for one in self._runner.work.of_run(run_id) if one.state is _S.QUEUED]

    async def enforce(self, run: Run) -> None:
        """Do to the waiting rows of a run what its state asks for; does nothing for one that goes on."""
        if run.state is RunState.STOPPED:
            await self._cancel(run)
        elif run.hold is Hold.RUN_HOLDING:
            await self._set(
                [
                    one.op_id
                    for one in self._queued(run.run_id)
                    if one.hold is not Hold.RUN_HOLDING and one.op_id not in self._runner.work.in_flight
                ],
                Hold.RUN_HOLDING,
            )

    async def release(self, run_id: str) -> None:
        """Let the waiting rows of a run go on."""
        held = {Hold.RUN_HOLDING, Hold.ORG_LIMIT, Hold.NOT_ALLOWED}
        await self._set([one.op_id for one in self._queued(run_id) if one.hold in held], Hold.NONE)

    async def _set(self, op_ids: Sequence[str], hold: Hold) -> None:
        if op_ids:
            held = await settled(self._outbox.hold(op_ids, hold))
            self._runner.took(held)

    async def _cancel(self, run: Run) -> None:
        work = self._runner.work
        waiting = [one for one in self._queued(run.run_id) if not is_unsure(one)]
        mine = work.withhold(one.op_id for one in waiting if not _is_asked_for(one, run))
        try:
            moves = [Move(op_id, _S.CANCELLED, "the run was stopped") for op_id in mine]
            moved = await settled(self._outbox.move_many(moves)) if moves else []
        finally:
            work.give_back(mine)
        self._runner.took(moved)


def _is_asked_for(operation: Operation, run: Run) -> bool:
    """Return True for a row that a person had sent again after the run was stopped."""
    at = (operation.evidence or {}).get(RESENT)
    return isinstance(at, float) and at >= run.ended
