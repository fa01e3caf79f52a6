"""A new outbox from a damaged one: the newest good backup and every row that can still be read and proves itself.

Imports domain. Called by OutboxFile after FileDamaged, on a person's word. Nothing of it is sent unread: what may
have been sent becomes `in_doubt` and is looked up in the org first.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, TypeAlias

from cadence_desk.domain.clear_fields import is_unreadable
from cadence_desk.domain.errors import DeskError, FileDamaged, KeyLost
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.store.backups import copy_as, daily_backups, move_aside, remove_file
from cadence_desk.store.connections import in_transaction, open_for_reading, open_for_writing, translated
from cadence_desk.store.file_checks import (
    check_key,
    check_owner,
    check_whole,
    given_up,
    key_of,
    note_given_up,
    read_meta,
)
from cadence_desk.store.folders import sync_folder
from cadence_desk.store.migrations import migrate
from cadence_desk.store.outbox_opening import CHECK_SECONDS, OutboxOpening
from cadence_desk.store.outbox_rows import OutboxRows
from cadence_desk.store.outbox_schema import MIGRATIONS, renew_guards
from cadence_desk.store.witness import Witness

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.connections import FileOptions
    from cadence_desk.store.owner import Owner

_Row: TypeAlias = "tuple[Operation, tuple[Any, ...]]"
_S = OperationState
_MAY_BE_SENT = frozenset({_S.QUEUED, _S.SENDING, _S.ACCEPTED, _S.IN_DOUBT})
RUN_TABLES = ("run", "run_part", "run_outcome")
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


@dataclass(frozen=True, slots=True)
class Findings:
    """What is known of a damaged outbox before anything is done.

    Attributes:
        path: the damaged file.
        backups: names of its daily backups, oldest first.
        good_backup: name of the newest backup that can be used; empty when there is none.
        readable: operations that can still be read in the damaged file.
        only_in_backup: operations that only the backup has.
        unreadable: rows of the damaged file that do not prove themselves.
    """

    path: Path
    backups: tuple[str, ...]
    good_backup: str
    readable: tuple[Operation, ...]
    only_in_backup: tuple[Operation, ...]
    unreadable: int

    @property
    def all(self) -> tuple[Operation, ...]:
        """Everything that would be in the new file."""
        return (*self.readable, *self.only_in_backup)


@dataclass(slots=True)
class _Rows:
    """What a walk over a file found: rows by operation, and numbers of rows that do not prove themselves."""

    rows: dict[str, _Row] = field(default_factory=dict)
    numbers: set[int] = field(default_factory=set)
    runs: dict[str, list[tuple[Any, ...]]] = field(default_factory=dict)

    @property
    def failed(self) -> int:
        return len(self.numbers)


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
        self._key_lost: KeyLost | None = None

    def run(self) -> Recovery:
        """Build the new file beside the damaged one, then let it take its place."""
        damaged, backup, restored = self._sources()
        found = {
            **damaged.rows,
            **{key: row for key, row in restored.rows.items() if key not in damaged.rows},
        }
        fresh = self._fresh
        remove_file(fresh)
        Witness(fresh).forget()
        OutboxOpening(fresh, self._owner, self._cipher, self._clock, self._options).run()
        with translated(), contextlib.closing(open_for_writing(fresh, "FULL", self._options)) as connection:
            runs = damaged.runs if damaged.runs.get("run") else restored.runs
            stored = in_transaction(connection, lambda link: self._fill(link, found.values(), runs))
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with translated():
            kept_as = move_aside(self._path, "damaged", self._clock.wall())
            fresh.replace(self._path)
            sync_folder(self._path.parent)
            Witness(fresh).forget()
            Witness(self._path).forget()  # the last step: until then it says that something is missing here
        doubted = sum(one.state is _S.IN_DOUBT for one in stored)
        left_out = damaged.failed + len(found) - len(stored)
        return Recovery(kept_as, backup, len(stored), doubted, left_out)

    def look(self) -> Findings:
        """Tell what could be restored, without changing anything."""
        damaged, backup, restored = self._sources()
        return Findings(
            self._path,
            tuple(one.name for one in daily_backups(self._path)),
            backup,
            tuple(one for one, _ in damaged.rows.values()),
            tuple(one for key, (one, _) in restored.rows.items() if key not in damaged.rows),
            damaged.failed,
        )

    @property
    def _fresh(self) -> Path:
        return self._path.with_name(f"{self._path.stem}.restored{self._path.suffix}")

    def _sources(self) -> tuple[_Rows, str, _Rows]:
        """Return what the damaged file holds, the name of the best backup, and what that holds.

        A recovery that was killed left its new file under another name: what it had saved counts as the damaged file's.
        """
        damaged = self._rows_of(self._path, whole=False)
        if self._fresh.exists():
            unfinished = self._rows_of(self._fresh, whole=False)
            damaged.rows = {**unfinished.rows, **damaged.rows}
            damaged.runs = damaged.runs if damaged.runs.get("run") else unfinished.runs
        return damaged, *self._restored()

    def _fill(
        self,
        connection: sqlite3.Connection,
        found: Iterable[_Row],
        runs: Mapping[str, list[tuple[Any, ...]]],
    ) -> list[Operation]:
        connection.execute(
            "DROP TRIGGER operation_starts"
        )  # these do not start here; the guard comes back below
        note_given_up(connection, self._cipher)
        stored = []
        for operation, row in found:
            with contextlib.suppress(sqlite3.IntegrityError):
                stored.append(self._put(connection, operation, row))
        _put_runs(connection, runs)
        renew_guards(connection)
        return stored

    def _put(self, connection: sqlite3.Connection, operation: Operation, row: tuple[Any, ...]) -> Operation:
        doubted = self._doubted(operation)
        if is_unreadable(operation):
            self._rows.insert_as_it_is(connection, row)
        else:
            self._rows.insert(connection, doubted)
        # no end of a run's row is told anew: its receipt stays with the file that held it
        told = replace(doubted, run_id="")
        self._rows.append_event(connection, None, told, ("restored", self._clock.wall()))
        return doubted

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

    def _restored(self) -> tuple[str, _Rows]:
        for backup in reversed(daily_backups(self._path)):
            with contextlib.suppress(DeskError):
                return backup.name, self._rows_of(backup, whole=True)
        return "", _Rows()

    def _rows_of(self, path: Path, *, whole: bool) -> _Rows:
        """Return what a file holds, read from a copy that is brought to today's form first.

        Raises:
            DeskError: `whole` was asked for, and it is not whole, not ours, or its key is not at hand.
        """
        copy = self._path.with_name(f"{self._path.stem}.reading{self._path.suffix}")
        found = _Rows()
        try:
            with translated():
                copy_as(path, copy)
            with contextlib.nullcontext() if whole else contextlib.suppress(DeskError):
                self._bring_up_to_date(copy, whole=whole)
            for order in ("rowid", "rowid DESC"):  # a bad page stops a walk: the other end is walked too
                with contextlib.nullcontext() if whole else contextlib.suppress(DeskError):
                    self._walk(copy, order, found)
            with contextlib.suppress(DeskError):
                self._walk_runs(copy, found)
        finally:
            with contextlib.suppress(OSError):
                remove_file(copy)
        if self._key_lost is not None:
            raise self._key_lost
        if whole and found.numbers:
            raise FileDamaged
        return found

    def _bring_up_to_date(self, copy: Path, *, whole: bool) -> None:
        with translated(), contextlib.closing(open_for_writing(copy, "FULL", self._options)) as connection:
            if whole:
                check_whole(connection, self._clock.monotonic, CHECK_SECONDS)
                meta = read_meta(connection)
                check_owner(meta, self._owner)
                self._cipher.lost |= given_up(meta)
                check_key(meta, self._owner, self._cipher)
            else:
                self._look_for_key(connection)
            migrate(connection, MIGRATIONS, lambda _version: None)

    def _look_for_key(self, connection: sqlite3.Connection) -> None:
        """Note when the key of a damaged file is not at hand: then its rows must not pass for unreadable ones."""
        with contextlib.suppress(sqlite3.Error, FileDamaged, UnicodeDecodeError):
            meta = read_meta(connection)
            self._cipher.lost |= given_up(meta)
            try:
                check_key(meta, self._owner, self._cipher)
            except KeyLost as error:
                if meta.get("key_durable") == "0":
                    self._cipher.lost.add(key_of(meta))  # it ended with its session
                else:
                    self._key_lost = error

    def _walk(self, copy: Path, order: str, found: _Rows) -> None:
        with translated(), contextlib.closing(open_for_reading(copy, self._options)) as link:
            for number, operation, row in self._rows.walk(link, order):
                if operation is None:
                    found.numbers.add(number)
                else:
                    found.rows[operation.op_id] = (operation, row)

    def _walk_runs(self, copy: Path, found: _Rows) -> None:
        with translated(), contextlib.closing(open_for_reading(copy, self._options)) as link:
            for table in RUN_TABLES:
                found.runs[table] = link.execute(f"SELECT * FROM {table}").fetchall()


def _put_runs(connection: sqlite3.Connection, runs: Mapping[str, list[tuple[Any, ...]]]) -> None:
    """Keep plans and receipts. No run goes on by itself: which of its rows were sent is what is in doubt."""
    connection.execute("DROP TRIGGER IF EXISTS run_starts")
    connection.execute("DROP TRIGGER IF EXISTS run_moves")
    for table, rows in runs.items():
        for row in rows:
            with contextlib.suppress(sqlite3.Error):
                connection.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    connection.execute(
        "UPDATE run SET state = 'stopped', hold = '', why = 'restored after damage' "
        "WHERE state NOT IN ('finished', 'stopped')"
    )
