"""One process per profile: a lock of the operating system, gone with its process however that ends.

Imports domain errors; no Qt, because the command line honors it too. Called before any file is opened.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileBusy, StoreError
from cadence_desk.store.folders import make_private, make_private_folder

if TYPE_CHECKING:
    from pathlib import Path

LOCK_NAME = "profile.lock"
_LOCKED_BYTE = 1 << 30
"""Windows locks bytes, not files: one far behind the content, so that the content stays readable."""


class ProfileLock:
    """The right to use one profile folder."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK_NAME
        self._descriptor: int | None = None

    @property
    def held(self) -> bool:
        """True between acquire and release."""
        return self._descriptor is not None

    def acquire(self) -> None:
        """Take the lock or raise FileBusy at once; the file then holds our process id."""
        if self._descriptor is not None:
            return
        try:
            make_private_folder(self._path.parent)
            make_private(self._path)
            descriptor = os.open(self._path, os.O_RDWR)
        except OSError as error:
            raise StoreError("The folder of this profile cannot be used.") from error
        try:
            _lock(descriptor)
        except OSError as error:
            os.close(descriptor)
            raise FileBusy(hint="Go to the window that is open, or close it first.") from error
        os.ftruncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode())
        self._descriptor = descriptor

    def holder(self) -> str:
        """Return the id of the process that took the lock last; empty when that cannot be read."""
        try:
            text = self._path.read_text(encoding="ascii")
        except (OSError, UnicodeDecodeError):
            return ""
        return text if text.isdecimal() else ""

    def release(self) -> None:
        """Give the lock back; without it nothing happens."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)  # closing releases the lock on every system


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        os.lseek(descriptor, 0, os.SEEK_SET)

else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
