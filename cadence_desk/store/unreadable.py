"""Operations whose text was sealed with a key that a person has given up: shown, never sent, closed by a person only.

Imports domain. Called by OutboxRows; the row itself stays as it is, so that everything goes on when the key comes back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import UNREADABLE, UNREADABLE_KEY
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import OPEN_STATES, TRANSITIONS, Hold, OperationState
from cadence_desk.store.row_marks import stamp

if TYPE_CHECKING:
    import sqlite3

    from cadence_desk.domain.operations import Operation

_S = OperationState
_OPEN = OPEN_STATES | {_S.DRAFT}
_CLOSING = frozenset({_S.SETTLED, _S.CANCELLED, _S.SUPERSEDED})
_NEVER_ON_THE_WAY = frozenset({_S.QUEUED, _S.SENDING})


def stand_in(operation: Operation, key_id: str) -> Operation:
    """Return what stands for an operation without its text: under review while it is open, as it is when it ended."""
    if operation.state not in _OPEN:
        return operation
    evidence = {**(operation.evidence or {}), UNREADABLE: operation.state.value, UNREADABLE_KEY: key_id}
    return replace(operation, state=_S.NEEDS_REVIEW, hold=Hold.NONE, evidence=evidence)


def close_unreadable(connection: sqlite3.Connection, op_id: str, to: OperationState) -> None:
    """Carry out a person's decision on such a row, through states that are allowed. Raises BadValue for any other."""
    (stored,) = connection.execute("SELECT state FROM operation WHERE op_id = ?", (op_id,)).fetchone()
    path = _path(OperationState(stored), to) if to in _CLOSING else []
    if not path:
        raise BadValue(
            "What this asked for cannot be read any more, so it cannot be sent.",
            hint="Look in Salesforce whether it is there, then close it here.",
        )
    for state in path:
        connection.execute("UPDATE operation SET state = ? WHERE op_id = ?", (state.value, op_id))
    stamp(connection, op_id)


def _path(start: OperationState, goal: OperationState) -> list[OperationState]:
    """Return the shortest way that never makes it ready to be sent."""
    ways: list[list[OperationState]] = [[start]]
    seen = {start}
    while ways:
        way = ways.pop(0)
        for following in sorted(TRANSITIONS[way[-1]], key=lambda one: one.value):
            if following is goal:
                return [*way[1:], following]
            if following not in seen and following not in _NEVER_ON_THE_WAY:
                seen.add(following)
                ways.append([*way, following])
    return []
