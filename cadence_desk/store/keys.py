"""The data key of a profile: random, kept in a file, wrapped by a key that only the secret store knows.

The file also says in clear which store that was, and a fingerprint of its key: enough to tell what has changed.
Imports domain. Called in the keys lane before the files are opened: a secret store may block on a prompt.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import BadValue, KeyLost, KeyStoreUnsafe, SecretError, StoreError
from cadence_desk.store.ciphers import KEY_BYTES, ColumnCipher, aead
from cadence_desk.store.folders import make_private_folder, write_private

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cadence_desk.domain.ports import SecretStore
    from cadence_desk.store.owner import Owner

KEY_FILE = "data.key"
_NONCE_BYTES = 12
_PROOF_BYTES = 3
_GROUP = 4


@dataclass(frozen=True, slots=True, repr=False)
class DataKey:
    """The key that seals the columns of a profile.

    `durable` is False when the secret store forgets at the end of the session: what is sealed cannot be read
    again by the next one, and the screen has to say so. `older` are keys that still open what they sealed.
    """

    key: bytes
    key_id: str
    durable: bool
    older: Mapping[str, bytes] = field(default_factory=dict)

    def cipher(self) -> ColumnCipher:
        """Return a cipher with this key."""
        return ColumnCipher(self.key, self.key_id, durable=self.durable, older=self.older)


@dataclass(frozen=True, slots=True)
class KeyEntry:
    """What the key file says of one key, all of it in clear but the wrapped key itself.

    Attributes:
        key_id: short name of the data key.
        wrapped: the data key, sealed.
        secret: the name under which the secret store keeps the wrapping key.
        store: class of the secret store that kept it.
        wrapping: fingerprint of the wrapping key.
    """

    key_id: str
    wrapped: str
    secret: str
    store: str = ""
    wrapping: str = ""


def key_name(owner: Owner) -> str:
    """Return the name of the secret that wraps the key of a user's files."""
    return f"data-key-{owner.org_id}-{owner.user_id}"


def open_data_key(folder: Path, secrets: SecretStore, secret_name: str, store_name: str = "") -> DataKey:
    """Return the data key of a profile folder, made at its first use.

    Args:
        folder: the profile's folder; the wrapped key lies in it.
        secrets: where the wrapping key is; asked under `secret_name`.
        secret_name: unique per profile.
        store_name: what the secret store is called, to be told when it is another one some day.

    Raises:
        KeyLost: there is a wrapped key and the wrapping key is gone or another one. Nothing is changed.
        KeyStoreUnsafe: the secret store did not give back what it was given.
        SecretError: whatever the secret store raises.
        StoreError: the key file cannot be read or written.
    """
    path = folder / KEY_FILE
    if not secrets.durable:
        return _session_key()
    if not path.exists():
        return _made(path, secrets, secret_name, store_name, [])
    entries = read_entries(path, secret_name)
    present = entries[0]
    wrapping = _decoded(secrets.read(present.secret))
    if wrapping is None:
        raise KeyLost(
            "The key store has no key for this profile any more.",
            hint="Use the key store that was there before; the notes in the profile are kept as they are.",
        )
    key = _unwrap(present, wrapping)
    if store_name and (present.store, present.wrapping) != (store_name, fingerprint(wrapping)):
        told = replace(present, store=store_name, wrapping=fingerprint(wrapping))
        with contextlib.suppress(OSError):  # only words for another day
            _write(path, [told, *entries[1:]])
    return DataKey(key, present.key_id, durable=True, older=_older(entries[1:], secrets))


def replace_data_key(folder: Path, secrets: SecretStore, secret_name: str, store_name: str = "") -> DataKey:
    """Turn to a new key because the old one is lost: a person's decision. The old wrapped key stays in the file.

    Raises:
        SecretError, StoreError: as `open_data_key`.
    """
    path = folder / KEY_FILE
    if not secrets.durable:
        return _session_key()
    entries = []
    if path.exists():
        with contextlib.suppress(KeyLost):  # a damaged key file tells nothing: it is kept beside the new one
            entries = read_entries(path, secret_name)
        if not entries:
            path.replace(path.with_name(f"{KEY_FILE}.damaged"))
    return _made(path, secrets, f"{secret_name}-{len(entries) + 1}", store_name, entries)


def recovery_words(key: DataKey) -> str:
    """Return a key as groups of letters and digits to write down; the last group proves the others."""
    text = base64.b32encode(key.key + _proof(key.key)).decode("ascii").rstrip("=")
    return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))


def take_recovery_words(
    folder: Path, secrets: SecretStore, secret_name: str, words: str, store_name: str = ""
) -> DataKey:
    """Wrap a key that was written down anew, so that the profile opens again.

    Raises:
        BadValue: that is no recovery key, or not of this profile.
        SecretError, StoreError: as `open_data_key`.
    """
    key = _from_words(words)
    path = folder / KEY_FILE
    entries = read_entries(path, secret_name)
    index = next((number for number, one in enumerate(entries) if one.key_id == _key_id(key)), None)
    if index is None:
        raise BadValue("That recovery key belongs to another profile.", hint="Look for the right one.")
    secret = f"{secret_name}-r{os.urandom(4).hex()}"
    entries[index] = _wrapped(key, _wrapping_key(secrets, secret), secret, store_name)
    try:
        _write(path, entries)
    except OSError as error:
        raise StoreError("The key of this profile could not be saved.") from error
    return open_data_key(folder, secrets, secret_name, store_name)


def read_entries(path: Path, secret_name: str) -> list[KeyEntry]:
    """Return what a key file says, the present key first. Raises KeyLost for a damaged one, StoreError."""
    try:
        content = json.loads(path.read_bytes())
        return [_entry(one, secret_name) for one in (content, *content.get("older", []))]
    except OSError as error:
        raise StoreError("The key of this profile could not be read.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise KeyLost("The file with the key of this profile is damaged.") from error


def fingerprint(wrapping: bytes) -> str:
    """Return a short name of a wrapping key that tells nothing about it."""
    return hashlib.sha256(b"wrapping key|" + wrapping).hexdigest()[:12]


def fingerprint_now(secrets: SecretStore, entry: KeyEntry) -> str:
    """Return the fingerprint of what the store has now; empty when that is nothing or no key. Raises SecretError."""
    try:
        wrapping = _decoded(secrets.read(entry.secret))
    except KeyLost:
        return "something else"
    return fingerprint(wrapping) if wrapping is not None else ""


def _older(entries: Sequence[KeyEntry], secrets: SecretStore) -> dict[str, bytes]:
    """Return the older keys that can be opened: one that is lost stays out."""
    found = {}
    for entry in entries:
        with contextlib.suppress(KeyLost, SecretError):
            wrapping = _decoded(secrets.read(entry.secret))
            if wrapping is not None:
                found[entry.key_id] = _unwrap(entry, wrapping)
    return found


def _session_key() -> DataKey:
    key = os.urandom(KEY_BYTES)
    return DataKey(key, _key_id(key), durable=False)


def _wrapping_key(secrets: SecretStore, secret: str) -> bytes:
    """Return the wrapping key of this name, made and proven when there is none."""
    wrapping = _decoded(secrets.read(secret))
    if wrapping is None:
        wrapping = os.urandom(KEY_BYTES)
        secrets.write(secret, base64.b64encode(wrapping).decode("ascii"))
        if _decoded(secrets.read(secret)) != wrapping:
            raise KeyStoreUnsafe(hint="What was stored in it could not be read back.")
    return wrapping


def _made(path: Path, secrets: SecretStore, secret: str, store_name: str, older: list[KeyEntry]) -> DataKey:
    wrapping = _wrapping_key(secrets, secret)
    key = os.urandom(KEY_BYTES)
    try:
        make_private_folder(path.parent)
        _write(path, [_wrapped(key, wrapping, secret, store_name), *older])
    except OSError as error:
        raise StoreError("The key of this profile could not be saved.") from error
    return DataKey(key, _key_id(key), durable=True, older=_older(older, secrets))


def _wrapped(key: bytes, wrapping: bytes, secret: str, store_name: str) -> KeyEntry:
    key_id = _key_id(key)
    nonce = os.urandom(_NONCE_BYTES)
    sealed = nonce + aead(wrapping).encrypt(nonce, key, _place(secret, key_id))
    return KeyEntry(
        key_id, base64.b64encode(sealed).decode("ascii"), secret, store_name, fingerprint(wrapping)
    )


def _write(path: Path, entries: Sequence[KeyEntry]) -> None:
    content = {"version": 1, **asdict(entries[0]), "older": [asdict(one) for one in entries[1:]]}
    write_private(path, json.dumps(content).encode())


def _entry(content: Mapping[str, Any], secret_name: str) -> KeyEntry:
    secret = str(content.get("secret", secret_name))
    if secret != secret_name and not secret.startswith(f"{secret_name}-"):
        raise ValueError("the key file of another profile")
    return KeyEntry(
        str(content["key_id"]),
        str(content["wrapped"]),
        secret,
        str(content.get("store", "")),
        str(content.get("wrapping", "")),
    )


def _unwrap(entry: KeyEntry, wrapping: bytes) -> bytes:
    from cryptography.exceptions import InvalidTag

    try:
        sealed = base64.b64decode(entry.wrapped, validate=True)
        return aead(wrapping).decrypt(
            sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _place(entry.secret, entry.key_id)
        )
    except (InvalidTag, ValueError) as error:
        raise KeyLost(
            "The key store has another key than the one this profile was made with.",
            hint="Use the key store that was there before; the notes in the profile are kept as they are.",
        ) from error


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


def _proof(key: bytes) -> bytes:
    return hashlib.sha256(b"recovery key|" + key).digest()[:_PROOF_BYTES]


def _from_words(words: str) -> bytes:
    text = "".join(words.split()).replace("-", "").upper()
    try:
        content = base64.b32decode(text + "=" * (-len(text) % 8))
    except ValueError:
        content = b""
    key, proof = content[:KEY_BYTES], content[KEY_BYTES:]
    if len(key) != KEY_BYTES or proof != _proof(key):
        raise BadValue(
            "That is not a recovery key: a letter is wrong or missing.", hint="Compare it once more."
        )
    return key


def _place(secret_name: str, key_id: str) -> bytes:
    return f"data key|{secret_name}|{key_id}".encode()
