"""list.*: filter, sort, paint and scroll 100,000 and 500,000 rows, beside the usual Qt ways.

Rows are out of the garbage collector's sight, as they are in the window (record 12), for ours and for theirs. Else each
look at the clock would first have it walk through all rows, which takes as long as what is measured, or far longer.
"""

from __future__ import annotations

import gc
import random
import time
import tracemalloc
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from itertools import count as counted
from typing import TYPE_CHECKING

from PySide6.QtCore import QSortFilterProxyModel
from PySide6.QtWidgets import QApplication, QTableView

from cadence_desk.sync.compaction import Compaction
from cadence_desk.sync.people_table import PeopleTable
from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.fast_table import FastTable
from tests.bench.crowd import people_table
from tests.bench.figures import HIGHER, Figure, Spread, alone, compared, cpu_ms, turn_by_turn
from tests.bench.usual_lists import TutorialProxy, UsualModel, usual_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bench.rounds import Rounds

COLUMNS = ["name", "company", "title", "status", "owner", "email", "phone", "city"]
WORDS = ("a", "ro", "schmidt", "lyon", "zz top")
MANY, MOST = 100_000, 500_000


@cache
def table_of(count: int) -> PeopleTable:
    """Return the table of a size, made once for all figures: none of them writes to it."""
    table = people_table(count)
    out_of_sight()
    return table


def out_of_sight() -> None:
    """Take what is there out of the collector's sight, as the window does after each page of rows."""
    gc.collect()
    gc.freeze()


@contextmanager
def undisturbed() -> Iterator[None]:
    """Collect once, and not while things are timed: a turn of the wheel is shorter than a look for garbage."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def app() -> QApplication:
    """Return the one application."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["bench"])


def own_list(count: int, *, sort: int = -1) -> FastTable:
    """Return the window's own list over so many people, at rest; in arrival order, or sorted by a column."""
    app()
    view = FastTable([ColumnPlan(name, 120, 60) for name in COLUMNS])
    view.resize(1100, 700)
    view.show()
    view.columnar.show_table(table_of(count), COLUMNS)
    rest(view)
    view.columnar.sort(sort)
    rest(view)
    return view


def rest(view: FastTable) -> None:
    """Work until nothing is left to find, to sort or to paint."""
    app().processEvents()
    while view.columnar.busy:
        app().processEvents()


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure the list."""
    own = own_list(MANY)
    usual = UsualModel(table_of(MANY), COLUMNS)
    yield first_hits(own, rounds)
    yield from filtered(own, usual, rounds)
    yield from sorted_by_name(own, usual, rounds)
    view = usual_view(usual)
    yield painted(own, view, rounds)
    yield scrolled(own, view, rounds)
    yield memory(MANY)
    yield compacted(MANY, rounds)
    if not rounds.quick:
        yield from at_most_rows(own, rounds)


def show_first(view: FastTable, word: str) -> None:
    """Type a word and paint the first screen of hits."""
    view.columnar.look_for(word)
    view.viewport().repaint()


def search(view: FastTable, word: str) -> None:
    """Type a word and find all hits."""
    view.columnar.look_for(word)
    rest(view)


def first_hits(own: FastTable, rounds: Rounds) -> Figure:
    """Typing a key until the first screen of hits is painted."""

    def one() -> float:
        worst = 0.0
        for word in WORDS:
            search(own, "")
            worst = max(worst, cpu_ms(show_first, own, word))
        return worst

    (spread,) = turn_by_turn(rounds.repeats, one)
    search(own, "")
    told = f"worst of five words, {spread.words}"
    return alone("list.first_hits_100k", "ms", spread, 16.0, told)


def filtered(own: FastTable, usual: UsualModel, rounds: Rounds) -> Iterator[Figure]:
    """All hits of a word found and shown, the time of every slice added up.

    Once in the order in which people came, as the proxy has them, and once in a list that is sorted by name, as the
    window shows it: its rows lie all over the memory.
    """
    proxy = TutorialProxy(usual)
    view = usual_view(proxy)
    by_name = own_list(MANY, sort=0)

    def tutorial(word: str) -> None:
        proxy.look_for(word)
        app().processEvents()

    def words(mine: FastTable) -> float:
        return sum(cpu_ms(search, mine, word) for word in WORDS) / len(WORDS)

    def tutorial_words() -> float:
        return sum(cpu_ms(tutorial, word) for word in WORDS) / len(WORDS)

    ours, named, theirs = turn_by_turn(
        rounds.few_repeats, lambda: words(own), lambda: words(by_name), tutorial_words
    )
    view.close()
    by_name.close()
    search(own, "")
    yield compared("list.filter_100k", "ms", (ours, theirs), "tutorial proxy", 60.0, HIGHER)
    yield compared("list.filter_sorted_100k", "ms", (named, theirs), "tutorial proxy", 60.0, HIGHER)


def sorted_by_name(own: FastTable, usual: UsualModel, rounds: Rounds) -> Iterator[Figure]:
    """A click on the head of the name column until the list stands in the new order.

    Every sort begins with the order in which people came: the proxy is put back into it in some ms, while a sort by
    another column would take it as long as the one that is timed. The first click on a column ranks its texts, which
    is kept: measured by itself, in a list made for it.
    """
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(usual)
    view = usual_view(proxy)

    def usual_by(column: int) -> None:
        proxy.sort(column)
        app().processEvents()

    def ours() -> float:
        sort_by(own, -1)
        return cpu_ms(sort_by, own, 0)

    def first() -> float:
        new = own_list(MANY)
        spent = cpu_ms(sort_by, new, 0)
        new.close()
        new.deleteLater()
        return spent

    def theirs() -> float:
        usual_by(-1)
        return cpu_ms(usual_by, 0)

    own_spread, first_spread, spread = turn_by_turn(rounds.few_repeats, ours, first, theirs)
    view.close()
    reference = "QSortFilterProxyModel"
    yield compared("list.sort_100k", "ms", (own_spread, spread), reference, 150.0, HIGHER)
    yield compared("list.sort_first_100k", "ms", (first_spread, spread), reference, None, HIGHER)


def repaint_ms(view: QTableView, turn: int) -> float:
    """Mean of full repaints at places all over the list, other ones at each turn."""
    bar, chance = view.verticalScrollBar(), random.Random(turn)
    total = 0.0
    with undisturbed():
        for _ in range(20):
            bar.setValue(chance.randrange(bar.maximum()))
            began = time.thread_time()
            view.viewport().repaint()
            total += time.thread_time() - began
    return total * 1000 / 20


def step_ms(view: QTableView, turn: int) -> float:
    """Mean of one turn of the wheel: three rows further, and painted; at each turn where nothing was painted before."""
    bar = view.verticalScrollBar()
    bar.setValue(random.Random(turn).randrange(bar.maximum() // 2))
    app().processEvents()
    further = 3 * view.rowHeight(0)
    with undisturbed():
        began = time.thread_time()
        for _ in range(60):
            bar.setValue(bar.value() + further)
            app().processEvents()
        return (time.thread_time() - began) * 1000 / 60


def side_by_side(
    measure: Callable[[QTableView, int], float], ours: QTableView, theirs: QTableView, repeats: int
) -> tuple[Spread, Spread]:
    """Measure two lists turn by turn, both at the same places."""
    our_turns, their_turns = counted(), counted()
    first, second = turn_by_turn(
        repeats, lambda: measure(ours, next(our_turns)), lambda: measure(theirs, next(their_turns))
    )
    return first, second


def painted(own: FastTable, view: QTableView, rounds: Rounds) -> Figure:
    """Full repaints."""
    spreads = side_by_side(repaint_ms, own, view, rounds.repeats)
    return compared("list.repaint", "ms", spreads, "default delegate", 0.4)


def scrolled(own: FastTable, view: QTableView, rounds: Rounds) -> Figure:
    """Steps of the wheel."""
    spreads = side_by_side(step_ms, own, view, rounds.repeats)
    return compared("list.scroll_step", "ms", spreads, "default delegate", 0.5)


def memory(count: int) -> Figure:
    """Bytes that Python holds for the table of so many people, and for a list that shows it sorted by name."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = people_table(count)
    used = tracemalloc.get_traced_memory()[0] - before
    view = FastTable([ColumnPlan(name, 120, 60) for name in COLUMNS])
    view.columnar.show_table(kept, COLUMNS)
    view.columnar.sort(0)
    rest(view)
    gc.collect()
    shown = tracemalloc.get_traced_memory()[0] - before - used
    tracemalloc.stop()
    view.close()
    told = (
        f"{used / kept.size:.0f} bytes a row, and {shown / kept.size:.0f} for a list of them sorted by name"
    )
    return Figure("list.memory_100k", used / 1e6, "MB", spread=told)


def compacted(count: int, rounds: Rounds) -> Figure:
    """The longest piece of work of a compaction, when all but a third of the people were deleted."""
    told = ""

    def longest() -> float:
        nonlocal told
        table = copied(table_of(count))
        for number, record_id in enumerate(list(table.ids())):
            if number % 3:
                table.drop(record_id)
        view = FastTable([ColumnPlan(name, 120, 60) for name in COLUMNS])
        view.columnar.show_table(table, COLUMNS)
        view.columnar.sort(0)
        rest(view)
        out_of_sight()
        pieces: list[float] = []
        work = Compaction(table, bytes(table.alive())).work()
        done = object()
        while next_piece(pieces, work, done) is not done:
            pass
        pieces.append(cpu_ms(view.columnar.current_rows))
        view.close()
        view.deleteLater()
        told = f"{len(pieces)} pieces, {sum(pieces):.0f} ms in all, {count} places to {table.size}"
        return max(pieces)

    (spread,) = turn_by_turn(rounds.few_repeats, longest)
    return alone("list.compaction_100k", "ms", spread, 16.0, f"{spread.words}; {told}")


def copied(table: PeopleTable) -> PeopleTable:
    """Return a table of the same people to write to: the lists are its own, the texts are shared."""
    fresh = PeopleTable()
    slots = {record_id: slot for slot, record_id in enumerate(table.ids())}
    fresh.move_into([list(part) for part in table.parts()], bytearray(table.alive()), slots, ())
    return fresh


def next_piece(pieces: list[float], work: Iterator[None], done: object) -> object:
    """Do one piece of work and note what it took."""
    found: list[object] = []
    pieces.append(cpu_ms(lambda: found.append(next(work, done))))
    return found[0]


def at_most_rows(own: FastTable, rounds: Rounds) -> Iterator[Figure]:
    """The same at 500,000 rows: what a person waits for at once must not grow."""
    most = own_list(MOST)

    def hits(view: FastTable) -> float:
        total = 0.0
        for word in WORDS[:4]:  # a word that nobody has is looked for in every row, in slices
            search(view, "")
            total += cpu_ms(show_first, view, word)
        return total

    def pair(measure: Callable[[FastTable], float]) -> tuple[Spread, Spread]:
        ours, theirs = turn_by_turn(rounds.few_repeats, lambda: measure(most), lambda: measure(own))
        return ours, theirs

    def places(measure: Callable[[QTableView, int], float]) -> tuple[Spread, Spread]:
        return side_by_side(measure, most, own, rounds.few_repeats)

    def sort(view: FastTable) -> float:
        sort_by(view, 1)
        return cpu_ms(sort_by, view, 0)

    at_once = (("first_hits", pair(hits)), ("repaint", places(repaint_ms)), ("scroll_step", places(step_ms)))
    for name, spreads in at_once:
        yield compared(f"list.{name}_500k", "ms", spreads, "at 100,000 rows", 1.5)
    for name, measure in (("filter", search_all), ("sort", sort)):
        pairs = zip(pair(measure), (MOST, MANY), strict=True)
        ours, theirs = [replace_per(spread, count) for spread, count in pairs]
        yield compared(f"list.{name}_500k", "ms per 100k rows", (ours, theirs), "at 100,000 rows", 1.5)


def sort_by(view: FastTable, column: int) -> None:
    """Click on the head of a column."""
    view.columnar.sort(column)
    rest(view)


def search_all(view: FastTable) -> float:
    """All hits of four words."""
    return sum(cpu_ms(search, view, word) for word in WORDS[:4])


def replace_per(spread: Spread, count: int) -> Spread:
    """Return figures per 100,000 rows."""
    return replace(spread, values=tuple(value * 100_000 / count for value in spread.values))
