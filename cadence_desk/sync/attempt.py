"""One attempt of a group of operations: prepare, commit `sending`, send, record the answer. Called by the runner.

The order is the promise: nothing is sent when the `sending` commit failed, and no screen hears of a success
before it is committed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError, Executed, OrgBusy, Retry, SignedOut, StoreError, Unreachable
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.moves import Move
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.read_back import read_back
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.sync.kinds.kind import Prepared, Sent
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from cadence_desk.sync.parts import EngineParts

_S = OperationState
STORE_RETRY_SECONDS = 10.0


class Attempt:
    """Carries groups of one kind through an attempt."""

    def __init__(self, parts: EngineParts, runner: OutboxRunner) -> None:
        self._parts = parts
        self._runner = runner

    async def run(self, group: Sequence[Operation]) -> None:
        """Try to carry out a group of operations of one kind."""
        try:
            ready = await self._prepare(group)
            if not ready:
                return
            sending = await self._commit_sending(ready)
        except StoreError:
            # The commit failed (a full disk): nothing was sent and nothing may be.
            self._runner.verifier.later(STORE_RETRY_SECONDS, self._runner.wake)
            self._runner.link_failed(StoreError())
            return
        except DeskError as error:
            await self._could_not_start(group, error)
            return
        await self._send(sending)

    # ------------------------------------------------------------ prepare

    async def _prepare(self, group: Sequence[Operation]) -> list[Operation]:
        kind = KINDS[group[0].kind]
        gateway = self._parts.gateway

        def look() -> list[Prepared]:
            fetched = read_back(gateway, group)
            return [kind.prepare(fetched, operation) for operation in group]

        found = await in_lane(self._parts.lanes, _lane(group[0]), look)
        self._runner.link_worked()
        ready: list[Operation] = []
        moves: list[Move] = []
        for operation, prepared in zip(group, found, strict=True):
            evidence = {**(operation.evidence or {}), **prepared.evidence}
            if prepared.done:
                moves.append(
                    Move(operation.op_id, _S.SETTLED, "the effect was already there", {"evidence": evidence})
                )
            elif prepared.refusal:
                await self._refuse_unsent(operation, prepared, evidence)
            else:
                ready.append(replace(operation, evidence=evidence))
        if moves:
            moved = await settled(self._parts.outbox.move_many(moves))
            self._runner.took(moved)
        return ready

    async def _refuse_unsent(
        self, operation: Operation, prepared: Prepared, evidence: dict[str, object]
    ) -> None:
        """Refuse before sending: through `sending`, because only an attempt can be refused."""
        outbox = self._parts.outbox
        boot = {"owner_boot_id": self._parts.boot_id}
        await settled(outbox.move(operation.op_id, _S.SENDING, "decided before sending", **boot))
        told = {"server_code": prepared.refusal_code, "server_text": prepared.refusal, "evidence": evidence}
        moved = await settled(outbox.move(operation.op_id, _S.REFUSED, "found while preparing", **told))
        self._runner.took([moved])
        await self._cancel_rest(moved)

    async def _could_not_start(self, group: Sequence[Operation], error: DeskError) -> None:
        """Preparation only reads: whatever went wrong, nothing was executed."""
        hold = _hold_for(error)
        pause = self._runner.link_failed(error)
        at = 0.0 if hold is Hold.SIGNED_OUT else self._parts.clock.wall() + pause
        moved = await settled(self._parts.outbox.hold([one.op_id for one in group], hold, at))
        self._runner.took(moved)

    # ------------------------------------------------------------ send

    async def _commit_sending(self, group: Sequence[Operation]) -> list[Operation]:
        now = self._parts.clock.wall()
        moves = [
            Move(
                operation.op_id,
                _S.SENDING,
                "sending",
                {
                    "attempt": operation.attempt + 1,
                    "sent": now,
                    "owner_boot_id": self._parts.boot_id,
                    "hold": Hold.NONE,
                    "next_try": 0.0,
                    "evidence": operation.evidence or {},
                },
            )
            for operation in group
        ]
        moved = await settled(self._parts.outbox.move_many(moves))
        self._runner.took(moved)
        return moved

    async def _send(self, group: Sequence[Operation]) -> None:
        kind = KINDS[group[0].kind]
        try:
            parts = await in_lane(
                self._parts.lanes, _lane(group[0]), lambda: kind.send(self._parts.gateway, group)
            )
        except DeskError as error:
            await self._send_failed(group, error)
            return
        except Exception:
            await self._doubt(group, "the answer could not be understood")
            raise
        self._runner.link_worked()
        moves = [_move_for(operation, part) for operation, part in zip(group, parts, strict=True)]
        moved = await settled(self._parts.outbox.move_many(moves))
        self._runner.took(moved)
        for operation in moved:
            if operation.state is _S.REFUSED:
                await self._cancel_rest(operation)
            else:
                self._runner.verifier.watch(operation, complete_answer=True)

    async def _send_failed(self, group: Sequence[Operation], error: DeskError) -> None:
        if error.executed is not Executed.NO:
            self._runner.link_failed(error)
            await self._doubt(group, error.code)
            return
        if error.retry is Retry.NEVER:
            told = {
                "server_code": error.server_code or error.code,
                "server_text": error.server_text or error.message,
            }
            moves = [Move(one.op_id, _S.REFUSED, error.code, told) for one in group]
            moved = await settled(self._parts.outbox.move_many(moves))
            self._runner.took(moved)
            for operation in moved:
                await self._cancel_rest(operation)
            return
        pause = self._runner.link_failed(error)
        hold = _hold_for(error)
        at = 0.0 if hold is Hold.SIGNED_OUT else self._parts.clock.wall() + pause
        back = {"hold": hold, "next_try": at}
        moves = [Move(one.op_id, _S.QUEUED, f"not executed: {error.code}", back) for one in group]
        moved = await settled(self._parts.outbox.move_many(moves))
        self._runner.took(moved)

    async def _doubt(self, group: Sequence[Operation], why: str) -> None:
        moves = [Move(one.op_id, _S.IN_DOUBT, f"no usable answer: {why}", {}) for one in group]
        moved = await settled(self._parts.outbox.move_many(moves))
        self._runner.took(moved)
        for operation in moved:
            self._runner.verifier.watch(operation, complete_answer=False)

    async def _cancel_rest(self, refused: Operation) -> None:
        """What the same press wanted after a refused operation makes no sense any more."""
        rest = [
            one
            for one in self._runner.work.of_intent(refused.intent_id, refused.target_id)
            if one.seq > refused.seq and one.state is _S.QUEUED
        ]
        if rest:
            moves = [Move(one.op_id, _S.CANCELLED, "an earlier part was refused", {}) for one in rest]
            moved = await settled(self._parts.outbox.move_many(moves))
            self._runner.took(moved)


def _move_for(operation: Operation, part: Sent) -> Move:
    evidence = {**(operation.evidence or {}), **part.evidence}
    if not part.ok:
        told: dict[str, object] = {"server_code": part.code, "server_text": part.message}
        return Move(operation.op_id, _S.REFUSED, "refused by the org", told)
    fields: dict[str, object] = {"server_id": part.server_id, "evidence": evidence}
    if part.rolled_back_maybe:
        return Move(operation.op_id, _S.IN_DOUBT, "a success inside a mixed answer", fields)
    return Move(operation.op_id, _S.ACCEPTED, "saved by the org", fields)


def _hold_for(error: DeskError) -> Hold:
    if isinstance(error, SignedOut):
        return Hold.SIGNED_OUT
    if isinstance(error, OrgBusy):
        return Hold.ORG_LIMIT
    return Hold.OFFLINE if isinstance(error, Unreachable) or error.retry is Retry.LATER else Hold.NONE


def _lane(operation: Operation) -> LaneName:
    return LaneName.BULK if operation.lane == "bulk" else LaneName.INTERACTIVE
