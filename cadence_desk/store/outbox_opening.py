"""Opening an outbox file: presence, wholeness, version, owner, key, guards, in this order.

Imports domain. Called by OutboxFile on its writer thread with no other connection open.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileDamaged, KeyLost, StoreError
from cadence_desk.store.backups import (
    back_up,
    back_up_daily,
    backup_folder,
    copy_aside,
    daily_backups,
    move_aside,
)
from cadence_desk.store.connections import in_transaction, open_for_writing, translated
from cadence_desk.store.file_checks import check_key, check_owner, check_whole, claim, read_meta
from cadence_desk.store.migrations import file_version, migrate
from cadence_desk.store.moves import LostFile
from cadence_desk.store.outbox_rows import OutboxRows
from cadence_desk.store.outbox_schema import ENDED, MIGRATIONS, renew_guards

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.connections import FileOptions
    from cadence_desk.store.owner import Owner

CHECK_SECONDS = 3.0
_NETWORK_NOTE = (
    "This profile lies on a network folder: saving is slower and less sure there. Use a local folder."
)


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What opening found: a file that was set aside because its session key is gone, and words to show."""

    lost: LostFile | None = None
    note: str = ""


class OutboxOpening:
    """Makes one outbox file ready for use, or says why it must not be used."""

    def __init__(
        self, path: Path, owner: Owner, cipher: ColumnCipher, clock: Clock, options: FileOptions
    ) -> None:
        self._path = path
        self._owner = owner
        self._cipher = cipher
        self._clock = clock
        self._options = options

    def run(self) -> OpeningReport:
        """Open, check and bring up to date.

        Raises:
            FileDamaged: it is not whole; a copy was set aside and the file was not changed.
            FileTooNew, WrongOwner, KeyLost: it must not be used; it was not changed.
            DiskFull, StoreError: it could not be opened.
        """
        note = _NETWORK_NOTE if self._options.on_network(self._path.parent) else ""
        try:
            lost = self._open_once()
            if lost is not None:
                self._open_once()
        except FileDamaged as error:
            kept = self._quarantine()
            hint = f"Nothing is sent from it. A copy is kept as {kept.name}." if kept else ""
            raise FileDamaged(error.message, hint=hint) from error
        return OpeningReport(lost, note)

    def set_aside(self, word: str) -> LostFile:
        """Move the file out of the way and tell what is in it as far as that stays clear."""
        states: Counter[str] = Counter()
        with contextlib.suppress(StoreError), translated(), contextlib.closing(self._connect()) as connection:
            rows = connection.execute("SELECT state, count(*) FROM operation GROUP BY state").fetchall()
            states.update({str(state): int(number) for state, number in rows})
        kept = move_aside(self._path, word, self._clock.wall())
        for backup in daily_backups(
            self._path
        ):  # no more readable than the file, and not backups of the next one
            backup.replace(backup.with_name(f"{kept.stem}-{backup.name}"))
        return LostFile(kept, dict(states))

    def _connect(self) -> sqlite3.Connection:
        return open_for_writing(self._path, "FULL", self._options)

    def _open_once(self) -> LostFile | None:
        with translated():
            self._check_presence()
            with contextlib.closing(self._connect()) as connection:
                if not self._session_key_gone(connection):
                    self._settle(connection)
                    return None
        return self.set_aside("lost")

    def _check_presence(self) -> None:
        """An empty file where there was one before is damage, never a fresh start."""
        if self._path.exists() and self._path.stat().st_size > 0:
            return
        if daily_backups(self._path) or self._path.with_name(self._path.name + "-wal").exists():
            raise FileDamaged("The file with the waiting notes is gone or empty.")

    def _session_key_gone(self, connection: sqlite3.Connection) -> bool:
        """True when the file was written under a key that ended with its session; such a file cannot be read."""
        if file_version(connection) == 0:
            return False
        meta = read_meta(connection)
        check_owner(meta, self._owner)
        try:
            check_key(meta, self._owner, self._cipher)
        except KeyLost:
            return meta.get("key_durable") == "0"
        return False

    def _settle(self, connection: sqlite3.Connection) -> None:
        fresh = file_version(connection) == 0
        if not fresh:
            check_whole(connection, self._clock.monotonic, CHECK_SECONDS)
        in_transaction(connection, file_version)  # proves that it can be written and nobody else does
        migrate(connection, MIGRATIONS, lambda version: self._back_up_before(connection, version))
        in_transaction(connection, self._guard_and_claim)
        rows = OutboxRows(self._cipher, self._owner)
        for _ in rows.read(connection, f"state NOT IN ({ENDED})"):
            pass  # reading is the check: what is still to be done must prove itself before anything is sent
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        with contextlib.suppress(StoreError), translated():  # a missed daily copy is no reason to stay closed
            back_up_daily(connection, self._path, self._clock.wall())

    def _guard_and_claim(self, connection: sqlite3.Connection) -> None:
        renew_guards(connection)
        meta = read_meta(connection)
        if not meta and connection.execute("SELECT 1 FROM operation LIMIT 1").fetchone() is None:
            claim(connection, self._owner, self._cipher)
            return
        check_owner(meta, self._owner)
        check_key(meta, self._owner, self._cipher)

    def _back_up_before(self, connection: sqlite3.Connection, version: int) -> None:
        meta = read_meta(connection)
        check_owner(meta, self._owner)
        check_key(meta, self._owner, self._cipher)
        back_up(
            connection,
            backup_folder(self._path) / f"{self._path.stem}.before-v{version + 1}{self._path.suffix}",
        )

    def _quarantine(self) -> Path | None:
        if not self._path.exists():
            return None
        earlier = sorted(self._path.parent.glob(f"{self._path.stem}.damaged-*{self._path.suffix}"))
        if earlier and earlier[-1].stat().st_size == self._path.stat().st_size:
            return earlier[-1]
        with contextlib.suppress(OSError):
            return copy_aside(self._path, "damaged", self._clock.wall())
        return None
