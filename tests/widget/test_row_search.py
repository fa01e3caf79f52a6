"""Marks of a search are those of `in`, whether texts are looked into one by one or joined."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from cadence_desk.ui.kit import row_search
from cadence_desk.ui.kit.row_search import RowFilter, RowSearch, RowWish, terms_of
from tests.widget.plain_table import PlainTable

TEXTS = st.lists(st.text(alphabet="ab.é中\n", max_size=4), max_size=40)


def table_of(names: list[str]) -> PlainTable:
    table = PlainTable()
    for number, name in enumerate(names):
        table.put(f"id{number}", name, number)
    return table


@given(TEXTS, st.text(alphabet="ab.é中", min_size=1, max_size=3), st.integers(1, 7), st.integers(1, 9))
@example(["x"] * 9 + ["a.b", "axb"], "a.b", 5, 2)
@settings(max_examples=300)
def test_marks_are_those_of_in(names: list[str], term: str, at_once: int, chunk: int) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(row_search, "_LOOKED_AT_ONCE", at_once)
        patched.setattr(row_search, "_FEW_IN", 2)
        table = table_of(names)
        wanted = RowFilter(table, RowWish(terms_of(term)))
        marks = bytearray()
        for begin in range(0, len(names), chunk):
            marks += wanted.marks(begin, min(begin + chunk, len(names)))
    assert list(marks) == [term in name for name in names]


def test_a_search_for_few_looks_into_joined_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    marks_of_few = row_search._TermScan._marks_of_few

    def noted(scan: row_search._TermScan, texts: list[str]) -> bytearray:
        looked.append(len(texts))
        return marks_of_few(scan, texts)

    monkeypatch.setattr(row_search._TermScan, "_marks_of_few", noted)
    monkeypatch.setattr(row_search, "_CHUNK", 100)
    table = table_of(["ann"] * 100 + ["bea"] * 300 + ["ann bea", "ann"])
    search = RowSearch(table, RowWish(("ann",)), range(402))
    assert search.step(float("inf"))
    assert search.take() == [*range(100), 400, 401]
    assert looked == [100, 100, 2]


def test_typing_on_among_most_rows_keeps_to_them() -> None:
    table = table_of([f"ann {number % 3}" for number in range(90)])
    within = bytearray(b"\1" * 80 + b"\0" * 10)
    search = RowSearch(table, RowWish(("ann", "2")), range(90), within)
    assert search.step(float("inf"))
    assert search.take() == [number for number in range(80) if number % 3 == 2]
