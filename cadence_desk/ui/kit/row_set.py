"""RowSet: which slots of a table a list shows, and in what order. Pure; no Qt. Called by kit.columnar_model.

`order` holds every known slot in the order of the sort; `rows` holds the hits of the search, in that order.
The table may change under it at any time; rows change only through the calls here.
"""

from __future__ import annotations

import time
from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.row_order import RowOrder, marked, renumbered
from cadence_desk.ui.kit.row_search import RowFilter, RowSearch, RowWish

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.tables import ColumnTable

SORT_AT_ONCE = 20_000
"""Up to this many rows a sort is too short to notice; above, it runs in slices."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What changed records mean for the rows: shown and changed, to be added, to be taken out."""

    changed: list[int]
    added: list[int]
    gone: list[int]


class RowSet(RowOrder):
    """The rows of one list over one table."""

    def __init__(self, table: ColumnTable) -> None:
        super().__init__(table)
        self.rows: list[int] = []
        self.wish = RowWish()
        self.search: RowSearch | None = None
        self.renewing = False
        """True while a search goes on behind rows that stay."""
        self._shown = bytearray(table.size)
        self._marks: bytearray | None = None

    @property
    def searching(self) -> bool:
        """True while rows are still being found."""
        return self.search is not None

    def is_shown(self, slot: int) -> bool:
        """Return True when the slot is among the rows."""
        return slot < len(self._shown) and bool(self._shown[slot])

    def row_of(self, slot: int) -> int:
        """Return the row of a slot, or -1."""
        return self.rows.index(slot) if self.is_shown(slot) else -1

    # ------------------------------------------------------------ searching

    def begin(self, wish: RowWish, *, narrow: bool) -> None:
        """Start to look for a wish; `rows` becomes empty. Typing on (`narrow`) goes through former hits only."""
        self._learn_new_slots()
        source: Sequence[int] = self.order
        within = None
        if narrow and wish.narrows(self.wish):
            source, within = self._former_hits()
        self.wish = wish
        self.search = RowSearch(self.table, wish, source, within)
        self.rows = []
        self._shown = bytearray(self.table.size)
        self.renewing = False

    def begin_renewal(self, *, known: bool = False) -> None:
        """Look for the same wish again; `rows` stay until `renew`. `known` means that only their order changed."""
        self._learn_new_slots()
        if known and self.search is None:
            self.search = RowSearch.over(self.table, self.wish, self.order, self._shown)
        else:
            self.search = RowSearch(self.table, self.wish, self.order)
        self.renewing = True

    def _former_hits(self) -> tuple[Sequence[int], bytearray]:
        """Return what a narrower wish has to look through, in the order of the list and as marks by slot."""
        search = self.search
        if search is None:
            return self.rows, self._shown
        marks = search.possible()
        for slot in search.touched:
            if slot < len(marks):
                marks[slot] = 1
        return self.order, marks.ljust(self.table.size, b"\1")

    def first_hits(self, enough: int, seconds: float) -> list[int]:
        """Return the first hits of a search that began; all of them when the time was enough for it."""
        if self.search is None:
            return []
        end = time.monotonic() + seconds
        found = self.search.first(enough, end)
        if len(found) < enough and self.search.step(end):
            found += self.search.take()
            self.search = None
        return found

    def go_on(self, seconds: float) -> bool:
        """Search for a while; return True when `end_search` has all."""
        return self.search is None or self.search.step(time.monotonic() + seconds)

    def end_search(self) -> tuple[list[int], set[int]]:
        """End a search that is complete: the rest of the hits, and the slots that changed meanwhile."""
        search, self.search = self.search, None
        if search is None:
            return [], set()
        self._marks = search.marks()
        hits, shown = search.take(), self._shown
        if search.touched and not self.renewing:
            hits = [slot for slot in hits if not shown[slot]]
        return hits, search.touched

    def renew(self, hits: list[int]) -> None:
        """Put the hits of a renewal in the place of all rows."""
        self.rows = []
        self._shown = bytearray(self.table.size)
        self.renewing = False
        self.append(hits)

    def append(self, slots: Iterable[int]) -> None:
        """Put slots at the end of the rows."""
        before = len(self.rows)
        self.rows += slots
        marks, self._marks = self._marks, None
        if marks is not None and self._are_all(marks, before):
            self._shown = marks
            return
        shown = self._shown
        for slot in self.rows[before:]:
            shown[slot] = 1

    def _are_all(self, marks: bytearray, before: int) -> bool:
        """Return True when marks that a search made are those of all rows, the `before` first ones included."""
        same = len(marks) == len(self._shown) and marks.count(1) == len(self.rows)
        return same and all(marks[slot] for slot in self.rows[:before])

    def insert(self, row: int, slot: int) -> None:
        """Put a slot between the rows."""
        self.rows.insert(row, slot)
        self._shown[slot] = 1

    def take_out(self, row: int) -> None:
        """Take one row out."""
        self._shown[self.rows.pop(row)] = 0

    def place_of(self, slot: int) -> int:
        """Return the row where a new slot belongs."""
        if not self.sort_column:
            return len(self.rows)
        keys: Any = self.table.keys(self.sort_column)
        if not self.descending:
            return bisect_right(self.rows, keys[slot], key=keys.__getitem__)
        low, high = 0, len(self.rows)
        while low < high:
            middle = (low + high) // 2
            if keys[self.rows[middle]] < keys[slot]:
                high = middle
            else:
                low = middle + 1
        return low

    # ------------------------------------------------------------ changes

    def absorb(self, ids: Iterable[str]) -> Effects:
        """Return what changed records mean; the rows stay as they are."""
        return self.absorb_slots({slot for slot in map(self.table.slot_of, ids) if slot is not None})

    def absorb_slots(self, touched: set[int]) -> Effects:
        """Return what changed slots mean; the rows stay as they are."""
        slots = sorted(touched)
        if self.search is not None:
            self.search.touched |= touched
        fitting = set(RowFilter(self.table, self.wish).of(slots))
        self._learn_new_slots()
        self._notice_keys()
        return Effects(
            changed=[slot for slot in slots if slot in fitting and self.is_shown(slot)],
            added=[slot for slot in slots if slot in fitting and not self.is_shown(slot)],
            gone=[slot for slot in slots if slot not in fitting and self.is_shown(slot)],
        )

    def follow(self) -> Sequence[int] | None:
        """Take over the slots after a compaction: no row comes, goes or moves, so nobody has to be told.

        Returns the new slot by old slot; None when the rows cannot be told from it, and must be read anew.
        """
        moves = self.table.moves_since(self.epoch)
        if moves is None:
            return None
        rows = list(renumbered(self.rows, moves))
        if rows and min(rows) < 0:
            return None
        self._renumber(moves)
        self.rows = rows
        self._shown = marked(rows, self.table.size)
        if self.search is not None:
            self.begin_renewal()
        return moves

    @override
    def _learn_new_slots(self) -> None:
        super()._learn_new_slots()
        self._shown.extend(bytes(max(0, self.known - len(self._shown))))
