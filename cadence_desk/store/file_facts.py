"""What can be told of a database file without its texts: settings, whether it is whole, how many rows of which state.

Imports the room's own connections. Called for a bundle for support; opens nothing for writing and needs no key.
"""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import StoreError
from cadence_desk.store.connections import FileOptions, open_for_reading, translated

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

_PRAGMAS = ("journal_mode", "user_version", "page_size", "page_count", "freelist_count", "encoding")
_TABLES = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"


def file_facts(path: Path) -> dict[str, object]:
    """Return what is known of a file; one that cannot be read tells only why."""
    if not path.exists():
        return {"there": False}
    told: dict[str, object] = {"there": True, "bytes": path.stat().st_size}
    try:
        with translated(), contextlib.closing(open_for_reading(path, FileOptions())) as link:
            for name in _PRAGMAS:
                told[name] = link.execute(f"PRAGMA {name}").fetchone()[0]
            told["integrity"] = _integrity(link)
            told["rows"] = _counts(link)
    except StoreError as error:
        told["problem"] = error.code
    return told


def _integrity(link: sqlite3.Connection) -> str:
    """Return ok, or how many lines of damage there are: their words may hold values."""
    lines = link.execute("PRAGMA integrity_check(20)").fetchall()
    return "ok" if lines == [("ok",)] else f"{len(lines)} problems"


def _counts(link: sqlite3.Connection) -> dict[str, object]:
    counts: dict[str, object] = {}
    for (table,) in link.execute(_TABLES).fetchall():
        names = {row[1] for row in link.execute(f'PRAGMA table_info("{table}")')}
        if "state" in names:
            counts[table] = dict(
                link.execute(f'SELECT state, COUNT(*) FROM "{table}" GROUP BY state').fetchall()
            )
        else:
            counts[table] = link.execute(f'SELECT COUNT(*) FROM "{table}"').fetchone()[0]
    return counts
