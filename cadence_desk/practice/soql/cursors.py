"""Open query cursors: what a first page found, kept so that later pages show the same records.

Imports org ids. Called by the runner. A cursor holds ids only, so that 100,000 records cost 2 MB.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

from cadence_desk.practice.org.ids import to18

if TYPE_CHECKING:
    from collections.abc import Sequence

CURSOR_LIFE_MS = 2 * 24 * 3600 * 1000
"""Cursors live for two days (facts on REST, section 2.1)."""

_ID_LENGTH = 18
_MOST_IDS = 5_000_000
_LOCATOR = re.compile(r"(01g[0-9A-Za-z]{12,15})-(\d{1,9})")

P = TypeVar("P")


class IdList:
    """Record ids in order, packed into one string."""

    def __init__(self, ids: Sequence[str]) -> None:
        self._packed = "".join(ids)
        self._count = len(ids)

    def __len__(self) -> int:
        """Return how many ids there are."""
        return self._count

    def part(self, first: int, amount: int) -> list[str]:
        """Return some of the ids, from a place on."""
        packed = self._packed[first * _ID_LENGTH : (first + amount) * _ID_LENGTH]
        return [packed[at : at + _ID_LENGTH] for at in range(0, len(packed), _ID_LENGTH)]


@dataclass(frozen=True, slots=True)
class Cursor(Generic[P]):
    """One open query: its ids, how to read their records, and when it was opened in org time."""

    locator: str
    ids: IdList
    plan: P
    batch_size: int
    opened_ms: int

    def locator_at(self, first: int) -> str | None:
        """Return the locator of the page that starts there, None past the end."""
        return f"{self.locator}-{first}" if first < len(self.ids) else None


@dataclass(slots=True)
class CursorBook(Generic[P]):
    """All open cursors; the oldest go when they are past their life or together hold too many ids."""

    _open: OrderedDict[str, Cursor[P]] = field(default_factory=OrderedDict)
    _held: int = 0
    _opened: int = 0

    def open(self, ids: IdList, plan: P, batch_size: int, now_ms: int) -> Cursor[P]:
        """Keep a query open and return its cursor."""
        self._forget_before(now_ms - CURSOR_LIFE_MS)
        self._opened += 1
        cursor = Cursor(to18(f"01gPO{self._opened:010d}"), ids, plan, batch_size, now_ms)
        self._open[cursor.locator] = cursor
        self._held += len(ids)
        while self._held > _MOST_IDS and len(self._open) > 1:
            self._drop_oldest()
        return cursor

    def find(self, locator: str, now_ms: int) -> tuple[Cursor[P], int] | None:
        """Return the cursor of a locator and the place its page starts; None when there is no such page."""
        self._forget_before(now_ms - CURSOR_LIFE_MS)
        parts = _LOCATOR.fullmatch(locator)
        if parts is None:
            return None
        key, first = parts[1], int(parts[2])
        cursor = self._open.get(key if len(key) == _ID_LENGTH else to18(key))
        return None if cursor is None or first >= len(cursor.ids) else (cursor, first)

    def _forget_before(self, oldest_ms: int) -> None:
        while self._open and next(iter(self._open.values())).opened_ms < oldest_ms:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        _, cursor = self._open.popitem(last=False)
        self._held -= len(cursor.ids)
