"""A new outbox from a damaged one: the newest good backup and every row that can still be read and proves itself.

Imports domain. Called by OutboxFile after FileDamaged, on a person's word. Nothing of it is sent unread: what may
have been sent becomes `in_doubt` and is looked up in the org first.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.store.backups import daily_backups, move_aside, remove_file
from cadence_desk.store.connections import in_transaction, open_for_reading, open_for_writing, translated
from cadence_desk.store.file_checks import check_key, check_owner, check_whole, read_meta
from cadence_desk.store.outbox_opening import CHECK_SECONDS, OutboxOpening
from cadence_desk.store.outbox_rows import OutboxRows
from cadence_desk.store.outbox_schema import renew_guards

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.connections import FileOptions
    from cadence_desk.store.owner import Owner

_S = OperationState
_MAY_BE_SENT = frozenset({_S.QUEUED, _S.SENDING, _S.ACCEPTED, _S.IN_DOUBT})
SERVER_SECONDS = 660.0
"""A request may run ten minutes on the server (App limits cheat sheet, API Request Limits): nothing absent before
that, and a margin, proves anything."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a damaged outbox.

    Attributes:
        kept_as: the damaged file under its new name.
        backup: name of the backup that was used; empty when there was none.
        operations: how many are in the new file, and how many of them are `doubted`.
        left_out: rows that could not be read or stood against another one.
    """

    kept_as: Path
    backup: str
    operations: int
    doubted: int
    left_out: int


class OutboxRecovery:
    """Rebuilds one outbox file."""

    def __init__(
        self, path: Path, owner: Owner, cipher: ColumnCipher, clock: Clock, options: FileOptions
    ) -> None:
        self._path = path
        self._owner = owner
        self._cipher = cipher
        self._clock = clock
        self._options = options
        self._rows = OutboxRows(cipher, owner)

    def run(self) -> Recovery:
        """Build the new file beside the damaged one, then let it take its place."""
        salvaged, lost = self._salvaged()
        backup, restored = self._restored()
        operations = [*salvaged.values(), *(one for key, one in restored.items() if key not in salvaged)]
        fresh = self._path.with_name(f"{self._path.stem}.restored{self._path.suffix}")
        remove_file(fresh)
        OutboxOpening(fresh, self._owner, self._cipher, self._clock, self._options).run()
        with translated(), contextlib.closing(open_for_writing(fresh, "FULL", self._options)) as connection:
            stored = in_transaction(connection, lambda link: self._fill(link, operations))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with translated():
            kept_as = move_aside(self._path, "damaged", self._clock.wall())
            fresh.replace(self._path)
        doubted = sum(one.state is _S.IN_DOUBT for one in stored)
        left_out = lost + len(operations) - len(stored)
        return Recovery(kept_as, backup, len(stored), doubted, left_out)

    def _fill(self, connection: sqlite3.Connection, operations: list[Operation]) -> list[Operation]:
        connection.execute(
            "DROP TRIGGER operation_starts"
        )  # these do not start here; the guard comes back below
        stored = []
        for operation in operations:
            doubted = self._doubted(operation)
            with contextlib.suppress(sqlite3.IntegrityError):
                self._rows.insert(connection, doubted)
                self._rows.append_event(connection, None, doubted, ("restored", self._clock.wall()))
                stored.append(doubted)
        renew_guards(connection)
        return stored

    def _doubted(self, operation: Operation) -> Operation:
        if operation.state not in _MAY_BE_SENT:
            return operation
        return replace(
            operation,
            state=_S.IN_DOUBT,
            hold=Hold.NONE,
            checks=0,
            sent=operation.sent or operation.created,
            next_try=self._clock.wall() + SERVER_SECONDS,
        )

    def _restored(self) -> tuple[str, dict[str, Operation]]:
        for backup in reversed(daily_backups(self._path)):
            with contextlib.suppress(DeskError), translated():
                with contextlib.closing(open_for_reading(backup, self._options)) as link:
                    check_whole(link, self._clock.monotonic, CHECK_SECONDS)
                    meta = read_meta(link)
                    check_owner(meta, self._owner)
                    check_key(meta, self._owner, self._cipher)
                    found = {one.op_id: one for part in self._rows.read(link) for one in part}
                return backup.name, found
        return "", {}

    def _salvaged(self) -> tuple[dict[str, Operation], int]:
        found: dict[str, Operation] = {}
        failed: set[int] = set()
        for order in ("rowid", "rowid DESC"):  # a bad page stops a walk: the other end is walked too
            with contextlib.suppress(DeskError):
                for number, operation in self._walk(order):
                    if operation is None:
                        failed.add(number)
                    else:
                        found[operation.op_id] = operation
        return found, len(failed)

    def _walk(self, order: str) -> Iterator[tuple[int, Operation | None]]:
        with translated(), contextlib.closing(open_for_reading(self._path, self._options)) as link:
            yield from self._rows.walk(link, order)
