"""A columnar table with stable slots: what a list paints from. Base of PeopleTable and TrackerTable.

Changed on the loop thread only. Nothing here knows Qt or the org.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from math import floor
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.making import maker_of
from cadence_desk.domain.name_order import NameKeys

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence


TIMES_REMEMBERED = 4_096
"""Times whose text is remembered: what changes together changed in the same seconds."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row ready to show: text by column, and sort keys where they differ from the text."""

    texts: tuple[str, ...]
    keys: Mapping[str, object] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)
    flags: int = 0
    search: str = ""


make_row: Callable[[tuple[str, ...], Mapping[str, object], Mapping[str, str], int, str], Row] = maker_of(Row)
"""For the rows of events: texts, keys, facets, flags, search."""


class Columns:
    """Implements domain.tables.ColumnTable over plain lists, for reading."""

    def __init__(self, titles: Mapping[str, str], keyed: Sequence[str], facets: Sequence[str]) -> None:
        self.epoch = 0
        self._titles = dict(titles)
        self._order = tuple(titles)
        self._texts: dict[str, list[str]] = {name: [] for name in titles}
        self._columns = tuple(self._texts.values())
        self._keys: dict[str, list[object]] = {name: [] for name in keyed}
        self._versions = dict.fromkeys(titles, 0)
        self._facets: dict[str, list[str]] = {name: [] for name in facets}
        self._haystack: list[str] = []
        self._alive = bytearray()
        self._flags: list[int] = []
        self._ids: list[str] = []
        self._slots: dict[str, int] = {}
        self._shared: dict[str, str] = {}
        self._moves: tuple[int, Sequence[int]] | None = None
        self.journal: set[int] | None = None
        """Slots that changed since a compaction began; None while there is none."""

    @property
    def size(self) -> int:
        """Number of slots, dead ones included."""
        return len(self._ids)

    @property
    def count(self) -> int:
        """Number of live rows."""
        return self._alive.count(1)

    @property
    def columns(self) -> Sequence[str]:
        """Column names in their default order."""
        return self._order

    def title(self, column: str) -> str:
        """Return the header of a column."""
        return self._titles[column]

    def texts(self, column: str) -> Sequence[str]:
        """Return the display text of a column by slot."""
        return self._texts[column]

    def keys(self, column: str) -> Sequence[object]:
        """Return the sort keys of a column by slot: its own keys, else those of its texts."""
        own = self._keys.get(column)
        return NameKeys(self._texts[column]) if own is None else own

    def key_version(self, column: str) -> int:
        """Return a number that grows with every sort key of a column that changed or came."""
        return self._versions[column]

    def haystack(self) -> Sequence[str]:
        """Return the casefolded search text by slot."""
        return self._haystack

    def alive(self) -> bytearray:
        """Return 1 by slot for live rows."""
        return self._alive

    def ids(self) -> Sequence[str]:
        """Return record ids by slot."""
        return self._ids

    def slot_of(self, record_id: str) -> int | None:
        """Return the slot of a record that was ever put, or None."""
        return self._slots.get(record_id)

    def flags(self) -> Sequence[int]:
        """Return flag bits by slot."""
        return self._flags

    def facet(self, name: str) -> Sequence[str]:
        """Return a facet's value by slot."""
        return self._facets[name]

    def moves_since(self, epoch: int) -> Sequence[int] | None:
        """Return the slot now, or -1, by slot of the epoch before; None when the table began anew, or too long ago."""
        return self._moves[1] if self._moves is not None and self._moves[0] == epoch else None


class ColumnStore(Columns):
    """A table to write to."""

    def put(self, record_id: str, row: Row) -> None:
        """Write one row: into its slot, or into a new one at the end."""
        slot = self._slots.get(record_id)
        if slot is None:
            slot = self._append(record_id)
        versions = self._versions
        for name, column, text in zip(self._order, self._columns, row.texts, strict=True):
            if column[slot] != text:  # most of a changed row is as it was
                column[slot] = self._share(text)
                versions[name] += 1
        own, told = row.keys, row.facets
        for name, keys in self._keys.items():
            if keys[slot] != own[name]:
                keys[slot] = own[name]
                versions[name] += 1
        for name, values in self._facets.items():
            value = told.get(name, "")
            if values[slot] != value:
                values[slot] = self._share(value)
        self._haystack[slot] = row.search
        self._flags[slot] = row.flags
        self._live(slot, 1)

    def drop(self, record_id: str) -> bool:
        """Take a row out of the list; its slot stays. Returns False when it was not in it."""
        slot = self._slots.get(record_id)
        if slot is None or not self._alive[slot]:
            return False
        self._live(slot, 0)
        return True

    def _live(self, slot: int, alive: int) -> None:
        self._alive[slot] = alive
        if self.journal is not None:
            self.journal.add(slot)

    def clear(self) -> None:
        """Forget all rows and start a new epoch."""
        for texts in (*self._texts.values(), *self._facets.values()):
            texts.clear()
        for keys in self._keys.values():
            keys.clear()
        self._haystack.clear()
        self._alive.clear()
        self._flags.clear()
        self._ids.clear()
        self._slots.clear()
        self._moves = self.journal = None
        self.epoch += 1

    def forget_moves(self) -> None:
        """Forget which slot went where: whoever shows the table has heard of it."""
        self._moves = None

    def parts(self) -> list[list[Any]]:
        """Return every list of the table that holds one value a slot."""
        dicts: tuple[dict[str, list[Any]], ...] = (self._texts, self._keys, self._facets)
        return [part for one in dicts for part in one.values()] + [self._haystack, self._flags, self._ids]

    def move_into(
        self, parts: list[list[Any]], alive: bytearray, slots: dict[str, int], moves: Sequence[int]
    ) -> None:
        """Go on with other lists, in the order of `parts`, in which the slots are other ones: a new epoch."""
        *columns, self._haystack, self._flags, self._ids = parts
        fresh = iter(columns)
        for one in (self._texts, self._keys, self._facets):
            for name in one:
                one[name] = next(fresh)
        self._columns = tuple(self._texts.values())
        self._alive, self._slots = alive, slots
        self._moves = (self.epoch, moves)
        self.journal = None
        self.epoch += 1

    def _append(self, record_id: str) -> int:
        slot = len(self._ids)
        self._slots[record_id] = slot
        for name in self._versions:
            self._versions[name] += 1
        self._ids.append(record_id)
        for column in self._texts.values():
            column.append("")
        for keys in self._keys.values():
            keys.append(None)
        for values in self._facets.values():
            values.append("")
        self._haystack.append("")
        self._flags.append(0)
        self._alive.append(0)
        return slot

    def _share(self, text: str) -> str:
        # Few distinct short texts fill most cells: states, cadences, names of reps. Keep one copy of each.
        if len(text) > 40 or len(self._shared) > 20_000:
            return text
        return self._shared.setdefault(text, text)


def local_text(moment: datetime | None, *, seconds: bool = False) -> str:
    """Return a time as a row shows it: by the clock of this computer; empty when there is none."""
    if moment is None:
        return ""
    # `time.tzname`: the zone of the computer may be set anew while texts are remembered
    return _local_text(floor(moment.timestamp()), time.tzname)[: 19 if seconds else 16]


@lru_cache(TIMES_REMEMBERED)
def _local_text(second: int, _zone: tuple[str, str]) -> str:
    """Not by strftime: that imports a module at each call, which passes through PySide's own import hook."""
    return datetime.fromtimestamp(second).isoformat(" ")  # noqa: DTZ006 - as a row shows it: without the zone


SEPARATOR = "\x1f"
"""Stands between the searched columns, so that a match never runs from one column into the next."""


def search_text(*parts: str) -> str:
    """Return the casefolded text that filter-as-you-type looks into."""
    return SEPARATOR.join(parts).casefold()
