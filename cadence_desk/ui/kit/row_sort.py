"""Sorting in pieces, and ranks that stand for texts, so that a sort of 100,000 rows never stops the window. No Qt.

Called by kit.row_set. Every piece is one call into C over a few thousand rows.
"""

from __future__ import annotations

import time
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Sequence

    from cadence_desk.domain.tables import ColumnTable

T = TypeVar("T")

_RUN = 4_000
_RUNS = 70
_LONGEST_RUN = 7_000
_MARKS_IN_RUN = 8
_RANKED = 4_000


def as_they_are(items: list[T]) -> list[T]:
    """Return the same list."""
    return items


def made_anew(slots: list[int]) -> list[int]:
    """Return the same numbers, made one after the other: whoever goes through them goes straight through the memory.

    Numbers that a sort has moved lie all over it, which doubles the time of whatever comes next.
    """
    return array("q", slots).tolist()


def sort_in_pieces(
    items: Sequence[T],
    key: Callable[[T], Any],
    *,
    descending: bool = False,
    anew: Callable[[list[T]], list[T]] = as_they_are,
) -> Generator[None, None, list[T]]:
    """Sort stably, in both directions; yields after each piece of work and returns the sorted list.

    Short runs are sorted first. Then marks taken from all runs cut them into parts that follow each other, and
    each part is sorted by itself: the sort of the standard library joins ready runs as it finds them. `anew` may
    put another list of the same items in the place of each sorted one.
    """
    left = items[::-1] if descending else items  # backwards twice: equal ones keep their order
    runs = []
    length = _run_of(len(left))
    for begin in range(0, len(left), length):
        run = list(left[begin : begin + length])
        run.sort(key=key)
        runs.append(anew(run))
        yield
    result = yield from _joined(runs, key, anew)
    if descending:
        result.reverse()
    return result


def _joined(
    runs: list[list[T]], key: Callable[[T], Any], anew: Callable[[list[T]], list[T]]
) -> Generator[None, None, list[T]]:
    if len(runs) < 2:
        return runs[0] if runs else []
    result: list[T] = []
    starts = [0] * len(runs)
    for mark, common in _marks(runs, key):
        ends = [bisect_left(run, mark, lo=low, key=key) for run, low in zip(runs, starts, strict=True)]
        result += anew(_part(runs, starts, ends, key))
        yield
        if not common:
            starts = ends
            continue
        starts = [bisect_right(run, mark, lo=low, key=key) for run, low in zip(runs, ends, strict=True)]
        for run, low, high in zip(runs, ends, starts, strict=True):
            result += anew(run[low:high])  # all equal to the mark: in order as they stand
        yield
    result += anew(_part(runs, starts, [len(run) for run in runs], key))
    while runs:  # to free them all at once would be the longest piece of all
        yield
        runs.pop()
    return result


def _part(runs: list[list[T]], starts: list[int], ends: list[int], key: Callable[[T], Any]) -> list[T]:
    part: list[T] = []
    for run, low, high in zip(runs, starts, ends, strict=True):
        part += run[low:high]
    part.sort(key=key)
    return part


def _run_of(size: int) -> int:
    """Return the length of a run: as many rows as a sort takes some ms for, where there are very many."""
    return max(_RUN, min(size // _RUNS, _LONGEST_RUN))


def _marks(runs: list[list[T]], key: Callable[[T], Any]) -> list[tuple[Any, bool]]:
    """Return keys that cut all runs into parts of about the size of a run, each key once, and whether it is common."""
    step = max(1, len(runs[0]) // _MARKS_IN_RUN)
    # each run is asked at other places: asked at the same ones, runs that are alike would all name the same few keys
    places = [step * (number * 21 % 34) // 34 for number in range(len(runs))]
    sample = sorted(key(one) for run, place in zip(runs, places, strict=True) for one in run[place::step])
    chosen = sample[_MARKS_IN_RUN // 2 :: _MARKS_IN_RUN]
    return [
        (mark, bisect_right(sample, mark) - bisect_left(sample, mark) > 1) for mark in dict.fromkeys(chosen)
    ]


class Ranks:
    """Numbers that compare as the texts of a column do: they sort faster, and take four bytes a row."""

    def __init__(self, table: ColumnTable) -> None:
        self._table = table
        self._kept: dict[str, tuple[int, array[int]]] = {}

    def forget(self) -> None:
        """Forget all ranks: the slots mean other records now."""
        self._kept.clear()

    def work(self, column: str) -> Generator[None, None, Sequence[Any]]:
        """Return what to sort a column by; yields after each piece of work."""
        keys: Any = self._table.keys(column)
        size = len(keys)
        if not size or not isinstance(keys[0], str):
            return keys  # type: ignore[no-any-return]  # numbers sort well as they are
        version = self._table.key_version(column)
        found = self._kept.get(column)
        if found is not None and found[0] == version and len(found[1]) == size:
            return found[1]
        distinct: set[str] = set()
        for begin in range(0, size, _RANKED):
            distinct.update(keys[begin : begin + _RANKED])
            yield
        rank_of = yield from _numbered(distinct)
        ranks = array("I")
        for begin in range(0, size, _RANKED):
            # a text that came since is ranked with the empty one: its version says that this order is not the last
            ranks.extend([rank_of.get(text, 0) for text in keys[begin : begin + _RANKED]])
            yield
        self._kept[column] = (version, ranks)
        return ranks


def _numbered(distinct: set[str]) -> Generator[None, None, dict[str, int]]:
    ordered = yield from sort_in_pieces(list(distinct), str)
    rank_of: dict[str, int] = {}
    for begin in range(0, len(ordered), _RANKED):
        piece = ordered[begin : begin + _RANKED]
        rank_of.update(zip(piece, range(begin, begin + len(piece)), strict=True))
        yield
    return rank_of


class RowSort:
    """One sort of slots by a column, in slices. Stable."""

    def __init__(self, size: int, work: Generator[None, None, list[int]]) -> None:
        self.size = size
        """How many slots it is about."""
        self.result: list[int] = []
        self.done = False
        self._work = work

    def step(self, seconds: float) -> bool:
        """Work for a while, one piece at least; return True when `result` is complete."""
        end = time.monotonic() + seconds
        while not self.done:
            try:
                next(self._work)
            except StopIteration as ended:
                self.result = ended.value
                self.done = True
            if time.monotonic() >= end:
                break
        return self.done


def sort_of(slots: Sequence[int], ranks: Ranks, column: str, *, descending: bool) -> RowSort:
    """Return a sort of the slots as they are now by a column; an empty name means arrival order."""
    wanted = list(slots)

    def work() -> Generator[None, None, list[int]]:
        keys: Any = range(1 << 60) if not column else (yield from ranks.work(column))
        return (yield from sort_in_pieces(wanted, keys.__getitem__, descending=descending, anew=made_anew))

    return RowSort(len(wanted), work())
