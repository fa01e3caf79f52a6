"""A first look into cache.db, before anything is opened for good: reads only, and only a file that passes every check.

Imports domain; loads no writer. Called by bootstrap in a thread of its own, and by CacheFile for the checks.
"""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileDamaged
from cadence_desk.store.cache_rows import PERSON_COLUMNS, TRACKER_COLUMNS, CacheRows
from cadence_desk.store.cache_schema import VERSION
from cadence_desk.store.connections import FileOptions, open_for_reading, translated
from cadence_desk.store.file_checks import check_key, check_owner, check_whole, read_meta
from cadence_desk.store.migrations import file_version

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.store.ciphers import ColumnCipher
    from cadence_desk.store.owner import Owner

CHECK_SECONDS = 0.3

_PEOPLE = f"SELECT {PERSON_COLUMNS} FROM person ORDER BY rowid LIMIT ?"
_THEIR_TRACKERS = (
    f"SELECT {TRACKER_COLUMNS} FROM tracker WHERE is_active = 1 "
    "AND target_id IN (SELECT id FROM person ORDER BY rowid LIMIT ?)"
)
"""In the order of the table, both: ids alone come in the order of their index, and would name other people."""


def check_cache(connection: sqlite3.Connection, owner: Owner, cipher: ColumnCipher) -> None:
    """Make sure that an existing cache is of this version, whole, of this owner and under this key.

    Raises:
        FileDamaged, KeyLost: it has to be rebuilt.
        WrongOwner: it belongs to somebody else.
    """
    if file_version(connection) != VERSION:
        raise FileDamaged("The cache was written by another version of Cadence Desk.")
    check_whole(connection, time.monotonic, CHECK_SECONDS)
    meta = read_meta(connection)
    check_owner(meta, owner)
    check_key(meta, owner, cipher)


def first_rows(
    path: Path, owner: Owner, cipher: ColumnCipher, most: int, options: FileOptions | None = None
) -> tuple[list[Person], list[Tracker]]:
    """Return the first people of a cache and their active trackers; blocks, and changes nothing.

    Raises:
        DeskError: the file cannot be used as it is; opening it for good finds out why and mends it.
    """
    rows = CacheRows(cipher.for_org(owner.org_id))
    with translated(), contextlib.closing(open_for_reading(path, options or FileOptions())) as link:
        check_cache(link, owner, cipher)
        try:
            people = [rows.person(one) for one in link.execute(_PEOPLE, (most,))]
            trackers = [rows.tracker(one) for one in link.execute(_THEIR_TRACKERS, (most,))]
        except (ValueError, KeyError, TypeError) as error:
            raise FileDamaged("A cached record cannot be read.") from error
    return people, trackers
