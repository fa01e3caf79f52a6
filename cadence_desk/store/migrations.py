"""Steps from one version of a file to the next: numbered functions, one transaction each, a backup before them.

Imports domain errors. Called when a file is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.domain.errors import FileTooNew
from cadence_desk.store.connections import in_transaction

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping

Migration: TypeAlias = "Callable[[sqlite3.Connection], None]"


def file_version(connection: sqlite3.Connection) -> int:
    """Return the version a file was left at; 0 for a new one."""
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def refuse_newer(connection: sqlite3.Connection, migrations: Mapping[int, Migration]) -> None:
    """Raise FileTooNew when a file is of a version that is not among the steps."""
    if file_version(connection) > max(migrations):
        raise FileTooNew(hint="Install the newest Cadence Desk; nothing in the file was changed.")


def create(connection: sqlite3.Connection, migrations: Mapping[int, Migration]) -> None:
    """Take all steps of a new file inside the caller's transaction, so that it is there as a whole or not at all."""
    for number in sorted(migrations):
        migrations[number](connection)
    connection.execute(f"PRAGMA user_version={max(migrations):d}")


def migrate(
    connection: sqlite3.Connection,
    migrations: Mapping[int, Migration],
    back_up: Callable[[int], None],
) -> None:
    """Bring a file to the newest version.

    Args:
        connection: the write connection, outside a transaction.
        migrations: the step that leads to each version, numbered from 1.
        back_up: called once with the old version before the first step of a file that holds data.

    Raises:
        FileTooNew: the file is of a version that is not among the steps.
    """
    refuse_newer(connection, migrations)
    version, newest = file_version(connection), max(migrations)
    if 0 < version < newest:
        back_up(version)
    for number in sorted(one for one in migrations if one > version):
        _take(connection, number, migrations[number])


def _take(connection: sqlite3.Connection, number: int, step: Migration) -> None:
    def job(link: sqlite3.Connection) -> None:
        step(link)
        link.execute(f"PRAGMA user_version={number:d}")

    in_transaction(connection, job)
