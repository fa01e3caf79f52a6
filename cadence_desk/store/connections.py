"""Connections to SQLite files: pragmas set and read back, transactions, errors translated, private file modes.

Imports domain errors. Called by writer and the two files; the only place that opens a database.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from cadence_desk.domain.errors import DeskError, DiskFull, FileBusy, FileDamaged, StoreError
from cadence_desk.store.folders import is_on_network, make_private, make_private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cadence_desk.store.writer import Worker

T = TypeVar("T")

BUSY_SECONDS = 5.0
_DAMAGE = ("malformed", "no such table", "no such column", "not a database", "Could not decode")
_SYNCHRONOUS = {"NORMAL": 1, "FULL": 2, "EXTRA": 3}


@dataclass(frozen=True, slots=True)
class FileOptions:
    """How a file is opened, for tests and for sharing a thread.

    Attributes:
        connection: class of the connections; a subclass can make the k-th call fail.
        reader: thread for loads, shared between files; None gives the file its own.
        on_network: tells whether a folder lies on another machine.
        keep_days: how long texts of operations that are over are kept.
    """

    connection: type[sqlite3.Connection] = sqlite3.Connection
    reader: Worker | None = None
    on_network: Callable[[Path], bool] = is_on_network
    keep_days: float = 7.0


def open_for_writing(path: Path, synchronous: str, options: FileOptions) -> sqlite3.Connection:
    """Open the write connection of a file, private to this user, and prove that its pragmas took hold.

    WAL needs shared memory, so on a network folder the file falls back to a rollback journal with EXTRA.

    Raises:
        StoreError: journal mode or synchronous could not be had.
    """
    make_private_folder(path.parent)
    make_private(path)
    network = options.on_network(path.parent)
    journal, level = ("delete", "EXTRA") if network else ("wal", synchronous)
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, factory=options.connection)
    try:
        _set_pragmas(connection, journal, level)
        _read_back(connection, journal, level)
    except BaseException:
        connection.close()
        raise
    return connection


def open_for_reading(path: Path, options: FileOptions) -> sqlite3.Connection:
    """Open a read-only connection; the file must exist."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=ro",
        uri=True,
        timeout=BUSY_SECONDS,
        isolation_level=None,
        factory=options.connection,
    )
    connection.execute("PRAGMA trusted_schema=OFF")
    return connection


class UncertainCommit(sqlite3.OperationalError):
    """A COMMIT failed. Rolled back here, yet it may lie in the log: who opens the file after a crash could find it done."""

    @classmethod
    def after(cls, error: sqlite3.Error) -> UncertainCommit:
        """Return it with the code and the words of SQLite's own error."""
        told = cls(str(error))
        told.sqlite_errorcode = getattr(error, "sqlite_errorcode", 0)
        return told


def in_transaction(connection: sqlite3.Connection, job: Callable[[sqlite3.Connection], T]) -> T:
    """Run a job between BEGIN IMMEDIATE and COMMIT; anything raised rolls back.

    Raises:
        UncertainCommit: the COMMIT itself failed.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        result = job(connection)
    except BaseException:
        _roll_back(connection)
        raise
    try:
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        _roll_back(connection)
        raise UncertainCommit.after(error) from error
    return result


def _roll_back(connection: sqlite3.Connection) -> None:
    if connection.in_transaction:
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn errors of SQLite and of the file system into the desk's own."""
    try:
        yield
    except sqlite3.Error as error:
        raise translate(error) from error
    except UnicodeDecodeError as error:  # a text, or SQLite's own words about one, that is none
        raise FileDamaged from error
    except OSError as error:
        raise StoreError(
            f"A file of this profile could not be used: {os.strerror(error.errno or 0)}."
        ) from error


def translate(error: sqlite3.Error) -> DeskError:
    """Return the desk's error for one of SQLite (Result and Error Codes, sqlite.org/rescode.html)."""
    primary = (getattr(error, "sqlite_errorcode", None) or 0) & 0xFF
    text = str(error)
    if primary == sqlite3.SQLITE_FULL or "disk is full" in text:
        return DiskFull(hint="Free some space; what was not saved is still on screen.")
    if primary in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return FileBusy("Another program is using a file of this profile.")
    if primary in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB} or _means_damage(text):
        return FileDamaged()
    return StoreError(f"A file of this profile could not be read or written ({text}).")


def _means_damage(text: str) -> bool:
    """True for what only a file that lost a part of itself says: our own statements name what exists."""
    return any(words in text for words in _DAMAGE)


def _set_pragmas(connection: sqlite3.Connection, journal: str, level: str) -> None:
    for pragma in (
        f"journal_mode={journal}",
        f"synchronous={level}",
        "foreign_keys=ON",
        "trusted_schema=OFF",
        "secure_delete=ON",
        "cell_size_check=ON",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    if sys.platform == "darwin":  # fsync alone leaves data in the drive's own cache there
        connection.execute("PRAGMA fullfsync=ON").fetchall()
        connection.execute("PRAGMA checkpoint_fullfsync=ON").fetchall()


def _read_back(connection: sqlite3.Connection, journal: str, level: str) -> None:
    seen_journal = str(connection.execute("PRAGMA journal_mode").fetchone()[0]).lower()
    seen_level = int(connection.execute("PRAGMA synchronous").fetchone()[0])
    if seen_journal != journal or seen_level != _SYNCHRONOUS[level]:
        raise StoreError(
            "This disk does not keep what is written to it safely enough.",
            hint=f"Wanted {journal} and {level}, got {seen_journal} and {seen_level}; use a local folder.",
        )
