"""A text that must never be shown: tokens and codes. Imports nothing of ours; used all over this room."""

from __future__ import annotations

import hmac

from typing_extensions import override


class Secret:
    """Wraps a token so that printing, formatting or logging it shows three stars."""

    __slots__ = ("_text",)

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the text; only where it goes onto the wire or into the key store."""
        return self._text

    @override
    def __repr__(self) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._text)

    @override
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        return hmac.compare_digest(self._text.encode(), other._text.encode())

    @override
    def __hash__(self) -> int:
        return hash(self._text)

    @override
    def __reduce__(self) -> str:
        raise TypeError("a secret is not stored by pickling")
