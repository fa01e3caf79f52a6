"""The texts of an operation as they stand in its row: a clear part without a person in it, and a sealed rest.

Imports domain. Called by OutboxRows only.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import split
from cadence_desk.domain.errors import FileDamaged, InternalError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.store.ciphers import ColumnCipher

NOTHING = b""
"""Where a sealed value may not be missing: there is nothing to seal."""


class RowTexts:
    """Seals and opens the texts of rows for one org."""

    def __init__(self, cipher: ColumnCipher) -> None:
        self.cipher = cipher

    def payload(self, op_id: str, payload: Mapping[str, object]) -> tuple[str, bytes, str]:
        """Return the clear part, the sealed rest and the keyed hash of the whole."""
        clear, rest = split(payload)
        sealed = self._seal(op_id, "payload", text_of(rest)) if rest else NOTHING
        return text_of(clear), sealed, self.cipher.digest(text_of(payload))

    def evidence(self, op_id: str, evidence: Mapping[str, object] | None) -> tuple[str | None, bytes | None]:
        """Return the clear part and the sealed rest; None for what is not there."""
        if evidence is None:
            return None, None
        clear, rest = split(evidence)
        return text_of(clear), self._seal(op_id, "evidence", text_of(rest)) if rest else None

    def expect(self, op_id: str, expect: Mapping[str, object] | None) -> bytes | None:
        """Return what the org should show, sealed."""
        return None if expect is None else self._seal(op_id, "expect", text_of(expect))

    def server_text(self, op_id: str, text: str) -> bytes | None:
        """Return the org's words, sealed."""
        return self._seal(op_id, "server_text", text) if text else None

    def why(self, place: str, text: str) -> bytes:
        """Return a line of the audit, sealed."""
        return self.cipher.seal(text, "operation_event", place, "why")

    # ------------------------------------------------------------ back again

    def read_parts(
        self, op_id: str, column: str, clear: str | None, sealed: bytes | None
    ) -> dict[str, object] | None:
        """Return both parts as one; None when there is none. Raises FileDamaged, KeyLost."""
        if clear is None and sealed is None:
            return None
        rest = self.read_json(op_id, column, sealed) if sealed else None
        return {**(_object(clear) if clear else {}), **(rest or {})}

    def read_json(self, op_id: str, column: str, sealed: bytes | None) -> dict[str, object] | None:
        """Return a sealed object; None when there is none or its key was given up. Raises FileDamaged, KeyLost."""
        text = self.read_text(op_id, column, sealed)
        return _object(text) if text else None

    def read_text(self, op_id: str, column: str, sealed: bytes | None) -> str:
        """Return a sealed text; empty when there is none or its key was given up. Raises KeyLost."""
        if not sealed or self.cipher.is_given_up(sealed):
            return ""
        return self.cipher.open(sealed, "operation", op_id, column)

    def read_why(self, place: str, sealed: bytes) -> str:
        """Return a line of the audit; empty when it was purged or its key was given up. Raises KeyLost."""
        if not sealed or self.cipher.is_given_up(sealed):
            return ""
        return self.cipher.open(sealed, "operation_event", place, "why")

    def _seal(self, op_id: str, column: str, text: str) -> bytes:
        return self.cipher.seal(text, "operation", op_id, column)


def _object(text: str) -> dict[str, object]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise FileDamaged("A stored operation cannot be read.")
    return value


def text_of(value: Mapping[str, object]) -> str:
    """Return an object as it is stored. Raises InternalError for a value that cannot be."""
    try:
        return json.dumps(dict(value), separators=(",", ":"))
    except (TypeError, ValueError) as error:
        raise InternalError("An operation holds a value that cannot be stored.") from error
