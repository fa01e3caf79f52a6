"""How long texts are kept: those of operations that are over are removed after some days, from the file and its copies.

Ids, states, times, codes, the keyed hash and the Salesforce id stay. Imports domain. Called by the outbox when it is
opened and once a day, on its writer thread.
"""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.store.backups import backup_folder, remove_file
from cadence_desk.store.connections import in_transaction, translated
from cadence_desk.store.outbox_schema import ENDED, MIGRATIONS
from cadence_desk.store.row_marks import stamp
from cadence_desk.store.run_rows import RunRows

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DAY_SECONDS = 86_400.0
DAMAGED_DAYS = 30
"""Copies of damaged files may hold what a recovery left out: a person gets some weeks to ask for it."""

_OVER = (
    f"SELECT op_id, state FROM operation WHERE state IN ({ENDED}) "
    "AND (SELECT max(at_wall) FROM operation_event WHERE operation_event.op_id = operation.op_id) < ?"
)
_HAS_TEXT = "(payload_enc <> x'' OR expect_enc IS NOT NULL OR evidence_enc IS NOT NULL OR server_text_enc IS NOT NULL)"
_FORGET = (
    "UPDATE operation SET payload_enc = x'', expect_enc = NULL, evidence_enc = NULL, server_text_enc = NULL "
    "WHERE op_id = ?"
)
_FORGET_WHY = "UPDATE operation_event SET why_enc = x'' WHERE op_id = ? AND why_enc <> x''"


@dataclass(frozen=True, slots=True)
class Over:
    """What ended long enough ago: operations with their states, and runs."""

    operations: Mapping[str, str]
    runs: tuple[str, ...]


def over_before(connection: sqlite3.Connection, before: float) -> Over:
    """Return what ended before then."""
    runs = connection.execute("SELECT run_id FROM run WHERE ended_wall BETWEEN 1 AND ?", (before,)).fetchall()
    return Over(dict(connection.execute(_OVER, (before,)).fetchall()), tuple(row[0] for row in runs))


def purge(connection: sqlite3.Connection, before: float) -> int:
    """Remove the texts of operations and runs that ended before then, inside the caller's transaction; returns how many."""
    over = connection.execute(f"{_OVER} AND {_HAS_TEXT}", (before,)).fetchall()
    for op_id, _state in over:
        connection.execute(_FORGET, (op_id,))
        connection.execute(_FORGET_WHY, (op_id,))
        stamp(connection, op_id)
    return len(over) + RunRows.purge_names(connection, before)


def purge_copies(path: Path, over: Over, wall: float, connection: type[sqlite3.Connection]) -> None:
    """Remove the same texts from the backups of a file, and copies of damaged ones after some weeks.

    A copy may show an operation as waiting that has ended since: it takes over the end, so that nobody sends it without
    its text. A copy that cannot be changed is removed: an open operation in it is in the file, too.
    """
    for copy in sorted(backup_folder(path).glob(f"{path.stem}*{path.suffix}")):
        if copy.name.startswith(f"{path.stem}.lost"):
            continue
        try:
            with translated():
                _purge_copy(copy, over, connection)
        except Exception:  # noqa: BLE001 - whatever is wrong with a copy, its texts may not stay
            with contextlib.suppress(OSError):
                remove_file(copy)
    for damaged in path.parent.glob(f"{path.stem}.damaged-*{path.suffix}"):
        with contextlib.suppress(OSError):
            if damaged.stat().st_mtime < wall - DAMAGED_DAYS * DAY_SECONDS:
                remove_file(damaged)


def _purge_copy(copy: Path, over: Over, kind: type[sqlite3.Connection]) -> None:
    with contextlib.closing(sqlite3.connect(copy, isolation_level=None, factory=kind)) as link:
        link.execute("PRAGMA journal_mode=DELETE").fetchall()
        link.execute("PRAGMA secure_delete=ON").fetchall()
        version = int(link.execute("PRAGMA user_version").fetchone()[0])
        marked = version == max(MIGRATIONS)
        in_transaction(link, lambda one: _forget_in_copy(one, over, marked=marked))
        if not marked:  # an older form keeps free space of its own
            link.execute("VACUUM")


def _forget_in_copy(connection: sqlite3.Connection, over: Over, *, marked: bool) -> None:
    triggers = connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall()
    for name, _sql in triggers:
        connection.execute(f"DROP TRIGGER {name}")
    there = {row[0] for row in connection.execute("SELECT op_id FROM operation").fetchall()}
    for op_id in over.operations.keys() & there:
        connection.execute(_FORGET, (op_id,))
        connection.execute(_FORGET_WHY, (op_id,))
        connection.execute("UPDATE operation SET state = ? WHERE op_id = ?", (over.operations[op_id], op_id))
        if marked:
            stamp(connection, op_id)
    with contextlib.suppress(sqlite3.OperationalError):  # a copy from before there were runs
        connection.executemany(
            "UPDATE run_part SET names_enc = x'' WHERE run_id = ?", [(run_id,) for run_id in over.runs]
        )
    for _name, sql in triggers:
        connection.execute(sql)
