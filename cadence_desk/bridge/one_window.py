"""OneWindow: a second start hands its arguments to the first window through a folder. Called by launch.

The lock itself is store.ProfileLock, because the command line honors it too; QtNetwork stays out.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

_SUFFIX = ".args.json"
_SIZE_LIMIT = 64_000
_OLD_SECONDS = 600.0
"""What was left longer ago was meant for a window that is gone."""


def leave_arguments(inbox: Path, arguments: Sequence[str]) -> None:
    """Leave arguments for the first window: written whole or not at all, readable by this user only."""
    inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = secrets.token_hex(8)
    draft = inbox / f"{name}.new"
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(list(arguments), file)
    draft.replace(inbox / f"{name}{_SUFFIX}")


class OneWindow(QObject):
    """Watches the inbox and calls back with each set of arguments, oldest first; those that came before it too, soon."""

    def __init__(self, inbox: Path, arrived: Callable[[list[str]], None]) -> None:
        super().__init__()
        inbox.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._inbox = inbox
        self._arrived = arrived
        self._watcher = QFileSystemWatcher([str(inbox)], self)
        self._watcher.directoryChanged.connect(self.read)
        QTimer.singleShot(0, self, self._read_left)

    def _read_left(self) -> None:
        """Take what came while nobody watched: the profile is held from the start, the inbox only with a desk."""
        for file in self._inbox.glob(f"*{_SUFFIX}"):
            if time.time() - file.stat().st_mtime > _OLD_SECONDS:
                file.unlink(missing_ok=True)
        self.read()

    def read(self) -> None:
        """Take what lies in the inbox now; what cannot be read is removed."""
        files = sorted(self._inbox.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for file in files:
            arguments = _arguments_in(file)
            file.unlink(missing_ok=True)
            if arguments is not None:
                self._arrived(arguments)


def _arguments_in(file: Path) -> list[str] | None:
    try:
        if file.stat().st_size > _SIZE_LIMIT:
            return None
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
        return None
    return found
