"""Turns what a person asks for into operations and hands them to the outbox. Used by calls, enrollment and moves."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import split
from cadence_desk.domain.errors import DeskError, StoreError
from cadence_desk.domain.op_ids import new_op_id
from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.store.moves import Move
from cadence_desk.sync.org_time import is_unsure
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from cadence_desk.desk.session import Session
    from cadence_desk.domain.planning.run import RunPlan


ORDER_STEP = 0.001
"""Between two presses at the same time, in seconds."""

REPLACEABLE = frozenset({OperationState.REFUSED, OperationState.NEEDS_REVIEW})
"""States that an edit supersedes; in every other one the org may be carrying the operation out."""


class Work:
    """Makes operations and commits them before any screen hears of them."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def new_id(self) -> str:
        """Return a new id, sortable by time."""
        return new_op_id(self._session.parts.clock, self._session.parts.entropy)

    def operation(
        self,
        kind: Kind,
        target_id: str,
        payload: Mapping[str, object],
        fields: Mapping[str, object] | None = None,
    ) -> Operation:
        """Return a new operation: `queued`, an intent of its own, unless `fields` say otherwise."""
        op_id = self.new_id()
        newest = self._session.require_engine().runner.work.newest
        known: dict[str, object] = {
            "intent_id": op_id,
            "seq": 0,
            "state": OperationState.QUEUED,
            # Order is kept by this time: a clock that was set back must not let a later press go first.
            "created": max(self._session.parts.clock.wall(), newest + ORDER_STEP if newest else 0.0),
            **(fields or {}),
        }
        return Operation(
            op_id=op_id,
            kind=kind,
            target_id=RecordId(target_id),
            payload=dict(payload),
            **known,  # type: ignore[arg-type]  # names and types are those of Operation's own fields
        )

    async def add(self, operations: Sequence[Operation], plan: RunPlan | None = None) -> None:
        """Commit new operations, with a plan as one run; only then do lists show them. Raises StoreError, BadValue."""
        engine = self._session.require_engine()
        if plan is None:
            await settled(engine.parts.outbox.add(operations))
        else:
            operations = await engine.runs.begin_whole(plan, operations)
        keeps = engine.parts.keeps_texts
        engine.runner.took(
            [one if keeps else replace(one, kept=not split(one.payload)[1]) for one in operations]
        )

    async def keep(self, op_id: str, payload: Mapping[str, object]) -> None:
        """Save the text of a draft. Raises BadValue when it is no draft any more, StoreError."""
        engine = self._session.require_engine()
        async with self._watched():
            await settled(engine.parts.outbox.save_draft(op_id, payload))
        known = engine.runner.work.get(op_id)
        if known is not None:
            engine.runner.work.put([_with_payload(known, payload)])

    def keep_at_once(self, op_id: str, payload: Mapping[str, object], seconds: float) -> bool:
        """Save the text of a draft before returning; blocks the caller for at most `seconds`."""
        engine = self._session.engine
        if engine is None:
            return False
        try:
            engine.parts.outbox.save_draft(op_id, payload).result(seconds)
        except (DeskError, TimeoutError):
            return False
        return True

    @asynccontextmanager
    async def _watched(self) -> AsyncIterator[None]:
        """A disk that takes no drafts takes no states either: sending stops until it takes one again."""
        pauses = self._session.require_engine().runner.pauses
        try:
            yield
        except StoreError as error:
            pauses.store_failed(error)
            raise
        pauses.store_worked()

    async def queue(self, op_ids: Sequence[str], replaces: str = "") -> None:
        """Turn drafts into queued operations in one commit; with `replaces` a refused one is superseded in the same."""
        engine = self._session.require_engine()
        moves = [Move(op_id, OperationState.QUEUED, "saved") for op_id in op_ids]
        old = engine.runner.work.get(replaces)
        if old is not None and old.state in REPLACEABLE:
            moves.append(Move(old.op_id, OperationState.SUPERSEDED, "edited and saved again"))
            why = "an earlier part was edited and saved again"
            moves += [Move(one.op_id, OperationState.CANCELLED, why) for one in self.rest_of(old)]
        async with self._watched():
            queued = await settled(engine.parts.outbox.move_many(moves))
        engine.runner.took(queued)

    def rest_of(self, operation: Operation) -> list[Operation]:
        """Return what the same press wanted after this operation and was certainly not carried out."""
        work = self._session.require_engine().runner.work
        return [
            one
            for one in work.of_intent(operation.intent_id, operation.target_id)
            if one.seq > operation.seq and one.state is OperationState.QUEUED and not is_unsure(one)
        ]

    async def cancel(self, op_ids: Sequence[str], why: str) -> int:
        """Cancel drafts and queued operations that were not sent; returns how many."""
        engine = self._session.require_engine()
        work = engine.runner.work
        unsent = {OperationState.DRAFT, OperationState.QUEUED}
        known = [one for op_id in op_ids if (one := work.get(op_id)) is not None and one.state in unsent]
        mine = work.withhold(one.op_id for one in known if not is_unsure(one))
        if not mine:
            return 0
        try:
            moves = [Move(op_id, OperationState.CANCELLED, why) for op_id in mine]
            moved = await settled(engine.parts.outbox.move_many(moves))
        finally:
            work.give_back(mine)
        engine.runner.took(moved)
        return len(moved)


def _with_payload(operation: Operation, payload: Mapping[str, object]) -> Operation:
    return replace(operation, payload=dict(payload))
