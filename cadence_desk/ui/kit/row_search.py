"""RowSearch and RowSort: filter and sort slots of a columnar table in short slices. Pure; no Qt.

Called by kit.columnar_model. A search goes through slots in the order of the list, so hits come out sorted.
"""

from __future__ import annotations

import heapq
import time
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cadence_desk.domain.tables import ColumnTable

_CHUNK = 2_000
_RUN = 4_000
_MERGE_CHUNK = 512


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


class RowFilter:
    """Says whether slots fit a wish; bound to one table."""

    def __init__(self, table: ColumnTable, wish: RowWish) -> None:
        self._alive = table.alive()
        self._haystack = table.haystack()
        self._ids = table.ids()
        self._wish = wish
        self._facets = [(table.facet(name), values) for name, values in wish.facets.items()]

    def of(self, slots: Sequence[int]) -> list[int]:
        """Return the slots that fit, in order."""
        alive, haystack = self._alive, self._haystack
        terms = self._wish.terms
        if terms:
            first = terms[0]
            found = [slot for slot in slots if first in haystack[slot] and alive[slot]]
            for term in terms[1:]:
                found = [slot for slot in found if term in haystack[slot]]
        else:
            found = [slot for slot in slots if alive[slot]]
        for values, wanted in self._facets:
            found = [slot for slot in found if values[slot] in wanted]
        only = self._wish.only
        if only is not None:
            ids = self._ids
            found = [slot for slot in found if ids[slot] in only]
        return found

    def fits(self, slot: int) -> bool:
        """Return True when one slot fits."""
        return bool(self.of((slot,)))


class RowSearch:
    """Goes through slots in chunks; the caller decides when to stop for now."""

    def __init__(self, table: ColumnTable, wish: RowWish, order: Sequence[int]) -> None:
        self._filter = RowFilter(table, wish)
        self._order = order
        self._at = 0

    @property
    def done(self) -> bool:
        """True when every slot was looked at."""
        return self._at >= len(self._order)

    def rest(self) -> Sequence[int]:
        """Return the slots that were not looked at yet."""
        return self._order[self._at :]

    def take(self, enough: int, seconds: float) -> list[int]:
        """Return the next hits: at least `enough` where there are that many, unless the time is over."""
        found: list[int] = []
        end = time.monotonic() + seconds
        while self._at < len(self._order) and len(found) < enough:
            found += self._filter.of(self._order[self._at : self._at + _CHUNK])
            self._at += _CHUNK
            if time.monotonic() >= end:
                break
        return found


class RowSort:
    """Sorts slots by a key column: short runs first, then one merge, both in slices. Stable."""

    def __init__(self, slots: Sequence[int], keys: Sequence[object], *, descending: bool) -> None:
        self._slots = slots
        self._key: Callable[[int], Any] = keys.__getitem__
        self._descending = descending
        self._runs: list[list[int]] = []
        self._merged: Iterator[int] | None = None
        self.result: list[int] = []
        self.done = False

    def step(self, seconds: float) -> bool:
        """Work for a while; return True when `result` is complete."""
        end = time.monotonic() + seconds
        while not self.done and time.monotonic() < end:
            self._advance()
        return self.done

    def _advance(self) -> None:
        begin = len(self._runs) * _RUN
        if begin < len(self._slots):
            run = list(self._slots[begin : begin + _RUN])
            run.sort(key=self._key, reverse=self._descending)
            self._runs.append(run)
            return
        if self._merged is None:
            self._merged = heapq.merge(*self._runs, key=self._key, reverse=self._descending)
        piece = list(islice(self._merged, _MERGE_CHUNK))
        self.result += piece
        self.done = len(piece) < _MERGE_CHUNK
