"""Secrets in a file that only this user can read, for computers without a key store (--key-file).

Imports domain. Every call reads the file anew: another profile's process may have written to it.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import KeyStoreUnsafe, SecretError
from cadence_desk.settings.whole_files import replace_file

if TYPE_CHECKING:
    from collections.abc import Iterator

_FORMAT = "cadence-desk key file 1"


class KeyFileSecrets:
    """Secrets by name in one JSON file. Refused when anybody else can read it."""

    durable = True
    kind = "key file"

    def __init__(self, path: Path) -> None:
        self._path = path.expanduser().absolute()

    def check(self) -> None:
        """Raise KeyStoreUnsafe when the file must not be used; no file yet is fine."""
        self._read()

    def read(self, name: str) -> str | None:
        """Return the secret or None."""
        return self._read().get(name)

    def write(self, name: str, value: str) -> None:
        """Store the secret."""
        with self._alone():
            self._write({**self._read(), name: value})

    def delete(self, name: str) -> None:
        """Forget the secret; absent is fine."""
        with self._alone():
            values = self._read()
            if values.pop(name, None) is not None:
                self._write(values)

    def _read(self) -> dict[str, str]:
        try:
            with self._path.open("rb") as stream:
                self._check_private(os.fstat(stream.fileno()))
                content = stream.read(1 << 20)
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise SecretError("The key file cannot be read.") from error
        return _parsed(content) if content else {}

    def _write(self, values: dict[str, str]) -> None:
        content = {"format": _FORMAT, "secrets": values}
        try:
            replace_file(self._path, json.dumps(content, indent=1, sort_keys=True).encode())
        except OSError as error:
            raise SecretError("The key file cannot be written.") from error

    def _check_private(self, status: os.stat_result) -> None:
        if not stat.S_ISREG(status.st_mode):
            raise KeyStoreUnsafe("The key file is not a plain file.")
        if os.name != "posix":
            if not self._path.is_relative_to(Path.home()):
                raise KeyStoreUnsafe(
                    "The key file must lie in your own user folder: others can read it elsewhere."
                )
            return
        if status.st_mode & 0o077 or status.st_uid != os.geteuid():
            raise KeyStoreUnsafe(
                "The key file can be read by others.",
                hint=f"Make it yours alone: chmod 600 {self._path.name}",
            )

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Keep other processes from writing between our read and our write."""
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(
                self._path.with_name(self._path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600
            )
        except OSError as error:
            raise SecretError("The key file cannot be written.") from error
        try:
            _wait_for_lock(descriptor)
            yield
        finally:
            os.close(descriptor)


def _parsed(content: bytes) -> dict[str, str]:
    try:
        found = json.loads(content)
        secrets = found["secrets"] if found["format"] == _FORMAT else None
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise KeyStoreUnsafe("That is not a key file of Cadence Desk.") from error
    if not isinstance(secrets, dict) or not all(isinstance(value, str) for value in secrets.values()):
        raise KeyStoreUnsafe("That is not a key file of Cadence Desk.")
    return secrets


if sys.platform == "win32":
    import msvcrt

    def _wait_for_lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)

else:
    import fcntl

    def _wait_for_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
