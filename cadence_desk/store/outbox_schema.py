"""The tables of outbox.db, and the guards that hold what the engine promises.

Imports domain. Called when an outbox file is opened; the guards are generated from domain TRANSITIONS.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.operations import OPEN_STATES, TRANSITIONS, Kind, OperationState
from cadence_desk.store.row_marks import stamp_all
from cadence_desk.store.run_schema import RUN_GUARDS, create_run_tables

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from cadence_desk.store.migrations import Migration


def _quoted(values: list[str]) -> str:
    return ", ".join(f"'{value}'" for value in values)


_STATES = _quoted([state.value for state in OperationState])
_OPEN = _quoted(sorted(state.value for state in OPEN_STATES))

ENDED = _quoted(sorted(state.value for state, following in TRANSITIONS.items() if not following))
"""States that nothing follows, as a list for SQL."""

_OPERATION = f"""
CREATE TABLE operation (
    op_id TEXT PRIMARY KEY NOT NULL,
    intent_id TEXT NOT NULL,
    seq INTEGER NOT NULL,
    kind TEXT NOT NULL,
    lane TEXT NOT NULL,
    org_id TEXT NOT NULL,
    user_id TEXT NOT NULL,
    target_id TEXT NOT NULL,
    cadence_id TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    key_id TEXT NOT NULL,
    payload_enc BLOB NOT NULL,
    payload_hash TEXT NOT NULL,
    expect_enc BLOB,
    evidence_enc BLOB,
    state TEXT NOT NULL CHECK (state IN ({_STATES})),
    hold TEXT NOT NULL,
    attempt INTEGER NOT NULL CHECK (attempt >= 0),
    checks INTEGER NOT NULL CHECK (checks >= 0),
    owner_boot_id TEXT NOT NULL,
    created_wall REAL NOT NULL,
    sent_wall REAL NOT NULL,
    next_try_at REAL NOT NULL,
    server_id TEXT NOT NULL,
    server_code TEXT NOT NULL,
    server_text_enc BLOB,
    run_id TEXT NOT NULL,
    row_no INTEGER NOT NULL,
    follows TEXT NOT NULL
)
"""

_EVENT = """
CREATE TABLE operation_event (
    op_id TEXT NOT NULL REFERENCES operation (op_id),
    number INTEGER NOT NULL,
    from_state TEXT NOT NULL,
    to_state TEXT NOT NULL,
    why_enc BLOB NOT NULL,
    at_wall REAL NOT NULL,
    key_id TEXT NOT NULL,
    PRIMARY KEY (op_id, number)
) WITHOUT ROWID
"""

_META = "CREATE TABLE file_meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID"


def _first(connection: sqlite3.Connection) -> None:
    connection.execute(_META)
    connection.execute(_OPERATION)
    connection.execute(_EVENT)
    connection.execute("CREATE INDEX operation_by_state ON operation (state)")
    connection.execute(
        "CREATE UNIQUE INDEX open_enroll ON operation (target_id, cadence_id) "
        f"WHERE kind = '{Kind.ENROLL.value}' AND state IN ({_OPEN})"
    )


def _run_rows(connection: sqlite3.Connection) -> None:
    connection.execute("CREATE UNIQUE INDEX run_row ON operation (run_id, row_no, seq) WHERE run_id <> ''")


def _clear_parts(connection: sqlite3.Connection) -> None:
    connection.execute("ALTER TABLE operation ADD COLUMN payload_clear TEXT NOT NULL DEFAULT '{}'")
    connection.execute("ALTER TABLE operation ADD COLUMN evidence_clear TEXT")
    connection.execute("ALTER TABLE operation ADD COLUMN row_mark BLOB NOT NULL DEFAULT x''")
    connection.execute("ALTER TABLE operation ADD COLUMN commit_no INTEGER NOT NULL DEFAULT 0")
    connection.execute("INSERT OR IGNORE INTO file_meta (name, value) VALUES ('commits', 0)")
    stamp_all(connection)


MIGRATIONS: Mapping[int, Migration] = {1: _first, 2: _run_rows, 3: create_run_tables, 4: _clear_parts}
"""The step that leads to each version of outbox.db; a published step is never edited."""

_ALLOWED = _quoted(
    sorted(f"{before.value}>{after.value}" for before, to in TRANSITIONS.items() for after in to)
)

GUARDS: Mapping[str, str] = {
    "operation_moves": f"""
CREATE TRIGGER operation_moves BEFORE UPDATE OF state ON operation
WHEN OLD.state || '>' || NEW.state NOT IN ({_ALLOWED})
BEGIN SELECT RAISE(ABORT, 'this change of state is not allowed'); END""",
    "operation_starts": """
CREATE TRIGGER operation_starts BEFORE INSERT ON operation WHEN NEW.state NOT IN ('draft', 'queued')
BEGIN SELECT RAISE(ABORT, 'an operation starts as draft or queued'); END""",
    "operation_payload_kept": """
CREATE TRIGGER operation_payload_kept BEFORE UPDATE OF payload_hash ON operation WHEN OLD.state <> 'draft'
BEGIN SELECT RAISE(ABORT, 'only a draft can be edited'); END""",
    "operation_kept": """
CREATE TRIGGER operation_kept BEFORE DELETE ON operation
BEGIN SELECT RAISE(ABORT, 'operations are never deleted'); END""",
    "event_appended": f"""
CREATE TRIGGER event_appended BEFORE UPDATE ON operation_event
WHEN NEW.why_enc <> x'' OR NEW.op_id <> OLD.op_id OR NEW.number <> OLD.number OR NEW.from_state <> OLD.from_state
    OR NEW.to_state <> OLD.to_state OR NEW.at_wall <> OLD.at_wall OR NEW.key_id <> OLD.key_id
    OR (SELECT state FROM operation WHERE op_id = OLD.op_id) NOT IN ({ENDED})
BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
    "event_kept": """
CREATE TRIGGER event_kept BEFORE DELETE ON operation_event
BEGIN SELECT RAISE(ABORT, 'the audit is append only'); END""",
    **RUN_GUARDS,
}
"""Triggers by name. They hold rules of the domain, so an older file gets them as they are today."""


def renew_guards(connection: sqlite3.Connection) -> None:
    """Make the triggers of a file those of this version, inside the caller's transaction."""
    found = dict(connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'").fetchall())
    for name, sql in GUARDS.items():
        if found.get(name) == sql.strip():
            continue
        connection.execute(f"DROP TRIGGER IF EXISTS {name}")
        connection.execute(sql)
