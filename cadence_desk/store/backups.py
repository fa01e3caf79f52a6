"""Copies of a precious file: made whole or not at all, private, the newest few kept.

Imports domain errors. Called when an outbox file is opened, before migrations and once a day.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from cadence_desk.store.folders import make_private, make_private_folder, sync_folder

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

KEPT = 3
SIDE_FILES = ("-wal", "-shm", "-journal")


def stamp(wall: float) -> str:
    """Return a time as it stands in file names, in UTC."""
    return time.strftime("%Y%m%d-%H%M%S", time.gmtime(wall))


def backup_folder(path: Path) -> Path:
    """Return the folder of a file's backups."""
    return path.parent / "backups"


def daily_backups(path: Path) -> list[Path]:
    """Return the daily backups of a file, oldest first."""
    return sorted(backup_folder(path).glob(f"{path.stem}-[0-9]*{path.suffix}"))


def back_up(connection: sqlite3.Connection, target: Path) -> None:
    """Write a compact copy of an open file (SQLite, VACUUM INTO); the name appears when the copy is durable."""
    make_private_folder(target.parent)
    fresh = target.with_name(target.name + ".new")
    fresh.unlink(missing_ok=True)
    make_private(fresh)
    connection.execute("VACUUM INTO ?", (str(fresh),))
    with fresh.open("rb+") as stream:
        os.fsync(stream.fileno())
    fresh.replace(target)
    sync_folder(target.parent)


def back_up_daily(connection: sqlite3.Connection, path: Path, wall: float) -> Path | None:
    """Make today's backup unless there is one, and drop all but the newest few; return what was made."""
    day = stamp(wall)[:8]
    target = backup_folder(path) / f"{path.stem}-{day}{path.suffix}"
    if target.exists() or connection.execute("SELECT 1 FROM operation LIMIT 1").fetchone() is None:
        return None
    back_up(connection, target)
    for old in daily_backups(path)[:-KEPT]:
        old.unlink(missing_ok=True)
    return target


def copy_aside(path: Path, word: str, wall: float) -> Path:
    """Copy a file with its side files beside itself under a telling name; the file stays as it is."""
    target = path.with_name(f"{path.stem}.{word}-{stamp(wall)}{path.suffix}")
    copy_as(path, target)
    return target


def copy_as(path: Path, target: Path) -> None:
    """Copy a file with its side files, but for the shared memory, which SQLite makes anew."""
    remove_file(target)
    for side in ("", "-wal", "-journal"):
        source = path.with_name(path.name + side)
        if source.exists():
            goal = target.with_name(target.name + side)
            make_private(goal)
            shutil.copyfile(source, goal)


def move_aside(path: Path, word: str, wall: float) -> Path:
    """Rename a file with its side files to a telling name."""
    target = path.with_name(f"{path.stem}.{word}-{stamp(wall)}{path.suffix}")
    number = 1
    while target.exists():
        number += 1
        target = path.with_name(f"{path.stem}.{word}-{stamp(wall)}-{number}{path.suffix}")
    for side in (*SIDE_FILES, ""):
        source = path.with_name(path.name + side)
        if source.exists():
            source.replace(target.with_name(target.name + side))
    sync_folder(path.parent)
    return target


def remove_file(path: Path) -> None:
    """Delete a file with its side files."""
    for side in (*SIDE_FILES, ""):
        path.with_name(path.name + side).unlink(missing_ok=True)
