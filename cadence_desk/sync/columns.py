"""A columnar table with stable slots: what a list paints from. Base of PeopleTable and TrackerTable.

Changed on the loop thread only. Nothing here knows Qt or the org.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Row:
    """One row ready to show: text by column, and sort keys where they differ from the text."""

    texts: tuple[str, ...]
    keys: Mapping[str, object] = field(default_factory=dict)
    facets: Mapping[str, str] = field(default_factory=dict)
    flags: int = 0
    search: str = ""


class ColumnStore:
    """Implements domain.tables.ColumnTable over plain lists."""

    def __init__(self, titles: Mapping[str, str], keyed: Sequence[str], facets: Sequence[str]) -> None:
        self.epoch = 0
        self._titles = dict(titles)
        self._order = tuple(titles)
        self._texts: dict[str, list[str]] = {name: [] for name in titles}
        self._columns = tuple(self._texts.values())
        self._keys: dict[str, list[object]] = {name: [] for name in keyed}
        self._folded: dict[str, list[object]] = {}
        self._facets: dict[str, list[str]] = {name: [] for name in facets}
        self._haystack: list[str] = []
        self._alive = bytearray()
        self._flags: list[int] = []
        self._ids: list[str] = []
        self._slots: dict[str, int] = {}
        self._shared: dict[str, str] = {}

    @property
    def size(self) -> int:
        """Number of slots, dead ones included."""
        return len(self._ids)

    @property
    def count(self) -> int:
        """Number of live rows."""
        return sum(self._alive)

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
        """Return the sort keys of a column by slot: its own keys, else the casefolded text."""
        own = self._keys.get(column)
        if own is not None:
            return own
        folded = self._folded.get(column)
        if folded is None:
            folded = [text.casefold() for text in self._texts[column]]
            self._folded[column] = folded
        return folded

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

    def put(self, record_id: str, row: Row) -> None:
        """Write one row: into its slot, or into a new one at the end."""
        slot = self._slots.get(record_id)
        if slot is None:
            slot = self._append(record_id)
        for name, column, text in zip(self._order, self._columns, row.texts, strict=True):
            if column[slot] == text:
                continue  # most of a changed row is as it was
            column[slot] = self._share(text)
            folded = self._folded.get(name)
            if folded is not None:
                folded[slot] = text.casefold()
        for name, keys in self._keys.items():
            keys[slot] = row.keys[name]
        for name, values in self._facets.items():
            value = row.facets.get(name, "")
            if values[slot] != value:
                values[slot] = self._share(value)
        self._haystack[slot] = row.search
        self._flags[slot] = row.flags
        self._alive[slot] = 1

    def drop(self, record_id: str) -> bool:
        """Take a row out of the list; its slot stays. Returns False when it was not in it."""
        slot = self._slots.get(record_id)
        if slot is None or not self._alive[slot]:
            return False
        self._alive[slot] = 0
        return True

    def clear(self) -> None:
        """Forget all rows and start a new epoch."""
        for texts in (*self._texts.values(), *self._facets.values()):
            texts.clear()
        for keys in self._keys.values():
            keys.clear()
        self._folded.clear()
        self._haystack.clear()
        self._alive.clear()
        self._flags.clear()
        self._ids.clear()
        self._slots.clear()
        self.epoch += 1

    def _append(self, record_id: str) -> int:
        slot = len(self._ids)
        self._slots[record_id] = slot
        self._ids.append(record_id)
        for column in self._texts.values():
            column.append("")
        for keys in self._keys.values():
            keys.append(None)
        for folded in self._folded.values():
            folded.append("")
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
    """Return a time as a row shows it: by the clock of this computer; empty when there is none.

    Not by strftime: that imports a module at each call, which passes through PySide's own import hook.
    """
    if moment is None:
        return ""
    return moment.astimezone().isoformat(" ", "seconds")[: 19 if seconds else 16]


SEPARATOR = "\x1f"
"""Stands between the searched columns, so that a match never runs from one column into the next."""


def search_text(*parts: str) -> str:
    """Return the casefolded text that filter-as-you-type looks into."""
    return SEPARATOR.join(parts).casefold()
