"""One attempt of a group of operations: prepare, commit `sending`, send, record the answer. Called by the runner.

The order is the promise: nothing is sent when the `sending` commit failed, and no screen hears of a success
before it is committed.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.domain.errors import (
    AnswerUnreadable,
    BadValue,
    DeskError,
    Executed,
    InputError,
    InternalError,
    OrgBusy,
    OrgError,
    Retry,
    ShutOut,
    SignedOut,
    StoreError,
)
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.store.moves import Move
from cadence_desk.sync.kinds.kind import Prepared
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.one_by_one import each_by_itself, told_apart
from cadence_desk.sync.org_time import ORG_TIME, is_unsure, org_time
from cadence_desk.sync.read_back import read_before
from cadence_desk.sync.seen_open import SeenOpen
from cadence_desk.sync.supervisor import in_lane, settled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.sync.kinds.kind import Sent
    from cadence_desk.sync.one_by_one import Told
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from cadence_desk.sync.parts import EngineParts

    Answers: TypeAlias = Sequence[Prepared | AnswerUnreadable]

_S = OperationState
STORE_RETRY_SECONDS = 10.0
SHUT_OUT_SECONDS = 900.0
"""How long what the org does not allow to this user rests before it is tried again by itself."""
UNREADABLE_SECONDS = 60.0
"""How long an operation rests whose record cannot be read while those of others can."""
CRASH_PAUSE = 300.0
"""How long an operation rests whose preparation crashed: without it the crash would repeat without end."""


class Attempt:
    """Carries groups of one kind through an attempt."""

    def __init__(self, parts: EngineParts, runner: OutboxRunner) -> None:
        self._parts = parts
        self._runner = runner
        self._seen_open = SeenOpen(parts.clock)

    async def run(self, group: Sequence[Operation]) -> None:
        """Try to carry out a group of operations of one kind."""
        try:
            ready = await self._prepare(group)
            if not ready:
                return
            sending = await self._commit_sending(ready)
        except StoreError as error:
            # The commit failed (a full disk): nothing was sent and nothing may be.
            self._runner.pauses.store_failed(error)
            return
        except InternalError:
            await self._rest(group)
            raise
        except DeskError as error:
            await self._could_not_start(group, error)
            return
        except Exception:
            await self._rest(group)
            raise
        await self._send(sending)

    async def _rest(self, group: Sequence[Operation]) -> None:
        """Something of ours is wrong: believe the file, and do not try again at once."""
        mine = {one.op_id for one in group}
        try:
            stored = await settled(self._parts.outbox.load())
        except StoreError as error:
            self._runner.pauses.store_failed(error)
            return
        self._runner.took([one for one in stored if one.op_id in mine])
        await self._hold(group, Hold.NONE, self._parts.clock.wall() + CRASH_PAUSE)

    async def _commit(self, moves: Sequence[Move]) -> list[Operation]:
        """Commit moves of operations that nobody else may move. Raises StoreError, InternalError."""
        try:
            return await settled(self._parts.outbox.move_many(moves))
        except BadValue as error:
            raise InternalError("An operation changed while it was being prepared.") from error

    # ------------------------------------------------------------ prepare

    async def _prepare(self, group: Sequence[Operation]) -> list[Operation]:
        kind = KINDS[group[0].kind]
        gateway = self._parts.gateway
        known = self._seen_open.spares_a_look(kind, group)
        glance = self._runner.ahead.before(group, gateway.ids_at_once)

        def look() -> tuple[list[Prepared | AnswerUnreadable], float | None]:
            if known:
                return [Prepared()], org_time(gateway)
            fetched = read_before(gateway, group, glance)
            return each_by_itself(group, partial(kind.prepare, fetched)), org_time(gateway)

        with self._runner.ahead.looking(glance):
            answers, at = await in_lane(self._parts.lanes, _lane(group[0]), look)
        told = await self._readable(group, answers)
        told_at = {} if at is None else {ORG_TIME: at}
        ready: list[Operation] = []
        ended: list[Move] = []
        for operation, prepared in zip(told.fine, told.answers, strict=True):
            evidence = {**(operation.evidence or {}), **prepared.evidence, **told_at}
            if prepared.done:
                ended.append(_there(operation, evidence))
            elif prepared.refusal:
                ended += _refusal(operation, self._parts.boot_id, prepared, evidence)
            else:
                ready.append(replace(operation, evidence=evidence))
                self._seen_open.note(prepared.open_steps)
        await self._end(ended)
        return ready

    async def _readable(self, group: Sequence[Operation], answers: Answers) -> Told[Prepared]:
        """Let what cannot be read wait by itself, so that it holds up nothing else; returns the others."""
        told = told_apart(group, answers)
        if told.why is None or told.fine:
            self._runner.pauses.link_worked()
        elif told.whole:
            raise told.why
        else:
            self._wait_for(told.why)  # pauses what was not asked for any more
        if told.odd:
            await self._hold(told.odd, Hold.OFFLINE, self._parts.clock.wall() + UNREADABLE_SECONDS)
        return told

    async def _end(self, moves: Sequence[Move]) -> None:
        """Commit what ended while preparing, in one transaction."""
        if not moves:
            return
        last = {one.op_id: one for one in await self._commit(moves)}
        self._runner.took(last.values())
        self._runner.pauses.store_worked()
        for operation in last.values():
            if operation.state is _S.REFUSED:
                await self._cancel_rest(operation)

    async def _could_not_start(self, group: Sequence[Operation], error: DeskError) -> None:
        """Preparation only reads: whatever went wrong, nothing was executed."""
        if _definite_no(error):
            await self._refuse_unreadable(group, error)
            return
        hold, at = self._wait_for(error)
        await self._hold(group, hold, at)
        await self._shut_out(group[0], hold, at)

    async def _refuse_unreadable(self, group: Sequence[Operation], error: DeskError) -> None:
        """The org refuses to show what an operation is about; of several each is tried alone, to find which."""
        if len(group) > 1:
            for operation in group:
                await self.run([operation])
            return
        operation = group[0]
        moves = [_unsent(operation, self._parts.boot_id), _refused(operation, error.code, _told(error))]
        try:
            await self._end(moves)
        except StoreError as failed:
            self._runner.pauses.store_failed(failed)

    async def _hold(self, group: Sequence[Operation], hold: Hold, at: float) -> None:
        try:
            moved = await settled(self._parts.outbox.hold([one.op_id for one in group], hold, at))
        except StoreError as error:
            self._runner.pauses.store_failed(error)
        else:
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
        moved = await self._commit(moves)
        self._runner.took(moved)
        self._runner.pauses.store_worked()
        return moved

    async def _send(self, group: Sequence[Operation]) -> None:
        kind = KINDS[group[0].kind]

        def ask() -> list[Sent]:
            parts = kind.send(self._parts.gateway, group)
            if len(parts) != len(group):
                raise AnswerUnreadable("The org answered for another number of rows than was asked.")
            return parts

        try:
            parts = await in_lane(self._parts.lanes, _lane(group[0]), ask)
        except DeskError as error:
            await self._send_failed(group, error)
            return
        except Exception:
            await self._doubt(group, "the answer could not be understood")
            raise
        self._runner.pauses.link_worked()
        for part in parts:
            self._seen_open.note(part.open_steps)
        moved = await self._record(
            [_move_for(operation, part) for operation, part in zip(group, parts, strict=True)]
        )
        await self._after_answer(moved)

    async def _send_failed(self, group: Sequence[Operation], error: DeskError) -> None:
        self._runner.ahead.forget_all()  # whether the org can be reached is seen by the next look
        if error.executed is not Executed.NO:
            self._runner.pauses.link_failed(error.retry_after)
            await self._doubt(group, error.code)
            return
        if _definite_no(error):
            moves = [_refused(one, error.code, _told(error)) for one in group]
            await self._after_answer(await self._record(moves))
            return
        hold, at = self._wait_for(error)
        why, back = f"not executed: {error.code} {error.server_code}".rstrip(), {"hold": hold, "next_try": at}
        await self._record([Move(one.op_id, _S.QUEUED, why, back) for one in group])
        await self._shut_out(group[0], hold, at)

    def _wait_for(self, error: DeskError) -> tuple[Hold, float]:
        """Pause, and return why what was not executed waits, and until when; 0 for no matter of time."""
        pause, hold = self._runner.pauses.link_failed(error.retry_after), _hold_for(error)
        at = self._parts.clock.wall() + (SHUT_OUT_SECONDS if hold is Hold.NOT_ALLOWED else pause)
        return hold, 0.0 if hold is Hold.SIGNED_OUT else at

    async def _shut_out(self, operation: Operation, hold: Hold, until: float) -> None:
        if hold is Hold.NOT_ALLOWED:
            try:
                await self._runner.barred.hold(operation.kind, until)
            except StoreError as error:
                self._runner.pauses.store_failed(error)

    async def _doubt(self, group: Sequence[Operation], why: str) -> None:
        moved = await self._record(
            [Move(one.op_id, _S.IN_DOUBT, f"no usable answer: {why}", {}) for one in group]
        )
        for operation in moved:
            self._runner.verifier.watch(operation, complete_answer=False)

    async def _after_answer(self, moved: Sequence[Operation]) -> None:
        for operation in moved:
            if operation.state is _S.REFUSED:
                await self._cancel_rest(operation)
            else:
                self._runner.verifier.watch(operation, complete_answer=not is_unsure(operation))

    async def _record(self, moves: Sequence[Move]) -> list[Operation]:
        """Commit what became of a send. A full disk delays this; until then nothing else goes out in this lane."""
        while True:
            try:
                moved = await settled(self._parts.outbox.move_many(moves))
            except StoreError as error:
                self._runner.pauses.store_failed(error)
                await asyncio.sleep(STORE_RETRY_SECONDS)
            else:
                self._runner.took(moved)
                self._runner.pauses.store_worked()
                return moved

    async def _cancel_rest(self, refused: Operation) -> None:
        """What the same press wanted after a refused operation makes no sense any more."""
        rest = [
            one
            for one in self._runner.work.of_intent(refused.intent_id, refused.target_id)
            if one.seq > refused.seq and one.state is _S.QUEUED
        ]
        if rest:
            await self._record(
                [Move(one.op_id, _S.CANCELLED, "an earlier part was refused", {}) for one in rest]
            )


def _there(operation: Operation, evidence: dict[str, object]) -> Move:
    """Return the end of what need not be sent."""
    return Move(operation.op_id, _S.SETTLED, "the effect was already there", {"evidence": evidence})


def _unsent(operation: Operation, boot_id: str) -> Move:
    """Return the move through `sending` of what is refused before it is sent: only an attempt can be refused."""
    fields = {"owner_boot_id": boot_id, "attempt": operation.attempt, "sent": operation.sent}
    return Move(operation.op_id, _S.SENDING, "decided before sending", fields)


def _refusal(
    operation: Operation, boot_id: str, prepared: Prepared, evidence: dict[str, object]
) -> list[Move]:
    """Refuse before sending; one commit for both moves."""
    told = {"server_code": prepared.refusal_code, "server_text": prepared.refusal, "evidence": evidence}
    refused = Move(operation.op_id, _S.REFUSED, "found while preparing", told)
    return [_unsent(operation, boot_id), refused]


def _move_for(operation: Operation, part: Sent) -> Move:
    evidence = {**(operation.evidence or {}), **part.evidence}
    if not part.ok:
        told: dict[str, object] = {"server_code": part.code, "server_text": part.message}
        return _refused(operation, "refused by the org", told)
    fields: dict[str, object] = {"server_id": part.server_id, "evidence": evidence}
    if part.rolled_back_maybe:
        return Move(operation.op_id, _S.IN_DOUBT, "a success inside a mixed answer", fields)
    return Move(operation.op_id, _S.ACCEPTED, "saved by the org", fields)


def _refused(operation: Operation, why: str, told: Mapping[str, object]) -> Move:
    """Return the end of a refused operation; while an earlier send may yet be carried out it stays in doubt."""
    if is_unsure(operation):
        return Move(operation.op_id, _S.IN_DOUBT, "refused, but an earlier send may yet be carried out", told)
    return Move(operation.op_id, _S.REFUSED, why, told)


def _told(error: DeskError) -> dict[str, object]:
    return {
        "server_code": error.server_code or error.code,
        "server_text": error.server_text or error.message,
    }


def _definite_no(error: DeskError) -> bool:
    """True for the org's own no to this very change.

    A link that is not trusted, a page that is not the org's or a door that is shut to the user says nothing about it.
    """
    if isinstance(error, AnswerUnreadable | ShutOut):
        return False
    return error.retry is Retry.NEVER and isinstance(error, OrgError | InputError)


def _hold_for(error: DeskError) -> Hold:
    if isinstance(error, SignedOut):
        return Hold.SIGNED_OUT
    if isinstance(error, ShutOut):
        return Hold.NOT_ALLOWED
    return Hold.ORG_LIMIT if isinstance(error, OrgBusy) else Hold.OFFLINE


def _lane(operation: Operation) -> LaneName:
    return LaneName.BULK if operation.lane == "bulk" else LaneName.INTERACTIVE
