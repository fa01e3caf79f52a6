"""The operations in memory, in order: which one of a target is next, and what holds it. Pure bookkeeping.

Called by the outbox runner and the desk on the loop thread.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.operations import OperationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cadence_desk.domain.operations import Operation

_S = OperationState
_STANDING_IN_THE_WAY = frozenset({_S.SENDING, _S.IN_DOUBT, _S.NEEDS_REVIEW})
"""While one of a target's operations is in such a state no other is started, whichever was asked for first."""


class WorkList:
    """All operations that were loaded or made since the start.

    The next operation of each target is kept ready, so that a run of thousands costs no search per answer.
    """

    def __init__(self) -> None:
        self._operations: dict[str, Operation] = {}
        self._by_target: dict[str, dict[str, None]] = {}
        self._by_run: dict[str, list[str]] = {}
        self._heads: dict[str, Operation] = {}
        self._flying: dict[str, int] = {}
        self.in_flight: set[str] = set()
        self._withheld: set[str] = set()
        self.newest = 0.0
        """The latest time at which any of them was made."""

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
            if operation.run_id and operation.op_id not in self._operations:
                self._by_run.setdefault(operation.run_id, []).append(operation.op_id)
            self._operations[operation.op_id] = operation
            self._by_target.setdefault(operation.target_id, {})[operation.op_id] = None
            targets.add(operation.target_id)
            self.newest = max(self.newest, operation.created)
        for target_id in targets:
            self._find_head(target_id)
        return targets

    def _find_head(self, target_id: str) -> None:
        found = self.of_target(target_id)
        if any(one.state in _STANDING_IN_THE_WAY for one in found):
            self._heads.pop(target_id, None)
            return
        head = next((one for one in found if one.state is _S.QUEUED), None)
        if head is None:
            self._heads.pop(target_id, None)
        else:
            self._heads[target_id] = head

    # ------------------------------------------------------------ looks

    def of_target(self, target_id: str) -> list[Operation]:
        """Return a target's operations in the order they were made."""
        found = [self._operations[op_id] for op_id in self._by_target.get(target_id, ())]
        return sorted(found, key=_order)

    def of_intent(self, intent_id: str, target_id: str) -> list[Operation]:
        """Return the operations of one press, in order."""
        return [operation for operation in self.of_target(target_id) if operation.intent_id == intent_id]

    def of_intents(self, intent_ids: Iterable[str]) -> list[Operation]:
        """Return the operations of these presses, in order.

        A press bears the name of its first operation, and all of it is about one person: no index of its own has to
        grow with every press.
        """
        named: list[Operation] = []
        others: set[str] = set()
        for intent_id in intent_ids:
            first = self._operations.get(intent_id)
            if first is None or first.intent_id != intent_id:
                others.add(intent_id)
            else:
                named += self.of_intent(intent_id, first.target_id)
        rest = [one for one in self._operations.values() if one.intent_id in others] if others else []
        return named + sorted(rest, key=_order)

    def of_run(self, run_id: str) -> list[Operation]:
        """Return the operations of one run."""
        return [self._operations[op_id] for op_id in self._by_run.get(run_id, ())]

    def heads(self) -> list[Operation]:
        """Return the queued operation of each target that is next, oldest first; none of a target that is busy."""
        found = [
            head
            for target_id, head in self._heads.items()
            if target_id not in self._flying and head.op_id not in self._withheld
        ]
        return sorted(found, key=_order)

    def in_state(self, *states: OperationState) -> list[Operation]:
        """Return operations in these states, oldest first."""
        return sorted((one for one in self._operations.values() if one.state in states), key=_order)

    # ------------------------------------------------------------ what is under way

    def take_off(self, operations: Iterable[Operation]) -> None:
        """These are being prepared or sent: nothing else of their targets starts."""
        for operation in operations:
            self.in_flight.add(operation.op_id)
            self._flying[operation.target_id] = self._flying.get(operation.target_id, 0) + 1

    def land(self, operations: Iterable[Operation]) -> None:
        """These are no longer under way."""
        for operation in operations:
            self.in_flight.discard(operation.op_id)
            left = self._flying.get(operation.target_id, 0) - 1
            if left > 0:
                self._flying[operation.target_id] = left
            else:
                self._flying.pop(operation.target_id, None)

    def is_flying(self, target_id: str) -> bool:
        """Return True while an operation of this target is being prepared or sent."""
        return target_id in self._flying

    def withhold(self, op_ids: Iterable[str]) -> list[str]:
        """Keep operations from starting while they are being taken back; returns those that could be kept."""
        kept = [op_id for op_id in op_ids if op_id not in self.in_flight and op_id not in self._withheld]
        self._withheld.update(kept)
        return kept

    def give_back(self, op_ids: Iterable[str]) -> None:
        """Let withheld operations go again."""
        self._withheld.difference_update(op_ids)


def in_order(operations: Iterable[Operation]) -> list[Operation]:
    """Return operations in the order in which they are sent."""
    return sorted(operations, key=_order)


def _order(operation: Operation) -> tuple[float, str, int]:
    return (operation.created, operation.intent_id, operation.seq)
