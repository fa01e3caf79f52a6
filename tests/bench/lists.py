"""list.*: filter, sort, paint and scroll 100,000 and 500,000 rows, beside the usual Qt ways."""

from __future__ import annotations

import random
import tracemalloc
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtCore import QSortFilterProxyModel
from PySide6.QtWidgets import QApplication, QTableView

from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.fast_table import FastTable
from tests.bench.crowd import people_table
from tests.bench.figures import HIGHER, Figure, Spread, compared, cpu_ms, turn_by_turn
from tests.bench.usual_lists import TutorialProxy, UsualModel, usual_view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cadence_desk.sync.people_table import PeopleTable
    from tests.bench.rounds import Rounds

COLUMNS = ["name", "company", "title", "status", "owner", "email", "phone", "city"]
WORDS = ("a", "ro", "schmidt", "lyon", "zz top")
MANY, MOST = 100_000, 500_000


@cache
def table_of(count: int) -> PeopleTable:
    """Return the table of a size, made once."""
    return people_table(count)


def app() -> QApplication:
    """Return the one application."""
    found = QApplication.instance()
    return found if isinstance(found, QApplication) else QApplication(["bench"])


def own_list(count: int) -> FastTable:
    """Return the window's own list over so many people, at rest."""
    app()
    view = FastTable([ColumnPlan(name, 120, 60) for name in COLUMNS])
    view.resize(1100, 700)
    view.show()
    view.columnar.show_table(table_of(count), COLUMNS)
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
    yield filtered(own, usual, rounds)
    yield sorted_by_name(own, usual, rounds)
    view = usual_view(usual)
    yield painted(own, view, rounds)
    yield scrolled(own, view, rounds)
    yield memory(MANY)
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
    return Figure("list.first_hits_100k", spread.median, "ms", goal=16.0, spread=told)


def filtered(own: FastTable, usual: UsualModel, rounds: Rounds) -> Figure:
    """All hits of a word found and shown, the time of every slice added up."""
    proxy = TutorialProxy(usual)
    view = usual_view(proxy)

    def tutorial(word: str) -> None:
        proxy.look_for(word)
        app().processEvents()

    def own_words() -> float:
        return sum(cpu_ms(search, own, word) for word in WORDS) / len(WORDS)

    def tutorial_words() -> float:
        return sum(cpu_ms(tutorial, word) for word in WORDS) / len(WORDS)

    ours, theirs = turn_by_turn(rounds.few_repeats, own_words, tutorial_words)
    view.close()
    search(own, "")
    return compared("list.filter_100k", "ms", (ours, theirs), "tutorial proxy", 60.0, HIGHER)


def sorted_by_name(own: FastTable, usual: UsualModel, rounds: Rounds) -> Figure:
    """A click on the head of the name column until the list stands in the new order."""
    proxy = QSortFilterProxyModel()
    proxy.setSourceModel(usual)
    view = usual_view(proxy)

    def by(column: int) -> None:
        own.columnar.sort(column)
        rest(own)

    def usual_by(column: int) -> None:
        proxy.sort(column)
        app().processEvents()

    def ours() -> float:
        by(1)  # neither finds the list in order already
        return cpu_ms(by, 0)

    def theirs() -> float:
        usual_by(1)
        return cpu_ms(usual_by, 0)

    spreads = turn_by_turn(rounds.few_repeats, ours, theirs)
    view.close()
    return compared("list.sort_100k", "ms", (spreads[0], spreads[1]), "QSortFilterProxyModel", 150.0, HIGHER)


def repaint_ms(view: QTableView) -> float:
    """Mean of full repaints at places all over the list."""
    bar, chance = view.verticalScrollBar(), random.Random(7)
    total = 0.0
    for _ in range(20):
        bar.setValue(chance.randrange(bar.maximum()))
        total += cpu_ms(view.viewport().repaint)
    return total / 20


def step_ms(view: QTableView) -> float:
    """Mean of one turn of the wheel: three rows further, and painted."""
    bar = view.verticalScrollBar()
    bar.setValue(bar.maximum() // 3)
    app().processEvents()

    def further() -> None:
        bar.setValue(bar.value() + 3 * view.rowHeight(0))
        app().processEvents()

    total = 0.0
    for _ in range(60):
        total += cpu_ms(further)
    return total / 60


def painted(own: FastTable, view: QTableView, rounds: Rounds) -> Figure:
    """Full repaints."""
    spreads = turn_by_turn(rounds.repeats, lambda: repaint_ms(own), lambda: repaint_ms(view))
    return compared("list.repaint", "ms", (spreads[0], spreads[1]), "default delegate", 0.4)


def scrolled(own: FastTable, view: QTableView, rounds: Rounds) -> Figure:
    """Steps of the wheel."""
    spreads = turn_by_turn(rounds.repeats, lambda: step_ms(own), lambda: step_ms(view))
    return compared("list.scroll_step", "ms", (spreads[0], spreads[1]), "default delegate", 0.5)


def memory(count: int) -> Figure:
    """Bytes that Python holds for the table of so many people."""
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = people_table(count)
    used = (tracemalloc.get_traced_memory()[0] - before) / 1e6
    tracemalloc.stop()
    return Figure("list.memory_100k", used, "MB", spread=f"{used * 1e6 / kept.size:.0f} bytes a row")


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

    for name, measure in (("first_hits", hits), ("repaint", repaint_ms), ("scroll_step", step_ms)):
        yield compared(f"list.{name}_500k", "ms", pair(measure), "at 100,000 rows", 1.5)
    per_row = [
        replace_per(spread, count) for spread, count in zip(pair(search_all), (MOST, MANY), strict=True)
    ]
    yield compared("list.filter_500k", "ms per 100k rows", (per_row[0], per_row[1]), "at 100,000 rows", 1.5)


def search_all(view: FastTable) -> float:
    """All hits of four words."""
    return sum(cpu_ms(search, view, word) for word in WORDS[:4])


def replace_per(spread: Spread, count: int) -> Spread:
    """Return figures per 100,000 rows."""
    return replace(spread, values=tuple(value * 100_000 / count for value in spread.values))
