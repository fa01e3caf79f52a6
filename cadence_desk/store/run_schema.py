"""The tables of runs in outbox.db, and the guards that hold their rules. Imports domain.

Called by outbox_schema. What is personal in a plan (names, details) is sealed; ids, verdicts and codes stay clear.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.planning.run import RUN_TRANSITIONS, RunState

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

_STATES = ", ".join(f"'{state.value}'" for state in RunState)

_RUN = f"""
CREATE TABLE run (
    run_id TEXT PRIMARY KEY NOT NULL,
    kind TEXT NOT NULL,
    plan_hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ({_STATES})),
    hold TEXT NOT NULL,
    why TEXT NOT NULL,
    wish TEXT NOT NULL,
    row_count INTEGER NOT NULL CHECK (row_count >= 0),
    wanted INTEGER NOT NULL CHECK (wanted BETWEEN 0 AND row_count),
    created_wall REAL NOT NULL,
    started_wall REAL NOT NULL,
    ended_wall REAL NOT NULL,
    outcomes INTEGER NOT NULL CHECK (outcomes >= 0),
    receipt TEXT NOT NULL
) WITHOUT ROWID
"""

_PART = """
CREATE TABLE run_part (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    part INTEGER NOT NULL,
    rows TEXT NOT NULL,
    key_id TEXT NOT NULL,
    names_enc BLOB NOT NULL,
    PRIMARY KEY (run_id, part)
)
"""

_OUTCOME = """
CREATE TABLE run_outcome (
    run_id TEXT NOT NULL REFERENCES run (run_id),
    number INTEGER NOT NULL,
    op_id TEXT NOT NULL REFERENCES operation (op_id),
    row_no INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    target_id TEXT NOT NULL,
    state TEXT NOT NULL,
    server_id TEXT NOT NULL,
    server_code TEXT NOT NULL,
    at_wall REAL NOT NULL,
    link TEXT NOT NULL,
    PRIMARY KEY (run_id, number)
) WITHOUT ROWID
"""


def create_run_tables(connection: sqlite3.Connection) -> None:
    """Add the tables of runs; the caller's transaction."""
    for table in (_RUN, _PART, _OUTCOME):
        connection.execute(table)
    connection.execute("CREATE INDEX run_by_state ON run (state)")


_ALLOWED = ", ".join(
    sorted(f"'{before.value}>{after.value}'" for before, to in RUN_TRANSITIONS.items() for after in to)
)

RUN_GUARDS: Mapping[str, str] = {
    "run_moves": f"""
CREATE TRIGGER run_moves BEFORE UPDATE OF state ON run
WHEN OLD.state <> NEW.state AND OLD.state || '>' || NEW.state NOT IN ({_ALLOWED})
BEGIN SELECT RAISE(ABORT, 'this change of a run is not allowed'); END""",
    "run_starts": """
CREATE TRIGGER run_starts BEFORE INSERT ON run WHEN NEW.state <> 'planned'
BEGIN SELECT RAISE(ABORT, 'a run starts as planned'); END""",
    "run_plan_kept": """
CREATE TRIGGER run_plan_kept BEFORE UPDATE OF plan_hash, wish, row_count, wanted ON run
BEGIN SELECT RAISE(ABORT, 'a plan is never edited'); END""",
    "run_kept": """
CREATE TRIGGER run_kept BEFORE DELETE ON run
BEGIN SELECT RAISE(ABORT, 'runs are never deleted'); END""",
    "outcome_appended": """
CREATE TRIGGER outcome_appended BEFORE UPDATE ON run_outcome
BEGIN SELECT RAISE(ABORT, 'a receipt is append only'); END""",
    "outcome_kept": """
CREATE TRIGGER outcome_kept BEFORE DELETE ON run_outcome
BEGIN SELECT RAISE(ABORT, 'a receipt is append only'); END""",
}
"""Triggers by name. `run_part` has none: its names are personal and may be purged."""
