"""Operations as rows of outbox.db: personal text is sealed, ids, states, times and codes stay clear, each row is marked.

Imports domain. Called by OutboxFile inside its writer and reader jobs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.clear_fields import is_unreadable
from cadence_desk.domain.errors import BadValue, FileDamaged, InternalError, KeyLost
from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.store.ciphers import sealing_key
from cadence_desk.store.moves import ClearOperation, OperationEvent
from cadence_desk.store.row_marks import MARKED, mark_of, stamp
from cadence_desk.store.row_texts import RowTexts
from cadence_desk.store.run_rows import append_outcome
from cadence_desk.store.unreadable import close_unreadable, stand_in

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Mapping

    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.owner import Owner

SLICE = 500

_COLUMNS = ", ".join((*MARKED, "row_mark"))
_WRITTEN = (*MARKED,)
_INSERT = f"INSERT INTO operation ({', '.join(_WRITTEN)}) VALUES ({', '.join('?' * len(_WRITTEN))})"
_ORDER = "ORDER BY created_wall, seq, op_id"
_UPDATE = (
    "UPDATE operation SET hold = ?, attempt = ?, checks = ?, owner_boot_id = ?, sent_wall = ?, next_try_at = ?, "
    "server_id = ?, server_code = ?, expect_enc = ?, evidence_clear = ?, evidence_enc = ?, server_text_enc = ?"
)
_PAYLOAD_ENC = MARKED.index("payload_enc")


class OutboxRows:
    """Reads and writes operations and audit lines on a connection, in the transaction of the caller."""

    def __init__(self, cipher: ColumnCipher, owner: Owner) -> None:
        self._cipher = cipher.for_org(owner.org_id)
        self._texts = RowTexts(self._cipher)
        self._owner = owner

    def insert(self, connection: sqlite3.Connection, operation: Operation) -> None:
        """Add one operation."""
        op_id = operation.op_id
        clear, sealed, digest = self._texts.payload(op_id, operation.payload)
        seen, seen_sealed = self._texts.evidence(op_id, operation.evidence)
        values = (
            op_id, operation.intent_id, operation.seq, operation.kind.value, operation.lane, operation.target_id,
            operation.cadence_id, operation.subject_id, sealed, self._texts.expect(op_id, operation.expect), seen_sealed,
            operation.state.value, operation.hold.value, operation.attempt, operation.checks, operation.owner_boot_id,
            operation.created, operation.sent, operation.next_try, operation.server_id, operation.server_code,
            self._texts.server_text(op_id, operation.server_text), operation.run_id, operation.row_no,
            operation.follows, self._owner.org_id, self._owner.user_id, self._cipher.key_id, digest, clear, seen,
        )  # fmt: skip
        connection.execute(_INSERT, values)
        stamp(connection, op_id)

    def insert_as_it_is(self, connection: sqlite3.Connection, row: tuple[Any, ...]) -> None:
        """Add a row as it stood in another file, its sealed values untouched."""
        connection.execute(_INSERT, row)
        stamp(connection, row[0])

    def get(self, connection: sqlite3.Connection, op_id: str) -> Operation | None:
        """Return one operation, or None."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM operation WHERE op_id = ?", (op_id,)).fetchone()
        return None if row is None else self._decode(row)

    def read(
        self, connection: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()
    ) -> Iterator[list[Operation]]:
        """Yield operations that can be read in slices, in the order they were asked for."""
        for part in self.read_all(connection, where, values):
            yield [one for one in part if not is_unreadable(one)]

    def read_all(
        self, connection: sqlite3.Connection, where: str = "1", values: tuple[object, ...] = ()
    ) -> Iterator[list[Operation]]:
        """Yield operations, with stand-ins for those whose key was given up."""
        cursor = connection.execute(f"SELECT {_COLUMNS} FROM operation WHERE {where} {_ORDER}", values)
        while rows := cursor.fetchmany(SLICE):
            yield [self._decode(row) for row in rows]

    def walk(
        self, connection: sqlite3.Connection, order: str
    ) -> Iterator[tuple[int, Operation | None, tuple[Any, ...]]]:
        """Yield row number, operation and raw row one by one; no operation for a row that does not prove itself."""
        for number, *row in connection.execute(
            f"SELECT rowid, {_COLUMNS} FROM operation NOT INDEXED ORDER BY {order}"
        ):
            try:
                yield number, self._decode(tuple(row)), tuple(row[:-1])
            except FileDamaged:
                yield number, None, ()

    def write_progress(self, connection: sqlite3.Connection, operation: Operation) -> None:
        """Store what may change without a change of state."""
        if is_unreadable(operation):
            raise BadValue("What this asked for cannot be read any more.")
        connection.execute(f"{_UPDATE} WHERE op_id = ?", (*self._progress(operation), operation.op_id))
        stamp(connection, operation.op_id)

    def write_move(
        self, connection: sqlite3.Connection, before: OperationState, operation: Operation
    ) -> None:
        """Store a change of state together with what became known with it."""
        if is_unreadable(operation):
            close_unreadable(connection, operation.op_id, operation.state)
            return
        values = (*self._progress(operation), operation.state.value, operation.op_id, before.value)
        cursor = connection.execute(f"{_UPDATE}, state = ? WHERE op_id = ? AND state = ?", values)
        if cursor.rowcount != 1:
            raise InternalError("An operation changed while it was being changed.")
        stamp(connection, operation.op_id)

    def write_payload(
        self, connection: sqlite3.Connection, op_id: str, payload: Mapping[str, object]
    ) -> None:
        """Replace what a draft asks for."""
        clear, sealed, digest = self._texts.payload(op_id, payload)
        connection.execute(
            "UPDATE operation SET payload_clear = ?, payload_enc = ?, payload_hash = ?, key_id = ? WHERE op_id = ?",
            (clear, sealed, digest, self._cipher.key_id, op_id),
        )
        stamp(connection, op_id)

    def make_clear(self, connection: sqlite3.Connection, where: str) -> None:
        """Write rows of an older file as they are written today: what needs no key stands in clear."""
        for part in list(self.read(connection, where)):
            for operation in part:
                clear, sealed, _ = self._texts.payload(operation.op_id, operation.payload)
                seen, seen_sealed = self._texts.evidence(operation.op_id, operation.evidence)
                connection.execute(
                    "UPDATE operation SET payload_clear = ?, payload_enc = ?, evidence_clear = ?, evidence_enc = ? "
                    "WHERE op_id = ?",
                    (clear, sealed, seen, seen_sealed, operation.op_id),
                )
                stamp(connection, operation.op_id)

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
        why = self._texts.why(f"{operation.op_id}:{number}", told[0])
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
                self._read_why(f"{op_id}:{number}", why),
                at,
            )
            for number, before, after, why, at in rows
        ]

    def _read_why(self, place: str, sealed: bytes) -> str:
        try:
            return self._texts.read_why(place, sealed)
        except KeyLost as error:
            raise FileDamaged("A line of the audit cannot be read.") from error

    def _progress(self, operation: Operation) -> tuple[object, ...]:
        return (
            operation.hold.value, operation.attempt, operation.checks, operation.owner_boot_id, operation.sent,
            operation.next_try, operation.server_id, operation.server_code,
            self._texts.expect(operation.op_id, operation.expect),
            *self._texts.evidence(operation.op_id, operation.evidence),
            self._texts.server_text(operation.op_id, operation.server_text),
        )  # fmt: skip

    def _decode(self, row: tuple[Any, ...]) -> Operation:
        if mark_of(tuple(row[:-1])) != row[-1]:
            raise FileDamaged("A stored operation is not as it was written.")
        try:
            operation = self._operation(dict(zip(MARKED, row, strict=False)))
        except (ValueError, TypeError, KeyLost) as error:  # the file's own key mark opened: this is damage
            raise FileDamaged("A stored operation cannot be read.") from error
        sealed = row[_PAYLOAD_ENC]
        if sealed and self._cipher.is_given_up(sealed):
            return stand_in(operation, sealing_key(sealed))
        return operation

    def _operation(self, row: Mapping[str, Any]) -> Operation:
        op_id: str = row["op_id"]
        texts = self._texts
        return Operation(
            op_id=op_id, intent_id=row["intent_id"], seq=row["seq"], kind=Kind(row["kind"]), lane=row["lane"],
            target_id=RecordId(row["target_id"]), cadence_id=row["cadence_id"], subject_id=row["subject_id"],
            payload=texts.read_parts(op_id, "payload", row["payload_clear"], row["payload_enc"]) or {},
            expect=texts.read_json(op_id, "expect", row["expect_enc"]),
            evidence=texts.read_parts(op_id, "evidence", row["evidence_clear"], row["evidence_enc"]),
            state=OperationState(row["state"]), hold=Hold(row["hold"]), attempt=row["attempt"], checks=row["checks"],
            owner_boot_id=row["owner_boot_id"], created=row["created_wall"], sent=row["sent_wall"],
            next_try=row["next_try_at"], server_id=row["server_id"], server_code=row["server_code"],
            server_text=texts.read_text(op_id, "server_text", row["server_text_enc"]),
            run_id=row["run_id"], row_no=row["row_no"], follows=row["follows"],
            kept=self._cipher.durable or not row["payload_enc"],
        )  # fmt: skip


def read_clear(connection: sqlite3.Connection) -> list[ClearOperation]:
    """Return what can be told of every operation without its key."""
    rows = connection.execute(
        f"SELECT op_id, kind, state, target_id, created_wall, payload_enc <> x'' FROM operation {_ORDER}"
    ).fetchall()
    return [
        ClearOperation(op_id, kind, state, target, created, bool(sealed))
        for op_id, kind, state, target, created, sealed in rows
    ]
