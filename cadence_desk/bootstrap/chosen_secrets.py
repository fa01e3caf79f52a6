"""The secret store, chosen at first use: looking for a key store is slow and may block, so it happens in a lane."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.settings.secret_stores import choose_secrets
from cadence_desk.settings.waiting import Waiting

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.settings.secret_stores import NamedStore


class ChosenSecrets:
    """Implements domain.ports.SecretStore over whatever this machine offers."""

    def __init__(self, service: str, key_file: Path | None) -> None:
        self._service = service
        self._key_file = key_file
        self._lock = threading.Lock()
        self._store: NamedStore | None = None
        self._wait = Waiting()
        self.word = ""

    def _chosen(self) -> NamedStore:
        with self._lock:
            if self._store is None:
                self._store, self.word = choose_secrets(self._service, self._key_file, waiting=self._wait)
            return self._store

    @property
    def kind(self) -> str:
        """What the store is, in clear."""
        return self._chosen().kind

    @property
    def waiting(self) -> float:
        """Seconds since the key store was asked what it has not answered yet; 0 while nothing is asked."""
        return self._wait.seconds

    def stop_waiting(self) -> None:
        """Give up on what the key store has not answered: it counts as locked."""
        self._wait.stop()

    def choose_again(self) -> None:
        """Look anew: a person may have unlocked or brought back a key store."""
        with self._lock:
            self._store = None
            self.word = ""

    @property
    def durable(self) -> bool:
        """False when secrets end with the session."""
        return self._chosen().durable

    def read(self, name: str) -> str | None:
        """Return the secret or None."""
        return self._chosen().read(name)

    def write(self, name: str, value: str) -> None:
        """Store the secret."""
        self._chosen().write(name, value)

    def delete(self, name: str) -> None:
        """Forget the secret."""
        self._chosen().delete(name)
