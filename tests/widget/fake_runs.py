"""Runs of many rows in memory: what the fake desk shows of them."""

import dataclasses
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.run import Run, RunState

if TYPE_CHECKING:
    from cadence_desk.domain.errors import DeskError


@dataclass
class FakeResult:
    """One row of a running addition."""

    target_id: str
    name: str
    words: str = "Waiting"
    state: OperationState | None = OperationState.QUEUED
    code: str = ""


@dataclass
class FakeRun:
    """A running addition."""

    run: Run
    rows: list[FakeResult] = field(default_factory=list)
    finished: bool = False
    can_be_undone: bool = False

    @property
    def run_id(self) -> str:
        return self.run.run_id

    @property
    def count(self) -> int:
        return len(self.rows)

    def first_intent(self) -> str:
        return f"intent of {self.run_id}"

    def counts(self) -> dict[OperationState | None, int]:
        return dict(Counter(row.state for row in self.rows))

    def result(self, index: int) -> FakeResult:
        return self.rows[index]

    def results(self) -> Sequence[FakeResult]:
        return list(self.rows)


class FakeRuns:
    """Runs that were started before; notes what was asked."""

    def __init__(self, runs: list[FakeRun]) -> None:
        self._runs = runs
        self.asked: list[tuple[str, str]] = []
        self.problem: DeskError | None = None

    def in_short(self) -> Sequence[tuple[Run, int]]:
        waits = OperationState.QUEUED
        return [(one.run, sum(1 for row in one.rows if row.state is not waits)) for one in self._runs]

    async def view(self, run_id: str) -> FakeRun:
        if self.problem is not None:
            raise self.problem
        return next(one for one in self._runs if one.run_id == run_id)

    def _turn(self, what: str, run_id: str, state: RunState, why: str = "", hold: Hold = Hold.NONE) -> None:
        if self.problem is not None:
            raise self.problem
        self.asked.append((what, run_id))
        one = next(one for one in self._runs if one.run_id == run_id)
        one.run = dataclasses.replace(one.run, state=state, why=why, hold=hold)

    async def hold(self, run_id: str) -> None:
        self._turn("hold", run_id, RunState.HOLDING, "you put it on hold.", Hold.RUN_HOLDING)

    async def resume(self, run_id: str) -> None:
        self._turn("resume", run_id, RunState.RUNNING)

    async def stop(self, run_id: str) -> None:
        self._turn("stop", run_id, RunState.STOPPED, "you stopped it.")

    async def write_report(self, run_id: str, folder: Path) -> Sequence[Path]:
        self.asked.append(("report", run_id))
        return [folder / f"enroll-{name}.csv" for name in ("success", "error", "unverified", "skipped")]
