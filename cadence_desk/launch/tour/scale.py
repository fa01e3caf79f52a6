"""The journey over the whole list: filter, sort and scroll with events from the queue, and what that costs the window.

The figure is the GUI thread's own CPU time between two beats of a 10 ms heartbeat: a longer piece of work shows in it,
whoever did it. It is told, not judged: speed is compared in the benchmark, side by side.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit

if TYPE_CHECKING:
    from cadence_desk.launch.tour.stage import Stage
    from cadence_desk.ui.kit.columnar_model import ColumnarModel

WORDS = ("a", "ar", "ara", "smith", "zz")
PAUSE = 0.03


async def work_the_list(stage: Stage) -> str:
    """Filter key by key, sort by every column, scroll and jump; every result is checked against a plain search."""
    await stage.open_screen(1, "peopleTable")
    figures = {}
    for name, work in (("filter", _filter), ("sort", _sort), ("scroll", _scroll)):
        await asyncio.sleep(0.2)
        stage.begin_measuring()
        await work(stage)
        await asyncio.sleep(0.1)
        figures[name] = stage.measured(name)
    stage.meters["list_rows"] = stage.desk.people.count
    told = ", ".join(f"{name} {worst:.0f} ms" for name, worst in figures.items())
    return f"{stage.desk.people.count:,} rows; longest piece of GUI work: {told}"


def _model(stage: Stage) -> ColumnarModel:
    model: ColumnarModel = stage.table("peopleTable").model()  # type: ignore[assignment]  # the only model it has
    return model


async def _quiet(stage: Stage) -> None:
    await asyncio.sleep(PAUSE)
    await stage.until(lambda: not _model(stage).busy, "the list comes to rest")


async def _filter(stage: Stage) -> None:
    stage.hands.press(stage.window, Qt.Key.Key_F, control=True)
    field = stage.hands.find(QLineEdit, "searchField")
    for word in WORDS:
        field.clear()
        await _quiet(stage)
        for letter in word:
            stage.hands.post_key(field, Qt.Key(ord(letter.upper())), letter)
            await _quiet(stage)
        await _expect(stage, word, _plain_hits(stage, word))
    field.clear()
    await _quiet(stage)


async def _expect(stage: Stage, word: str, rows: int) -> None:
    await stage.until(lambda: _model(stage).rowCount() == rows, f"{word}: {rows} rows")


def _plain_hits(stage: Stage, word: str) -> int:
    people = stage.desk.people
    alive = people.alive()
    return sum(1 for slot, text in enumerate(people.haystack()) if word in text and alive[slot])


async def _sort(stage: Stage) -> None:
    table = stage.table("peopleTable")
    header = table.horizontalHeader()
    for column in range(min(header.count(), 6)):
        if header.isSectionHidden(column):
            continue
        middle = header.sectionViewportPosition(column) + header.sectionSize(column) // 2
        for _ in range(2):
            await _click_header(stage, middle)
    await _click_header(stage, header.sectionViewportPosition(0) + 20)


async def _click_header(stage: Stage, x: int) -> None:
    header = stage.table("peopleTable").horizontalHeader()
    stage.hands.post_click(header.viewport(), QPoint(x, header.height() // 2))
    await _quiet(stage)


async def _scroll(stage: Stage) -> None:
    table = stage.table("peopleTable")
    for _ in range(40):
        stage.hands.post_wheel(table.viewport(), -3)
        await asyncio.sleep(0.005)
    for key in (Qt.Key.Key_End, Qt.Key.Key_Home, Qt.Key.Key_PageDown, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp):
        stage.hands.post_key(table, key)
        await asyncio.sleep(PAUSE)
