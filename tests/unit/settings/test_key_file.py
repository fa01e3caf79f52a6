"""A key file is used only when nobody else can read it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import KeyStoreUnsafe, SecretError
from cadence_desk.settings.key_file import KeyFileSecrets

if TYPE_CHECKING:
    from pathlib import Path


def test_secrets_are_kept_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "keys.json"
    store = KeyFileSecrets(path)
    store.check()
    assert store.read("a") is None
    store.write("a", "1")
    store.write("b", "ü\n2")
    again = KeyFileSecrets(path)
    assert (again.read("a"), again.read("b"), again.durable) == ("1", "ü\n2", True)
    again.delete("a")
    again.delete("a")
    assert (store.read("a"), store.read("b")) == (None, "ü\n2")
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
def test_a_file_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    path = tmp_path / "keys.json"
    KeyFileSecrets(path).write("a", "1")
    path.chmod(mode)
    for attempt in (KeyFileSecrets(path).check, lambda: KeyFileSecrets(path).write("a", "2")):
        with pytest.raises(KeyStoreUnsafe, match="read by others") as told:
            attempt()
        assert "chmod 600" in told.value.hint
    path.chmod(0o600)
    assert KeyFileSecrets(path).read("a") == "1"


def test_a_file_of_another_user_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "keys.json"
    KeyFileSecrets(path).write("a", "1")
    monkeypatch.setattr(os, "geteuid", lambda: path.stat().st_uid + 1)
    with pytest.raises(KeyStoreUnsafe):
        KeyFileSecrets(path).check()


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"\xff", b'{"format": "x", "secrets": {}}',
                                     b'{"format": "cadence-desk key file 1", "secrets": {"a": 1}}', b"[" * 50_000])  # fmt: skip
def test_another_file_is_refused_and_not_overwritten(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "keys.json"
    path.write_bytes(content)
    path.chmod(0o600)
    for attempt in (KeyFileSecrets(path).check, lambda: KeyFileSecrets(path).write("a", "2")):
        with pytest.raises(KeyStoreUnsafe, match="not a key file"):
            attempt()
    assert path.read_bytes() == content


def test_an_empty_private_file_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.touch(0o600)
    KeyFileSecrets(path).write("a", "1")
    assert KeyFileSecrets(path).read("a") == "1"


def test_a_folder_or_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(SecretError):
        KeyFileSecrets(tmp_path).check()
    (tmp_path / "file").touch()
    with pytest.raises(SecretError):
        KeyFileSecrets(tmp_path / "file" / "keys").write("a", "1")
