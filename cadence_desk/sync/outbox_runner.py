"""Sends what the outbox holds: each write is committed as `sending` before its first byte, and read back afterwards.

First in, first out per target; different targets in parallel. Nobody else awaits a send. Lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.sync.attempt import Attempt
from cadence_desk.sync.supervisor import settled
from cadence_desk.sync.verifier import Verifier
from cadence_desk.sync.work_list import WorkList, may_go

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.supervisor import Supervisor

_S = OperationState
INTERACTIVE_AT_ONCE = 2
BULK_AT_ONCE = 1
LONGEST_PAUSE = 300.0


class OutboxRunner:
    """Owns the open operations."""

    def __init__(
        self,
        parts: EngineParts,
        options: EngineOptions,
        supervisor: Supervisor,
        changed: Callable[[set[str]], None],
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._changed = changed
        self.work = WorkList()
        self._running = False
        self._busy = {"interactive": 0, "bulk": 0}
        self._failures = 0
        self._link_down_until = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._landed = asyncio.Event()
        self.verifier = Verifier(parts, options, supervisor, self)
        self._attempt = Attempt(parts, self)

    # ------------------------------------------------------------ life

    async def load(self) -> None:
        """Take what the outbox file holds; what another process was sending is in doubt now."""
        await settled(self._parts.outbox.adopt_foreign())
        loaded = await settled(self._parts.outbox.load())
        self.took(loaded)

    def start(self) -> None:
        """Begin to send: doubtful operations are read back first."""
        self._running = True
        self.verifier.start()
        self.wake()

    async def release(self) -> None:
        """A session is there again: what waited for it goes on."""
        waiting = [one.op_id for one in self.work.in_state(_S.QUEUED) if one.hold is Hold.SIGNED_OUT]
        if waiting:
            loaded = await settled(self._parts.outbox.hold(waiting, Hold.NONE))
            self.took(loaded)
        self.try_now()

    def try_now(self) -> None:
        """The link is back: do not wait out the pause."""
        self._link_down_until = 0.0
        self._failures = 0
        self.wake()

    async def stop(self, seconds: float) -> None:
        """Send nothing more and give answers in flight some time; what is still open stays `sending`."""
        self._running = False
        self.verifier.stop()
        if self._timer is not None:
            self._timer.cancel()
        if self.work.in_flight:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._landed.wait(), seconds)

    @property
    def idle(self) -> bool:
        """True when nothing is in flight and nothing could be sent now."""
        return not self.work.in_flight and not self.verifier.busy and not self._ready()

    # ------------------------------------------------------------ work comes in

    def took(self, operations: Iterable[Operation]) -> None:
        """Take operations as they were committed and tell the screens."""
        targets = self.work.put(operations)
        if targets:
            self._changed(targets)
        self.wake()

    def target_reported(self, target_ids: Iterable[str]) -> None:
        """The org reported a change of these targets: read their accepted and doubtful operations back now."""
        for target_id in target_ids:
            self.verifier.hurry(target_id)

    # ------------------------------------------------------------ pumping

    def wake(self) -> None:
        """Look for work soon."""
        if self._running:
            asyncio.get_running_loop().call_soon(self._pump)

    def _ready(self) -> list[Operation]:
        now = self._parts.clock.wall()
        if self._parts.clock.monotonic() < self._link_down_until:
            return []
        return [head for head in self.work.heads() if may_go(head, now)]

    def _pump(self) -> None:
        if not self._running:
            return
        ready = self._ready()
        for group in self._groups(ready):
            lane = group[0].lane if group[0].lane in self._busy else "interactive"
            limit = BULK_AT_ONCE if lane == "bulk" else INTERACTIVE_AT_ONCE
            if self._busy[lane] >= limit:
                continue
            self._busy[lane] += 1
            self.work.in_flight.update(one.op_id for one in group)
            self._landed.clear()
            self._supervisor.spawn(self._run_group(group, lane), f"send {group[0].kind.value}")
        self._arm()

    def _groups(self, ready: Sequence[Operation]) -> list[list[Operation]]:
        """Rows of one run and kind go together, never the same target twice; everything else goes alone."""
        groups: list[list[Operation]] = []
        open_groups: dict[tuple[str, str], list[Operation]] = {}
        for operation in ready:
            if not operation.run_id:
                groups.append([operation])
                continue
            key = (operation.run_id, operation.kind.value)
            group = open_groups.get(key)
            if group is None or len(group) >= self._options.chunk:
                group = open_groups[key] = []
                groups.append(group)
            group.append(operation)
        return groups

    async def _run_group(self, group: Sequence[Operation], lane: str) -> None:
        try:
            await self._attempt.run(group)
        finally:
            self._busy[lane] -= 1
            self.work.in_flight.difference_update(one.op_id for one in group)
            if not self.work.in_flight:
                self._landed.set()
            self.wake()

    def _arm(self) -> None:
        """Set one timer for the next operation that waits for a time."""
        if self._timer is not None:
            self._timer.cancel()
        now = self._parts.clock.wall()
        waits = [head.next_try - now for head in self.work.heads() if head.next_try > now]
        link = self._link_down_until - self._parts.clock.monotonic()
        if link > 0 and self.work.heads():
            waits.append(link)
        if waits:
            self._timer = asyncio.get_running_loop().call_later(max(min(waits), 0.01), self._pump)

    # ------------------------------------------------------------ told by attempts

    def link_failed(self, error: DeskError) -> float:
        """The org cannot be reached or is busy: pause all sending; returns the pause in seconds."""
        self._failures += 1
        longest = min(2.0 ** (self._failures - 1), LONGEST_PAUSE)
        pause = self._parts.entropy.uniform(longest / 2, longest)
        self._link_down_until = self._parts.clock.monotonic() + pause
        del error
        return pause

    def link_worked(self) -> None:
        """An answer arrived."""
        self._failures = 0
