"""A witness beside a file: how many commits it has seen. A file that knows of fewer has lost some, whoever took them.

SQLite cannot tell a write-ahead log that was deleted, cut or exchanged from one that never held more. Imports domain
errors. Called on the writer thread of the outbox; the witness follows a commit and never claims one that was not durable.
"""

from __future__ import annotations

import contextlib
import os
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_HEAD = "commits seen"
_BUMP = "UPDATE file_meta SET value = value + 1 WHERE name = 'commits'"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a witness says.

    Attributes:
        commits: how many commits were durable.
        suspect: one more failed in a way that may have left it in the file all the same.
    """

    commits: int
    suspect: bool = False


class Witness:
    """The witness of one file. Not flushed: it outlives a killed process, and after a power cut it may lag behind."""

    def __init__(self, path: Path) -> None:
        self.path = path.with_name(f"{path.stem}.seen")

    def read(self) -> Seen | None:
        """Return what it says; None when there is none or it cannot be read."""
        try:
            words, _, proof = self.path.read_text(encoding="ascii").strip().rpartition("|")
            head, number, word = words.split("|")
            whole = head == _HEAD and proof == _proof(words)
            return Seen(int(number), word.strip() == "suspect") if whole else None
        except (OSError, ValueError):
            return None

    def write(self, seen: Seen) -> None:
        """Say it from now on. Raises OSError."""
        words = f"{_HEAD}|{seen.commits:020d}|{'suspect' if seen.suspect else 'sure':8}"
        line = f"{words}|{_proof(words)}\n".encode("ascii")
        descriptor = os.open(self.path, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            os.write(descriptor, line)  # one call, always the same length: never half of two
        finally:
            os.close(descriptor)

    def forget(self) -> None:
        """Have no witness any more."""
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)


def _proof(words: str) -> str:
    return f"{zlib.crc32(words.encode('ascii')):08x}"


def commits_of(connection: sqlite3.Connection) -> int:
    """Return how many commits a file knows of; 0 for one without a count."""
    row = connection.execute("SELECT value FROM file_meta WHERE name = 'commits'").fetchone()
    return int(row[0]) if row is not None and isinstance(row[0], int) else 0


def count_commit(connection: sqlite3.Connection) -> int:
    """Count the transaction that is under way and return its number."""
    connection.execute(_BUMP)
    return commits_of(connection)
