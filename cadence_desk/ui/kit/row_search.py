"""RowWish, RowFilter and RowSearch: which slots of a columnar table are wanted, found in short slices. Pure; no Qt.

Called by kit.row_set.
"""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from itertools import compress
from operator import itemgetter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cadence_desk.domain.tables import ColumnTable

_CHUNK = 4_000
_GATHER = 16_000
_LOOKED_AT_ONCE = 64
_FEW_IN = 64
_LOOK = 2_000
_LOOK_CHUNK = 500


@dataclass(frozen=True, slots=True)
class RowWish:
    """What is looked for.

    Attributes:
        terms: casefolded words that must all occur.
        facets: allowed values by facet name.
        only: record ids to choose from, as a list view gives them; None means all.
    """

    terms: tuple[str, ...] = ()
    facets: Mapping[str, frozenset[str]] = field(default_factory=dict)
    only: frozenset[str] | None = None

    @property
    def is_everything(self) -> bool:
        """True when every live row fits."""
        return not self.terms and not self.facets and self.only is None

    def narrows(self, earlier: RowWish) -> bool:
        """True when every hit of this is surely a hit of `earlier`: typing on, with nothing else changed."""
        if self.facets != earlier.facets or self.only != earlier.only:
            return False
        return all(any(old in new for new in self.terms) for old in earlier.terms)


def terms_of(text: str) -> tuple[str, ...]:
    """Return the words of a typed query."""
    return tuple(text.casefold().split())


class _TermScan:
    """Looks for one term in many texts.

    Where hits are few, the texts of some rows are joined and looked into at once: what `re` does for plain letters
    takes half the time of `in`. Where hits are many, each text is looked into by itself. What the rows before had
    tells which: nothing is kept.
    """

    def __init__(self, term: str) -> None:
        self._term = term
        self._few = False
        self._found_in: Callable[[str], object] | None = None

    def marks(self, texts: Sequence[str]) -> bytearray:
        """Return 1 for each text with the term."""
        marks = self._marks_of_few(texts) if self._few else self._marks_of_many(texts)
        self._few = marks.count(1) * _FEW_IN < len(marks)
        return marks

    def _marks_of_many(self, texts: Sequence[str]) -> bytearray:
        term = self._term
        return bytearray([term in text for text in texts])

    def _marks_of_few(self, texts: Sequence[str]) -> bytearray:
        if self._found_in is None:
            self._found_in = re.compile(re.escape(self._term)).search
        found_in, join, at_once = self._found_in, "\n".join, _LOOKED_AT_ONCE
        marks = bytearray(len(texts))
        for begin in range(0, len(texts), at_once):
            some = texts[begin : begin + at_once]
            if found_in(join(some)):
                marks[begin : begin + at_once] = self._marks_of_many(some)
        return marks


class RowFilter:
    """Says whether slots fit a wish; bound to one table."""

    def __init__(self, table: ColumnTable, wish: RowWish) -> None:
        self._alive = table.alive()
        self._haystack = table.haystack()
        self._ids = table.ids()
        self._wish = wish
        self._facets = [(table.facet(name), values) for name, values in wish.facets.items()]
        self._scan = _TermScan(wish.terms[0] if wish.terms else "")

    def of(self, slots: Sequence[int]) -> list[int]:
        """Return the slots that fit, in order."""
        alive, haystack = self._alive, self._haystack
        terms = self._wish.terms
        if terms:
            first = terms[0]
            found = [slot for slot in slots if first in haystack[slot] and alive[slot]]
        else:
            found = [slot for slot in slots if alive[slot]]
        return self._beyond_first_term(found)

    def _beyond_first_term(self, found: list[int]) -> list[int]:
        haystack = self._haystack
        for term in self._wish.terms[1:]:
            found = [slot for slot in found if term in haystack[slot]]
        for values, wanted in self._facets:
            found = [slot for slot in found if values[slot] in wanted]
        only = self._wish.only
        if only is not None:
            ids = self._ids
            found = [slot for slot in found if ids[slot] in only]
        return found

    def marks(self, begin: int, end: int) -> bytearray:
        """Return 1 by slot between two for those that fit; cheapest where many do."""
        marks = self._alive[begin:end]
        terms = self._wish.terms
        if terms:
            hits = self._scan.marks(self._haystack[begin:end])
            marks = hits if marks.find(0) < 0 else _both(hits, marks)
        if len(terms) < 2 and not self._facets and self._wish.only is None:
            return marks
        fitting = self._beyond_first_term(list(compress(range(begin, end), marks)))
        marks = bytearray(end - begin)
        for slot in fitting:
            marks[slot - begin] = 1
        return marks

    def fits(self, slot: int) -> bool:
        """Return True when one slot fits."""
        return bool(self.of((slot,)))


class RowSearch:
    """Finds all rows of a wish in slices: a screenful from the top of the list first, then slot by slot.

    The list's own order jumps about in memory, which costs four times as much as going through the slots as they
    lie; so the hits are marked by slot, and only put in the order of the list at the end.
    """

    def __init__(
        self, table: ColumnTable, wish: RowWish, source: Sequence[int], within: bytearray | None = None
    ) -> None:
        """Look through `source`, slots in the order of the list; only those marked in `within` can be hits."""
        self._filter = RowFilter(table, wish)
        self._source = source
        self._within = within
        self._length = len(source)
        self._size = table.size
        self._hits = bytearray(table.size)
        self._scanned = 0
        self._at = 0
        self._ready: list[int] = []
        self.touched: set[int] = set()
        """Slots that changed while this went on: what they mean is decided again at the end."""
        if wish.is_everything:
            self._know(table.alive()[: self._size])

    def _know(self, hits: bytearray) -> None:
        within = self._within
        self._hits = hits if within is None else _both(hits, within)
        self._scanned = self._size

    @classmethod
    def over(cls, table: ColumnTable, wish: RowWish, source: Sequence[int], shown: bytearray) -> RowSearch:
        """Return a search that is only about the order: the hits are known."""
        search = cls(table, wish, source)
        search._know(bytearray(shown[: search._size].ljust(search._size, b"\0")))
        return search

    def possible(self) -> bytearray:
        """Return marks by slot of what may be a hit, as far as this came."""
        rest = self._size - self._scanned
        later = self._within[self._scanned : self._size] if self._within is not None else b"\1" * rest
        return self._hits[: self._scanned] + later.ljust(rest, b"\0")

    def first(self, enough: int, end: float) -> list[int]:
        """Return hits from the top of the list: `enough` where they are found soon, else fewer."""
        found: list[int] = []
        while self._at < min(self._length, _LOOK) and len(found) < enough:
            piece = self._next(_LOOK_CHUNK)
            found += self._some(piece)
            if time.monotonic() >= end:
                break
        return found

    def _some(self, piece: Sequence[int]) -> list[int]:
        if self._scanned == self._size:
            return _marked(piece, self._hits)
        if self._within is not None:
            within = self._within
            piece = [slot for slot in piece if within[slot]]
        return self._filter.of(piece)

    def step(self, end: float) -> bool:
        """Work until a time; return True when `take` has all the rest."""
        while self._scanned < self._size and self._at < self._length:
            self._scan()
            if time.monotonic() >= end:
                return False
        hits = self._hits
        if hits.find(1) < 0:
            self._at = self._length
        all_hit = hits.find(0) < 0
        while self._at < self._length:
            piece = self._next(_GATHER)
            self._ready += piece if all_hit else _marked(piece, hits)
            if time.monotonic() >= end:
                break
        return self._at >= self._length

    def _next(self, count: int) -> Sequence[int]:
        """Return the next slots in the order of the list; those that came since the start are not among them."""
        begin, self._at = self._at, min(self._at + count, self._length)
        return self._source[begin : self._at]

    def _scan(self) -> None:
        begin, end = self._scanned, min(self._scanned + _CHUNK, self._size)
        hits = self._hits
        within = None if self._within is None else self._within[begin:end]
        if within is None or within.find(0) < 0:
            hits[begin:end] = self._filter.marks(begin, end)
        elif within.count(1) * 2 > end - begin:  # cheaper to look into all than to pick them one by one
            hits[begin:end] = _both(self._filter.marks(begin, end), within)
        else:
            for slot in self._filter.of(list(compress(range(begin, end), within))):
                hits[slot] = 1
        self._scanned = end

    def marks(self) -> bytearray | None:
        """Return the hits by slot; None where rows came or went meanwhile, or where only the top was looked at."""
        whole = self._scanned == self._size and self._length == self._size and not self.touched
        return self._hits if whole else None

    def take(self) -> list[int]:
        """Return the hits that `first` did not return, in the order of the list."""
        return self._ready


def _marked(slots: Sequence[int], marks: bytearray) -> list[int]:
    """Return the slots that are marked, in order; two calls into C, because a list may have hundreds of thousands."""
    if len(slots) < 2:
        return [slot for slot in slots if marks[slot]]
    return list(compress(slots, itemgetter(*slots)(marks)))


def _both(some: bytearray, others: bytearray) -> bytearray:
    """Return the marks that are in both."""
    size = len(some)
    both = int.from_bytes(some, "little") & int.from_bytes(others[:size], "little")
    return bytearray(both.to_bytes(size, "little"))
