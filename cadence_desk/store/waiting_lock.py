"""A lock between processes that waits its turn: a lock of the operating system, gone with its process however that ends.

Imports domain errors. Held while a stored token is traded for its successor: whoever comes second reads it anew.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import FileBusy, StoreError
from cadence_desk.store.folders import make_private

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LIMIT_SECONDS = 90.0
"""Longer than the longest exchange that is made under such a lock."""
_PAUSE_SECONDS = 0.02


class WaitingLock:
    """One lock file. Threads of one process exclude each other, too: each hold has its own descriptor."""

    def __init__(self, path: Path, limit: float = LIMIT_SECONDS) -> None:
        self._path = path
        self._limit = limit

    @contextlib.contextmanager
    def hold(self) -> Iterator[None]:
        """Wait for the lock and hold it.

        Raises:
            FileBusy: another process held it for too long.
            StoreError: its file cannot be made.
        """
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            make_private(self._path)
            descriptor = os.open(self._path, os.O_RDWR)
        except OSError as error:
            raise StoreError("The folder of this profile cannot be used.") from error
        try:
            self._wait(descriptor)
            yield
        finally:
            os.close(descriptor)  # closing releases the lock on every system

    def _wait(self, descriptor: int) -> None:
        end = time.monotonic() + self._limit
        while not _try_lock(descriptor):
            if time.monotonic() >= end:
                raise FileBusy(
                    "Another Cadence Desk is renewing this sign-in and does not end.",
                    hint="Close the other one, or try again in a minute.",
                )
            time.sleep(_PAUSE_SECONDS)


if sys.platform == "win32":
    import msvcrt

    def _try_lock(descriptor: int) -> bool:
        os.lseek(descriptor, 0, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _try_lock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
