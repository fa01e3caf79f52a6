"""The data key comes back as long as its wrapping key does, and is never made anew over an old one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import KeyLost, KeyStoreUnsafe, StoreError
from cadence_desk.store.keys import KEY_FILE, open_data_key

if TYPE_CHECKING:
    from pathlib import Path


class MemorySecrets:
    """A secret store in memory that claims to last."""

    def __init__(self, *, durable: bool = True) -> None:
        self.durable = durable
        self.values: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        return self.values.get(name)

    def write(self, name: str, value: str) -> None:
        self.values[name] = value

    def delete(self, name: str) -> None:
        self.values.pop(name, None)


class Forgetful(MemorySecrets):
    """A secret store that takes and does not keep."""

    @override
    def write(self, name: str, value: str) -> None:
        pass


def test_the_key_is_made_once_and_comes_back(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    first = open_data_key(tmp_path / "p", secrets, "acme")
    again = open_data_key(tmp_path / "p", secrets, "acme")
    assert (first.key, first.key_id, first.durable) == (again.key, again.key_id, True)
    sealed = first.cipher().seal("text", "t", "1", "c")
    assert again.cipher().open(sealed, "t", "1", "c") == "text"
    assert open_data_key(tmp_path / "q", secrets, "other").key != first.key


def test_the_key_stands_nowhere_in_clear(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    key = open_data_key(tmp_path, secrets, "acme")
    content = (tmp_path / KEY_FILE).read_bytes()
    assert key.key not in content
    assert key.key.hex().encode() not in content
    assert key.key_id not in secrets.values["acme"]
    assert key.key.hex() not in repr(key)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600


def test_a_lost_wrapping_key_is_told_and_nothing_is_changed(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    open_data_key(tmp_path, secrets, "acme")
    before = (tmp_path / KEY_FILE).read_bytes()
    kept = secrets.values.pop("acme")
    with pytest.raises(KeyLost, match="no key for this profile"):
        open_data_key(tmp_path, secrets, "acme")
    assert secrets.values == {}
    for wrong in ("AAAA", "not base64!", "A" * 43 + "="):
        secrets.values["acme"] = wrong
        with pytest.raises(KeyLost):
            open_data_key(tmp_path, secrets, "acme")
    secrets.values["acme"] = kept
    assert (tmp_path / KEY_FILE).read_bytes() == before
    open_data_key(tmp_path, secrets, "acme")


def test_a_damaged_key_file_is_told(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    open_data_key(tmp_path, secrets, "acme")
    content = (tmp_path / KEY_FILE).read_bytes()
    for damaged in (b"", b"[]", b'{"key_id": "x"}', content.replace(b'"key_id": "', b'"key_id": "x')):
        (tmp_path / KEY_FILE).write_bytes(damaged)
        with pytest.raises(KeyLost):
            open_data_key(tmp_path, secrets, "acme")


def test_a_wrapped_key_does_not_open_under_another_name(tmp_path: Path) -> None:
    secrets = MemorySecrets()
    open_data_key(tmp_path, secrets, "acme")
    secrets.values["other"] = secrets.values["acme"]
    with pytest.raises(KeyLost):
        open_data_key(tmp_path, secrets, "other")


def test_a_store_that_forgets_gives_a_key_for_the_session(tmp_path: Path) -> None:
    secrets = MemorySecrets(durable=False)
    first, second = (open_data_key(tmp_path, secrets, "acme") for _ in range(2))
    assert first.key != second.key
    assert not first.durable
    assert not first.cipher().durable
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_swallows_is_unsafe(tmp_path: Path) -> None:
    with pytest.raises(KeyStoreUnsafe):
        open_data_key(tmp_path, Forgetful(), "acme")
    assert not (tmp_path / KEY_FILE).exists()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError):
        open_data_key(tmp_path / "file" / "p", MemorySecrets(), "acme")
