"""RowSet: which slots of a table a list shows, and in what order. Pure; no Qt. Called by kit.columnar_model.

`order` holds every known slot in the order of the sort; `rows` holds the hits of the search, in that order.
The table may change under it at any time; rows change only through the calls here.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.ui.kit.row_search import RowFilter, RowSearch, RowSort, RowWish

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


class RowSet:
    """The rows of one list over one table."""

    def __init__(self, table: ColumnTable) -> None:
        self.table = table
        self.epoch = table.epoch
        self.known = table.size
        self.order: list[int] = list(range(table.size))
        self.rows: list[int] = []
        self.wish = RowWish()
        self.search: RowSearch | None = None
        self.sort_column = ""
        self.descending = False
        self.order_is_stale = False
        self._shown = bytearray(table.size)
        self._sorted_keys: list[object] = []

    @property
    def is_current(self) -> bool:
        """False once the table began a new epoch: the slots of these rows mean nothing any more."""
        return self.epoch == self.table.epoch

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
        candidates: Sequence[int] = self.order
        if narrow and wish.narrows(self.wish):
            rest = self.search.rest() if self.search is not None else ()
            candidates = [*self.rows, *rest]
        self.wish = wish
        self.search = RowSearch(self.table, wish, candidates)
        self.rows = []
        self._shown = bytearray(self.table.size)

    def next_hits(self, enough: int, seconds: float) -> list[int]:
        """Return further hits, not yet among the rows; ends the search after the last."""
        if self.search is None:
            return []
        shown = self._shown
        found = [slot for slot in self.search.take(enough, seconds) if not shown[slot]]
        if self.search.done:
            self.search = None
        return found

    def append(self, slots: Iterable[int]) -> None:
        """Put slots at the end of the rows."""
        added, shown = list(slots), self._shown
        self.rows += added
        for slot in added:
            shown[slot] = 1

    def insert(self, row: int, slot: int) -> None:
        """Put a slot between the rows."""
        self.rows.insert(row, slot)
        self._shown[slot] = 1

    def take_out(self, row: int) -> None:
        """Take one row out."""
        self._shown[self.rows.pop(row)] = 0

    # ------------------------------------------------------------ sorting

    def sort_by(self, column: str, *, descending: bool) -> None:
        """Choose the column; `sort_now` or `begin_sort` carries it out. An empty name means arrival order."""
        self.sort_column = column
        self.descending = descending
        self.order_is_stale = True

    def sort_now(self, slots: list[int]) -> None:
        """Sort a list of slots in place."""
        if not self.sort_column:
            slots.sort()
            return
        keys: Any = self.table.keys(self.sort_column)
        slots.sort(key=keys.__getitem__, reverse=self.descending)

    def begin_sort(self) -> RowSort:
        """Return a sort of all slots that can be done in slices."""
        self._learn_new_slots()
        keys: Sequence[object] = (
            self.table.keys(self.sort_column) if self.sort_column else range(self.table.size)
        )
        return RowSort(list(self.order), keys, descending=self.descending)

    def end_sort(self, result: list[int]) -> None:
        """Take over a finished order; what arrived meanwhile is added at the end."""
        missing = self.order[len(result) :]
        self.order = result + missing
        self.order_is_stale = bool(missing)
        self._sorted_keys = list(self.table.keys(self.sort_column)) if self.sort_column else []

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
        fits = RowFilter(self.table, self.wish)
        slots = sorted({slot for slot in map(self.table.slot_of, ids) if slot is not None})
        fitting = set(fits.of(slots))
        self._learn_new_slots()
        changed = [slot for slot in slots if slot in fitting and self.is_shown(slot)]
        self._notice_moved(changed)
        return Effects(
            changed=changed,
            added=[slot for slot in slots if slot in fitting and not self.is_shown(slot)],
            gone=[slot for slot in slots if slot not in fitting and self.is_shown(slot)],
        )

    def _notice_moved(self, slots: Iterable[int]) -> None:
        if not self.sort_column:
            return
        keys = self.table.keys(self.sort_column)
        before = self._sorted_keys
        if any(slot >= len(before) or before[slot] != keys[slot] for slot in slots):
            self.order_is_stale = True

    def _learn_new_slots(self) -> None:
        size = self.table.size
        if size > self.known:
            self.order.extend(range(self.known, size))
            self._shown.extend(bytes(size - self.known))
            self.known = size
            self.order_is_stale = bool(self.sort_column)
