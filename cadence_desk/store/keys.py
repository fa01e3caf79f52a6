"""The data key of a profile: random, kept in a file, wrapped by a key that only the secret store knows.

Imports domain. Called in the keys lane before the files are opened: a secret store may block on a prompt.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import KeyLost, KeyStoreUnsafe, StoreError
from cadence_desk.store.ciphers import KEY_BYTES, ColumnCipher, aead
from cadence_desk.store.folders import make_private_folder, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.domain.ports import SecretStore

KEY_FILE = "data.key"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """The key that seals the columns of a profile.

    `durable` is False when the secret store forgets at the end of the session: what is sealed cannot be read
    again by the next one, and the screen has to say so.
    """

    key: bytes
    key_id: str
    durable: bool

    def cipher(self) -> ColumnCipher:
        """Return a cipher with this key."""
        return ColumnCipher(self.key, self.key_id, durable=self.durable)


def open_data_key(folder: Path, secrets: SecretStore, secret_name: str) -> DataKey:
    """Return the data key of a profile folder, made at its first use.

    Args:
        folder: the profile's folder; the wrapped key lies in it.
        secrets: where the wrapping key is; asked under `secret_name`.
        secret_name: unique per profile.

    Raises:
        KeyLost: there is a wrapped key and the wrapping key is gone or another one. Nothing is changed.
        KeyStoreUnsafe: the secret store did not give back what it was given.
        SecretError: whatever the secret store raises.
        StoreError: the key file cannot be read or written.
    """
    path = folder / KEY_FILE
    if not secrets.durable:
        return _session_key()
    wrapping = _decoded(secrets.read(secret_name))
    if path.exists():
        if wrapping is None:
            raise KeyLost(
                "The key store has no key for this profile any more.",
                hint="Use the key store that was there before; the notes in the profile are kept as they are.",
            )
        return _unwrap(_read(path), wrapping, secret_name)
    if wrapping is None:
        wrapping = os.urandom(KEY_BYTES)
        secrets.write(secret_name, base64.b64encode(wrapping).decode("ascii"))
        if _decoded(secrets.read(secret_name)) != wrapping:
            raise KeyStoreUnsafe(hint="What was stored in it could not be read back.")
    return _make(path, wrapping, secret_name)


def _session_key() -> DataKey:
    key = os.urandom(KEY_BYTES)
    return DataKey(key, _key_id(key), durable=False)


def _make(path: Path, wrapping: bytes, secret_name: str) -> DataKey:
    key = os.urandom(KEY_BYTES)
    key_id = _key_id(key)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + aead(wrapping).encrypt(nonce, key, _place(secret_name, key_id))
    content = {"version": 1, "key_id": key_id, "wrapped": base64.b64encode(sealed).decode("ascii")}
    try:
        make_private_folder(path.parent)
        write_private(path, json.dumps(content).encode())
    except OSError as error:
        raise StoreError("The key of this profile could not be saved.") from error
    return DataKey(key, key_id, durable=True)


def _read(path: Path) -> dict[str, str]:
    try:
        content = json.loads(path.read_bytes())
        return {"key_id": str(content["key_id"]), "wrapped": str(content["wrapped"])}
    except OSError as error:
        raise StoreError("The key of this profile could not be read.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise KeyLost("The file with the key of this profile is damaged.") from error


def _unwrap(content: dict[str, str], wrapping: bytes, secret_name: str) -> DataKey:
    from cryptography.exceptions import InvalidTag

    key_id = content["key_id"]
    try:
        sealed = base64.b64decode(content["wrapped"], validate=True)
        key = aead(wrapping).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(secret_name, key_id)
        )
    except (InvalidTag, ValueError) as error:
        raise KeyLost(
            "The key store has another key than the one this profile was made with.",
            hint="Use the key store that was there before; the notes in the profile are kept as they are.",
        ) from error
    return DataKey(key, key_id, durable=True)


def _decoded(secret: str | None) -> bytes | None:
    if secret is None:
        return None
    try:
        key = base64.b64decode(secret, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyLost("The key store returned something that is not the key of this profile.")
    return key


def _key_id(key: bytes) -> str:
    """Return a short name of a key that tells nothing about it."""
    return hashlib.sha256(b"key id|" + key).hexdigest()[:12]


def _place(secret_name: str, key_id: str) -> bytes:
    return f"data key|{secret_name}|{key_id}".encode()
