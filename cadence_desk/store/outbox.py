"""outbox.db: every write is here before it is sent, with its state, its audit and its text, sealed.

Imports domain. Called by the engine and the desk; each method queues one job and returns its future.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import BadValue, InternalError, StoreError
from cadence_desk.domain.operations import STATE_WORDS, TRANSITIONS, Hold, OperationState
from cadence_desk.store.backups import back_up_daily
from cadence_desk.store.connections import FileOptions, open_for_reading, open_for_writing, translated
from cadence_desk.store.moves import MOVE_FIELDS, Move
from cadence_desk.store.outbox_opening import OpeningReport, OutboxOpening
from cadence_desk.store.outbox_rows import OutboxRows, read_clear
from cadence_desk.store.writer import Worker, Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.moves import ClearOperation, LostFile, OperationEvent
    from cadence_desk.store.owner import Owner

T = TypeVar("T")
_S = OperationState


class OutboxFile:
    """The outbox of one org and user.

    Futures are done only after the commit returned. They fail with DiskFull or StoreError when a commit failed
    (nothing of that job is stored then), and with StoreError before `open` succeeded. A job once queued is run
    even when its future is canceled.
    """

    def __init__(
        self,
        path: Path,
        owner: Owner,
        cipher: ColumnCipher,
        clock: Clock,
        boot_id: str,
        options: FileOptions | None = None,
    ) -> None:
        self._path = path
        self._options = options or FileOptions()
        self._clock = clock
        self._boot_id = boot_id
        self._rows = OutboxRows(cipher, owner)
        self._opening = OutboxOpening(path, owner, cipher, clock, self._options)
        self._writer = Writer("outbox-writer", lambda: open_for_writing(path, "FULL", self._options))
        self._reader = self._options.reader or Worker("outbox-reader")
        self._ready = False
        self.report = OpeningReport()

    def open(self) -> Future[None]:
        """Check the file and bring it up to date; then `report` says what was found.

        Raises (through the future): FileDamaged (a copy was set aside), FileTooNew, WrongOwner, KeyLost, StoreError.
        """

        def job() -> None:
            self.report = self._opening.run()
            self._ready = True

        return self._writer.apart(job)

    def add(self, operations: Sequence[Operation]) -> Future[None]:
        """Store new operations, draft or queued, all or none.

        Raises (through the future): BadValue when an add to the same cadence is still open for a target.
        """

        def job(connection: sqlite3.Connection) -> None:
            for operation in operations:
                self._rows.insert(connection, operation)
                self._rows.append_event(connection, None, operation, ("new", self._clock.wall()))

        future = self._commit(job)
        self._back_up_when_due()
        return future

    def save_draft(self, op_id: str, payload: Mapping[str, object]) -> Future[None]:
        """Replace the text of a draft. Raises (through the future): BadValue when it is no longer one."""

        def job(connection: sqlite3.Connection) -> None:
            operation = self._get(connection, op_id)
            if operation.state is not _S.DRAFT:
                raise BadValue(
                    f"This is no longer a draft: it is {STATE_WORDS[operation.state]}.",
                    hint="An edit now makes a new operation.",
                )
            self._rows.write_payload(connection, op_id, payload)

        return self._commit(job)

    def queue(self, op_ids: Sequence[str]) -> Future[list[Operation]]:
        """Turn drafts into queued operations, all or none. Errors: as `move`."""
        return self.move_many([Move(op_id, _S.QUEUED, "saved") for op_id in op_ids])

    def move(self, op_id: str, to: OperationState, why: str, **fields: Any) -> Future[Operation]:
        """Change the state of one operation and return it as stored.

        `why` is a fixed phrase for the audit. Fields not given follow the state: `hold` ends with `queued`, and
        `sending` takes the next attempt number, the time and this process as owner.

        Raises (through the future): BadValue when the state it is in does not allow it, or it does not exist.
        """
        move = Move(op_id, to, why, fields)
        return self._commit(lambda connection: self._move(connection, move))

    def move_many(self, moves: Sequence[Move]) -> Future[list[Operation]]:
        """Change several states in one transaction: all or none."""
        return self._commit(lambda connection: [self._move(connection, move) for move in moves])

    def update(self, op_id: str, **fields: Any) -> Future[Operation]:
        """Store what became known without a change of state, such as `checks` and `next_try`."""

        def job(connection: sqlite3.Connection) -> Operation:
            operation = replace(self._get(connection, op_id), **_checked(fields))
            self._rows.write_progress(connection, operation)
            return operation

        return self._commit(job)

    def hold(self, op_ids: Sequence[str], hold: Hold, next_try: float = 0.0) -> Future[list[Operation]]:
        """Set why queued operations wait; those no longer queued are left alone and left out of the answer."""

        def job(connection: sqlite3.Connection) -> list[Operation]:
            held = []
            for op_id in op_ids:
                operation = self._get(connection, op_id)
                if operation.state is _S.QUEUED:
                    operation = replace(operation, hold=hold, next_try=next_try)
                    self._rows.write_progress(connection, operation)
                    held.append(operation)
            return held

        return self._commit(job)

    def adopt_foreign(self) -> Future[list[Operation]]:
        """Turn what another process was sending into `in_doubt`: it ended before it could tell."""

        def job(connection: sqlite3.Connection) -> list[Operation]:
            where, values = "state = 'sending' AND owner_boot_id <> ?", (self._boot_id,)
            found = [one for part in self._rows.read(connection, where, values) for one in part]
            why = "the process that was sending it ended"
            return [self._move(connection, Move(one.op_id, _S.IN_DOUBT, why)) for one in found]

        return self._commit(job)

    def load(self, states: Collection[OperationState] | None = None) -> Future[list[Operation]]:
        """Return operations in the order they were asked for; sees everything queued before this call."""

        def job(connection: sqlite3.Connection) -> list[Operation]:
            where, values = "1", tuple[str, ...]()
            if states is not None:
                where = f"state IN ({', '.join('?' * len(states))})"
                values = tuple(state.value for state in states)
            return [one for part in self._rows.read(connection, where, values) for one in part]

        return self._read(job)

    def history(self, op_id: str) -> Future[list[OperationEvent]]:
        """Return the audit of one operation, oldest first."""
        return self._read(lambda connection: self._rows.events(connection, op_id))

    def load_clear(self) -> Future[list[ClearOperation]]:
        """Return what can be told without the key; works when `open` failed with KeyLost."""

        def job() -> list[ClearOperation]:
            with translated(), contextlib.closing(open_for_reading(self._path, self._options)) as link:
                return read_clear(link)

        return self._reader.submit(job)

    def set_aside(self) -> Future[LostFile]:
        """Keep the file under another name and start an empty one: a person's decision, after KeyLost only."""

        def job() -> LostFile:
            if self._ready:
                raise InternalError("An outbox that can be read is not set aside.")
            lost = self._opening.set_aside("lost")
            self.report = self._opening.run()
            self._ready = True
            return lost

        return self._writer.apart(job)

    def close(self, timeout: float) -> bool:
        """Commit what is queued and close; return False when that took longer than `timeout` seconds."""
        finished = self._writer.close(timeout)
        if self._options.reader is None:
            self._reader.close(0.0 if not finished else timeout)
        return finished

    def _commit(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        def ready_job(connection: sqlite3.Connection) -> T:
            self._require_open()
            with _constraints():
                return job(connection)

        return self._writer.commit(ready_job)

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        written = self._writer.barrier()

        def reading() -> T:
            written.result()
            self._require_open()
            with translated(), contextlib.closing(open_for_reading(self._path, self._options)) as link:
                return job(link)

        return self._reader.submit(reading)

    def _require_open(self) -> None:
        if not self._ready:
            raise StoreError("The outbox of this profile is not open.")

    def _back_up_when_due(self) -> None:
        def job(connection: sqlite3.Connection) -> None:
            with contextlib.suppress(sqlite3.Error, OSError):
                back_up_daily(connection, self._path, self._clock.wall())

        self._writer.run(job)

    def _get(self, connection: sqlite3.Connection, op_id: str) -> Operation:
        operation = self._rows.get(connection, op_id)
        if operation is None:
            raise BadValue("That operation is not in the outbox.")
        return operation

    def _move(self, connection: sqlite3.Connection, move: Move) -> Operation:
        before = self._get(connection, move.op_id)
        if move.to not in TRANSITIONS[before.state]:
            raise BadValue(
                f"This operation is {STATE_WORDS[before.state]}; it cannot become {STATE_WORDS[move.to]}.",
                hint="It went on in the meantime; look at it again.",
            )
        fields = {**self._following(before, move.to), **_checked(move.fields)}
        after = replace(before, state=move.to, **fields)
        self._rows.write_move(connection, before.state, after)
        self._rows.append_event(connection, before.state, after, (move.why, self._clock.wall()))
        return after

    def _following(self, before: Operation, to: OperationState) -> dict[str, Any]:
        if to is not _S.SENDING:
            return {"hold": Hold.NONE}
        return {
            "hold": Hold.NONE,
            "attempt": before.attempt + 1,
            "sent": self._clock.wall(),
            "owner_boot_id": self._boot_id,
        }


def _checked(fields: Mapping[str, Any]) -> Mapping[str, Any]:
    unknown = fields.keys() - MOVE_FIELDS
    if unknown:
        raise InternalError(f"These fields of an operation never change: {', '.join(sorted(unknown))}.")
    return fields


@contextlib.contextmanager
def _constraints() -> Iterator[None]:
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
