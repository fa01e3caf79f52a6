"""What the org does not allow to this user: it waits, and is not sent to be refused one by one. Owned by the runner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.sync.supervisor import settled

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.operations import Kind, Operation
    from cadence_desk.store.outbox import OutboxFile
    from cadence_desk.sync.work_list import WorkList

_GIVES_WAY = frozenset({Hold.NONE, Hold.OFFLINE, Hold.NOT_ALLOWED})
"""Reasons of a wait that this one takes the place of. A window for undo stays: whoever opens the door must not cut it short."""


class BarredKinds:
    """Holds what waits of a kind whose door is shut, and counts it."""

    def __init__(self, outbox: OutboxFile, work: WorkList, took: Callable[[list[Operation]], None]) -> None:
        self._outbox = outbox
        self._work = work
        self._took = took
        self._any = False

    async def hold(self, kind: Kind, until: float) -> None:
        """Let nothing of a kind go out before that wall time, unless it is released. Raises StoreError."""
        self._any = True
        waiting = [
            one.op_id
            for one in self._work.in_state(OperationState.QUEUED)
            if one.kind is kind and one.hold in _GIVES_WAY and one.op_id not in self._work.in_flight
        ]
        if waiting:
            held = await settled(self._outbox.hold(waiting, Hold.NOT_ALLOWED, until))
            self._took(held)

    @property
    def count(self) -> int:
        """How many operations wait for this; 0 costs nothing."""
        if not self._any:
            return 0
        waiting = self._work.in_state(OperationState.QUEUED)
        count = sum(1 for one in waiting if one.hold is Hold.NOT_ALLOWED)
        self._any = bool(count)
        return count
