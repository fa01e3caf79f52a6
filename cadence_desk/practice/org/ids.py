"""Record ids as Salesforce makes them: a key prefix, a running base-62 number, a checksum for case.

Imports nothing of ours. Used by the store, transactions and the seeding.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for

if TYPE_CHECKING:
    from collections.abc import Iterator

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHECK = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"
_LENGTHS = (15, 18)


def checksum(short: str) -> str:
    """Return the three characters that make a 15-character id safe against changed case.

    Each covers five characters: bit i is set when character i of the block is an upper-case letter.
    """
    return _mark(short[:5]) + _mark(short[5:10]) + _mark(short[10:])


@lru_cache(maxsize=4096)
def _mark(block: str) -> str:
    return _CHECK[sum(1 << place for place, char in enumerate(block) if "A" <= char <= "Z")]


def to18(record_id: str) -> str:
    """Return the 18-character form of a 15-character id."""
    return record_id + checksum(record_id)


def canonical(record_id: object) -> str | None:
    """Return the 18-character form of a well-formed id, None for anything else.

    An 18-character id with changed case gets its case back from the checksum when it can be read, as the platform does.
    """
    if not isinstance(record_id, str) or len(record_id) not in _LENGTHS:
        return None
    if any(char not in _BASE62 for char in record_id):
        return None
    if len(record_id) == 15:
        return to18(record_id)
    mended = _mend_case(record_id[:15], record_id[15:].upper())
    return None if mended is None else to18(mended)


def _mend_case(short: str, marks: str) -> str | None:
    if any(mark not in _CHECK for mark in marks):
        return None
    chars = []
    for place, char in enumerate(short):
        upper = _CHECK.index(marks[place // 5]) >> (place % 5) & 1
        if upper and not char.isalpha():
            return None
        chars.append(char.upper() if upper else char.lower())
    return "".join(chars)


class IdMint:
    """Hands out ids, one running number per key prefix; the same seed gives the same ids."""

    def __init__(self, seed: int) -> None:
        chance = chance_for("ids", seed)
        self._pod = "".join(chance.choice(_BASE62) for _ in range(2))
        self._first = chance.randrange(62**3, 62**4)
        self._next: dict[str, int] = {}

    def mint(self, prefix: str) -> str:
        """Return the next id of a key prefix, in its 18-character form."""
        number = self._next.get(prefix, self._first)
        self._next[prefix] = number + 1
        return to18(f"{prefix}{self._pod}0{_digits(number, 9)}")

    def many(self, prefix: str, amount: int) -> Iterator[str]:
        """Return the next ids of a key prefix, for bulk seeding."""
        return (self.mint(prefix) for _ in range(amount))


@lru_cache(maxsize=8192)
def _digits(number: int, width: int) -> str:
    if width == 1:
        return _BASE62[number]
    low = width // 2
    high, rest = divmod(number, 62**low)
    return _digits(high, width - low) + _digits(rest, low)
