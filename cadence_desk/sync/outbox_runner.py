"""Sends what the outbox holds: each write is committed as `sending` before its first byte, and read back afterwards.

First in, first out per target; different targets in parallel. Nobody else awaits a send. Lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.store.moves import Move
from cadence_desk.sync.attempt import Attempt
from cadence_desk.sync.barred_kinds import BarredKinds
from cadence_desk.sync.looked_ahead import LookedAhead
from cadence_desk.sync.pauses import Pauses
from cadence_desk.sync.supervisor import settled
from cadence_desk.sync.verifier import Verifier
from cadence_desk.sync.waits import Waits
from cadence_desk.sync.work_list import WorkList

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Sequence
    from typing import Any

    from cadence_desk.domain.orgs import Capabilities
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.supervisor import Supervisor

_S = OperationState
_UNSENT = frozenset({_S.DRAFT, _S.QUEUED})
INTERACTIVE_AT_ONCE = 2
BULK_AT_ONCE = 1
TAKEN_AT_ONCE = 500
"""So many stored operations are taken at the start before the window gets its turn."""


class OutboxRunner:
    """Owns the open operations."""

    def __init__(
        self,
        parts: EngineParts,
        options: EngineOptions,
        supervisor: Supervisor,
        changed: Callable[[set[str]], None],
        offers: Callable[[], Capabilities],
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._changed = changed
        self.work = WorkList()
        self.barred = BarredKinds(parts.outbox, self.work, self.took)
        self.waits = Waits(parts.clock, options.resend_seconds)
        self.on_taken: Callable[[Sequence[Operation]], None] = _nothing
        self.pauses = Pauses(parts.clock, parts.entropy, lambda: changed(set()))
        self._running = False
        self._pump_waits = False
        self._busy = {"interactive": 0, "bulk": 0}
        self._timer: asyncio.TimerHandle | None = None
        self._landed = asyncio.Event()
        self.ahead = LookedAhead(parts.clock)
        self.verifier = Verifier(parts, options, supervisor, self, offers)
        self._attempt = Attempt(parts, self)

    # ------------------------------------------------------------ life

    async def load(self) -> None:
        """Take what the outbox file holds; what was being sent when its engine ended is in doubt now."""
        outbox = self._parts.outbox
        await settled(outbox.adopt_foreign())
        loaded = await settled(outbox.load())
        # The same process may have had an engine before this one (signed out and in again): nobody waits for its sends.
        cut_off = [one.op_id for one in loaded if one.state is _S.SENDING]
        if cut_off:
            why = "the engine that was sending it ended"
            moved = await settled(outbox.move_many([Move(op_id, _S.IN_DOUBT, why) for op_id in cut_off]))
            known = {one.op_id: one for one in moved}
            loaded = [known.get(one.op_id, one) for one in loaded]
        self.waits.take(loaded, loaded=True)
        for start in range(0, len(loaded), TAKEN_AT_ONCE):
            self.took(loaded[start : start + TAKEN_AT_ONCE])
            await asyncio.sleep(0)
        await self._open_undo_windows()

    async def _open_undo_windows(self) -> None:
        """What could still be undone when its engine ended can be undone for as long again: nobody saw the time pass."""
        waiting = [one for one in self.work.in_state(_S.QUEUED) if one.hold is Hold.UNDO_WINDOW]
        if not waiting or not self._options.sends:
            return
        until = self._parts.clock.wall() + self._options.undo_seconds
        try:
            held = await settled(
                self._parts.outbox.hold([one.op_id for one in waiting], Hold.UNDO_WINDOW, until)
            )
        except StoreError as error:
            self.pauses.store_failed(error)
            held = [replace(one, next_try=until) for one in waiting]
        self.took(held)

    def start(self) -> None:
        """Begin to send: doubtful operations are read back first."""
        self._running = True
        self.verifier.start()
        self.wake()

    async def release(self, *holds: Hold) -> None:
        """What these held goes on now: a session or the link is there again."""
        waiting = [one.op_id for one in self.work.in_state(_S.QUEUED) if one.hold in holds]
        if waiting:
            loaded = await settled(self._parts.outbox.hold(waiting, Hold.NONE))
            self.took(loaded)
        self.try_now()

    async def hold_all(self, hold: Hold) -> None:
        """Say of everything that waits why it does; where that cannot be stored it waits all the same."""
        waiting = [one.op_id for one in self.work.in_state(_S.QUEUED) if _may_be_held(one, hold)]
        if waiting:
            try:
                held = await settled(self._parts.outbox.hold(waiting, hold))
            except StoreError as error:
                self.pauses.store_failed(error)
            else:
                self.took(held)

    def try_now(self) -> None:
        """Do not wait out the pause."""
        self.pauses.end()
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
        return not (self.work.in_flight or self.verifier.busy or self._ready())

    # ------------------------------------------------------------ work comes in

    def took(self, operations: Iterable[Operation]) -> None:
        """Take operations as they were committed and tell the screens."""
        taken = list(operations)
        self.waits.take(taken)
        # What was sent from here changes what was seen as well, and no event may ever tell of it.
        self.ahead.forget(one.target_id for one in taken if one.state not in _UNSENT)
        targets = self.work.put(taken)
        if targets:
            self.on_taken(taken)
            self._changed(targets)
        if not self._options.sends and any(_may_be_held(one, Hold.SAFE_MODE) for one in taken):
            self._supervisor.spawn(self.hold_all(Hold.SAFE_MODE), "say that safe mode holds it")
        self.wake()

    def target_reported(self, target_ids: Iterable[str]) -> None:
        """The org reported a change of these targets: read their accepted and doubtful operations back now."""
        target_ids = list(target_ids)
        self.ahead.forget(target_ids)
        for target_id in target_ids:
            self.verifier.hurry(target_id, in_flight=self.work.is_flying(target_id))

    # ------------------------------------------------------------ pumping

    def wake(self) -> None:
        """Look for work soon."""
        if self._running and not self._pump_waits:
            self._pump_waits = True
            asyncio.get_running_loop().call_soon(self._pump)

    def _ready(self) -> list[Operation]:
        if self.pauses.left:
            return []
        return [head for head in self.work.heads() if self.waits.may_go(head)]

    def _pump(self) -> None:
        self._pump_waits = False
        if not self._running:
            return
        for group in self._groups(self._ready()):
            lane = group[0].lane if group[0].lane in self._busy else "interactive"
            limit = BULK_AT_ONCE if lane == "bulk" else INTERACTIVE_AT_ONCE
            if self._busy[lane] >= limit:
                continue
            self._busy[lane] += 1
            self.work.take_off(group)
            self._landed.clear()
            work = self._hold_bulk if lane == "bulk" and self._saves_calls() else self._attempt.run
            self._supervisor.spawn(self._run_group(group, lane, work), f"send {group[0].kind.value}")
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

    def _saves_calls(self) -> bool:
        """True when only the part of the daily calls is left that is kept for what people do themselves."""
        return self._options.budget.holds_background(self._parts.gateway.usage())

    async def _hold_bulk(self, group: Sequence[Operation]) -> None:
        """Bulk work waits for the org's limit and is looked at again later."""
        again = self._parts.clock.wall() + self._options.hold_seconds
        try:
            held = await settled(self._parts.outbox.hold([one.op_id for one in group], Hold.ORG_LIMIT, again))
        except StoreError as error:
            self.pauses.store_failed(error)
        else:
            self.took(held)

    async def _run_group(
        self,
        group: Sequence[Operation],
        lane: str,
        work: Callable[[Sequence[Operation]], Coroutine[Any, Any, None]],
    ) -> None:
        try:
            await work(group)
        finally:
            self._busy[lane] -= 1
            self.work.land(group)
            self.verifier.landed(one.target_id for one in group if not self.work.is_flying(one.target_id))
            self._tell_of_unsent(group)
            if not self.work.in_flight:
                self._landed.set()
            self.wake()

    def _tell_of_unsent(self, group: Sequence[Operation]) -> None:
        """What came back can be held or withdrawn only now that it has landed."""
        known = [self.work.get(one.op_id) for one in group]
        back = [one for one in known if one is not None and one.state is _S.QUEUED]
        if back:
            self.on_taken(back)

    def _arm(self) -> None:
        """Set one timer for the next operation that waits for a time."""
        if self._timer is not None:
            self._timer.cancel()
        heads = self.work.heads()
        waits = [left for head in heads if (left := self.waits.left(head))]
        if self.pauses.left and heads:
            waits.append(self.pauses.left)
        if waits:
            self._timer = asyncio.get_running_loop().call_later(max(min(waits), 0.01), self.wake)


def _may_be_held(operation: Operation, hold: Hold) -> bool:
    """True for what waits and says another reason; that a person holds its run stays said."""
    return operation.state is _S.QUEUED and operation.hold not in {hold, Hold.RUN_HOLDING}


def _nothing(_operations: Sequence[Operation]) -> None:
    """Nobody follows runs yet."""
