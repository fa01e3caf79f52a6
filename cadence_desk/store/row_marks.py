"""A mark on each row of the outbox that proves it whole: SQLite itself keeps no sums, and a changed id must send nothing.

Imports no other room. Called by OutboxRows inside its writer and reader jobs, and by the migration that adds the marks.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlite3

MARK_BYTES = 12

MARKED = (
    "op_id", "intent_id", "seq", "kind", "lane", "target_id", "cadence_id", "subject_id", "payload_enc", "expect_enc",
    "evidence_enc", "state", "hold", "attempt", "checks", "owner_boot_id", "created_wall", "sent_wall", "next_try_at",
    "server_id", "server_code", "server_text_enc", "run_id", "row_no", "follows", "org_id", "user_id", "key_id",
    "payload_hash", "payload_clear", "evidence_clear",
)  # fmt: skip
"""The columns under the mark, in its order; a published order is never changed."""

_SELECT = f"SELECT {', '.join(MARKED)} FROM operation"
_STAMP = (
    "UPDATE operation SET row_mark = ?, commit_no = (SELECT value FROM file_meta WHERE name = 'commits') "
    "WHERE op_id = ?"
)


def mark_of(values: tuple[Any, ...]) -> bytes:
    """Return the mark of a row, from its values in the order of `MARKED` as SQLite returns them."""
    text = repr(values).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(text, digest_size=MARK_BYTES).digest()


def stamp(connection: sqlite3.Connection, op_id: str) -> None:
    """Mark a row as it is now, and note the commit that it changed in."""
    row = connection.execute(f"{_SELECT} WHERE op_id = ?", (op_id,)).fetchone()
    if row is not None:
        connection.execute(_STAMP, (mark_of(tuple(row)), op_id))


def stamp_all(connection: sqlite3.Connection) -> None:
    """Mark the rows of a file that had no marks."""
    for row in connection.execute(_SELECT).fetchall():
        connection.execute("UPDATE operation SET row_mark = ? WHERE op_id = ?", (mark_of(tuple(row)), row[0]))
