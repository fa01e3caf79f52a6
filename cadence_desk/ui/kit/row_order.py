"""RowOrder: every known slot of a table in the order of the list. Pure; no Qt. Base of kit.row_set.

The table may change under it at any time; the order changes only through the calls here.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from cadence_desk.ui.kit.row_sort import Ranks, sort_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.ui.kit.row_sort import RowSort


class RowOrder:
    """The order of one list over one table."""

    def __init__(self, table: ColumnTable) -> None:
        self.table = table
        self.epoch = table.epoch
        self.known = table.size
        self.order: list[int] = list(range(table.size))
        self.sort_column = ""
        self.descending = False
        self.order_is_stale = False
        self._ranks = Ranks(table)
        self._sorted_at = 0

    @property
    def is_current(self) -> bool:
        """False once the table began a new epoch: the slots of these rows mean nothing any more."""
        return self.epoch == self.table.epoch

    def sort_by(self, column: str, *, descending: bool) -> None:
        """Choose the column; `begin_sort` carries it out. An empty name means arrival order."""
        self.sort_column = column
        self.descending = descending
        self.order_is_stale = True

    def begin_sort(self) -> RowSort:
        """Return a sort of all slots that can be done in slices."""
        self._learn_new_slots()
        self._sorted_at = self._key_version()
        return sort_of(self.order, self._ranks, self.sort_column, descending=self.descending)

    def end_sort(self, sorting: RowSort) -> None:
        """Take over a finished order; what arrived meanwhile is added at the end."""
        missing = self.order[sorting.size :]
        self.order = sorting.result
        self.order += missing
        self.order_is_stale = bool(missing) or self._sorted_at != self._key_version()

    def _key_version(self) -> int:
        return self.table.key_version(self.sort_column) if self.sort_column else 0

    def _notice_keys(self) -> None:
        """See whether rows may have to move: a key changed since the sort."""
        if self.sort_column and self._sorted_at != self._key_version():
            self.order_is_stale = True

    def _learn_new_slots(self) -> None:
        size = self.table.size
        if size > self.known:
            self.order.extend(range(self.known, size))
            self.known = size
            self.order_is_stale = bool(self.sort_column)

    def _renumber(self, moves: Sequence[int]) -> None:
        """Take over new slots; those that this order does not know come at the end."""
        size = self.table.size
        order = [new for new in renumbered(self.order, moves) if new >= 0]
        known = marked(order, size)
        news = [slot for slot in range(size) if not known[slot]] if len(order) < size else []
        self.order = order + news
        self.order_is_stale = self.order_is_stale or bool(news and self.sort_column)
        self.known = size
        self.epoch = self.table.epoch
        self._ranks.forget()


def marked(slots: Sequence[int], size: int) -> bytearray:
    """Return 1 by slot for some, each there once."""
    if len(slots) == size:
        return bytearray(b"\1" * size)
    marks = bytearray(size)
    for slot in slots:
        marks[slot] = 1
    return marks


def renumbered(slots: Sequence[int], moves: Sequence[int]) -> Sequence[int]:
    """Return the new slots of some; one call into C, because a list may have hundreds of thousands."""
    found: Sequence[int] = itemgetter(*slots)(moves) if len(slots) > 1 else [moves[slot] for slot in slots]
    return found
