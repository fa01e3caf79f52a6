"""Carries runs out: stores a plan, lets its rows enter the outbox in slices, holds, stops and ends it.

What became of a row is told by its operation and by nothing else, so a crash resumes from the operations.
Lives on the loop thread; called by the engine and the desk.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import BadValue, StoreError
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS, RunState
from cadence_desk.sync.runs.book import RunBook
from cadence_desk.sync.runs.brake import RunBrake
from cadence_desk.sync.runs.live_run import Beginning, LiveRun
from cadence_desk.sync.runs.outlook import RunOutlook
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.planning.run import RunPlan
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.supervisor import Supervisor

_S = OperationState
_R = RunState
AGAIN_SECONDS = 10.0
BY_PERSON = "you put it on hold."
STOPPED_BY_PERSON = "you stopped it."
SHUT_OUT = (
    "Salesforce does not allow it: the API is off, or a permission or a license is missing. "
    "Resume it when an admin has seen to that."
)
UNDONE = "you took it back before anything was sent."


class RunController:
    """Owns the runs of an outbox."""

    def __init__(
        self,
        parts: EngineParts,
        options: EngineOptions,
        supervisor: Supervisor,
        runner: OutboxRunner,
        tell: Callable[[], None],
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._runner = runner
        self.book = RunBook(parts.outbox.runs, tell)
        self._brake = RunBrake(parts.outbox, runner)
        self._dirty: set[str] = set()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._running = False
        runner.on_taken = self._heard
        runner.ahead.outlook = RunOutlook(self.book, runner.work)

    # ------------------------------------------------------------ life

    async def load(self) -> None:
        """Take what the outbox holds: open runs with their rows, and keep what was held or stopped from being sent."""
        for run in await settled(self._parts.outbox.runs.load()):
            self.book.runs[run.run_id] = run
            if run.state in OPEN_RUNS:
                await self.open(run.run_id)
        for run in list(self.book.runs.values()):
            await self._brake.enforce(run)

    def start(self) -> None:
        """Go on with what is open."""
        self._running = True
        self._dirty.update(self.book.live)
        self._wake()

    def stop(self) -> None:
        """Let no more rows enter."""
        self._running = False
        if self._timer is not None:
            self._timer.cancel()

    @property
    def idle(self) -> bool:
        """True when nothing is being stored or decided."""
        return self._task is None and not (self._running and self._dirty)

    async def begin(self, plan: RunPlan) -> LiveRun:
        """Store a run with its plan and its first rows; returns after the commit. Raises StoreError, BadValue."""
        live = LiveRun(plan)
        bulk = plan.run.is_bulk
        beginning = Beginning()
        if bulk:
            until = self._parts.clock.wall() + self._options.undo_seconds
            beginning = Beginning(Hold.UNDO_WINDOW, until)
        numbers = live.next_numbers(1 if bulk else plan.run.wanted)
        first = live.operations(numbers, self._parts.clock, self._parts.entropy, beginning)
        run, entered = await settled(self._parts.outbox.runs.plan(plan, first))
        live.run = run
        self.book.keep(live)
        self._runner.took(entered)
        self._mark(run.run_id)
        return live

    async def begin_whole(self, plan: RunPlan, operations: Sequence[Operation]) -> list[Operation]:
        """Store a run with its plan and all its operations in one commit; returns them as stored, for the runner."""
        live = LiveRun(plan)
        live.run, entered = await settled(self._parts.outbox.runs.plan(plan, operations))
        self.book.keep(live)
        self._mark(live.run.run_id)
        return entered

    async def open(self, run_id: str) -> LiveRun:
        """Return a run with its rows, read from the outbox where needed. Raises BadValue, StoreError."""
        known = self.book.live.get(run_id)
        if known is not None:
            return known
        live = LiveRun(await settled(self._parts.outbox.runs.read_plan(run_id)))
        for number, operation in enumerate(self._runner.work.of_run(run_id)):
            live.take(operation)
            if number % 500 == 499:
                await asyncio.sleep(0)
        for operation in self._runner.work.of_run(run_id):
            live.take(operation)  # what changed meanwhile; the rest costs next to nothing
        return self.book.keep(live)

    # ------------------------------------------------------------ what a person asks

    async def hold(self, run_id: str) -> None:
        """Send nothing more of a run until it is resumed; answers in flight are still recorded."""
        await self._brake.enforce(await self.book.turn(run_id, _R.HOLDING, BY_PERSON, Hold.RUN_HOLDING))

    async def resume(self, run_id: str) -> None:
        """Go on with a run that is on hold."""
        if self.book.known(run_id).state is not _R.HOLDING:
            raise BadValue("This run is not on hold.")
        await self.book.turn(run_id, _R.RUNNING)
        await self._brake.release(run_id)
        self._mark(run_id)

    async def end(self, run_id: str, why: str = STOPPED_BY_PERSON) -> None:
        """Stop a run for good: what was not sent is canceled, what was sent is read back as ever."""
        await self._brake.enforce(await self.book.turn(run_id, _R.STOPPED, why))

    # ------------------------------------------------------------ what becomes of rows

    def _heard(self, operations: Sequence[Operation]) -> None:
        """Operations were committed."""
        self._dirty |= self.book.take(operations)
        self._wake()

    def _mark(self, run_id: str) -> None:
        self._dirty.add(run_id)
        self._wake()

    def _wake(self) -> None:
        if self._running and self._task is None and self._dirty:
            self._task = self._supervisor.spawn(self._settle(), "runs")

    async def _settle(self) -> None:
        run_id = ""
        try:
            while self._running and self._dirty:
                run_id = self._dirty.pop()
                # A person may be faster: what they decided is looked at next.
                with contextlib.suppress(BadValue):
                    await self._look_at(run_id)
        except StoreError as error:
            self._runner.pauses.store_failed(error)
            self._dirty.update(self.book.live, [run_id])
            self._timer = asyncio.get_running_loop().call_later(AGAIN_SECONDS, self._wake)
            return
        finally:
            self._task = None

    async def _look_at(self, run_id: str) -> None:
        run, live = self.book.runs.get(run_id), self.book.live.get(run_id)
        if run is not None and run.state is _R.STOPPED:
            await self._brake.enforce(run)  # what came back unsent since
        elif live is not None and live.run.state in OPEN_RUNS:
            await self._step(live)

    async def _step(self, live: LiveRun) -> None:
        """Look once at a run and do what follows."""
        run_id, tally = live.run.run_id, live.tally
        why = UNDONE if live.undone else tally.too_many_failed
        if why:
            await self.end(run_id, why)
        elif tally.over:
            await self.book.turn(run_id, _R.FINISHED)
        elif live.run.hold is Hold.RUN_HOLDING:
            await self._brake.enforce(live.run)
        elif live.shut_out:
            await self._brake.enforce(await self.book.turn(run_id, _R.HOLDING, SHUT_OUT, Hold.RUN_HOLDING))
        else:
            await self._go_on(live)

    async def _go_on(self, live: LiveRun) -> None:
        run_id, state = live.run.run_id, live.run.state
        if live.limited:
            if state is not _R.HOLDING:
                await self.book.turn(run_id, _R.HOLDING, self._limit_words(), Hold.ORG_LIMIT)
        elif state is _R.RUNNING:
            if live.tally.room:
                await self._enter(live)
        elif live.tally.entered > live.tally.states[_S.QUEUED]:
            await self.book.turn(run_id, _R.RUNNING)
            self._mark(run_id)

    async def _enter(self, live: LiveRun) -> None:
        numbers = live.next_numbers(live.tally.room)
        made = live.operations(numbers, self._parts.clock, self._parts.entropy, Beginning())
        entered = await settled(self._parts.outbox.runs.enter(made))
        self._runner.took(entered)

    def _limit_words(self) -> str:
        budget, usage = self._options.budget, self._parts.gateway.usage()
        return budget.words(usage) if budget.holds_background(usage) else "the org asks to wait."
