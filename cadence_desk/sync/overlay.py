"""What open and troubled operations add to the rows of their targets. Pure bookkeeping; called by the projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.choices import is_dropped
from cadence_desk.domain.operations import OPEN_STATES, OperationState, leading_state
from cadence_desk.sync import tracker_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.operations import Operation

_ATTENTION = frozenset({OperationState.REFUSED, OperationState.NEEDS_REVIEW})
_NOT_TRIED = frozenset({OperationState.DRAFT, OperationState.CANCELLED})


class Overlay:
    """Flags and words by target."""

    def __init__(self) -> None:
        self._marks: dict[str, int] = {}
        self._words: dict[str, str] = {}

    def marks(self, target_id: str) -> int:
        """Return the flags of a target's operations."""
        return self._marks.get(target_id, 0)

    def words(self, target_id: str) -> str:
        """Return the words of the operation that leads; empty when there is none to tell of."""
        return self._words.get(target_id, "")

    def take(self, operations: Iterable[Operation], target_ids: Iterable[str]) -> set[str]:
        """Take all operations of these targets, in order; returns the targets."""
        by_target: dict[str, list[Operation]] = {target: [] for target in target_ids}
        for operation in operations:
            if operation.target_id in by_target:
                by_target[operation.target_id].append(operation)
        for target, found in by_target.items():
            shown = told_operations(found)
            self._marks.pop(target, None)
            self._words.pop(target, None)
            if shown:
                leading = leading_state(one.state for one in shown)
                self._marks[target] = _marks_of(shown)
                self._words[target] = next(one.words for one in reversed(shown) if one.state is leading)
        return set(by_target)


def told_operations(operations: Sequence[Operation]) -> list[Operation]:
    """Return what a row tells of a target's operations, given in order: open ones, and refusals not tried again since."""
    told = []
    tried: set[tuple[object, str, str]] = set()
    for one in reversed(operations):
        about = (one.kind, one.subject_id, one.cadence_id)
        refused = one.state is OperationState.REFUSED and not is_dropped(one)
        if one.state in OPEN_STATES or (refused and about not in tried):
            told.append(one)
        if one.state not in _NOT_TRIED:
            tried.add(about)
    return told[::-1]


def _marks_of(operations: Iterable[Operation]) -> int:
    marks = 0
    for one in operations:
        if one.state in OPEN_STATES:
            marks |= tracker_table.OPEN_OPERATION
        if one.state in _ATTENTION:
            marks |= tracker_table.ATTENTION
    return marks
