"""Undoes a commit that was told as failed and is in the file all the same: what was told is what holds.

Imports domain. Called when an outbox is opened after a crash, and by its writer after a failed flush.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.store.outbox_schema import renew_guards
from cadence_desk.store.row_marks import stamp

if TYPE_CHECKING:
    import sqlite3

    from cadence_desk.domain.operations import Operation
    from cadence_desk.store.outbox_rows import OutboxRows

_S = OperationState
_TAKEN_BACK = frozenset({_S.QUEUED, _S.SENDING, _S.CANCELLED, _S.SUPERSEDED})
"""What the org said stays: it is true whatever became of the commit. A draft stays, too: it is a text."""
_WHY = "the commit before this was told as failed"


def take_back(connection: sqlite3.Connection, rows: OutboxRows, after: int, wall: float) -> list[Operation]:
    """Return what changed after so many commits to what it was before; new ones are canceled. Returns them as they are now."""
    found = [one for part in list(rows.read(connection, "commit_no > ?", (after,))) for one in part]
    changed = [one for one in found if one.state in _TAKEN_BACK]
    if not changed:
        return []
    connection.execute("DROP TRIGGER operation_moves")  # the opening and the caller renew the guards
    return [_undone(connection, rows, one, wall) for one in changed]


def undo_commit(connection: sqlite3.Connection, rows: OutboxRows, after: int, wall: float) -> None:
    """As `take_back`, with the guards back in force at its end."""
    take_back(connection, rows, after, wall)
    renew_guards(connection)


def _undone(connection: sqlite3.Connection, rows: OutboxRows, operation: Operation, wall: float) -> Operation:
    (before,) = connection.execute(
        "SELECT from_state FROM operation_event WHERE op_id = ? ORDER BY number DESC LIMIT 1",
        (operation.op_id,),
    ).fetchone() or ("",)
    state = OperationState(before) if before else _S.CANCELLED
    connection.execute("UPDATE operation SET state = ? WHERE op_id = ?", (state.value, operation.op_id))
    stamp(connection, operation.op_id)
    undone = replace(operation, state=state, hold=Hold.NONE)
    rows.append_event(connection, operation.state, undone, (_WHY, wall))
    return undone
