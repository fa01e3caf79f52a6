"""Known mistakes that the process tier must find; one at a time, named by an environment variable of the child."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.desk.work import Work
from cadence_desk.domain.operations import OperationState
from cadence_desk.store.moves import Move
from cadence_desk.store.outbox_ledger import OutboxLedger
from cadence_desk.sync.attempt import Attempt
from cadence_desk.sync.kinds.calling import LogCallKind
from cadence_desk.sync.kinds.enrolling import EnrollKind
from cadence_desk.sync.kinds.kind import Prepared
from cadence_desk.sync.supervisor import settled
from cadence_desk.sync.verifier import Verifier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.operations import Operation

VARIABLE = "CADENCE_DESK_TORTURE_BUG"
_S = OperationState


def _put(owner: Any, name: str, value: Any) -> None:
    setattr(owner, name, value)


def _naive_retry() -> None:
    """A lost answer counts as not sent, and nobody looks before the next try."""

    async def queue_again(attempt: Any, group: Sequence[Operation], _error: Any) -> None:
        await attempt._record([Move(one.op_id, _S.QUEUED, "planted") for one in group])

    _put(Attempt, "_send_failed", queue_again)
    _no_look()


def _sending_is_queued_on_start() -> None:
    """What was being sent when the process died is sent again without a look."""

    def adopt(ledger: Any, connection: Any) -> list[Operation]:
        where, values = "state = 'sending' AND owner_boot_id <> ?", (ledger._boot_id,)
        found = [one for part in ledger._rows.read(connection, where, values) for one in part]
        return [ledger.move(connection, Move(one.op_id, _S.QUEUED, "planted")) for one in found]

    _put(OutboxLedger, "adopt_foreign", adopt)
    _no_look()


def _no_look() -> None:
    """Without the look before a send: what the mistakes above would have done before there was one."""

    def prepare(_kind: Any, _gateway: Any, _operation: Any) -> Prepared:
        return Prepared()

    _put(LogCallKind, "prepare", prepare)
    _put(EnrollKind, "prepare", prepare)


def _accepted_before_commit() -> None:
    """The screen hears of a success before it is committed."""
    record = Attempt._record

    async def told_first(attempt: Any, moves: Sequence[Move]) -> list[Operation]:
        for move in moves:
            known = attempt._runner.work.get(move.op_id)
            if known is not None:
                attempt._runner._changed(
                    {str(attempt._runner.work.put([replace(known, state=move.to)]).pop())}
                )
        return await record(attempt, moves)

    _put(Attempt, "_record", told_first)


def _absence_is_proof() -> None:
    """Query, then retry: what is not there now counts as never to come."""
    _put(Verifier, "_waited", lambda *_: True)


def _saved_before_commit() -> None:
    """The panel says saved while the commit is still to come."""

    async def queue(work: Any, op_ids: Sequence[str], replaces: str = "") -> None:
        engine = work._session.require_engine()
        known = [one for op_id in op_ids if (one := engine.runner.work.get(op_id)) is not None]
        engine.runner.took([replace(one, state=_S.QUEUED) for one in known])
        moves = [Move(op_id, _S.QUEUED, "saved") for op_id in op_ids]
        engine.runner.took(await settled(engine.parts.outbox.move_many(moves)))

    _put(Work, "queue", queue)


BUGS: dict[str, Callable[[], None]] = {
    "naive_retry": _naive_retry,
    "sending_is_queued_on_start": _sending_is_queued_on_start,
    "accepted_before_commit": _accepted_before_commit,
    "absence_is_proof": _absence_is_proof,
    "saved_before_commit": _saved_before_commit,
}


def plant(name: str) -> None:
    """Put one mistake in; none for an empty name."""
    if name:
        BUGS[name]()
