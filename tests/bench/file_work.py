"""Counts the calls of SQLite and of files that one thread makes, and how long it is in them."""

from __future__ import annotations

import os
import sqlite3
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

_OS_MODULE = os.open.__self__  # type: ignore[attr-defined]  # the built-in module behind os
_OF_FILES = frozenset({
    "open", "write", "read", "fsync", "fdatasync", "replace", "rename", "unlink", "mkdir", "stat", "truncate", "ftruncate",
})  # fmt: skip


@dataclass(slots=True)
class FileWork:
    """What a thread did with files."""

    sqlite_calls: int = 0
    file_calls: int = 0
    seconds: float = 0.0
    _began: float = 0.0

    def look(self, _frame: object, event: str, called: Any) -> None:
        """Take one event of the interpreter's profile hook (Python, sys.setprofile)."""
        if event == "c_call":
            if _is_sqlite(called):
                self.sqlite_calls += 1
            elif _is_of_files(called):
                self.file_calls += 1
            else:
                return
            self._began = time.monotonic()
        elif self._began and event in {"c_return", "c_exception"}:
            self.seconds += time.monotonic() - self._began
            self._began = 0.0


def _is_sqlite(called: Any) -> bool:
    owner = getattr(called, "__self__", None)
    return isinstance(owner, (sqlite3.Connection, sqlite3.Cursor)) or getattr(called, "__module__", "") in {
        "sqlite3",
        "_sqlite3",
    }


def _is_of_files(called: Any) -> bool:
    if getattr(called, "__module__", "") in {"io", "_io"}:
        return True
    return getattr(called, "__self__", None) is _OS_MODULE and called.__name__ in _OF_FILES


@contextmanager
def file_work() -> Iterator[FileWork]:
    """Count what this thread does with files inside; other threads are not looked at."""
    work = FileWork()
    sys.setprofile(work.look)
    try:
        yield work
    finally:
        sys.setprofile(None)
