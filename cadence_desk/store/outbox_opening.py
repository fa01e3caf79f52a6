"""Opening an outbox file: presence, wholeness, version, owner, key, guards, in this order.

Imports domain. Called by OutboxFile on its writer thread with no other connection open.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import UNREADABLE, UNREADABLE_KEY, is_unreadable
from cadence_desk.domain.errors import FileDamaged, KeyLost, StoreError
from cadence_desk.domain.operations import OperationState
from cadence_desk.store.backups import (
    back_up,
    back_up_daily,
    backup_folder,
    copy_aside,
    daily_backups,
    move_aside,
)
from cadence_desk.store.came_back import take_back
from cadence_desk.store.connections import in_transaction, open_for_writing, translated
from cadence_desk.store.file_checks import (
    check_key,
    check_owner,
    check_whole,
    claim,
    give_up_key,
    given_up,
    mark_key,
    read_meta,
)
from cadence_desk.store.migrations import create, file_version, migrate, refuse_newer
from cadence_desk.store.moves import LostFile
from cadence_desk.store.outbox_rows import OutboxRows
from cadence_desk.store.outbox_schema import ENDED, MIGRATIONS, renew_guards
from cadence_desk.store.witness import Seen, Witness, commits_of, count_commit

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.connections import FileOptions
    from cadence_desk.store.owner import Owner

CHECK_SECONDS = 3.0
SMALL_BYTES = 8 << 20
"""Up to this size the whole check takes about as long as the quick one, so it is made at every start."""
_UNSENT = frozenset({OperationState.DRAFT.value, OperationState.QUEUED.value})
_NETWORK_NOTE = (
    "This profile lies on a network folder: saving is slower and less sure there. Use a local folder."
)


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What opening found.

    Attributes:
        lost: operations whose text ended with the session of their key, or was given up; None when all can be read.
        note: words about the place of the file.
        taken_back: how many changes were told as failed, were in the file all the same, and were undone.
    """

    lost: LostFile | None = None
    note: str = ""
    taken_back: int = 0


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
        self._rows = OutboxRows(cipher, owner)
        self._witness = Witness(path)
        self._ended_key = ""
        self._lost: LostFile | None = None

    def run(self) -> OpeningReport:
        """Open, check and bring up to date.

        Raises:
            FileDamaged: it is not whole or older than it was; a copy was set aside and the file was not changed.
            FileTooNew, WrongOwner, KeyLost: it must not be used; it was not changed.
            DiskFull, StoreError: it could not be opened.
        """
        note = _NETWORK_NOTE if self._options.on_network(self._path.parent) else ""
        try:
            with translated():
                self._check_presence()
                with contextlib.closing(self._connect()) as connection:
                    taken_back = self._ready(connection)
        except FileDamaged as error:
            kept = self._quarantine()
            hint = (
                f"Nothing is sent from it. A copy is kept as {kept.name}."
                if kept
                else "Nothing is sent from it."
            )
            raise FileDamaged(error.message, hint=hint) from error
        return OpeningReport(self._lost, note, taken_back)

    def set_aside(self, word: str) -> LostFile:
        """Move the file out of the way and tell what is in it as far as that stays clear."""
        states: Counter[str] = Counter()
        with contextlib.suppress(StoreError), translated(), contextlib.closing(self._connect()) as connection:
            rows = connection.execute("SELECT state, count(*) FROM operation GROUP BY state").fetchall()
            states.update({str(state): int(number) for state, number in rows})
        kept = move_aside(self._path, word, self._clock.wall())
        self._witness.forget()
        for backup in daily_backups(
            self._path
        ):  # no more readable than the file, and not backups of the next one
            backup.replace(backup.with_name(f"{kept.stem}-{backup.name}"))
        return LostFile(kept, dict(states))

    def give_up_texts(self) -> str:
        """Go on without what the lost key sealed: a person's decision after KeyLost. Returns the id of that key.

        Nothing is removed: when the key comes back, so do the texts.
        """
        with translated(), contextlib.closing(self._connect()) as connection:
            refuse_newer(connection, MIGRATIONS)
            check_whole(connection, self._clock.monotonic, CHECK_SECONDS)
            check_owner(read_meta(connection), self._owner)
            self._check_age(connection)
            return in_transaction(connection, lambda link: give_up_key(link, self._owner, self._cipher))

    def _connect(self) -> sqlite3.Connection:
        return open_for_writing(self._path, "FULL", self._options)

    def _ready(self, connection: sqlite3.Connection) -> int:
        taken_back = 0
        if file_version(connection) == 0:
            in_transaction(connection, self._create)
        else:
            self._check(connection)
            taken_back = self._bring_up_to_date(connection)
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        self._back_up_daily(connection)
        with contextlib.suppress(OSError):  # a witness that lags behind accuses nobody
            self._witness.write(Seen(commits_of(connection)))
        return taken_back

    def _check_presence(self) -> None:
        """An empty file where there was one before is damage, never a fresh start."""
        if self._path.exists() and self._path.stat().st_size > 0:
            return
        beside = self._path.with_name(self._path.name + "-wal").exists() or self._witness.read() is not None
        if beside or daily_backups(self._path):
            raise FileDamaged("The file with the waiting notes is gone or empty.")

    def _check(self, connection: sqlite3.Connection) -> None:
        """Check that a file is whole, as old as it should be, ours and readable."""
        refuse_newer(connection, MIGRATIONS)
        small = self._path.stat().st_size <= SMALL_BYTES
        pragma = "integrity_check" if small else "quick_check"
        check_whole(connection, self._clock.monotonic, CHECK_SECONDS, pragma)
        meta = read_meta(connection)
        check_owner(meta, self._owner)
        self._check_age(connection)
        self._cipher.lost |= given_up(meta)
        try:
            check_key(meta, self._owner, self._cipher)
        except KeyLost:
            if meta.get("key_durable") != "0":
                raise
            in_transaction(connection, self._end_session_key)

    def _check_age(self, connection: sqlite3.Connection) -> None:
        seen = self._witness.read()
        missing = seen.commits - commits_of(connection) if seen is not None else 0
        if missing > 0:
            raise FileDamaged(
                f"The file with the waiting notes is older than it was: its last {missing} changes are missing."
            )

    def _end_session_key(self, connection: sqlite3.Connection) -> None:
        self._ended_key = give_up_key(connection, self._owner, self._cipher)

    def _end_unsent(self, connection: sqlite3.Connection) -> None:
        """A key that ended with its session never comes back: what was not sent and cannot be read any more is over."""
        for operation in self._unreadable_ones(connection):
            evidence = operation.evidence or {}
            if evidence[UNREADABLE] in _UNSENT and evidence[UNREADABLE_KEY] == self._ended_key:
                ended = replace(operation, state=OperationState.CANCELLED)
                self._rows.write_move(connection, operation.state, ended)
                told = ("its text ended with the session", self._clock.wall())
                self._rows.append_event(connection, operation.state, ended, told)

    def _bring_up_to_date(self, connection: sqlite3.Connection) -> int:
        migrate(connection, MIGRATIONS, lambda version: self._back_up_before(connection, version))
        seen = self._witness.read()
        after = seen.commits if seen is not None and seen.suspect else None
        # proves too that it can be written and nobody else does
        taken_back = in_transaction(connection, lambda link: self._mend(link, after))
        for _ in self._rows.read(connection, f"state NOT IN ({ENDED})"):
            pass  # reading is the check: what is still to be done must prove itself before anything is sent
        return taken_back

    def _mend(self, connection: sqlite3.Connection, after: int | None) -> int:
        renew_guards(connection)
        meta = read_meta(connection)
        if "payloads_clear" not in meta:
            self._rows.make_clear(connection, f"state NOT IN ({ENDED})")
            connection.execute("INSERT INTO file_meta (name, value) VALUES ('payloads_clear', 1)")
        if not self._cipher.is_present_key(meta.get("key")):
            mark_key(connection, self._owner, self._cipher)
        self._lost = self._count_unreadable(connection)
        if self._ended_key:
            self._end_unsent(connection)
        if after is None:
            return 0
        undone = take_back(connection, self._rows, after, self._clock.wall())
        renew_guards(connection)
        count_commit(connection)
        return len(undone)

    def _unreadable_ones(self, connection: sqlite3.Connection) -> list[Operation]:
        if not self._cipher.lost:
            return []
        parts = self._rows.read_all(connection, f"state NOT IN ({ENDED})")
        return [one for part in parts for one in part if is_unreadable(one)]

    def _count_unreadable(self, connection: sqlite3.Connection) -> LostFile | None:
        found = self._unreadable_ones(connection)
        states = Counter(str((one.evidence or {})[UNREADABLE]) for one in found)
        return LostFile(self._path, dict(states)) if states else None

    def _create(self, connection: sqlite3.Connection) -> None:
        create(connection, MIGRATIONS)
        renew_guards(connection)
        claim(connection, self._owner, self._cipher)
        connection.execute("INSERT INTO file_meta (name, value) VALUES ('payloads_clear', 1)")

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
