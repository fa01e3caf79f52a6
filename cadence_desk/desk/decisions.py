"""Carries out what a person decides about operations: each once, with who and why in the audit.

Imports domain, store and sync. Called by the outbox face for window and command line alike; lives on the loop thread.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.choices import DROPPED, RESENT, Choice
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.domain.planning.run import OPEN_RUNS
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.protection import has_task_key
from cadence_desk.store.moves import Move
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.org_time import UNSURE, org_time, sent_org_time
from cadence_desk.sync.supervisor import in_lane, settled
from cadence_desk.sync.waits import DOUBTED

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from typing import Any

    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work
    from cadence_desk.domain.operations import Operation

_S = OperationState

LONGEST_REASON = 255


@dataclass(frozen=True, slots=True)
class Decided:
    """What came of a decision: how many operations it moved, and a sentence to show."""

    count: int
    words: str


class Decisions:
    """Settles, sends again, drops, cancels, hides, checks."""

    def __init__(
        self, session: Session, work: Work, choices: Callable[[Operation], Sequence[Choice]]
    ) -> None:
        self._session = session
        self._work = work
        self._choices = choices
        self._one_press = asyncio.Lock()
        self.where = "in the window"
        """Where the person sits, for the audit."""
        self._acts: Mapping[Choice, Callable[[list[Operation], str], Coroutine[Any, Any, Decided]]] = {
            Choice.SETTLE: self._settle,
            Choice.RESEND: self._resend,
            Choice.DROP: self._drop,
            Choice.ASK_AGAIN: self._ask_again,
            Choice.HIDE: self._hide,
            Choice.CANCEL: self._cancel,
            Choice.CANCEL_RUN: self._cancel_run,
            Choice.CHECK_NOW: self._check_now,
            Choice.DISCARD: self._discard,
        }

    async def carry_out(self, choice: Choice, op_ids: Sequence[str], reason: str = "") -> Decided:
        """Do it for all of these or for none.

        Raises:
            BadValue: an operation has gone on meanwhile, so that the choice is no longer its own.
            StoreError: nothing could be stored, so nothing was decided.
        """
        async with self._one_press:  # a second press of the same choice meets the new state and is refused
            found = [self._offered(choice, op_id) for op_id in dict.fromkeys(op_ids)]
            return await self._acts[choice](found, self._why(choice, reason))

    def touched(self, choice: Choice, op_ids: Sequence[str]) -> list[Operation]:
        """Return every operation that a choice moves, those it is made for first."""
        work = self._session.require_engine().runner.work
        found = [one for op_id in op_ids if (one := work.get(op_id)) is not None]
        if choice is Choice.CANCEL_RUN:
            return self._waiting_of_runs(found)
        if choice in {Choice.CANCEL, Choice.DROP, Choice.EDIT}:
            found += [rest for one in tuple(found) for rest in self._work.rest_of(one)]
        return list({one.op_id: one for one in found}.values())

    def _offered(self, choice: Choice, op_id: str) -> Operation:
        operation = self._session.require_engine().runner.work.get(op_id)
        if operation is None:
            raise BadValue("That change is not in the outbox.")
        if choice not in self._acts or choice not in self._choices(operation):
            raise BadValue(
                f"This cannot be decided now: the change is “{operation.words}”.",
                hint="It went on in the meantime; look at it again.",
            )
        return operation

    def _why(self, choice: Choice, reason: str) -> str:
        identity = self._session.identity
        who = identity.username if identity is not None else "someone"
        said = " ".join(reason.split())[:LONGEST_REASON]
        return f"{_PHRASES[choice]}: decided by {who} {self.where}" + (f" ({said})" if said else "")

    async def _move(self, moves: Sequence[Move]) -> list[Operation]:
        engine = self._session.require_engine()
        moved = await settled(engine.parts.outbox.move_many(moves))
        engine.runner.took(moved)
        return moved

    # ------------------------------------------------------------ what needs review

    async def _settle(self, found: list[Operation], why: str) -> Decided:
        await self._move([Move(one.op_id, _S.SETTLED, why) for one in found])
        return Decided(len(found), f"{_changes(found)} confirmed by you. What waited behind goes on.")

    async def _resend(self, found: list[Operation], why: str) -> Decided:
        moves, longest = [], 0.0
        now = self._session.parts.clock.wall()
        for one in found:
            wait, evidence = await self._before_a_second_send(one)
            longest = max(longest, wait)
            hold = Hold.SCHEDULED if wait else Hold.NONE
            fields = {
                "hold": hold,
                "next_try": now + wait if wait else 0.0,
                "evidence": {**evidence, RESENT: now},
            }
            moves.append(Move(one.op_id, _S.QUEUED, why, fields))
        await self._move(moves)
        words = f"{_changes(found)} will be looked for once more, then sent."
        if longest:
            words += f" Not before {max(1, round(longest / 60))} min: the first send may still be running."
        return Decided(len(found), words)

    async def _before_a_second_send(self, operation: Operation) -> tuple[float, dict[str, object]]:
        """Return how long a second send has to wait, and what it has to remember of the first."""
        engine = self._session.require_engine()
        evidence: dict[str, object] = {**(operation.evidence or {}), UNSURE: 0.0}
        left = await self._still_running(operation)
        if left <= 0:
            return 0.0, evidence
        kind = KINDS[operation.kind]
        if not kind.may_resend_at_once(operation, keyed=has_task_key(engine.reference.capabilities)):
            return left, evidence
        evidence[UNSURE] = operation.sent
        if kind.shares_record:
            evidence[DOUBTED] = operation.sent
        return 0.0, evidence

    async def _still_running(self, operation: Operation) -> float:
        """Return for how many seconds the last send may still be carried out: by the org's clock, or else all of them."""
        engine = self._session.require_engine()
        gateway, whole = engine.parts.gateway, engine.options.resend_seconds
        sent = sent_org_time(operation)
        at = await in_lane(engine.parts.lanes, LaneName.READ, lambda: org_time(gateway))
        return whole if sent is None or at is None else min(max(whole - (at - sent), 0.0), whole)

    async def _drop(self, found: list[Operation], why: str) -> Decided:
        rest = [one for dropped in found for one in self._work.rest_of(dropped)]
        moves = [Move(one.op_id, _S.CANCELLED, why) for one in found]
        await self._move([*moves, *(Move(one.op_id, _S.CANCELLED, _FOLLOWED) for one in rest)])
        return Decided(len(found), f"{_changes(found)} dropped. Nothing more is sent of it.")

    # ------------------------------------------------------------ what was refused

    async def _ask_again(self, found: list[Operation], why: str) -> Decided:
        """The new ones come as drafts, so that one commit makes them live and closes the old ones."""
        made = [
            self._work.operation(
                old.kind,
                old.target_id,
                old.payload,
                {"cadence_id": old.cadence_id, "subject_id": old.subject_id, "state": _S.DRAFT},
            )
            for old in found
        ]
        await self._work.add(made)
        moves = [Move(one.op_id, _S.QUEUED, "asked for again") for one in made]
        await self._move([*moves, *(Move(one.op_id, _S.SUPERSEDED, why) for one in found)])
        return Decided(len(found), f"{_changes(found)} asked for again.")

    async def _hide(self, found: list[Operation], why: str) -> Decided:
        engine = self._session.require_engine()
        now = self._session.parts.clock.wall()
        for one in found:
            evidence = {**(one.evidence or {}), DROPPED: now}
            engine.runner.took([await settled(engine.parts.outbox.update(one.op_id, why, evidence=evidence))])
        return Decided(len(found), f"{_changes(found)} dropped from view. The history keeps it.")

    # ------------------------------------------------------------ what waits

    async def _cancel(self, found: list[Operation], why: str) -> Decided:
        touched = self.touched(Choice.CANCEL, [one.op_id for one in found])
        return await self._withdraw(touched, why)

    async def _cancel_run(self, found: list[Operation], why: str) -> Decided:
        """Withdraw what waits, then end the run: rows that are not even in the outbox yet must not follow."""
        done = await self._withdraw(self._waiting_of_runs(found), why)
        runs = self._session.require_engine().runs
        for run_id in dict.fromkeys(one.run_id for one in found):
            run = runs.book.runs.get(run_id)
            if run is not None and run.state in OPEN_RUNS:
                with contextlib.suppress(BadValue):  # it came to its end by itself meanwhile
                    await runs.end(run_id)
        return done

    async def _withdraw(self, touched: Sequence[Operation], why: str) -> Decided:
        count = await self._work.cancel([one.op_id for one in touched], why)
        late = len(touched) - count
        words = f"{_counted(count)} canceled: nothing was sent." if count else ""
        if late:
            words += f" Too late for {_counted(late).lower()}: being sent just now."
        return Decided(count, words.strip())

    def _waiting_of_runs(self, found: Sequence[Operation]) -> list[Operation]:
        work = self._session.require_engine().runner.work
        runs = {one.run_id for one in found if one.run_id}
        rows = [one for run_id in sorted(runs) for one in work.of_run(run_id)]
        return [one for one in rows if one.state is _S.QUEUED and Choice.CANCEL in self._choices(one)]

    async def _discard(self, found: list[Operation], why: str) -> Decided:
        """With a draft go the parts that a press left behind which never became whole."""
        work = self._session.require_engine().runner.work
        parts = [one for draft in found for one in work.of_intent(draft.intent_id, draft.target_id)]
        count = await self._work.cancel([one.op_id for one in parts if one.state is _S.DRAFT], why)
        return Decided(count, "The text is discarded.")

    # ------------------------------------------------------------ what is in doubt

    async def _check_now(self, found: list[Operation], _why: str) -> Decided:
        """Bring the next read forward; whether something may be sent again is decided as ever."""
        engine = self._session.require_engine()
        for target_id in dict.fromkeys(one.target_id for one in found):
            engine.runner.verifier.hurry(target_id, in_flight=engine.runner.work.is_flying(target_id))
        if not engine.online:
            return Decided(len(found), "Salesforce cannot be reached now: it is read as soon as it can be.")
        return Decided(len(found), "Salesforce is being read now.")


_FOLLOWED = "an earlier part was dropped"

_PHRASES: Mapping[Choice, str] = {
    Choice.SETTLE: "it is in Salesforce",
    Choice.RESEND: "send again",
    Choice.DROP: "dropped",
    Choice.ASK_AGAIN: "asked for again",
    Choice.HIDE: "dropped from view",
    Choice.CANCEL: "canceled",
    Choice.CANCEL_RUN: "canceled with its run",
    Choice.CHECK_NOW: "check now",
    Choice.DISCARD: "discarded",
}


def _changes(found: Sequence[Operation]) -> str:
    return _counted(len(found))


def _counted(count: int) -> str:
    return "1 change" if count == 1 else f"{count:,} changes"
