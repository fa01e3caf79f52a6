"""What may become of an operation, carried out on rows: the rules of the ten states, one transaction of the caller.

Imports domain. Called by OutboxFile inside its writer jobs.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import BadValue, InternalError
from cadence_desk.domain.operations import STATE_WORDS, TRANSITIONS, Hold, OperationState
from cadence_desk.store.moves import MOVE_FIELDS, Move

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.outbox_rows import OutboxRows

_S = OperationState


class OutboxLedger:
    """Changes operations and writes the audit with each change of state."""

    def __init__(self, rows: OutboxRows, clock: Clock, boot_id: str) -> None:
        self._rows = rows
        self._clock = clock
        self._boot_id = boot_id

    def add(self, connection: sqlite3.Connection, operations: Sequence[Operation]) -> None:
        """Insert new operations."""
        for operation in operations:
            self._rows.insert(connection, operation)
            self._rows.append_event(connection, None, operation, ("new", self._clock.wall()))

    def save_draft(self, connection: sqlite3.Connection, op_id: str, payload: Mapping[str, object]) -> None:
        """Replace what a draft asks for. Raises BadValue when it is no longer a draft."""
        operation = self._get(connection, op_id)
        if operation.state is not _S.DRAFT:
            raise BadValue(
                f"This is no longer a draft: it is {STATE_WORDS[operation.state]}.",
                hint="An edit now makes a new operation.",
            )
        self._rows.write_payload(connection, op_id, payload)

    def move(self, connection: sqlite3.Connection, move: Move) -> Operation:
        """Change a state. Raises BadValue when the present one does not allow it."""
        before = self._get(connection, move.op_id)
        if move.to not in TRANSITIONS[before.state]:
            raise BadValue(
                f"This operation is {STATE_WORDS[before.state]}; it cannot become {STATE_WORDS[move.to]}.",
                hint="It went on in the meantime; look at it again.",
            )
        after = replace(
            before, state=move.to, **{**self._following(before, move.to), **_checked(move.fields)}
        )
        self._rows.write_move(connection, before.state, after)
        self._rows.append_event(connection, before.state, after, (move.why, self._clock.wall()))
        return after

    def update(
        self, connection: sqlite3.Connection, op_id: str, fields: Mapping[str, Any], why: str = ""
    ) -> Operation:
        """Store what became known without a change of state, with a line in the audit when there is a `why`."""
        operation = replace(self._get(connection, op_id), **_checked(fields))
        self._rows.write_progress(connection, operation)
        if why:
            self._rows.append_event(connection, operation.state, operation, (why, self._clock.wall()))
        return operation

    def hold(
        self, connection: sqlite3.Connection, op_ids: Sequence[str], hold: Hold, next_try: float
    ) -> list[Operation]:
        """Set why queued operations wait and return those that are queued."""
        held = []
        for op_id in op_ids:
            operation = self._get(connection, op_id)
            if operation.state is _S.QUEUED:
                operation = replace(operation, hold=hold, next_try=next_try)
                self._rows.write_progress(connection, operation)
                held.append(operation)
        return held

    def adopt_foreign(self, connection: sqlite3.Connection) -> list[Operation]:
        """Turn what another process was sending into `in_doubt`."""
        where, values = "state = 'sending' AND owner_boot_id <> ?", (self._boot_id,)
        found = [one for part in self._rows.read(connection, where, values) for one in part]
        why = "the process that was sending it ended"
        return [self.move(connection, Move(one.op_id, _S.IN_DOUBT, why)) for one in found]

    def _get(self, connection: sqlite3.Connection, op_id: str) -> Operation:
        operation = self._rows.get(connection, op_id)
        if operation is None:
            raise BadValue("That operation is not in the outbox.")
        return operation

    def _following(self, before: Operation, to: OperationState) -> dict[str, Any]:
        if to is not _S.SENDING:
            return {"hold": Hold.NONE}
        return {
            "hold": Hold.NONE,
            "attempt": before.attempt + 1,
            "sent": self._clock.wall(),
            "owner_boot_id": self._boot_id,
        }


@contextlib.contextmanager
def constraints_told() -> Iterator[None]:
    """Tell a broken constraint in words: the second press of one enrollment is refused here."""
    try:
        yield
    except sqlite3.IntegrityError as error:
        text = str(error)
        if "operation.target_id" in text:
            raise BadValue(
                "This person is already being added to this cadence.",
                hint="Wait for the first one; the outbox shows where it stands.",
            ) from error
        if "operation.op_id" in text or "operation.run_id" in text:
            raise BadValue("This operation is already stored.") from error
        raise InternalError(f"The outbox refused a change: {text}.") from error


def _checked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = fields.keys() - MOVE_FIELDS
    if unknown:
        raise InternalError(f"These fields of an operation never change: {', '.join(sorted(unknown))}.")
    return fields
