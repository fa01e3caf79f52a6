"""Where refresh tokens and wrapping keys lie: the system's key store, a key file, or memory for this session.

Imports domain; keyring is imported by the first look for a back end. Every call may block: use the keys lane.
"""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from cadence_desk.domain.errors import (
    KeyStoreLocked,
    KeyStoreMissing,
    KeyStoreUnsafe,
    SecretError,
)
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cadence_desk.domain.ports import SecretStore

    class NamedStore(SecretStore, Protocol):
        """A secret store that says what it is. For types only: the ports are loaded after yesterday's rows are shown."""

        @property
        def kind(self) -> str:
            """What it is, in clear."""


T = TypeVar("T")

CALL_SECONDS = 60.0
"""A prompt of the system may wait for a person; after this long the call counts as locked."""
PROBE_SECONDS = 10.0
WINDOWS_CHARACTERS = 1280
"""The Windows vault holds 2,560 bytes of UTF-16 (CREDENTIALW, CRED_MAX_CREDENTIAL_BLOB_SIZE)."""

SESSION_WORD = "Secrets last for this session only: no key store"


class Backend(Protocol):
    """What is used of a keyring back end."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return a secret."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Store a secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget a secret."""


class SessionSecrets:
    """Secrets in memory: gone when the process ends."""

    durable = False
    kind = "none: this session only"

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        """Return the secret or None."""
        return self._values.get(name)

    def write(self, name: str, value: str) -> None:
        """Store the secret."""
        self._values[name] = value

    def delete(self, name: str) -> None:
        """Forget the secret; absent is fine."""
        self._values.pop(name, None)


class KeyringSecrets:
    """Secrets in the key store of the operating system.

    Each call has a time limit: the system may show a prompt that nobody answers.
    """

    durable = True

    def __init__(
        self,
        backend: Backend,
        service: str,
        limit: float = CALL_SECONDS,
        max_characters: int | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self._backend = backend
        self._waiting = waiting or Waiting()
        self._service = service
        self._limit = limit
        self.kind = f"{type(backend).__module__.rpartition('.')[2]}.{type(backend).__name__}"
        """Class of the system's key store, as it may be told in clear."""
        default = WINDOWS_CHARACTERS if sys.platform == "win32" else None
        self._max_characters = max_characters if max_characters is not None else default

    def read(self, name: str) -> str | None:
        """Return the secret or None. Raises SecretError."""
        return self._call(lambda: self._backend.get_password(self._service, name), self._limit)

    def write(self, name: str, value: str) -> None:
        """Store the secret. Raises SecretError; on Windows also for a value longer than the vault holds."""
        if self._max_characters is not None and len(value) > self._max_characters:
            raise SecretError(
                f"The key store of this computer holds at most {self._max_characters} characters."
            )
        self._call(lambda: self._backend.set_password(self._service, name, value), self._limit)

    def delete(self, name: str) -> None:
        """Forget the secret; absent is fine. Raises SecretError."""
        if self.read(name) is not None:
            self._call(lambda: self._backend.delete_password(self._service, name), self._limit)

    def probe(self, limit: float = PROBE_SECONDS) -> None:
        """Store, read back and delete a random value.

        Raises:
            KeyStoreUnsafe: something else came back.
            SecretError: it failed or did not answer in time.
        """
        import secrets  # only a key store of the system is probed

        name, value = f"probe-{secrets.token_hex(4)}", secrets.token_hex(16)

        def round_trip() -> str | None:
            self._backend.set_password(self._service, name, value)
            seen = self._backend.get_password(self._service, name)
            self._backend.delete_password(self._service, name)
            return seen

        if self._call(round_trip, limit) != value:
            raise KeyStoreUnsafe(hint="What was stored in it could not be read back.")

    def _call(self, job: Callable[[], T], limit: float) -> T:
        try:
            return self._waiting.run(job, limit)
        except KeyStoreLocked:
            raise
        except BaseException as error:
            raise translate(error) from error


def translate(error: BaseException) -> SecretError:
    """Return the desk's error for one of a back end, by name: keyring stays a late import."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if names & {"KeyringLocked", "PromptDismissedException", "LockedException"}:
        return KeyStoreLocked(hint="Unlock it, then try again.")
    if names & {"NoKeyringError", "InitError"}:  # InitError: there is no collection and none could be made
        return KeyStoreMissing()
    return SecretError(f"The key store of this computer failed ({type(error).__name__}).")


def find_backend(platform: str = sys.platform) -> Backend:
    """Return the best usable back end of the allow-list. Raises KeyStoreMissing when there is none.

    keyring's own choice is not asked: it can be turned to a plain text file, or to one that forgets, by an installed
    package, a setting or the environment.
    """
    found: list[tuple[float, Backend]] = []
    for kind in allowed_backends(platform):
        try:
            found.append((float(kind.priority), kind()))
        except Exception:  # noqa: BLE001, S112 - an unusable back end says so in many ways
            continue
    if not found:
        raise KeyStoreMissing
    backend = max(found, key=lambda pair: pair[0])[1]
    if hasattr(backend, "persist"):
        backend.persist = "local machine"  # the default roams with the Windows user to other computers
    return backend


def allowed_backends(platform: str) -> list[Any]:
    """Import and return the back ends that may be used on a platform. Raises ImportError."""
    if platform == "win32":
        from keyring.backends import Windows

        return [Windows.WinVaultKeyring]
    if platform == "darwin":
        from keyring.backends import macOS

        return [macOS.Keyring]
    from keyring.backends import SecretService, kwallet, libsecret

    return [SecretService.Keyring, libsecret.Keyring, kwallet.DBusKeyring]


def choose_secrets(
    service: str,
    key_file: Path | None = None,
    find: Callable[[], Backend] = find_backend,
    waiting: Waiting | None = None,
) -> tuple[NamedStore, str]:
    """Return where secrets go, and words to show when that needs telling.

    A key file that was asked for is used; else the system's key store after a round trip; else memory.

    Raises:
        KeyStoreUnsafe: the key file can be read by others, or is none.
        KeyStoreLocked: there is a key store and it is locked: secrets may lie in it, so none are made anew.
    """
    if key_file is not None:
        chosen = KeyFileSecrets(key_file)
        chosen.check()
        return chosen, ""
    try:
        store = KeyringSecrets(_limited(find), service, waiting=waiting)
        store.probe(CALL_SECONDS)  # an unlocking prompt may stand behind it
    except KeyStoreLocked:
        raise
    except SecretError:
        return SessionSecrets(), SESSION_WORD
    return store, ""


def _limited(find: Callable[[], Backend]) -> Backend:
    found: list[Backend] = []
    thread = threading.Thread(target=lambda: found.extend(_found(find)), name="key-store-search", daemon=True)
    thread.start()
    thread.join(PROBE_SECONDS)
    if not found:
        raise KeyStoreMissing
    return found[0]


def _found(find: Callable[[], Backend]) -> list[Backend]:
    try:
        return [find()]
    except SecretError:
        return []
