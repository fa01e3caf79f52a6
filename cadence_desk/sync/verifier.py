"""Reads the org back: accepted operations become confirmed, doubtful ones are settled, re-queued or shown to a person.

Absence of an effect proves nothing until a REST call can no longer be running (10 minutes and a margin), unless the
whole answer arrived or a re-send cannot repeat the effect. Called by the outbox runner; lives on the loop thread.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.moves import Move
from cadence_desk.sync.kinds.kind import Checked, Finding
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.read_back import read_back
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.operations import Kind
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.supervisor import Supervisor

_S = OperationState
MOST_CHECKS_IN_DOUBT = 3
DAY_SECONDS = 86_400.0
GROUP = 50


@dataclass(slots=True)
class _Watch:
    op_id: str
    due: float
    step: int = 0
    complete_answer: bool = False


class Verifier:
    """Knows which operations still have to be read back, and when."""

    def __init__(
        self, parts: EngineParts, options: EngineOptions, supervisor: Supervisor, runner: OutboxRunner
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._runner = runner
        self._watches: dict[str, _Watch] = {}
        self._task: asyncio.Task[None] | None = None
        self._timers: set[asyncio.TimerHandle] = set()
        self._running = False

    @property
    def busy(self) -> bool:
        """True while the org is being read."""
        return self._task is not None

    def start(self) -> None:
        """Watch everything that was accepted or in doubt when the process began."""
        self._running = True
        for operation in self._runner.work.in_state(_S.ACCEPTED, _S.IN_DOUBT):
            self._watches[operation.op_id] = _Watch(operation.op_id, self._now())
        self._look()

    def stop(self) -> None:
        """Read nothing more."""
        self._running = False
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()

    def watch(self, operation: Operation, *, complete_answer: bool) -> None:
        """Read this operation back, first after a moment, then less often."""
        first = self._options.verify_after[0]
        self._watches[operation.op_id] = _Watch(
            operation.op_id, self._now() + first, complete_answer=complete_answer
        )
        self._arm()

    def hurry(self, target_id: str) -> None:
        """The org reported a change of this target: read its operations back now."""
        hurried = False
        for operation in self._runner.work.of_target(target_id):
            watch = self._watches.get(operation.op_id)
            if watch is not None:
                watch.due = self._now()
                hurried = True
        if hurried:
            self._look()

    def later(self, seconds: float, call: Callable[[], None]) -> None:
        """Call something after a while, unless stopped before."""

        def fire() -> None:
            self._timers.discard(timer)
            call()

        timer = asyncio.get_running_loop().call_later(seconds, fire)
        self._timers.add(timer)

    def _now(self) -> float:
        return self._parts.clock.monotonic()

    def _arm(self) -> None:
        if self._running and self._watches:
            soonest = min(watch.due for watch in self._watches.values()) - self._now()
            self.later(max(soonest, 0.0), self._look)

    def _look(self) -> None:
        if self._running and self._task is None and self._due():
            self._task = self._supervisor.spawn(self._check_due(), "read back")

    def _due(self) -> list[_Watch]:
        now = self._now()
        return [watch for watch in self._watches.values() if watch.due <= now + 0.001]

    async def _check_due(self) -> None:
        try:
            groups: dict[Kind, list[Operation]] = {}
            for watch in self._due():
                operation = self._runner.work.get(watch.op_id)
                if operation is None or operation.state not in {_S.ACCEPTED, _S.IN_DOUBT}:
                    del self._watches[watch.op_id]
                    continue
                groups.setdefault(operation.kind, []).append(operation)
            for operations in groups.values():
                for start in range(0, len(operations), GROUP):
                    await self._check(operations[start : start + GROUP])
        finally:
            self._task = None
        self._arm()

    async def _check(self, operations: Sequence[Operation]) -> None:
        kind = KINDS[operations[0].kind]
        gateway = self._parts.gateway

        def look() -> list[Checked]:
            fetched = read_back(gateway, operations)
            return [kind.verify(fetched, operation) for operation in operations]

        try:
            found = await in_lane(self._parts.lanes, LaneName.READ, look)
        except DeskError:
            found = [Checked(Finding.AMBIGUOUS, why="the org could not be read") for _ in operations]
        moves = []
        for operation, checked in zip(operations, found, strict=True):
            move = self._decide(operation, checked)
            if move is not None:
                self._watches.pop(operation.op_id, None)
                moves.append(move)
            else:
                self._next_time(operation)
        if moves:
            moved = await settled(self._parts.outbox.move_many(moves))
            self._runner.took(moved)

    def _decide(self, operation: Operation, checked: Checked) -> Move | None:
        """Return the next state, or None to look again later."""
        evidence: dict[str, object] = {"evidence": {**(operation.evidence or {}), **checked.evidence}}
        if checked.finding is Finding.PRESENT:
            return Move(operation.op_id, _S.SETTLED, "the org was read and agrees", evidence)
        watch = self._watches.get(operation.op_id)
        step = watch.step if watch else 0
        if operation.state is _S.ACCEPTED:
            if step + 1 < len(self._options.verify_after):
                return None
            return Move(
                operation.op_id, _S.NEEDS_REVIEW, checked.why or "saved, but reading does not show it", {}
            )
        if checked.finding is Finding.AMBIGUOUS:
            return self._ambiguous(operation, checked, step)
        return self._absent(operation, watch)

    def _ambiguous(self, operation: Operation, checked: Checked, step: int) -> Move | None:
        unread = checked.why == "the org could not be read"
        old = self._parts.clock.wall() - operation.sent > DAY_SECONDS
        if (unread and not old) or step + 1 < MOST_CHECKS_IN_DOUBT:
            return None
        return Move(operation.op_id, _S.NEEDS_REVIEW, checked.why, {})

    def _absent(self, operation: Operation, watch: _Watch | None) -> Move | None:
        proven = KINDS[operation.kind].resend_at_once or bool(watch and watch.complete_answer)
        waited = self._parts.clock.wall() - operation.sent >= self._options.resend_seconds
        if not proven and not waited:
            return None
        return Move(operation.op_id, _S.QUEUED, "the effect is absent", {"hold": Hold.NONE, "next_try": 0.0})

    def _next_time(self, operation: Operation) -> None:
        watch = self._watches.get(operation.op_id)
        if watch is None:
            return
        watch.step += 1
        times = self._options.verify_after
        watch.due = self._now() + times[min(watch.step, len(times) - 1)]
