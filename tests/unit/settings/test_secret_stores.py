"""Secrets go where they last and stay secret; where they do not last, that is said."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING

import pytest
from keyring.errors import InitError, KeyringLocked, NoKeyringError, PasswordSetError
from typing_extensions import override

from cadence_desk.domain.errors import KeyStoreLocked, KeyStoreMissing, KeyStoreUnsafe, SecretError
from cadence_desk.settings import secret_stores
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.secret_stores import (
    SESSION_WORD,
    KeyringSecrets,
    SessionSecrets,
    choose_secrets,
    find_backend,
)

if TYPE_CHECKING:
    from pathlib import Path


class MemoryBackend:
    """A key store in memory."""

    def __init__(self) -> None:
        self.values: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.values.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.values[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.values[service, username]


class SwallowingBackend(MemoryBackend):
    """A key store that takes and does not keep, as keyring's null back end does."""

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        self.values[service, username] = ""


class FailingBackend(MemoryBackend):
    """A key store that raises."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error

    @override
    def set_password(self, service: str, username: str, password: str) -> None:
        raise self.error


class StuckBackend(MemoryBackend):
    """A key store that shows a prompt nobody answers."""

    def __init__(self) -> None:
        super().__init__()
        self.answered = threading.Event()

    @override
    def get_password(self, service: str, username: str) -> str | None:
        self.answered.wait()
        return None


def test_secrets_are_kept_read_and_forgotten() -> None:
    backend = MemoryBackend()
    store = KeyringSecrets(backend, "Cadence Desk")
    store.probe()
    assert backend.values == {}
    assert store.read("a") is None
    store.write("a", "1")
    assert (store.read("a"), backend.values) == ("1", {("Cadence Desk", "a"): "1"})
    store.delete("a")
    store.delete("a")
    assert (store.read("a"), store.durable) == (None, True)


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (KeyringLocked("x"), KeyStoreLocked),
        (InitError("x"), KeyStoreMissing),
        (NoKeyringError("x"), KeyStoreMissing),
        (PasswordSetError("x"), SecretError),
        (OSError(1783, "The stub received bad data"), SecretError),
    ],
)
def test_errors_of_a_back_end_are_translated(error: Exception, told: type[SecretError]) -> None:
    with pytest.raises(told) as seen:
        KeyringSecrets(FailingBackend(error), "s").write("a", "secret value")
    assert type(seen.value) is told
    assert "secret value" not in seen.value.message


def test_a_prompt_that_nobody_answers_has_an_end() -> None:
    backend = StuckBackend()
    with pytest.raises(KeyStoreLocked, match="did not answer"):
        KeyringSecrets(backend, "s", limit=0.01).read("a")
    backend.answered.set()


def test_the_vault_of_windows_has_a_limit() -> None:
    store = KeyringSecrets(MemoryBackend(), "s", max_characters=1280)
    store.write("a", "x" * 1280)
    with pytest.raises(SecretError, match="1280"):
        store.write("a", "x" * 1281)
    assert store.read("a") == "x" * 1280


def test_a_swallowing_store_is_unsafe() -> None:
    with pytest.raises(KeyStoreUnsafe):
        KeyringSecrets(SwallowingBackend(), "s").probe()


def test_a_good_key_store_is_chosen_without_a_word() -> None:
    store, word = choose_secrets("s", find=MemoryBackend)
    assert isinstance(store, KeyringSecrets)
    assert word == ""


@pytest.mark.parametrize(
    "backend", [SwallowingBackend(), FailingBackend(InitError("x")), FailingBackend(OSError(5, "x"))]
)
def test_without_a_good_one_secrets_last_for_the_session_and_that_is_said(backend: MemoryBackend) -> None:
    store, word = choose_secrets("s", find=lambda: backend)
    assert isinstance(store, SessionSecrets)
    assert word == SESSION_WORD
    assert not store.durable
    store.write("a", "1")
    assert store.read("a") == "1"
    store.delete("a")
    store.delete("a")
    assert store.read("a") is None


def test_no_back_end_at_all_means_the_session() -> None:
    def none() -> MemoryBackend:
        raise KeyStoreMissing

    assert choose_secrets("s", find=none)[1] == SESSION_WORD


def test_a_locked_store_is_not_passed_over() -> None:
    with pytest.raises(KeyStoreLocked):
        choose_secrets("s", find=lambda: FailingBackend(KeyringLocked("x")))


def test_a_search_that_never_ends_means_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secret_stores, "PROBE_SECONDS", 0.01)
    going_on = threading.Event()

    def never() -> MemoryBackend:
        going_on.wait()
        return MemoryBackend()

    assert choose_secrets("s", find=never)[1] == SESSION_WORD
    going_on.set()


def test_a_key_file_that_was_asked_for_is_used(tmp_path: Path) -> None:
    store, word = choose_secrets("s", tmp_path / "keys", find=MemoryBackend)
    assert isinstance(store, KeyFileSecrets)
    assert word == ""


def test_only_back_ends_of_the_list_are_used(monkeypatch: pytest.MonkeyPatch) -> None:
    class Listed(MemoryBackend):
        priority = 5
        persist = "enterprise"

    class Better(Listed):
        priority = 9

    class Unusable:
        @property
        def priority(self) -> int:
            raise RuntimeError("not on this computer")

    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.setattr(secret_stores, "allowed_backends", lambda platform: [Listed, Unusable, Better])
    found = find_backend()
    assert type(found) is Better
    assert found.persist == "local machine"
    monkeypatch.setattr(secret_stores, "allowed_backends", lambda platform: [Unusable])
    with pytest.raises(KeyStoreMissing):
        find_backend()


@pytest.mark.parametrize("platform", ["linux", "win32", "darwin"])
def test_the_list_names_back_ends_that_exist(platform: str) -> None:
    names = {kind.__name__ for kind in secret_stores.allowed_backends(platform)}
    assert names <= {"Keyring", "DBusKeyring", "WinVaultKeyring"}
    assert names
    if platform != sys.platform:
        with pytest.raises(KeyStoreMissing):
            find_backend(platform)
