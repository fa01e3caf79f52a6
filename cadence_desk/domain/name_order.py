"""The order in which names are read: accents beside their letters. Knows no list and no Qt.

Called by the tables for what a column is sorted by, and wherever names are offered to choose from.
A search is another thing: it finds what was typed, accents and all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import overload

from cadence_desk.domain.overriding import override

_STROKES = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "ħ": "h",
        "ŧ": "t",
        "\u0131": "i",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
    }
)
"""Letters that Unicode does not take apart, and that readers look for beside these."""


def name_key(text: str) -> str:
    """Return what a text is sorted by: its letters without case and accents, then with accents.

    So "Ärmel" stands beside "Armel", and after it. The language of the reader plays no part.
    """
    folded = text.casefold()
    if folded.isascii():
        return folded
    parts = unicodedata.normalize("NFKD", folded).casefold().translate(_STROKES)
    plain = "".join([letter for letter in parts if not unicodedata.combining(letter)])
    # what is equal without accents is told apart behind a character that sorts before all letters
    return folded if plain == folded else f"{plain}\0{folded}"


class _Accented(dict[str, str]):
    """Keys that were made."""

    def __missing__(self, text: str) -> str:
        made = self[text] = name_key(text)
        return made


class NameKeys(Sequence[str]):
    """Keys of texts, made as they are asked for: kept, they would take as much room again as the texts.

    Those of texts with accents take twenty times as long as others: they are kept as long as this is.
    """

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._accented = _Accented()

    @overload
    def __getitem__(self, at: int) -> str: ...

    @overload
    def __getitem__(self, at: slice) -> Sequence[str]: ...

    @override
    def __getitem__(self, at: int | slice) -> str | Sequence[str]:
        if isinstance(at, slice):
            accented = self._accented
            return [text.casefold() if text.isascii() else accented[text] for text in self._texts[at]]
        return name_key(self._texts[at])

    @override
    def __len__(self) -> int:
        return len(self._texts)
