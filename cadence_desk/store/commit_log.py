"""Counts the commits of a file, and makes sure that one which was told as failed never comes back.

When the flush of a COMMIT fails, its pages may lie in the write-ahead log all the same: whoever opens the file after a
crash would find it done. So a commit of our own takes its place at once, and until that has worked nothing is written.
Imports domain errors. Called by the writer of the outbox on its thread.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cadence_desk.store.connections import in_transaction
from cadence_desk.store.witness import Seen, Witness, commits_of, count_commit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from pathlib import Path


class CommitLog:
    """The commits of one file.

    Args:
        path: the file.
        take_back: undoes, inside a transaction, what changed after so many commits: it was told as failed.
    """

    def __init__(self, path: Path, take_back: Callable[[sqlite3.Connection, int], None]) -> None:
        self._witness = Witness(path)
        self._take_back = take_back
        self._number = 0
        self._suspect = False

    def began(self, connection: sqlite3.Connection) -> None:
        """Count the transaction that is under way."""
        self._number = count_commit(connection)

    def done(self) -> None:
        """The transaction is durable."""
        self._suspect = False
        self._note(Seen(self._number))

    def failed(self) -> None:
        """The transaction was told as failed, and may be in the file all the same."""
        self._suspect = True
        self._note(Seen(self._number - 1, suspect=True))

    def settle(self, connection: sqlite3.Connection) -> None:
        """Put a commit of our own in the place of one that failed. Raises sqlite3.Error while that cannot be done."""
        if not self._suspect:
            return
        before = self._number - 1

        def take_its_place(link: sqlite3.Connection) -> None:
            if commits_of(link) > before:  # the connection was opened anew and found it done
                self._take_back(link, before)
            self.began(link)

        try:
            in_transaction(connection, take_its_place)
        except BaseException:
            self._number = before + 1
            raise
        self.done()

    def _note(self, seen: Seen) -> None:
        with contextlib.suppress(OSError):  # a witness that lags behind accuses nobody
            self._witness.write(seen)
