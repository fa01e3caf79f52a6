"""Sorting in pieces is the sort of the standard library; ranks compare as the texts do."""

from collections.abc import Generator
from typing import Any, TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cadence_desk.ui.kit import row_sort
from cadence_desk.ui.kit.row_sort import Ranks, sort_in_pieces, sort_of
from tests.widget.plain_table import PlainTable

T = TypeVar("T")

WORDS = st.text(alphabet="abÄé中", max_size=2)


def end_of(work: Generator[None, None, T]) -> T:
    while True:
        try:
            next(work)
        except StopIteration as ended:
            result: T = ended.value
            return result


@pytest.fixture(autouse=True)
def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sort, "_RUN", 6)
    monkeypatch.setattr(row_sort, "_MARKS_IN_RUN", 2)
    monkeypatch.setattr(row_sort, "_RUNS", 4)
    monkeypatch.setattr(row_sort, "_LONGEST_RUN", 9)
    monkeypatch.setattr(row_sort, "_RANKED", 4)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers())), st.booleans())
@settings(max_examples=300)
def test_pieces_together_are_one_stable_sort(items: list[tuple[int, int]], descending: bool) -> None:
    found = end_of(sort_in_pieces(items, lambda one: one[0], descending=descending))
    assert found == sorted(items, key=lambda one: one[0], reverse=descending)


@given(st.lists(WORDS, max_size=60), st.permutations(range(60)), st.booleans())
@settings(max_examples=200)
def test_a_sort_by_ranks_is_a_sort_by_texts(names: list[str], order: list[int], descending: bool) -> None:
    table = PlainTable()
    for number, name in enumerate(names):
        table.put(f"id{number}", name, number)
    slots = [slot for slot in order if slot < len(names)]
    ranks = Ranks(table)
    for _ in range(2):  # the second time with ranks that are there
        sorting = sort_of(slots, ranks, "name", descending=descending)
        assert sorting.step(60.0)
        assert sorting.result == sorted(slots, key=names.__getitem__, reverse=descending)


def test_ranks_are_made_anew_when_a_text_changed_or_came() -> None:
    table = PlainTable()
    ranks = Ranks(table)
    assert list(end_of(ranks.work("name"))) == []
    table.put("a", "zoe")
    table.put("b", "bea")
    assert list(end_of(ranks.work("name"))) == [1, 0]
    table.put("a", "anna")
    assert list(end_of(ranks.work("name"))) == [0, 1]
    kept = end_of(ranks.work("name"))
    assert end_of(ranks.work("name")) is kept
    ranks.forget()
    assert end_of(ranks.work("name")) is not kept
    assert end_of(ranks.work("number")) is table.keys("number")


def test_runs_that_are_alike_are_cut_into_parts_of_like_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(row_sort, "_RUN", 100)
    monkeypatch.setattr(row_sort, "_MARKS_IN_RUN", 8)
    sizes: list[int] = []
    part = row_sort._part

    def noted(*told: Any) -> list[Any]:
        made = part(*told)
        sizes.append(len(made))
        return made

    monkeypatch.setattr(row_sort, "_part", noted)
    items = [number * 7_919 % 5_000 for number in range(5_000)]
    assert end_of(sort_in_pieces(items, int)) == list(range(5_000))
    assert sum(sizes) == 5_000
    assert max(sizes) <= 250


def test_a_slice_ends_when_its_time_is_over() -> None:
    table = PlainTable()
    for number in range(40):
        table.put(f"id{number}", f"name {number % 7}", number)
    sorting = sort_of(range(40), Ranks(table), "name", descending=False)
    steps = 1
    while not sorting.step(0.0):
        steps += 1
        assert steps < 1_000
    assert steps > 10
    assert sorting.result == sorted(range(40), key=lambda slot: slot % 7)
