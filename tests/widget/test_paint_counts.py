"""How many rows a list paints for a notch of the wheel and for a changed row: counted, so it is the same on every machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.fast_table import FastTable
from cadence_desk.ui.kit.row_painter import RowPainter
from tests.stable_counts import hold
from tests.widget.conftest import destroy
from tests.widget.plain_table import PlainTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtWidgets import QApplication

PLANS = (ColumnPlan("name", 120, 2, 0), ColumnPlan("number", 60, 0, 2), ColumnPlan("state", 90, 1, 1))
PEOPLE, NOTCH = 1_000, 3


@pytest.fixture
def rows() -> PlainTable:
    made = PlainTable()
    for number in range(PEOPLE):
        made.put(f"id{number}", f"name {number:04}", number)
    return made


@pytest.fixture
def table(app: QApplication, rows: PlainTable) -> Iterator[FastTable]:
    """A list of thousand rows, painted once and at rest."""
    made = FastTable(PLANS)
    made.resize(500, 600)
    made.show()
    made.columnar.show_table(rows)
    made.fitter.fit(made.viewport().width())
    app.processEvents()
    yield made
    destroy(app, made)


@pytest.fixture
def painted(app: QApplication, table: FastTable, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The numbers of all rows that are painted from now on."""
    noted: list[int] = []
    paint = RowPainter._paint_rows

    def noting(painter: RowPainter, canvas: Any, row_set: Any, shown: range) -> int:
        noted.extend(shown)
        return paint(painter, canvas, row_set, shown)

    monkeypatch.setattr(RowPainter, "_paint_rows", noting)
    for _ in range(5):
        app.processEvents()
    noted.clear()
    return noted


def test_a_notch_of_the_wheel(app: QApplication, table: FastTable, painted: list[int]) -> None:
    bar = table.verticalScrollBar()
    before = bar.value()
    for turn in range(1, 11):
        bar.setValue(before + turn * NOTCH * bar.singleStep())
        app.processEvents()
    hold("rows painted for one notch of the wheel", len(painted) / 10, f"rows {painted[-20:]}")


def test_a_changed_row(app: QApplication, table: FastTable, rows: PlainTable, painted: list[int]) -> None:
    rows.put("id5", "changed", 5)
    table.columnar.apply(frozenset({"id5"}))
    table._fade.stop()  # its fading is painted again and again for a moment: that is a matter of time
    app.processEvents()
    assert 5 in painted
    hold("rows painted for one changed row", len(painted), f"rows {painted}")


def test_a_row_that_changed_out_of_sight(
    app: QApplication, table: FastTable, rows: PlainTable, painted: list[int]
) -> None:
    rows.put("id900", "changed", 900)
    table.columnar.apply(frozenset({"id900"}))
    table._fade.stop()
    app.processEvents()
    assert painted == []
