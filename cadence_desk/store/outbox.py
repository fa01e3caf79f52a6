"""outbox.db: every write is here before it is sent, with its state, its audit and its text, sealed.

Imports domain. Called by the engine and the desk; each method queues one job and returns its future.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import FileDamaged, InternalError, StoreError
from cadence_desk.domain.operations import OperationState
from cadence_desk.store.came_back import undo_commit
from cadence_desk.store.commit_log import CommitLog
from cadence_desk.store.connections import FileOptions, open_for_reading, open_for_writing, translated
from cadence_desk.store.housekeeping import HouseKeeping
from cadence_desk.store.moves import Move
from cadence_desk.store.outbox_ledger import OutboxLedger, constraints_told
from cadence_desk.store.outbox_opening import OpeningReport, OutboxOpening
from cadence_desk.store.outbox_rows import OutboxRows
from cadence_desk.store.outbox_runs import OutboxRuns, RunParts
from cadence_desk.store.recovery import OutboxRecovery
from cadence_desk.store.writer import Worker, Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Collection, Mapping, Sequence
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.domain.operations import Hold, Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.moves import OperationEvent
    from cadence_desk.store.owner import Owner
    from cadence_desk.store.recovery import Recovery

T = TypeVar("T")


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
        self._rows = OutboxRows(cipher, owner)
        self._ledger = OutboxLedger(self._rows, clock, boot_id)
        self._opening = OutboxOpening(path, owner, cipher, clock, self._options)
        self._recovery = OutboxRecovery(path, owner, cipher, clock, self._options)
        self._writer = Writer(
            "outbox-writer",
            lambda: open_for_writing(self._usable(), "FULL", self._options),
            CommitLog(path, lambda link, after: undo_commit(link, self._rows, after, clock.wall())),
        )
        self._reader = self._options.reader or Worker("outbox-reader")
        self._ready = threading.Event()
        self._house = HouseKeeping(path, clock, self._options, self._ready)
        self.report = OpeningReport()
        self.runs = OutboxRuns(
            self._commit,
            self._read,
            RunParts(self._rows, self._ledger, cipher.for_org(owner.org_id), clock),
        )

    def open(self) -> Future[None]:
        """Check the file and bring it up to date; then `report` says what was found.

        Raises (through the future): FileDamaged (a copy was set aside), FileTooNew, WrongOwner, KeyLost, StoreError.
        """

        def job() -> None:
            self.report = self._opening.run()
            self._ready.set()

        opened = self._writer.apart(job)
        self.keep_house()
        return opened

    def add(self, operations: Sequence[Operation]) -> Future[None]:
        """Store new operations, draft or queued, all or none.

        Raises (through the future): BadValue when an add to the same cadence is still open for a target.
        """
        future = self._commit(lambda connection: self._ledger.add(connection, operations))
        self.keep_house()
        return future

    def save_draft(self, op_id: str, payload: Mapping[str, object]) -> Future[None]:
        """Replace the text of a draft. Raises (through the future): BadValue when it is no longer one."""
        return self._commit(lambda connection: self._ledger.save_draft(connection, op_id, payload))

    def queue(self, op_ids: Sequence[str]) -> Future[list[Operation]]:
        """Turn drafts into queued operations, all or none. Errors: as `move`."""
        return self.move_many([Move(op_id, OperationState.QUEUED, "saved") for op_id in op_ids])

    def move(self, op_id: str, to: OperationState, why: str, **fields: Any) -> Future[Operation]:
        """Change the state of one operation and return it as stored.

        `why` is a fixed phrase for the audit. Fields not given follow the state: `hold` ends with `queued`, and
        `sending` takes the next attempt number, the time and this process as owner.

        Raises (through the future): BadValue when the state it is in does not allow it, or it does not exist.
        """
        move = Move(op_id, to, why, fields)
        return self._commit(lambda connection: self._ledger.move(connection, move))

    def move_many(self, moves: Sequence[Move]) -> Future[list[Operation]]:
        """Change several states in one transaction: all or none."""
        return self._commit(lambda connection: [self._ledger.move(connection, move) for move in moves])

    def update(self, op_id: str, why: str = "", **fields: Any) -> Future[Operation]:
        """Store what became known without a change of state; what a person decided has its line in the audit: `why`."""
        return self._commit(lambda connection: self._ledger.update(connection, op_id, fields, why))

    def hold(self, op_ids: Sequence[str], hold: Hold, next_try: float = 0.0) -> Future[list[Operation]]:
        """Set why queued operations wait; those no longer queued are left alone and left out of the answer."""
        return self._commit(lambda connection: self._ledger.hold(connection, op_ids, hold, next_try))

    def adopt_foreign(self) -> Future[list[Operation]]:
        """Turn what another process was sending into `in_doubt`: it ended before it could tell."""
        return self._commit(self._ledger.adopt_foreign)

    def load(self, states: Collection[OperationState] | None = None) -> Future[list[Operation]]:
        """Return operations in the order they were asked for; sees everything queued before this call."""

        def job(connection: sqlite3.Connection) -> list[Operation]:
            where, values = "1", tuple[str, ...]()
            if states is not None:
                where = f"state IN ({', '.join('?' * len(states))})"
                values = tuple(state.value for state in states)
            return [one for part in self._rows.read_all(connection, where, values) for one in part]

        return self._read(job)

    def history(self, op_id: str) -> Future[list[OperationEvent]]:
        """Return the audit of one operation, oldest first."""
        return self._read(lambda connection: self._rows.events(connection, op_id))

    def restore(self) -> Future[Recovery]:
        """Build a new file from the newest good backup and what can be salvaged: a person's decision after damage.

        What may have been sent comes back as `in_doubt`, to be looked up before anything is sent.
        """

        def job() -> Recovery:
            if self._ready.is_set():
                raise InternalError("An outbox that is in use is not restored.")
            with contextlib.suppress(FileDamaged):  # any other reason not to open it is one not to touch it
                self._opening.run()
            recovery = self._recovery.run()
            self.report = self._opening.run()
            self._ready.set()
            return recovery

        return self._writer.apart(job)

    def close(self, timeout: float) -> bool:
        """Commit what is queued and close; return False when that took longer than `timeout` seconds."""
        finished = self._writer.close(timeout)
        if self._options.reader is None:
            self._reader.close(0.0 if not finished else timeout)
        return finished

    def _commit(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        def ready_job(connection: sqlite3.Connection) -> T:
            self._usable()
            with constraints_told():
                return job(connection)

        return _watched(self._ready, self._writer.commit(ready_job))

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        written = self._writer.barrier()

        def reading() -> T:
            written.result()
            path = self._usable()
            with translated(), contextlib.closing(open_for_reading(path, self._options)) as link:
                return job(link)

        return _watched(self._ready, self._reader.submit(reading))

    def _usable(self) -> Path:
        """Return the path, or raise before anything touches a file that was not checked."""
        if not self._ready.is_set():
            raise StoreError("The outbox of this profile is not open.")
        return self._path

    def keep_house(self) -> Future[None]:
        """Back up, remove texts that were kept long enough and check the whole file, where that is due; else nothing."""
        return self._writer.run(self._house.keep)


def _watched(ready: threading.Event, future: Future[T]) -> Future[T]:
    """Stop using a file that turns out damaged: nothing is sent on doubt."""

    def look(done: Future[T]) -> None:
        if isinstance(done.exception(), FileDamaged):
            ready.clear()

    future.add_done_callback(look)
    return future
