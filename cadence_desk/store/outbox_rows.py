"""Operations as rows of outbox.db: personal text is sealed, ids, states, times and codes stay clear.

Imports domain. Called by OutboxFile inside its writer and reader jobs.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileDamaged, InternalError, KeyLost
from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.store.moves import ClearOperation, OperationEvent
from cadence_desk.store.run_rows import append_outcome

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.owner import Owner

SLICE = 500

_COLUMNS = (
    "op_id, intent_id, seq, kind, lane, target_id, cadence_id, subject_id, payload_enc, expect_enc, evidence_enc, "
    "state, hold, attempt, checks, owner_boot_id, created_wall, sent_wall, next_try_at, server_id, server_code, "
    "server_text_enc, run_id, row_no, follows"
)
_WRITTEN = f"{_COLUMNS}, org_id, user_id, key_id, payload_hash"
_INSERT = f"INSERT INTO operation ({_WRITTEN}) VALUES ({', '.join('?' * (_WRITTEN.count(',') + 1))})"
_ORDER = "ORDER BY created_wall, seq, op_id"
_UPDATE = (
    "UPDATE operation SET hold = ?, attempt = ?, checks = ?, owner_boot_id = ?, sent_wall = ?, next_try_at = ?, "
    "server_id = ?, server_code = ?, expect_enc = ?, evidence_enc = ?, server_text_enc = ?"
)


class OutboxRows:
    """Reads and writes operations and audit lines on a connection, in the transaction of the caller."""

    def __init__(self, cipher: ColumnCipher, owner: Owner) -> None:
        self._cipher = cipher.for_org(owner.org_id)
        self._owner = owner

    def insert(self, connection: sqlite3.Connection, operation: Operation) -> None:
        """Add one operation."""
        payload = _text_of(operation.payload)
        clear = (
            operation.op_id, operation.intent_id, operation.seq, operation.kind.value, operation.lane,
            operation.target_id, operation.cadence_id, operation.subject_id,
        )  # fmt: skip
        sealed = (
            self._seal(operation.op_id, "payload", payload),
            self._seal_json(operation.op_id, "expect", operation.expect),
            self._seal_json(operation.op_id, "evidence", operation.evidence),
        )
        progress = (
            operation.state.value, operation.hold.value, operation.attempt, operation.checks, operation.owner_boot_id,
            operation.created, operation.sent, operation.next_try, operation.server_id, operation.server_code,
            self._seal_text(operation.op_id, operation.server_text), operation.run_id, operation.row_no,
            operation.follows,
        )  # fmt: skip
        tail = (self._owner.org_id, self._owner.user_id, self._cipher.key_id, self._cipher.digest(payload))
        connection.execute(_INSERT, clear + sealed + progress + tail)

    def get(self, connection: sqlite3.Connection, op_id: str) -> Operation | None:
        """Return one operation, or None."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM operation WHERE op_id = ?", (op_id,)).fetchone()
        return None if row is None else self._decode(row)

    def read(
        self, connection: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()
    ) -> Iterator[list[Operation]]:
        """Yield operations in slices, in the order they were asked for."""
        cursor = connection.execute(f"SELECT {_COLUMNS} FROM operation WHERE {where} {_ORDER}", values)
        while rows := cursor.fetchmany(SLICE):
            yield [self._decode(row) for row in rows]

    def walk(self, connection: sqlite3.Connection, order: str) -> Iterator[tuple[int, Operation | None]]:
        """Yield row number and operation one by one; None for a row that does not prove itself."""
        for number, *row in connection.execute(
            f"SELECT rowid, {_COLUMNS} FROM operation NOT INDEXED ORDER BY {order}"
        ):
            try:
                yield number, self._decode(tuple(row))
            except FileDamaged:
                yield number, None

    def write_progress(self, connection: sqlite3.Connection, operation: Operation) -> None:
        """Store what may change without a change of state."""
        connection.execute(f"{_UPDATE} WHERE op_id = ?", (*self._progress(operation), operation.op_id))

    def write_move(
        self, connection: sqlite3.Connection, before: OperationState, operation: Operation
    ) -> None:
        """Store a change of state together with what became known with it."""
        values = (*self._progress(operation), operation.state.value, operation.op_id, before.value)
        cursor = connection.execute(f"{_UPDATE}, state = ? WHERE op_id = ? AND state = ?", values)
        if cursor.rowcount != 1:
            raise InternalError("An operation changed while it was being changed.")

    def write_payload(
        self, connection: sqlite3.Connection, op_id: str, payload: Mapping[str, object]
    ) -> None:
        """Replace what a draft asks for."""
        text = _text_of(payload)
        connection.execute(
            "UPDATE operation SET payload_enc = ?, payload_hash = ?, key_id = ? WHERE op_id = ?",
            (self._seal(op_id, "payload", text), self._cipher.digest(text), self._cipher.key_id, op_id),
        )

    def append_event(
        self,
        connection: sqlite3.Connection,
        before: OperationState | None,
        operation: Operation,
        told: tuple[str, float],
    ) -> None:
        """Add one line to the audit, and the receipt of its run where it came to an end: `told` is why and when."""
        if before is not None and before is not operation.state:
            append_outcome(connection, operation, told[1])
        (last,) = connection.execute(
            "SELECT coalesce(max(number), 0) FROM operation_event WHERE op_id = ?", (operation.op_id,)
        ).fetchone()
        number = int(last) + 1
        why = self._cipher.seal(told[0], "operation_event", f"{operation.op_id}:{number}", "why")
        connection.execute(
            "INSERT INTO operation_event (op_id, number, from_state, to_state, why_enc, at_wall, key_id) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                operation.op_id, number, before.value if before else "", operation.state.value, why, told[1],
                self._cipher.key_id,
            ),
        )  # fmt: skip

    def events(self, connection: sqlite3.Connection, op_id: str) -> list[OperationEvent]:
        """Return the audit of one operation, oldest first."""
        rows = connection.execute(
            "SELECT number, from_state, to_state, why_enc, at_wall FROM operation_event WHERE op_id = ? "
            "ORDER BY number",
            (op_id,),
        ).fetchall()
        return [
            OperationEvent(
                op_id,
                number,
                OperationState(before) if before else None,
                OperationState(after),
                self._open_why(op_id, number, why),
                at,
            )
            for number, before, after, why, at in rows
        ]

    def _open_why(self, op_id: str, number: int, sealed: bytes) -> str:
        try:
            return self._cipher.open(sealed, "operation_event", f"{op_id}:{number}", "why")
        except KeyLost as error:
            raise FileDamaged("A line of the audit cannot be read.") from error

    def _progress(self, operation: Operation) -> tuple[object, ...]:
        return (
            operation.hold.value, operation.attempt, operation.checks, operation.owner_boot_id, operation.sent,
            operation.next_try, operation.server_id, operation.server_code,
            self._seal_json(operation.op_id, "expect", operation.expect),
            self._seal_json(operation.op_id, "evidence", operation.evidence),
            self._seal_text(operation.op_id, operation.server_text),
        )  # fmt: skip

    def _decode(self, row: tuple[Any, ...]) -> Operation:
        op_id: str = row[0]
        try:
            return Operation(
                op_id=op_id, intent_id=row[1], seq=row[2], kind=Kind(row[3]), lane=row[4],
                target_id=RecordId(row[5]), cadence_id=row[6], subject_id=row[7],
                payload=self._open_json(op_id, "payload", row[8]) or {},
                expect=self._open_json(op_id, "expect", row[9]),
                evidence=self._open_json(op_id, "evidence", row[10]),
                state=OperationState(row[11]), hold=Hold(row[12]), attempt=row[13], checks=row[14],
                owner_boot_id=row[15], created=row[16], sent=row[17], next_try=row[18], server_id=row[19],
                server_code=row[20],
                server_text=self._cipher.open(row[21], "operation", op_id, "server_text") if row[21] else "",
                run_id=row[22], row_no=row[23], follows=row[24],
            )  # fmt: skip
        except (ValueError, TypeError, KeyLost) as error:  # the file's own key mark opened: this is damage
            raise FileDamaged("A stored operation cannot be read.") from error

    def _seal(self, op_id: str, column: str, text: str) -> bytes:
        return self._cipher.seal(text, "operation", op_id, column)

    def _seal_text(self, op_id: str, text: str) -> bytes | None:
        return self._seal(op_id, "server_text", text) if text else None

    def _seal_json(self, op_id: str, column: str, value: Mapping[str, object] | None) -> bytes | None:
        return None if value is None else self._seal(op_id, column, _text_of(value))

    def _open_json(self, op_id: str, column: str, blob: bytes | None) -> dict[str, object] | None:
        if blob is None:
            return None
        value = json.loads(self._cipher.open(blob, "operation", op_id, column))
        if not isinstance(value, dict):
            raise FileDamaged("A stored operation cannot be read.")
        return value


def read_clear(connection: sqlite3.Connection) -> list[ClearOperation]:
    """Return what can be told of every operation without its key."""
    rows = connection.execute(
        f"SELECT op_id, kind, state, target_id, created_wall FROM operation {_ORDER}"
    ).fetchall()
    return [ClearOperation(*row) for row in rows]


def _text_of(value: Mapping[str, object]) -> str:
    try:
        return json.dumps(dict(value), separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InternalError("An operation holds a value that cannot be stored.") from error
