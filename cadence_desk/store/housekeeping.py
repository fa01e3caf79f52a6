"""What is done in an outbox once a day: a backup, the removal of texts that were kept long enough, a weekly whole check.

Imports domain. Called on the writer thread at the opening and with every new operation; does nothing while nothing is due.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileDamaged, StoreError
from cadence_desk.store.backups import back_up_daily
from cadence_desk.store.connections import in_transaction, translated
from cadence_desk.store.file_checks import check_whole, read_meta
from cadence_desk.store.retention import DAY_SECONDS, over_before, purge, purge_copies

if TYPE_CHECKING:
    import sqlite3
    import threading
    from pathlib import Path

    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.connections import FileOptions

CHECK_SECONDS = 20.0
WEEK_SECONDS = 7 * DAY_SECONDS


class HouseKeeping:
    """The daily work of one file. `ready` is cleared when the weekly check finds damage: then nothing is sent from it."""

    def __init__(self, path: Path, clock: Clock, options: FileOptions, ready: threading.Event) -> None:
        self._path = path
        self._clock = clock
        self._options = options
        self._ready = ready
        self._day = -1

    def keep(self, connection: sqlite3.Connection) -> None:
        """Do what is due; what cannot be done now is tried again with the next operation."""
        wall = self._clock.wall()
        with contextlib.suppress(StoreError), translated():
            back_up_daily(connection, self._path, wall)
        if int(wall // DAY_SECONDS) == self._day:
            return
        try:
            with translated():
                self._forget(connection, wall)
                self._check(connection, wall)
        except FileDamaged:
            self._ready.clear()
        except StoreError:
            return
        self._day = int(wall // DAY_SECONDS)

    def _forget(self, connection: sqlite3.Connection, wall: float) -> None:
        before = wall - self._options.keep_days * DAY_SECONDS
        if in_transaction(connection, lambda link: purge(link, before)):
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()  # the log still held them
        over = over_before(connection, before)
        purge_copies(self._path, over, wall, self._options.connection)

    def _check(self, connection: sqlite3.Connection, wall: float) -> None:
        last = read_meta(connection).get("whole_at", 0)
        if isinstance(last, int) and wall - last < WEEK_SECONDS:
            return
        check_whole(connection, self._clock.monotonic, CHECK_SECONDS, "integrity_check")
        connection.execute(
            "INSERT OR REPLACE INTO file_meta (name, value) VALUES ('whole_at', ?)", (int(wall),)
        )
