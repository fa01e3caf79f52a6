"""Encryption of single columns: AES-256-GCM, bound to the place a value stands in.

Imports domain errors; cryptography is imported by the first cipher. Called by the files and by keys.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import KeyLost

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
_NONCE_BYTES = 12
_FORMAT = 1


def aead(key: bytes) -> AESGCM:
    """Return the AES-GCM primitive for a 32-byte key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    if len(key) != KEY_BYTES:
        raise ValueError("a data key has 32 bytes")
    return AESGCM(key)


def sealing_key(blob: bytes) -> str:
    """Return the id of the key that sealed a value; empty for bytes that are no sealed value."""
    if len(blob) < 2 or blob[0] != _FORMAT:
        return ""
    return blob[2 : 2 + blob[1]].decode("latin-1")


class ColumnCipher:
    """Seals texts with ``table|row id|org id|column`` as associated data, so that none can be moved elsewhere.

    A sealed value is: format byte, length and text of the key id, 12 random bytes, ciphertext with tag.
    `durable` is False for a key that ends with the session; `older` are keys that still open what they sealed.
    """

    def __init__(
        self,
        key: bytes,
        key_id: str,
        org_id: str = "",
        *,
        durable: bool = True,
        older: Mapping[str, bytes] | None = None,
    ) -> None:
        from cryptography.exceptions import InvalidTag

        self._failures = (InvalidTag, ValueError)
        self._key = key
        self._older = dict(older or {})
        self._aeads = {name: aead(one) for name, one in {**self._older, key_id: key}.items()}
        self._head = bytes((_FORMAT, len(key_id))) + key_id.encode("ascii")
        self.key_id = key_id
        self.org_id = org_id
        self.durable = durable
        self.lost: set[str] = set()
        """Keys that a person has given up: what they sealed is left out, and not taken for damage."""

    def for_org(self, org_id: str) -> ColumnCipher:
        """Return this cipher bound to the values of one org; what is `lost` is known to both."""
        bound = ColumnCipher(self._key, self.key_id, org_id, durable=self.durable, older=self._older)
        bound.lost = self.lost
        return bound

    def is_present_key(self, mark: object) -> bool:
        """Return True for a value that was sealed with the key that seals now."""
        return isinstance(mark, bytes) and sealing_key(mark) == self.key_id

    def is_given_up(self, blob: bytes) -> bool:
        """Return True for a value that was sealed with a key that a person has given up."""
        key_id = sealing_key(blob)
        return key_id in self.lost and key_id not in self._aeads

    def seal(self, text: str, table: str, row_id: str, column: str) -> bytes:
        """Return the text encrypted for one column of one row."""
        nonce = os.urandom(_NONCE_BYTES)
        place = f"{table}|{row_id}|{self.org_id}|{column}".encode()
        return (
            self._head
            + nonce
            + self._aeads[self.key_id].encrypt(nonce, text.encode("utf-8", "surrogatepass"), place)
        )

    def open(self, blob: bytes, table: str, row_id: str, column: str) -> str:
        """Return the text of a sealed value.

        Raises:
            KeyLost: another key sealed it, or it was changed or taken from another place.
        """
        key_id = sealing_key(blob)
        key = self._aeads.get(key_id)
        if key is None:
            raise KeyLost("A value in this profile was encrypted with another key.")
        start = 2 + len(key_id)
        place = f"{table}|{row_id}|{self.org_id}|{column}".encode()
        try:
            plain = key.decrypt(blob[start : start + _NONCE_BYTES], blob[start + _NONCE_BYTES :], place)
        except self._failures as error:
            raise KeyLost("A value in this profile cannot be decrypted.") from error
        return plain.decode("utf-8", "surrogatepass")

    def digest(self, text: str) -> str:
        """Return a keyed hash of a text: equal texts are seen as equal, and nothing can be guessed from it."""
        return hmac.new(
            self._key, b"digest|" + text.encode("utf-8", "surrogatepass"), hashlib.sha256
        ).hexdigest()
