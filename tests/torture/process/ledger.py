"""outbox.db as plain sqlite3 reads it: states, audit and ids, without any code of the desk."""

from __future__ import annotations

import contextlib
import sqlite3
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

COLUMNS = (
    "op_id, intent_id, seq, kind, state, target_id, cadence_id, subject_id, attempt, server_id, server_code"
)
FINAL = frozenset({"settled", "refused", "cancelled", "superseded", "needs_review", "draft"})
"""Where an operation may stay when nothing disturbs any more; `needs_review` waits for a person."""


@dataclass(frozen=True)
class Row:
    """One operation, with the states its audit tells."""

    op_id: str
    intent_id: str
    seq: int
    kind: str
    state: str
    target_id: str
    cadence_id: str
    subject_id: str
    attempt: int
    server_id: str
    server_code: str
    audit: tuple[str, ...] = ()


@dataclass
class Ledger:
    """What one outbox file says; empty while there is none."""

    rows: dict[str, Row] = field(default_factory=dict)
    """In the order in which they were written, whatever the clock said."""
    wrong: str = ""
    """What `integrity_check` said, when that was not ok."""

    def of_kind(self, kind: str) -> list[Row]:
        """Return the operations of one kind."""
        return [row for row in self.rows.values() if row.kind == kind]

    def about(self, targets: Collection[str]) -> Ledger:
        """Return what it says about some people."""
        rows = {op_id: row for op_id, row in self.rows.items() if row.target_id in targets}
        return Ledger(rows, self.wrong)


def outbox_of(home: Path) -> Path | None:
    """Return the outbox of the only user of a home, or None before there is one."""
    return next(iter(sorted(home.glob("profiles/*/*/outbox.db"))), None)


def read_ledger(home: Path) -> Ledger:
    """Read the outbox of a home that no desk holds just now, write-ahead log and all."""
    path = outbox_of(home)
    if path is None:
        return Ledger()
    with contextlib.closing(sqlite3.connect(path, timeout=10)) as link:
        (said,) = link.execute("PRAGMA integrity_check").fetchone()
        if not link.execute("SELECT 1 FROM sqlite_master WHERE name = 'operation_event'").fetchone():
            return Ledger(wrong="" if said == "ok" else said)
        audit: dict[str, list[str]] = {}
        for op_id, to in link.execute("SELECT op_id, to_state FROM operation_event ORDER BY op_id, number"):
            audit.setdefault(op_id, []).append(to)
        rows = {
            row[0]: Row(*row, tuple(audit.get(row[0], ())))  # type: ignore[call-arg]  # eleven columns, eleven fields
            for row in link.execute(f"SELECT {COLUMNS} FROM operation ORDER BY rowid")
        }
    return Ledger(rows, "" if said == "ok" else said)
