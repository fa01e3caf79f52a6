"""The open operations in memory, in order: which one of a target is next, and what holds it. Pure bookkeeping.

Called by the outbox runner on the loop thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, OperationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cadence_desk.domain.operations import Operation

_S = OperationState
_BLOCKING = frozenset({_S.QUEUED, _S.SENDING, _S.IN_DOUBT, _S.NEEDS_REVIEW})
"""States in which later operations of the same target wait: `accepted` does not hold them."""


class WorkList:
    """All operations that were loaded or made since the start."""

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}
        self._by_target: dict[str, dict[str, None]] = {}
        self.in_flight: set[str] = set()

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations.values())

    def __len__(self) -> int:
        return len(self._operations)

    def get(self, op_id: str) -> Operation | None:
        """Return an operation or None."""
        return self._operations.get(op_id)

    def put(self, operations: Iterable[Operation]) -> set[str]:
        """Take operations as committed; returns the targets they belong to."""
        targets: set[str] = set()
        for operation in operations:
            self._operations[operation.op_id] = operation
            self._by_target.setdefault(operation.target_id, {})[operation.op_id] = None
            targets.add(operation.target_id)
        return targets

    def of_target(self, target_id: str) -> list[Operation]:
        """Return a target's operations in the order they were made."""
        found = [self._operations[op_id] for op_id in self._by_target.get(target_id, ())]
        return sorted(found, key=_order)

    def of_intent(self, intent_id: str, target_id: str) -> list[Operation]:
        """Return the operations of one press, in order."""
        return [operation for operation in self.of_target(target_id) if operation.intent_id == intent_id]

    def heads(self) -> list[Operation]:
        """Return the queued operation of each target that is next, oldest first."""
        found = []
        for target_id in self._by_target:
            head = next((one for one in self.of_target(target_id) if one.state in _BLOCKING), None)
            if head is not None and head.state is _S.QUEUED and head.op_id not in self.in_flight:
                found.append(head)
        return sorted(found, key=_order)

    def behind(self, operation: Operation) -> bool:
        """Return True when an earlier operation of the target is in the way."""
        for earlier in self.of_target(operation.target_id):
            if earlier.op_id == operation.op_id:
                return False
            if earlier.state in _BLOCKING:
                return True
        return False

    def in_state(self, *states: OperationState) -> list[Operation]:
        """Return operations in these states, oldest first."""
        return sorted((one for one in self._operations.values() if one.state in states), key=_order)


def _order(operation: Operation) -> tuple[float, str, int]:
    return (operation.created, operation.intent_id, operation.seq)


def may_go(operation: Operation, now: float) -> bool:
    """Return True when nothing but time held a queued operation and the time has come."""
    if operation.hold in {Hold.SIGNED_OUT, Hold.RUN_HOLDING, Hold.SAFE_MODE}:
        return False
    return operation.next_try <= now
