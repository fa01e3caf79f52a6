"""What is kept for the next painting looks as what is painted anew: texts, the scroll bar, columns that change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QScrollBar, QWidget

from cadence_desk.ui.kit import badge_pictures
from cadence_desk.ui.kit.badge_pictures import BadgePictures
from cadence_desk.ui.kit.column_fitter import ColumnPlan
from cadence_desk.ui.kit.fast_table import FastTable
from cadence_desk.ui.kit.quiet_scroll_bar import QuietScrollBar
from cadence_desk.ui.kit.shapes import Badge, Shape, paint_badge
from cadence_desk.ui.kit.theme import Scheme, Tone, apply_theme
from tests.widget.conftest import destroy
from tests.widget.plain_table import PlainTable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtCore import QRect
    from PySide6.QtGui import QImage, QPainter

TEXTS = (
    "Anna Nowak",
    "a rather long text that does not fit into its column by far",
    "Zoë Faßbender",
    "سارة العتيبي",
    "דוד לוי 12",
    "🚀 launch",
    "e\u0301te\u0301",
    "line\nbreak\ttab\x00nul",
    "fi ffl AVAVA To.",
    "",
)


@pytest.fixture
def table(app: QApplication) -> Iterator[FastTable]:
    rows = PlainTable()
    for number in range(60):
        rows.put(f"id{number}", TEXTS[number % len(TEXTS)], number)
    made = FastTable([ColumnPlan("name", 120, 2), ColumnPlan("number", 60), ColumnPlan("state", 90)])
    made.resize(420, 400)
    made.show()
    made.columnar.show_table(rows)
    app.processEvents()
    yield made
    destroy(app, made)


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
def test_a_text_that_is_kept_laid_out_looks_as_it_did(
    table: FastTable, app: QApplication, scheme: Scheme
) -> None:
    apply_theme(app, scheme)
    fitter = table._painter._fitter
    fitter.use_font("none")
    fresh = picture(table.viewport())
    assert "number" not in fitter.laid_out()
    again, third = picture(table.viewport()), picture(table.viewport())
    assert "Anna Nowak" in fitter.laid_out()
    assert not any(ord(letter) < 32 for text in fitter.laid_out() for letter in text)
    assert fresh == again == third


def test_few_texts_are_kept_laid_out(table: FastTable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cadence_desk.ui.kit.shapes._KEPT_LAID_OUT", 5)
    for _ in range(4):
        picture(table.viewport())
    assert len(table._painter._fitter._laid_out) <= 5 + 14


def test_columns_that_move_change_or_get_badges_are_painted_so(table: FastTable) -> None:
    header = table.horizontalHeader()
    before = picture(table.viewport())
    header.resizeSection(0, 60)
    narrow = picture(table.viewport())
    header.moveSection(0, 2)
    moved = picture(table.viewport())
    table.show_badges("state", lambda _slot: Badge("Running"))
    badges = picture(table.viewport())
    header.setSectionHidden(1, True)
    hidden = picture(table.viewport())
    seen = [before, narrow, moved, badges, hidden]
    assert all(one not in seen[:number] for number, one in enumerate(seen))


BADGES = [
    Badge(word, shape, tone)
    for word, shape, tone in zip(
        ("Running", "Zoë", "a long word that is cut", "", "سارة", "!", "Paused"), Shape, Tone, strict=False
    )
]


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("width", [20, 60, 140])
def test_a_kept_picture_of_a_badge_looks_as_the_badge(
    table: FastTable, app: QApplication, monkeypatch: pytest.MonkeyPatch, scheme: Scheme, width: int
) -> None:
    apply_theme(app, scheme)
    table.horizontalHeader().resizeSection(2, width)
    table.show_badges("state", lambda slot: BADGES[slot % len(BADGES)])
    table.selectRow(3)
    table.columnar.fresh[5] = float("inf")  # freshly changed: its ground is one of many
    kept = [picture(table.viewport()) for _ in range(2)]
    monkeypatch.setattr(
        BadgePictures, "paint", lambda _self, painter, box, badge, _ground: paint_badge(painter, box, badge)
    )
    assert kept == [picture(table.viewport())] * 2


def test_pictures_of_badges_are_few_and_of_one_look(
    table: FastTable, app: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[Badge] = []

    def noted(painter: QPainter, box: QRect, badge: Badge) -> None:
        drawn.append(badge)
        paint_badge(painter, box, badge)

    monkeypatch.setattr(badge_pictures, "paint_badge", noted)
    table.show_badges("state", lambda slot: Badge("Running" if slot % 2 else "Paused"))
    for scheme in (Scheme.LIGHT, Scheme.DARK):
        apply_theme(app, scheme)
        for _ in range(3):
            picture(table.viewport())
    assert len(drawn) == 4  # odd rows and even ones, in two looks
    monkeypatch.setattr(badge_pictures, "_MOST", 5)
    table.show_badges("state", lambda slot: Badge(f"state {slot}"))
    picture(table.viewport())
    assert len(table._painter._pictures._pictures) <= 5


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("enabled", [True, False])
def test_the_scroll_bar_looks_as_any_other(app: QApplication, scheme: Scheme, enabled: bool) -> None:
    apply_theme(app, scheme)
    frame = QWidget()
    bars = (QuietScrollBar(frame), QScrollBar(Qt.Orientation.Vertical, frame))
    for bar in bars:
        bar.setEnabled(enabled)
        bar.setRange(0, 5_000)
        bar.setPageStep(300)
        bar.resize(bar.sizeHint().width(), 340)
    frame.resize(40, 340)
    frame.show()
    for value in (0, 1, 700, 2_499, 5_000):
        for bar in bars:
            bar.setValue(value)
        assert picture(bars[0]) == picture(bars[1])
    for bar in bars:
        bar.setRange(0, 50)
        bar.setSliderDown(True)
    assert picture(bars[0]) == picture(bars[1])
    apply_theme(app, Scheme.DARK if scheme is Scheme.LIGHT else Scheme.LIGHT)
    for bar in bars:
        bar.setSliderDown(False)
    assert picture(bars[0]) == picture(bars[1])
    destroy(app, frame)
