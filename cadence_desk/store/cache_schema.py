"""The tables of cache.db. No migrations: a file of another version is rebuilt from the org.

Imports no other room. Called when a cache file is opened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

VERSION = 1

_TABLES = (
    "CREATE TABLE file_meta (name TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
    """
    CREATE TABLE person (
        id TEXT PRIMARY KEY NOT NULL, key_id TEXT NOT NULL, kind TEXT NOT NULL, status TEXT NOT NULL,
        owner_id TEXT NOT NULL, account_id TEXT NOT NULL, flags INTEGER NOT NULL, modified INTEGER,
        personal_enc BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE tracker (
        id TEXT PRIMARY KEY NOT NULL, key_id TEXT NOT NULL, target_id TEXT NOT NULL, cadence_id TEXT NOT NULL,
        state TEXT NOT NULL, is_active INTEGER NOT NULL, target_type TEXT NOT NULL, owner_id TEXT NOT NULL,
        current_step_id TEXT NOT NULL, current_step_type TEXT NOT NULL, last_completed_step_id TEXT NOT NULL,
        completion_reason TEXT NOT NULL, completion_disposition TEXT NOT NULL, scheduled_resume INTEGER,
        created INTEGER, modified INTEGER, last_modified INTEGER, personal_enc BLOB NOT NULL
    )
    """,
    """
    CREATE TABLE step (
        id TEXT PRIMARY KEY NOT NULL, key_id TEXT NOT NULL, tracker_id TEXT NOT NULL, state TEXT NOT NULL,
        type TEXT NOT NULL, target_id TEXT NOT NULL, cadence_id TEXT NOT NULL, cadence_step_id TEXT NOT NULL,
        completion_reason TEXT NOT NULL, completion_date INTEGER, due INTEGER, error_code TEXT NOT NULL,
        created INTEGER, modified INTEGER, last_modified INTEGER, personal_enc BLOB NOT NULL
    )
    """,
    "CREATE TABLE stamp (id TEXT PRIMARY KEY NOT NULL, stamp TEXT NOT NULL) WITHOUT ROWID",
    "CREATE TABLE seen_event (number INTEGER PRIMARY KEY, event_id TEXT NOT NULL UNIQUE)",
    "CREATE TABLE mark (topic TEXT PRIMARY KEY NOT NULL, mark BLOB NOT NULL) WITHOUT ROWID",
    "CREATE TABLE document (name TEXT PRIMARY KEY NOT NULL, key_id TEXT NOT NULL, text_enc BLOB NOT NULL)",
)


def create_tables(connection: sqlite3.Connection) -> None:
    """Make the tables of a new file, inside the caller's transaction."""
    for table in _TABLES:
        connection.execute(table)
    connection.execute(f"PRAGMA user_version={VERSION:d}")
