"""What a file must pass before it is used: it is whole, it is ours, and its key is at hand.

Imports domain errors. Called by the opening of both files.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.domain.errors import FileDamaged, KeyLost, WrongOwner
from cadence_desk.store.ciphers import sealing_key

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.owner import Owner

Meta: TypeAlias = "dict[str, str | bytes | int]"
_KEY_WORD = "this key opens the file"
_STEPS_BETWEEN_LOOKS = 20_000


def check_whole(
    connection: sqlite3.Connection, now: Callable[[], float], limit: float, pragma: str = "quick_check"
) -> None:
    """Run quick_check, or integrity_check, for at most `limit` seconds; a check that ran out of time counts as passed.

    Raises:
        FileDamaged: SQLite found a fault.
    """
    deadline = now() + limit
    connection.set_progress_handler(lambda: int(now() > deadline), _STEPS_BETWEEN_LOOKS)
    try:
        found = connection.execute(f"PRAGMA {pragma}(1)").fetchone()
    except sqlite3.OperationalError as error:
        if (getattr(error, "sqlite_errorcode", None) or 0) != sqlite3.SQLITE_INTERRUPT:
            raise
        return
    finally:
        connection.set_progress_handler(None, 0)
    if found is None or found[0] != "ok":
        raise FileDamaged


def claim(connection: sqlite3.Connection, owner: Owner, cipher: ColumnCipher) -> None:
    """Write owner and key mark into a new file, inside the caller's transaction."""
    values = [("org_id", owner.org_id), ("user_id", owner.user_id)]
    connection.executemany("INSERT INTO file_meta (name, value) VALUES (?, ?)", values)
    mark_key(connection, owner, cipher)


def mark_key(connection: sqlite3.Connection, owner: Owner, cipher: ColumnCipher) -> None:
    """Say that the file is written with this key from now on, inside the caller's transaction."""
    mark = cipher.for_org(owner.org_id).seal(_KEY_WORD, "file_meta", "key", "value")
    values: list[tuple[str, str | bytes]] = [("key", mark), ("key_durable", "1" if cipher.durable else "0")]
    connection.executemany("INSERT OR REPLACE INTO file_meta (name, value) VALUES (?, ?)", values)


def given_up(meta: Meta) -> set[str]:
    """Return the ids of the keys that a person gave up for this file."""
    return set(str(meta.get("lost_keys", "")).split())


def key_of(meta: Meta) -> str:
    """Return the id of the key that a file is written with; empty when it does not say."""
    mark = meta.get("key")
    return sealing_key(mark) if isinstance(mark, bytes) else ""


def note_given_up(connection: sqlite3.Connection, cipher: ColumnCipher) -> None:
    """Write down which keys were given up, inside the caller's transaction."""
    words = " ".join(sorted(cipher.lost))
    connection.execute("INSERT OR REPLACE INTO file_meta (name, value) VALUES ('lost_keys', ?)", (words,))


def give_up_key(connection: sqlite3.Connection, owner: Owner, cipher: ColumnCipher) -> str:
    """Note that what the file's present key sealed cannot be read any more, and turn to a new key; returns the old one's id."""
    meta = read_meta(connection)
    old = key_of(meta)
    cipher.lost |= given_up(meta) | {old}
    note_given_up(connection, cipher)
    mark_key(connection, owner, cipher)
    return old


def read_meta(connection: sqlite3.Connection) -> Meta:
    """Return what a file says of itself."""
    return dict(connection.execute("SELECT name, value FROM file_meta").fetchall())


def check_owner(meta: Meta, owner: Owner) -> None:
    """Raise WrongOwner when a file belongs to another org or user, FileDamaged when it names none."""
    if "org_id" not in meta or "user_id" not in meta:
        raise FileDamaged("A file of this profile does not say whose it is.")
    if (meta["org_id"], meta["user_id"]) != (owner.org_id, owner.user_id):
        raise WrongOwner(hint="Sign in as the user who made it; nothing in it was changed or sent.")


def check_key(meta: Meta, owner: Owner, cipher: ColumnCipher) -> None:
    """Raise KeyLost when the file was written with another key."""
    mark = meta.get("key")
    if not isinstance(mark, bytes):
        raise FileDamaged("A file of this profile does not say which key it needs.")
    try:
        cipher.for_org(owner.org_id).open(mark, "file_meta", "key", "value")
    except KeyLost as error:
        raise KeyLost(
            "The notes waiting in this profile were encrypted with a key that is not at hand.",
            hint="Unlock or restore the key store you used before; the file is kept as it is.",
        ) from error
