"""The runs an outbox holds, those in memory with their rows, and every change of their state. Pure but for the commit.

Imports domain and the outbox. Owned by the run controller; read by the desk.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS, RunState
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.planning.run import Run
    from cadence_desk.store.outbox_runs import OutboxRuns
    from cadence_desk.sync.runs.live_run import LiveRun


class RunBook:
    """All runs by id."""

    def __init__(self, file: OutboxRuns, tell: Callable[[], None]) -> None:
        self._file = file
        self._tell = tell
        self.runs: dict[str, Run] = {}
        self.live: dict[str, LiveRun] = {}

    def known(self, run_id: str) -> Run:
        """Return a run. Raises BadValue when there is none of this id."""
        run = self.runs.get(run_id)
        if run is None:
            raise BadValue("There is no such run in the outbox.")
        return run

    def keep(self, live: LiveRun) -> LiveRun:
        """Keep a run with its rows."""
        self.runs[live.run.run_id] = live.run
        return self.live.setdefault(live.run.run_id, live)

    async def turn(self, run_id: str, to: RunState, why: str = "", hold: Hold = Hold.NONE) -> Run:
        """Commit a change of state, then tell the screens. Raises BadValue when the state forbids it, StoreError."""
        self.known(run_id)
        run = await settled(self._file.turn(run_id, to, why, hold))
        self.runs[run_id] = run
        live = self.live.get(run_id)
        if live is not None:
            live.run = run
        self._tell()
        return run

    def take(self, operations: Iterable[Operation]) -> set[str]:
        """Take operations as they were committed; returns the runs that have to be looked at.

        These are runs in memory, and those that were stopped before this start and have a row that waits again.
        """
        touched = set()
        for operation in operations:
            live = self.live.get(operation.run_id) if operation.run_id else None
            if live is not None:
                live.take(operation)
            waits = operation.state is OperationState.QUEUED and operation.run_id in self.runs
            if live is not None or waits:
                touched.add(operation.run_id)
        return touched

    def ended_rows(self, run_id: str) -> int:
        """Return how many rows of a run have come to an end, skipped ones included."""
        live, run = self.live.get(run_id), self.known(run_id)
        if live is not None:
            return live.tally.ended + run.rows - run.wanted
        return run.rows if run.state not in OPEN_RUNS else 0

    def is_to_come(self, target_id: str, cadence_id: str) -> bool:
        """Return True when a row of an open run will add this target to this cadence."""
        return any(
            live.run.state in OPEN_RUNS
            and live.run.wish.get("cadence_id") == cadence_id
            and live.is_to_come(target_id)
            for live in self.live.values()
        )
