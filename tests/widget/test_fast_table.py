"""FastTable: paints what it should, keeps its place, stays readable with any text."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QItemSelectionModel, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication

from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.fast_table import FastTable
from cadence_desk.ui.kit.shapes import Badge, Shape, paint_shape
from cadence_desk.ui.kit.theme import ROW_HEIGHT, Scheme, Tone, apply_theme, colors
from tests.widget.conftest import destroy
from tests.widget.driving import press
from tests.widget.plain_table import PlainTable

PLANS = (ColumnPlan("name", 120, 2, 0), ColumnPlan("number", 60, 0, 2), ColumnPlan("state", 90, 1, 1))


@pytest.fixture
def table(app: QApplication) -> Iterator[FastTable]:
    rows = PlainTable()
    for number in range(200):
        rows.put(f"id{number}", f"name {number:03}", number)
    made = FastTable(PLANS)
    made.resize(500, 400)
    made.show()
    made.columnar.show_table(rows)
    made.fitter.fit(made.viewport().width())
    app.processEvents()
    yield made
    destroy(app, made)


def plain(table: FastTable) -> PlainTable:
    rows = table.columnar.row_set
    assert rows is not None
    assert isinstance(rows.table, PlainTable)
    return rows.table


def picture(table: FastTable) -> QImage:
    return table.viewport().grab().toImage()


def row_color(table: FastTable, row: int) -> QColor:
    y = table.rowViewportPosition(row) + 3
    return QColor(picture(table).pixel(table.viewport().width() - 4, y))


def select(table: FastTable, *rows: int) -> None:
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for row in rows:
        table.selectionModel().select(table.columnar.index(row, 0), flags)


def test_selected_alternate_and_current_rows_look_different(table: FastTable) -> None:
    table.go_to_row(1)
    select(table, 3)
    look = colors()
    assert row_color(table, 3) == QColor(look.selection)
    assert row_color(table, 4) == QColor(look.base)
    assert row_color(table, 5) == QColor(look.alternate)
    y = table.rowViewportPosition(1) + ROW_HEIGHT // 2
    assert QColor(picture(table).pixel(1, y)) == QColor(look.accent)


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_changed_rows_are_marked_and_fade(table: FastTable, app: QApplication, scheme: Scheme) -> None:
    apply_theme(app, scheme)
    before = row_color(table, 2)
    plain(table).put("id2", "changed", 2)
    table.columnar.apply(frozenset({"id2"}))
    assert row_color(table, 2) != before
    table.columnar.fresh = dict.fromkeys(table.columnar.fresh, 0.0)
    table._fade_some()
    assert table.columnar.fresh == {}
    assert row_color(table, 2) == before


@pytest.mark.parametrize(
    "text",
    [
        "سارة العتيبي",
        "דוד לוי",
        "Zoë 🚀 Faßbender",
        "<table><tr><td>" * 17,
        "line\nbreak\ttab\x00nul",
        "x" * 32_000,
    ],
)
def test_any_text_can_be_painted(table: FastTable, text: str) -> None:
    blank = picture(table)
    plain(table).put("id0", text, 0)
    table.show_badges("state", lambda _slot: Badge(text, Shape.DIAMOND, Tone.WARN))
    table.columnar.apply(frozenset({"id0"}))
    assert picture(table) != blank


def test_shapes_stay_apart_without_color() -> None:
    seen: list[QImage] = []
    for shape in Shape:
        image = QImage(12, 12, QImage.Format.Format_Grayscale8)
        image.fill(255)
        painter = QPainter(image)
        paint_shape(painter, QRectF(1, 1, 10, 10), shape, QColor("black"))
        painter.end()
        assert image not in seen, shape
        seen.append(image)


def test_an_empty_list_says_so(table: FastTable) -> None:
    table.show_empty("Nobody", "Add someone.")
    before = picture(table)
    table.columnar.look_for("nothing fits this")
    assert table.columnar.rowCount() == 0
    assert picture(table) != before


def test_selection_current_row_and_scroll_stay_with_their_records(table: FastTable) -> None:
    table.go_to_row(60)
    select(table, 62, 63, 150)
    y = table.rowViewportPosition(60)
    for number in range(30):
        plain(table).put(f"new{number}", f"aaa {number}", number)
    table.sortByColumn(0, Qt.SortOrder.AscendingOrder)
    table.columnar.apply(frozenset())
    assert table.current_id() == "id60"
    assert table.rowViewportPosition(table.currentIndex().row()) == y
    assert table.selected_ids() == ["id60", "id62", "id63", "id150"]


def test_a_filter_keeps_what_is_still_there(table: FastTable) -> None:
    table.go_to_row(10)
    select(table, 20)
    table.columnar.look_for("name 01")
    assert table.selected_ids() == ["id10"]
    assert table.current_id() == "id10"


def test_a_new_epoch_keeps_the_current_record(table: FastTable) -> None:
    table.go_to_row(50)
    plain(table).drop("id3")
    plain(table).compact()
    table.columnar.apply(frozenset())
    assert table.current_id() == "id50"


def test_commands_hear_of_the_row_the_user_moved_to(table: FastTable) -> None:
    seen: list[str] = []
    table.current_changed.connect(seen.append)
    table.go_to_row(5)
    press(table, "Down", "End", "Home", "Home")
    table.columnar.look_for("name")
    assert seen == ["id5", "id6", "id199", "id0"]


def test_typed_letters_are_not_asked_of_the_model(table: FastTable) -> None:
    table.go_to_row(5)
    press(table, "n")
    assert table.current_id() == "id5"


def test_columns_give_way_by_rank_until_the_user_arranges_them(table: FastTable) -> None:
    header = table.horizontalHeader()
    table.fitter.fit(220)
    assert [header.isSectionHidden(n) for n in range(3)] == [False, True, False]
    table.fitter.fit(480)
    assert sum(header.sectionSize(n) for n in range(3)) == 480
    assert not table.fitter.state()
    header.resizeSection(0, 200)
    kept = table.fitter.state()
    table.fitter.fit(220)
    assert header.sectionSize(0) == 200
    table.fitter.forget()
    table.fitter.restore("not base64!")
    table.fitter.restore(kept)
    assert table.fitter.state() == kept


def test_it_can_be_read_by_assistive_tools(table: FastTable) -> None:
    index = table.columnar.index(0, 0)
    assert table.columnar.data(index) == "name 000"
    assert table.columnar.data(index, Qt.ItemDataRole.DecorationRole) is None
