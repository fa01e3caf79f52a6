"""cache.db: what can be read from the org again, kept for the next start. Damaged or foreign in version: rebuilt.

Imports domain. Called by the engine; each method queues one job and returns its future.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import FileDamaged, KeyLost, StoreError
from cadence_desk.store.backups import remove_file
from cadence_desk.store.cache_look import check_cache
from cadence_desk.store.cache_rows import (
    PERSON_COLUMNS,
    STEP_COLUMNS,
    TRACKER_COLUMNS,
    CacheRows,
    write_batch,
)
from cadence_desk.store.cache_schema import create_tables
from cadence_desk.store.connections import (
    FileOptions,
    in_transaction,
    open_for_reading,
    open_for_writing,
    translated,
)
from cadence_desk.store.file_checks import claim
from cadence_desk.store.migrations import file_version
from cadence_desk.store.writer import Worker, Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from concurrent.futures import Future
    from pathlib import Path

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.store.cache_batch import CacheBatch
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.owner import Owner

T = TypeVar("T")

SLICE = 500


class _Emptied(FileDamaged):
    """The file was found damaged before, and is empty since."""


class CacheFile:
    """The cache of one org and user.

    `rebuilt` says why the file was made anew (empty when it was not): it then holds no marks, and the engine
    reads everything again. `emptied` is True from then on until the engine knows, and saves everything there is.
    Futures fail with DiskFull or StoreError when a commit failed.
    """

    def __init__(
        self, path: Path, owner: Owner, cipher: ColumnCipher, options: FileOptions | None = None
    ) -> None:
        self._path = path
        self._owner = owner
        self._cipher = cipher.for_org(owner.org_id)
        self._options = options or FileOptions()
        self._rows = CacheRows(self._cipher)
        self._writer = Writer("cache-writer", self._connect)
        self._reader = self._options.reader or Worker("cache-reader")
        self._ready = False
        self.emptied = False
        self.rebuilt = ""

    def open(self) -> Future[None]:
        """Make the file ready; a damaged one, one of another version or under another key is rebuilt empty.

        Raises (through the future): WrongOwner, DiskFull, StoreError.
        """

        def job() -> None:
            try:
                self._open_once()
            except (FileDamaged, KeyLost) as error:
                self.rebuilt = error.message
                remove_file(self._path)
                self._open_once()
            self._ready = True

        return self._writer.apart(job)

    def save(self, batch: CacheBatch) -> Future[None]:
        """Store a batch in one transaction.

        Raises (through the future): FileDamaged when the file turned out damaged, whoever met that first; it is then
        empty, and takes nothing until the engine knows that everything has to be saved again.
        """

        def job(connection: sqlite3.Connection) -> None:
            self._require_open()
            if self.emptied:
                raise _Emptied
            write_batch(connection, self._rows, batch)

        return self._healing(lambda: self._writer.commit(job))

    def load_people(self, each: Callable[[list[Person]], None] | None = None) -> Future[list[Person]]:
        """Return all people; `each` gets every slice on the reader's thread as soon as it is decrypted."""
        return self._load(f"SELECT {PERSON_COLUMNS} FROM person", self._rows.person, each)

    def load_trackers(self, each: Callable[[list[Tracker]], None] | None = None) -> Future[list[Tracker]]:
        """Return all trackers; `each` as in `load_people`."""
        return self._load(f"SELECT {TRACKER_COLUMNS} FROM tracker", self._rows.tracker, each)

    def load_steps(
        self, each: Callable[[list[StepTracker]], None] | None = None
    ) -> Future[list[StepTracker]]:
        """Return all step trackers; `each` as in `load_people`."""
        return self._load(f"SELECT {STEP_COLUMNS} FROM step", self._rows.step, each)

    def stamps(self) -> Future[dict[str, str]]:
        """Return the order stamps by record id."""
        return self._read(lambda link: dict(link.execute("SELECT id, stamp FROM stamp").fetchall()))

    def seen(self) -> Future[list[str]]:
        """Return ids of applied events, oldest first."""

        def job(connection: sqlite3.Connection) -> list[str]:
            rows = connection.execute("SELECT event_id FROM seen_event ORDER BY number").fetchall()
            return [event_id for (event_id,) in rows]

        return self._read(job)

    def marks(self) -> Future[dict[str, bytes]]:
        """Return the replay marks by topic."""
        return self._read(lambda link: dict(link.execute("SELECT topic, mark FROM mark").fetchall()))

    def document(self, name: str) -> Future[str | None]:
        """Return a document's text, or None."""

        def job(connection: sqlite3.Connection) -> str | None:
            row = connection.execute("SELECT text_enc FROM document WHERE name = ?", (name,)).fetchone()
            return (
                None if row is None else _decoded([row], lambda found: self._rows.document(name, found[0]))[0]
            )

        return self._read(job)

    def wipe(self) -> Future[None]:
        """Delete the file with everything in it and start an empty one."""

        def job() -> None:
            remove_file(self._path)
            self._open_once()

        return self._writer.apart(job)

    def close(self, timeout: float) -> bool:
        """Commit what is queued and close; return False when that took longer than `timeout` seconds."""
        finished = self._writer.close(timeout)
        if self._options.reader is None:
            self._reader.close(timeout if finished else 0.0)
        return finished

    def _connect(self) -> sqlite3.Connection:
        return open_for_writing(self._path, "NORMAL", self._options)

    def _open_once(self) -> None:
        with translated(), contextlib.closing(self._connect()) as connection:
            if file_version(connection) == 0:
                in_transaction(connection, self._create)
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                return
            check_cache(connection, self._owner, self._cipher)

    def _create(self, connection: sqlite3.Connection) -> None:
        create_tables(connection)
        claim(connection, self._owner, self._cipher)

    def _load(
        self, query: str, decode: Callable[[tuple[Any, ...]], T], each: Callable[[list[T]], None] | None
    ) -> Future[list[T]]:
        def job(connection: sqlite3.Connection) -> list[T]:
            cursor = connection.execute(query)
            found: list[T] = []
            while rows := cursor.fetchmany(SLICE):
                part = _decoded(rows, decode)
                found.extend(part)
                if each is not None:
                    each(part)
                time.sleep(0)  # lets the thread that paints take its turn between slices
            return found

        return self._read(job)

    def _read(self, job: Callable[[sqlite3.Connection], T]) -> Future[T]:
        written = self._writer.barrier()

        def reading() -> T:
            written.result()
            self._require_open()
            with translated(), contextlib.closing(open_for_reading(self._path, self._options)) as link:
                return job(link)

        return self._healing(lambda: self._reader.submit(reading))

    def _healing(self, start: Callable[[], Future[T]]) -> Future[T]:
        future = start()
        future.add_done_callback(self._rebuild_after_damage)
        return future

    def _rebuild_after_damage(self, future: Future[Any]) -> None:
        error = future.exception()
        if isinstance(error, FileDamaged) and not isinstance(error, _Emptied):
            self.emptied = True
            self.rebuilt = "The cache turned out damaged."
            self.wipe()

    def _require_open(self) -> None:
        if not self._ready:
            raise StoreError("The cache of this profile is not open.")


def _decoded(rows: list[tuple[Any, ...]], decode: Callable[[tuple[Any, ...]], T]) -> list[T]:
    try:
        return [decode(row) for row in rows]
    except (ValueError, KeyError, TypeError, KeyLost) as error:  # the file's key mark opened: this is damage
        raise FileDamaged("A cached record cannot be read.") from error
