"""A list that searches, sorts and compacts in very small slices, while its table changes, shows what a plain one would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from cadence_desk.ui.kit import columnar_model, row_search, row_sort
from cadence_desk.ui.kit.columnar_model import ColumnarModel
from tests.widget.plain_table import PlainTable

if TYPE_CHECKING:
    from PySide6.QtWidgets import QApplication

NAMES = ("anna", "bea", "carl", "dana", "bertanna", "emil")
TEXTS = ("", "a", "an", "ann", "b a", "zz")
_SMALL = (
    (columnar_model, "FIRST_SECONDS", 0.0),
    (columnar_model, "SLICE_SECONDS", 0.0),
    (columnar_model, "FIRST_SCREEN", 2),
    (columnar_model, "SORT_AT_ONCE", 1),
    (columnar_model, "_ONE_BY_ONE", 2),
    (row_search, "_CHUNK", 3),
    (row_search, "_GATHER", 3),
    (row_search, "_LOOKED_AT_ONCE", 2),
    (row_search, "_FEW_IN", 2),
    (row_search, "_LOOK", 4),
    (row_search, "_LOOK_CHUNK", 2),
    (row_sort, "_RUN", 4),
    (row_sort, "_RUNS", 2),
    (row_sort, "_MARKS_IN_RUN", 2),
    (row_sort, "_RANKED", 3),
)


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    for module, name, value in _SMALL:
        monkeypatch.setattr(module, name, value)


class Driven:
    """A model over a table; the moves of the test are its methods."""

    def __init__(self) -> None:
        self.table = PlainTable()
        self.model = ColumnarModel()
        self.model.visible_rows = lambda: range(self.model.rowCount())
        self.untold: set[str] = set()
        self.wish = ("", "")
        for number in range(9):
            self.table.put(f"id{number}", NAMES[number % 6], number, "on" if number % 3 else "off")
        self.model.show_table(self.table)

    def put(self, number: int, value: int) -> None:
        key = f"id{number}"
        self.table.put(key, NAMES[value % 6], value, "on" if value % 2 else "off")
        self.untold.add(key)

    def drop(self, number: int, _value: int) -> None:
        self.table.drop(f"id{number}")
        self.untold.add(f"id{number}")

    def tell(self, _number: int, value: int) -> None:
        ids, self.untold = frozenset(self.untold), set()
        self.model.apply(frozenset() if value > 8 or not ids else ids)

    def look(self, number: int, value: int) -> None:
        self.wish = (TEXTS[number % 6], ("", "", "on")[value % 3])
        text, facet = self.wish
        self.model.look_for(text, {"state": frozenset({facet})} if facet else {})

    def sort(self, number: int, value: int) -> None:
        self.model.sort(number % 4 - 1, Qt.SortOrder(value % 2))

    def work(self, number: int, _value: int) -> None:
        for _ in range(number % 4 + 1):
            if self.model.busy:
                self.model._work()

    def compact(self, _number: int, value: int) -> None:
        self.table.compact(told=value % 4 > 0)

    def finish(self) -> None:
        self.tell(0, 0)
        while self.model.busy:
            self.model._work()

    def ids(self) -> list[str]:
        return [self.model.record_id(row) for row in range(self.model.rowCount())]

    def expected(self) -> set[str]:
        text, facet = self.wish
        table = self.table
        return {
            key
            for slot, key in enumerate(table.ids())
            if table.alive()[slot]
            and all(word in table.haystack()[slot] for word in text.split())
            and (not facet or table.facet("state")[slot] == facet)
        }


moves = st.lists(
    st.tuples(
        st.sampled_from(("put", "put", "drop", "tell", "look", "sort", "work", "work", "compact")),
        st.integers(0, 14),
        st.integers(0, 9),
    ),
    max_size=40,
)


@given(moves)
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_at_rest_the_rows_are_those_that_fit_in_the_order_of_their_keys(
    app: QApplication, small: None, steps: list[tuple[str, int, int]]
) -> None:
    driven = Driven()
    model = driven.model
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    for what, number, value in steps:
        getattr(driven, what)(number, value)
        shown = [one for one in driven.ids() if one]
        assert len(shown) == len(set(shown))
    driven.finish()
    assert set(driven.ids()) == driven.expected()
    assert model.rowCount() == len(driven.expected())
    model._start_sort()
    driven.finish()
    rows = model.row_set
    assert rows is not None
    assert not rows.order_is_stale
    assert sorted(rows.order) == list(range(driven.table.size))
    assert [rows.is_shown(slot) for slot in range(driven.table.size)].count(True) == len(rows.rows)
    if rows.sort_column:
        keys = [rows.table.keys(rows.sort_column)[slot] for slot in rows.rows]
        assert keys == sorted(keys, reverse=rows.descending)  # type: ignore[type-var]
    del tester


@pytest.mark.usefixtures("app", "small")
def test_a_compaction_is_followed_without_a_word_to_qt() -> None:
    driven = Driven()
    driven.finish()
    model = driven.model
    for number in (1, 3, 4):
        driven.drop(number, 0)
    driven.finish()
    told: list[str] = []
    model.modelReset.connect(lambda: told.append("reset"))
    model.rowsRemoved.connect(lambda: told.append("removed"))
    model.layoutChanged.connect(lambda: told.append("layout"))
    kept = [QPersistentModelIndex(model.index(row, 0)) for row in range(model.rowCount())]
    before = driven.ids()
    driven.table.compact(told=True)
    assert driven.ids() == before
    assert [index.row() for index in kept] == list(range(len(before)))
    assert [model.data(index) for index in kept] == [NAMES[int(one[2:]) % 6] for one in before]
    assert told == []
    driven.put(20, 1)
    driven.put(0, 5)
    driven.finish()
    assert set(driven.ids()) == {*before, "id20"}
    assert "reset" not in told


@pytest.mark.usefixtures("app", "small")
def test_marks_and_searches_go_on_over_a_compaction() -> None:
    driven = Driven()
    driven.finish()
    driven.drop(0, 0)
    driven.finish()
    driven.put(7, 3)
    driven.tell(0, 0)
    model = driven.model
    driven.look(1, 0)
    assert model.busy
    driven.table.compact(told=True)
    driven.finish()
    assert set(driven.ids()) == driven.expected()
    assert [driven.table.ids()[slot] for slot in model.fresh] == ["id7"]
    driven.sort(1, 1)
    driven.table.compact(told=True)
    driven.finish()
    names = [driven.table.haystack()[slot] for slot in model.row_set.rows] if model.row_set else []
    assert names == sorted(names, reverse=True)
