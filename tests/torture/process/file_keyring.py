"""A key store of the system that a test can lock: secrets in a file, refused while a lock file lies beside it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


class KeyringLocked(Exception):
    """Named as keyring names it."""


def lock_of(path: Path) -> Path:
    """Return the file whose presence locks the store."""
    return path.with_suffix(".locked")


class FileKeyring:
    """Implements what is used of a keyring back end."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""
        return self._secrets().get(f"{service} {username}")

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""
        self._keep({**self._secrets(), f"{service} {username}": password})

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""
        self._keep({name: one for name, one in self._secrets().items() if name != f"{service} {username}"})

    def _secrets(self) -> dict[str, str]:
        if lock_of(self._path).exists():
            raise KeyringLocked
        return dict(json.loads(self._path.read_text("utf-8"))) if self._path.exists() else {}

    def _keep(self, secrets: dict[str, str]) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(json.dumps(secrets), "utf-8")
        fresh.replace(self._path)
