"""ColumnarModel against plain lists: filter, sort, changes, epochs."""

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from typing_extensions import override

from cadence_desk.domain.name_order import NameKeys
from cadence_desk.ui.kit import columnar_model, row_set
from cadence_desk.ui.kit.columnar_model import ColumnarModel
from tests.widget.plain_table import PlainTable

NAMES = ("anna", "bea", "carl", "dana", "bertanna", "emil")


def made(rows: int = 6) -> tuple[PlainTable, ColumnarModel]:
    table = PlainTable()
    for number in range(rows):
        table.put(f"id{number}", NAMES[number % len(NAMES)], number, "on" if number % 3 else "off")
    model = ColumnarModel()
    model.visible_rows = lambda: range(model.rowCount())
    model.show_table(table)
    return table, model


class NamedTable(PlainTable):
    """Sorts names as the tables of the engine do, and finds them as they do."""

    @override
    def keys(self, column: str) -> Sequence[object]:
        return NameKeys(self._names) if column == "name" else super().keys(column)

    @override
    def haystack(self) -> Sequence[str]:
        return [name.casefold() for name in self._names]


def finish(model: ColumnarModel) -> None:
    """Do the work that a timer would do in slices."""
    while model.busy:
        model._work()


def ids(model: ColumnarModel) -> list[str]:
    return [model.record_id(row) for row in range(model.rowCount())]


@pytest.mark.usefixtures("app")
class TestFilter:
    def test_all_rows_are_there_at_first(self) -> None:
        _, model = made()
        assert ids(model) == [f"id{n}" for n in range(6)]
        assert model.columnCount() == 3
        assert model.headerData(0, Qt.Orientation.Horizontal) == "Name"
        assert model.data(model.index(2, 0)) == "carl"
        assert model.data(model.index(2, 0), Qt.ItemDataRole.UserRole) == "id2"

    def test_words_must_all_occur(self) -> None:
        _, model = made()
        model.look_for("ANN b")
        assert ids(model) == ["id4"]

    def test_typing_on_narrows_and_deleting_widens(self) -> None:
        _, model = made()
        for text, expected in (("a", 5), ("an", 3), ("ann", 2), ("a", 5), ("", 6)):
            model.look_for(text)
            finish(model)
            assert model.rowCount() == expected

    def test_facets_and_list_views_choose(self) -> None:
        _, model = made()
        model.look_for("", {"state": frozenset({"off"})})
        assert ids(model) == ["id0", "id3"]
        model.look_for("", {"state": frozenset({"off"})}, frozenset({"id3", "id4"}))
        assert ids(model) == ["id3"]

    def test_the_first_screen_comes_before_the_rest(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(columnar_model, "FIRST_SECONDS", 0.0)
        table = PlainTable()
        table._ids = [f"id{n}" for n in range(9_000)]
        table._names = ["anna"] * 9_000
        table._numbers = list(range(9_000))
        table._states = ["on"] * 9_000
        table._alive = bytearray(b"\x01" * 9_000)
        model = ColumnarModel()
        model.show_table(table)
        finish(model)
        model.look_for("ann")
        first = model.rowCount()
        finish(model)
        assert 60 <= first < model.rowCount() == 9_000


@pytest.mark.usefixtures("app")
class TestSort:
    def test_by_a_column_and_back(self) -> None:
        _, model = made()
        model.sort(0)
        assert ids(model) == ["id0", "id1", "id4", "id2", "id3", "id5"]
        model.sort(1, Qt.SortOrder.DescendingOrder)
        assert ids(model) == ["id5", "id4", "id3", "id2", "id1", "id0"]
        model.sort(-1)
        assert ids(model) == [f"id{n}" for n in range(6)]

    def test_in_slices_gives_the_same(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(columnar_model, "SORT_AT_ONCE", 1)
        _, model = made(50)
        model.sort(1, Qt.SortOrder.DescendingOrder)
        finish(model)
        assert ids(model) == [f"id{n}" for n in reversed(range(50))]

    def test_a_filter_keeps_the_order(self) -> None:
        _, model = made()
        model.sort(0, Qt.SortOrder.DescendingOrder)
        model.look_for("an")
        assert ids(model) == ["id3", "id4", "id0"]

    @pytest.mark.parametrize("at_once", [1, 100])
    def test_accents_stand_beside_their_letters(self, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(columnar_model, "SORT_AT_ONCE", at_once)
        table, model = NamedTable(), ColumnarModel()
        for name in ("Zoe", "Ärmel", "Berg", "Adam"):
            table.put(name, name)
        model.show_table(table)
        model.sort(0)
        finish(model)
        assert ids(model) == ["Adam", "Ärmel", "Berg", "Zoe"]
        table.put("Árpád", "Árpád")
        model.apply(frozenset({"Árpád"}))
        assert ids(model) == ["Adam", "Ärmel", "Árpád", "Berg", "Zoe"]
        model.look_for("är")  # a search finds what was typed
        assert ids(model) == ["Ärmel"]


@pytest.mark.usefixtures("app")
class TestChanges:
    def test_a_changed_visible_row_is_told_alone(self) -> None:
        table, model = made()
        told: list[tuple[int, int]] = []
        model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
        table.put("id2", "carla", 2)
        model.apply(frozenset({"id2", "unknown"}))
        assert told == [(2, 2)]
        assert table.slot_of("id2") in model.fresh

    def test_off_screen_rows_need_no_signal(self) -> None:
        table, model = made()
        told: list[int] = []
        model.visible_rows = lambda: range(2)
        model.dataChanged.connect(lambda first, _last: told.append(first.row()))
        table.put("id5", "emilia", 5)
        model.apply(frozenset({"id5"}))
        assert told == []

    def test_new_records_find_their_place(self) -> None:
        table, model = made()
        model.sort(0)
        table.put("new", "bob", 9)
        model.apply(frozenset({"new"}))
        assert ids(model).index("new") == 3
        model.sort(1, Qt.SortOrder.DescendingOrder)
        table.put("newer", "zoe", 4)
        model.apply(frozenset({"newer"}))
        assert ids(model) == ["new", "id5", "id4", "newer", "id3", "id2", "id1", "id0"]

    def test_gone_and_no_longer_fitting_records_leave(self) -> None:
        table, model = made()
        model.look_for("an")
        table.drop("id0")
        table.put("id3", "doris", 3)
        table.put("id1", "beanna", 1)
        model.apply(frozenset({"id0", "id1", "id3"}))
        assert sorted(ids(model)) == ["id1", "id4"]

    def test_many_changes_read_the_table_again(self) -> None:
        table, model = made()
        for number in range(200):
            table.put(f"more{number}", "zed", number)
        table.drop("id0")
        model.apply(frozenset())
        finish(model)
        assert model.rowCount() == 205

    def test_many_new_ids_are_one_insert(self) -> None:
        table, model = made()
        told: list[int] = []
        model.rowsInserted.connect(lambda _parent, first, last: told.append(last - first + 1))
        for number in range(200):
            table.put(f"more{number}", "zed", number)
        model.apply(frozenset(f"more{number}" for number in range(200)))
        assert told == [200]
        assert model.fresh == {}

    def test_a_sort_that_is_due_when_the_table_began_anew_starts_over(self) -> None:
        table, model = made()
        model.sort(0)
        for name in list(table._ids):
            table.drop(name)
        table.compact()
        model._start_sort()
        finish(model)
        assert model.rowCount() == 0
        model.sort(0, Qt.SortOrder.DescendingOrder)
        table.put("late", "anna")
        model.apply(frozenset({"late"}))
        assert ids(model) == ["late"]

    def test_a_new_epoch_is_one_reset(self) -> None:
        table, model = made()
        resets: list[int] = []
        model.modelReset.connect(lambda: resets.append(1))
        table.drop("id1")
        table.compact()
        assert model.data(model.index(0, 0)) is None
        assert not model.record_id(0)
        model.apply(frozenset({"id2"}))
        assert ids(model) == ["id0", "id2", "id3", "id4", "id5"]
        assert resets

    def test_a_moved_key_asks_for_a_new_order_later(self) -> None:
        table, model = made()
        model.sort(1)
        table.put("id0", "anna", 99)
        model.apply(frozenset({"id0"}))
        assert ids(model)[0] == "id0"
        model._start_sort()
        assert ids(model)[-1] == "id0"


steps = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 14), st.sampled_from(NAMES), st.integers(0, 5)),
        st.tuples(st.just("drop"), st.integers(0, 14), st.just(""), st.just(0)),
        st.tuples(st.just("look"), st.just(0), st.sampled_from(("", "a", "an", "b a", "zz")), st.just(0)),
        st.tuples(st.just("sort"), st.integers(-1, 2), st.just(""), st.integers(0, 1)),
        st.tuples(st.just("facet"), st.integers(0, 2), st.just(""), st.just(0)),
        st.tuples(st.just("compact"), st.just(0), st.just(""), st.just(0)),
    ),
    max_size=30,
)


@given(steps)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_it_always_shows_what_a_plain_list_would(
    app: QApplication, moves: list[tuple[str, int, str, int]]
) -> None:
    table, model = made(4)
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    text, facet = "", ""
    for what, number, word, extra in moves:
        key = f"id{number}"
        if what == "put":
            table.put(key, word, extra, "on" if extra % 2 else "off")
            model.apply(frozenset({key}))
        elif what == "drop":
            table.drop(key)
            model.apply(frozenset({key}))
        elif what == "compact":
            table.compact()
            model.apply(frozenset({"any"}))
        elif what == "sort":
            model.sort(number, Qt.SortOrder(extra))
        else:
            text = word if what == "look" else text
            facet = ("", "on", "off")[number] if what == "facet" else facet
            model.look_for(text, {"state": frozenset({facet})} if facet else {})
        finish(model)
        shown = ids(model)
        assert sorted(shown) == sorted(_expected(table, text, facet))
        rows = model.row_set
        assert rows is not None
        assert [rows.is_shown(slot) for slot in rows.rows] == [True] * len(shown)
    if model.row_set is not None and model.row_set.sort_column:
        _check_order(model)
    del tester


def _expected(table: PlainTable, text: str, facet: str) -> list[str]:
    return [
        key
        for slot, key in enumerate(table.ids())
        if table.alive()[slot]
        and all(word in table._names[slot] for word in text.split())
        and (not facet or table._states[slot] == facet)
    ]


def _check_order(model: ColumnarModel) -> None:
    rows: row_set.RowSet | None = model.row_set
    assert rows is not None
    model._start_sort()
    finish(model)
    keys = [rows.table.keys(rows.sort_column)[slot] for slot in rows.rows]
    assert keys == sorted(keys, reverse=rows.descending)  # type: ignore[type-var]
