"""Compaction: gives back the places of rows that are gone, a short piece of work at a time.

Works on copies while the table goes on changing, then swaps them in: readers follow by `moves_since`. Called by the
engine, in quiet moments, on the loop thread.
"""

from __future__ import annotations

import asyncio
from array import array
from itertools import accumulate, compress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.sync.columns import ColumnStore

LEAST_EMPTY = 4_000
TOLD_SECONDS = 1.0
"""Whoever shows a table has heard of a row that is gone for so long."""

_PIECE = 25_000
_MOST_CHANGES = 2_000


def is_sparse(table: ColumnStore) -> bool:
    """Return True when more than half of the places are empty, and they are worth the work."""
    empty = table.size - table.count
    return empty >= LEAST_EMPTY and empty * 2 > table.size


async def tidy(table: ColumnStore) -> bool:
    """Compact a sparse table; True when that was done. A table that changes too fast is left for the next time."""
    table.forget_moves()
    if not is_sparse(table):
        return False
    epoch, before = table.epoch, bytes(table.alive())
    await asyncio.sleep(TOLD_SECONDS)
    if table.epoch != epoch:
        return False
    compaction = Compaction(table, before)
    for _ in compaction.work():
        await asyncio.sleep(0)
    return compaction.done


class Compaction:
    """One compaction of one table."""

    def __init__(self, table: ColumnStore, before: bytes) -> None:
        """Keep what lives, and what lived at the time of `before`: a list may still show it."""
        self.done = False
        self._table = table
        self._epoch = table.epoch
        self._keep = _either(table.alive(), before)
        self._old = table.parts()
        self._new: list[list[Any]] = [[] for _ in self._old]
        self._moves = array("i")
        self._slots: dict[str, int] = {}
        table.journal = set()

    def work(self) -> Iterator[None]:
        """Do it; yields after each piece, and gives up when the table began anew or changes too fast."""
        table = self._table
        for _ in self._copy():
            yield
            if table.epoch != self._epoch:
                return
        if table.epoch != self._epoch or len(table.journal or ()) > _MOST_CHANGES:
            table.journal = None
            return
        self._swap()
        self.done = True
        yield
        while self._old:  # to free the texts of the rows that are gone is most of the work
            self._old.pop()
            yield

    def _copy(self) -> Iterator[None]:
        keep = self._keep
        for begin in range(0, len(keep), _PIECE):
            piece = keep[begin : begin + _PIECE]
            places = accumulate(piece, initial=keep.count(1, 0, begin))
            self._moves.extend([place if kept else -1 for kept, place in zip(piece, places, strict=False)])
            yield
        for old, new in zip(self._old, self._new, strict=True):
            for begin in range(0, len(keep), _PIECE):
                new.extend(compress(old[begin : begin + _PIECE], keep[begin : begin + _PIECE]))
                yield
        ids = self._new[-1]
        for begin in range(0, len(ids), _PIECE):
            piece_of_ids = ids[begin : begin + _PIECE]
            self._slots.update(zip(piece_of_ids, range(begin, begin + len(piece_of_ids)), strict=True))
            yield

    def _swap(self) -> None:
        """Write again what changed meanwhile, and give the table its new lists."""
        table, moves = self._table, self._moves
        alive = bytearray(compress(table.alive(), self._keep))
        for slot in sorted(table.journal or ()):
            new = moves[slot] if slot < len(moves) else -1
            if new < 0:
                new = len(alive)
                alive.append(0)
                for part in self._new:
                    part.append(None)
                self._slots[table.ids()[slot]] = new
                if slot < len(moves):
                    moves[slot] = new
                else:
                    moves.append(new)
            for old, part in zip(self._old, self._new, strict=True):
                part[new] = old[slot]
            alive[new] = table.alive()[slot]
        table.move_into(self._new, alive, self._slots, moves)


def _either(some: bytes | bytearray, others: bytes | bytearray) -> bytes:
    """Return the marks that are in one of the two; as numbers, because a loop over all places takes too long."""
    both = int.from_bytes(some, "little") | int.from_bytes(others, "little")
    return both.to_bytes(max(len(some), len(others)), "little")
