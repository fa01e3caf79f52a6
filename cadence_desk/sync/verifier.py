"""Reads the org back: accepted operations become confirmed, doubtful ones are settled, re-queued or shown to a person.

Absence of an effect proves nothing until a REST call can no longer be running (10 minutes and a margin), unless the
whole answer arrived or a re-send cannot repeat the effect. Called by the outbox runner; lives on the loop thread.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, Retry, StoreError
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.protection import has_task_key
from cadence_desk.store.moves import Move
from cadence_desk.sync.kinds.kind import Checked, Finding
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.one_by_one import each_by_itself
from cadence_desk.sync.org_time import UNSURE, is_unsure, org_time, sent_org_time
from cadence_desk.sync.read_back import read_back
from cadence_desk.sync.supervisor import in_lane, settled
from cadence_desk.sync.waits import DOUBTED
from cadence_desk.sync.watches import UNREAD_PAUSE, Watch, Watches

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cadence_desk.domain.orgs import Capabilities
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from cadence_desk.sync.parts import EngineOptions, EngineParts
    from cadence_desk.sync.supervisor import Supervisor

_S = OperationState
MOST_UNCLEAR = 3
DAY_SECONDS = 86_400.0
GROUP = 500
"""So many are read back by one look-up."""
SLICE = 100
"""So many are committed, and told to the screens, at once."""
NOT_READ_PAUSE = 5.0
"""So long what was left out waits after several answers in a row that could not be read."""
AGAIN_SECONDS = 15.0
"""After a second lost answer: so long the next re-send waits, and twice as long after each further one."""

ROOM_SECONDS = 60.0
"""So much longer than a call can run on the server is waited: a send may leave that long after its time was noted."""


class Verifier:
    """Knows which operations still have to be read back, and when."""

    def __init__(
        self,
        parts: EngineParts,
        options: EngineOptions,
        supervisor: Supervisor,
        runner: OutboxRunner,
        offers: Callable[[], Capabilities],
    ) -> None:
        self._parts = parts
        self._options = options
        self._supervisor = supervisor
        self._runner = runner
        self._offers = offers
        self._watches = Watches(parts.clock, options.verify_after, runner.work, runner.waits, runner.ahead)
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._running = False
        self._arms = False

    @property
    def busy(self) -> bool:
        """True while the org is being read."""
        return self._task is not None

    def start(self) -> None:
        """Watch everything that was accepted or in doubt when the process began."""
        self._running = True
        for operation in self._runner.work.in_state(_S.ACCEPTED, _S.IN_DOUBT):
            self._watches.resume(operation)
        self._arm()

    def stop(self) -> None:
        """Read nothing more."""
        self._running = False
        if self._timer is not None:
            self._timer.cancel()

    def watch(self, operation: Operation, *, complete_answer: bool) -> None:
        """Read this operation back, first after a moment, then less often."""
        self._watches.begin(operation, complete_answer=complete_answer)
        self._arm_soon()

    def hurry(self, target_id: str, *, in_flight: bool) -> None:
        """The org reported a change of this target: read its operations back now, or as soon as they are answered."""
        if self._watches.hurry(target_id, in_flight=in_flight):
            self._arm_soon()

    def landed(self, target_ids: Iterable[str]) -> None:
        """Nothing of these targets is in flight any more: an event that came meanwhile hurries no later answer."""
        self._watches.forget_reports(target_ids)

    def _now(self) -> float:
        return self._parts.clock.monotonic()

    def _arm_soon(self) -> None:
        """Look at all of them once, however many became known in this turn of the loop."""
        if not self._arms:
            self._arms = True
            asyncio.get_running_loop().call_soon(self._arm)

    def _arm(self) -> None:
        """Keep one timer for the earliest read."""
        self._arms = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        soonest = self._watches.soonest()
        if self._running and self._task is None and soonest is not None:
            self._timer = asyncio.get_running_loop().call_later(soonest, self._look)

    def _look(self) -> None:
        self._timer = None
        if not self._running or self._task is not None:
            return
        due = self._watches.due()
        if due:
            self._task = self._supervisor.spawn(self._check_all(due), "read back")
        else:
            self._arm()

    async def _check_all(self, due: Sequence[Watch]) -> None:
        try:
            operations: list[Operation] = []
            for watch in due:
                operation = self._runner.work.get(watch.op_id)
                if operation is None or operation.state not in {_S.ACCEPTED, _S.IN_DOUBT}:
                    self._watches.end(watch.op_id)
                else:
                    operations.append(operation)
            # What could not be read last time is asked for apart: it spoils the look-up of others once at most.
            parts: tuple[list[Operation], list[Operation]] = ([], [])
            for operation in operations:
                parts[self._watches[operation.op_id].unread > 0].append(operation)
            for part in parts:
                part.sort(key=lambda one: one.kind.value)
                for start in range(0, len(part), GROUP):
                    await self._check(part[start : start + GROUP])
        finally:
            self._task = None
            self._arm()

    # ------------------------------------------------------------ one group

    async def _check(self, operations: Sequence[Operation]) -> None:
        gateway = self._parts.gateway

        def look() -> tuple[float | None, list[Checked | DeskError]]:
            # The time before the reads: an effect that is absent after them was absent at that time or later.
            at = org_time(gateway)
            fetched = read_back(gateway, operations, glance)
            return at, [*each_by_itself(operations, partial(_verified, fetched))]

        self._watches.begin_read(operations)
        glance = self._runner.ahead.after(operations, gateway.ids_at_once)
        try:
            with self._runner.ahead.looking(glance):
                at, found = await in_lane(self._parts.lanes, LaneName.READ, look)
        except DeskError as error:
            await self._unread(operations, error)
            return
        for operation in operations[len(found) :]:
            self._watches[operation.op_id].due = self._now() + NOT_READ_PAUSE
        moves = await self._decided(operations, found, at)
        for start in range(0, len(moves), SLICE):
            await self._commit(moves[start : start + SLICE])

    async def _decided(
        self, operations: Sequence[Operation], found: Sequence[Checked | DeskError], at: float | None
    ) -> list[Move]:
        """Return what follows from the reads; what cannot be decided yet is looked at again."""
        moves = []
        for operation, checked in zip(operations, found, strict=False):
            watch = self._watches[operation.op_id]
            if isinstance(checked, DeskError):
                await self._unread([operation], checked)
                continue
            move = self._decide(operation, checked, watch, at)
            if move is not None:
                moves.append(move)
            elif watch.counted:
                self._watches.next_time(watch)
        return moves

    async def _unread(self, operations: Sequence[Operation], error: DeskError) -> None:
        """The org could not be read: that says nothing about the operations, unless it goes on for a day."""
        moves = []
        for operation in operations:
            watch = self._watches[operation.op_id]
            watch.unread += 1
            watch.due = self._now() + min(2.0**watch.unread, UNREAD_PAUSE)
            if watch.unread >= MOST_UNCLEAR and self._parts.clock.wall() - operation.sent > DAY_SECONDS:
                moves.append(
                    Move(operation.op_id, _S.NEEDS_REVIEW, f"not readable for a day: {error.code}", {})
                )
        await self._commit(moves)

    async def _commit(self, moves: Sequence[Move]) -> None:
        if not moves:
            return
        try:
            moved = await settled(self._parts.outbox.move_many(moves))
        except StoreError as error:
            self._runner.pauses.store_failed(error)
            for move in moves:
                self._watches[move.op_id].due = self._now() + UNREAD_PAUSE
            return
        for move in moves:
            self._watches.end(move.op_id)
        self._runner.took(moved)
        self._runner.pauses.store_worked()

    # ------------------------------------------------------------ what follows from a read

    def _decide(self, operation: Operation, checked: Checked, watch: Watch, at: float | None) -> Move | None:
        """Return the next state, or None to look again later."""
        evidence: dict[str, object] = {**(operation.evidence or {}), **checked.evidence}
        if checked.finding is Finding.PRESENT:
            return Move(operation.op_id, _S.SETTLED, "the org was read and agrees", {"evidence": evidence})
        last = self._watches.is_last(watch)
        if operation.state is _S.ACCEPTED:
            why = checked.why or "saved, but reading does not show it"
            return Move(operation.op_id, _S.NEEDS_REVIEW, why, {}) if last else None
        if checked.finding is Finding.AMBIGUOUS:
            watch.unclear += 1 if watch.counted else 0
            unclear = watch.unclear >= MOST_UNCLEAR
            return Move(operation.op_id, _S.NEEDS_REVIEW, checked.why, {}) if unclear else None
        return self._absent(operation, watch, at, evidence)

    def _absent(
        self, operation: Operation, watch: Watch, at: float | None, evidence: dict[str, object]
    ) -> Move | None:
        fields: dict[str, object] = {"hold": Hold.NONE, "next_try": 0.0}
        kind = KINDS[operation.kind]
        if watch.complete_answer or self._waited(operation, watch, at):
            fields["evidence"] = {**evidence, UNSURE: 0.0}
            return Move(operation.op_id, _S.QUEUED, "the effect is absent", fields)
        seen = replace(operation, evidence=evidence)
        at_once = kind.may_resend_at_once(seen, keyed=has_task_key(self._offers()))
        if not at_once or self._rests(operation, watch):
            return None
        # That send may yet be carried out: a refusal of the next one proves nothing before it is over, and the next
        # different change of the same record waits for it. After several lost answers the last one counts.
        fields["evidence"] = {**evidence, UNSURE: operation.sent}
        if kind.shares_record:
            fields["evidence"] = {**evidence, UNSURE: operation.sent, DOUBTED: operation.sent}
        return Move(operation.op_id, _S.QUEUED, "the effect is absent and cannot be repeated", fields)

    def _rests(self, operation: Operation, watch: Watch) -> bool:
        """Return True while what was sent again at once, and lost again, is not sent once more.

        That could not repeat the effect either, but a server that loses answers needs time. What it refused meanwhile
        waits until the earlier send is over: asking again would bring the same no.
        """
        if not is_unsure(operation):
            return False
        pause = AGAIN_SECONDS * 2.0 ** max(operation.attempt - 2, 0)
        return bool(operation.server_code) or self._now() - watch.since < pause

    def _waited(self, operation: Operation, watch: Watch, at: float | None) -> bool:
        """True when the send can no longer be running on the server, by the org's clock or else by ours.

        The org's time was noted before the send. Where the computer fell asleep in between, the send left late and may
        run for as long from then on.
        """
        enough = self._options.resend_seconds
        by_ours = self._now() - watch.since >= enough
        sent = sent_org_time(operation)
        if at is None or sent is None:
            return by_ours
        left_in_time = at - sent >= watch.took + enough - ROOM_SECONDS
        return at - sent >= enough and (left_in_time or by_ours)


def _verified(gateway: OrgGateway, operation: Operation) -> Checked | DeskError:
    """Return what reading shows, or why this one cannot be read; raises DeskError when nothing can be read now."""
    try:
        return KINDS[operation.kind].verify(gateway, operation)
    except DeskError as error:
        if error.retry is not Retry.NEVER:
            raise
        return error
