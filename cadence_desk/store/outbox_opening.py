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
from cadence_desk.store.migrations import create, file_version, migrate, refuse_newer
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
                if file_version(connection) == 0:
                    in_transaction(connection, self._create)
                elif self._session_key_gone(connection):
                    return self._lost_after(connection)
                else:
                    self._bring_up_to_date(connection)
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                self._back_up_daily(connection)
        return None

    def _lost_after(self, connection: sqlite3.Connection) -> LostFile:
        connection.close()
        return self.set_aside("lost")

    def _check_presence(self) -> None:
        """An empty file where there was one before is damage, never a fresh start."""
        if self._path.exists() and self._path.stat().st_size > 0:
            return
        if daily_backups(self._path) or self._path.with_name(self._path.name + "-wal").exists():
            raise FileDamaged("The file with the waiting notes is gone or empty.")

    def _session_key_gone(self, connection: sqlite3.Connection) -> bool:
        """Check that a file is whole, ours and readable; True when its key ended with the session that wrote it."""
        refuse_newer(connection, MIGRATIONS)
        check_whole(connection, self._clock.monotonic, CHECK_SECONDS)
        meta = read_meta(connection)
        check_owner(meta, self._owner)
        try:
            check_key(meta, self._owner, self._cipher)
        except KeyLost:
            if meta.get("key_durable") == "0":
                return True
            raise
        return False

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> None:
        migrate(connection, MIGRATIONS, lambda version: self._back_up_before(connection, version))
        in_transaction(connection, renew_guards)  # proves too that it can be written and nobody else does
        rows = OutboxRows(self._cipher, self._owner)
        for _ in rows.read(connection, f"state NOT IN ({ENDED})"):
            pass  # reading is the check: what is still to be done must prove itself before anything is sent

    def _create(self, connection: sqlite3.Connection) -> None:
        create(connection, MIGRATIONS)
        renew_guards(connection)
        claim(connection, self._owner, self._cipher)

    def _back_up_before(self, connection: sqlite3.Connection, version: int) -> None:
        name = f"{self._path.stem}.before-v{version + 1}{self._path.suffix}"
        back_up(connection, backup_folder(self._path) / name)

    def _back_up_daily(self, connection: sqlite3.Connection) -> None:
        with contextlib.suppress(StoreError), translated():  # a missed daily copy is no reason to stay closed
            back_up_daily(connection, self._path, self._clock.wall())

    def _quarantine(self) -> Path | None:
        if not self._path.exists():
            return None
        earlier = sorted(self._path.parent.glob(f"{self._path.stem}.damaged-*{self._path.suffix}"))
        if earlier and earlier[-1].stat().st_size == self._path.stat().st_size:
            return earlier[-1]
        with contextlib.suppress(OSError):
            return copy_aside(self._path, "damaged", self._clock.wall())
        return None
