"""The stage of the tour: window, desk, hands and the org's own view of itself, and waiting for what must happen."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.bridge.stall_meter import Stall
from cadence_desk.launch.threads import in_thread
from cadence_desk.launch.tour.hands import NotThere
from cadence_desk.ui.kit.fast_table import FastTable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from PySide6.QtCore import QPoint

    from cadence_desk.desk.desk import Desk
    from cadence_desk.launch.tour.hands import Hands
    from cadence_desk.launch.tour.oracle import Oracle
    from cadence_desk.launch.tour.pictures import Pictures
    from cadence_desk.ui.kit.columnar_model import ColumnarModel
    from cadence_desk.ui.shell.main_window import MainWindow

T = TypeVar("T")
LOOK_EVERY = 0.02


class JourneyFailed(Exception):
    """What the journey promised did not happen."""


class JourneySkipped(Exception):
    """This org cannot do what the journey shows; the text says why."""


@dataclass(slots=True)
class Stage:
    """Everything a journey needs. `people` is 0 until somebody has counted."""

    window: MainWindow
    desk: Desk
    hands: Hands
    oracle: Oracle
    pictures: Pictures
    contract: str
    people: int
    meters: dict[str, Any] = field(default_factory=dict)
    long_callbacks: list[Stall] = field(default_factory=list)
    busiest: Stall = field(default_factory=lambda: Stall("", 0.0))

    async def until(self, happened: Callable[[], T | None], what: str, seconds: float = 20.0) -> T:
        """Wait until `happened` returns something true, and return it; raises JourneyFailed after `seconds`."""
        end = time.monotonic() + seconds
        while True:
            try:
                result = happened()
            except NotThere:
                result = None
            if result:
                return result
            if time.monotonic() > end:
                raise JourneyFailed(f"waited {seconds:.0f} s in vain: {what}")
            await asyncio.sleep(LOOK_EVERY)

    def begin_measuring(self) -> None:
        """Start the meter's figures anew; callbacks that took too long so far are kept, and the longest."""
        self.long_callbacks += self.pictures.meter.stalls
        self.busiest = max(self.busiest, self.pictures.meter.busiest_callback, key=lambda one: one.seconds)
        self.pictures.meter.reset()

    def measured(self, what: str) -> float:
        """Note and return the longest piece of GUI work since the figures began, in CPU milliseconds."""
        worst = round(self.pictures.meter.silence().busiest * 1000, 1)
        self.meters[f"{what}_worst_cpu_ms"] = worst
        return worst

    def check(self, truth: object, what: str) -> None:
        """Raise JourneyFailed unless `truth`."""
        if not truth:
            raise JourneyFailed(what)

    def need(self, reason_against: str) -> None:
        """Skip the journey when there is a reason against it."""
        if reason_against:
            raise JourneySkipped(reason_against)

    async def has(self, sobject: str, *fields: str) -> bool:
        """Return True when the org itself shows this object with these fields to this user."""
        described = await in_thread(lambda: self.oracle.fields(sobject))
        return bool(described) and all(name in described for name in fields)

    async def query(self, soql: str) -> list[dict[str, Any]]:
        """Read the org independently of the app."""
        return await in_thread(lambda: self.oracle.query(soql))

    async def control(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """Steer the org; only one that has a control surface can be."""
        return await in_thread(lambda: self.oracle.control(path, body))

    @staticmethod
    async def slowly(ids: Sequence[str]) -> AsyncIterator[str]:
        """Yield ids with pauses, so that the tour's own looking does not weigh on the window it measures."""
        for number, one in enumerate(ids):
            if number % 200 == 0:
                await asyncio.sleep(0)
            yield one

    # ------------------------------------------------------------ lists

    def table(self, name: str) -> FastTable:
        """Return a list on screen."""
        return self.hands.find(FastTable, name)

    def rows(self, name: str) -> int:
        """Return how many rows a list shows."""
        return self.table(name).model().rowCount()

    async def open_screen(self, number: int, name: str) -> None:
        """Go to a list by its key and wait until it is there."""
        from PySide6.QtCore import Qt

        key = Qt.Key(Qt.Key.Key_0 + number)
        self.hands.press(self.window, key, control=True)
        await self.until(lambda: self.hands.there(name), f"{name} opens")

    async def select(self, name: str, record_id: str, *, more: bool = False) -> None:
        """Click a record's row as a person would: scroll to it, then click it."""
        table = self.table(name)
        model: ColumnarModel = table.model()  # type: ignore[assignment]  # the only model these lists have
        row = await self.until(lambda: model.row_of(record_id) + 1, f"the row of {record_id} is in the list")
        index = model.index(row - 1, 0)
        table.scrollTo(index)
        await asyncio.sleep(LOOK_EVERY)
        self.hands.click(table.viewport(), self._middle(table, row - 1), control=more)
        await self.until(lambda: record_id in table.selected_ids(), f"{record_id} is selected")

    @staticmethod
    def _middle(table: FastTable, row: int) -> QPoint:
        from PySide6.QtCore import QPoint

        return QPoint(40, table.rowViewportPosition(row) + table.rowHeight(row) // 2)

    async def at_rest(self, name: str) -> None:
        """Wait until a list has nothing left to find or to put in order."""
        model: ColumnarModel = self.table(name).model()  # type: ignore[assignment]  # see select

        def rests() -> bool:
            return not model.busy and model.row_set is not None and not model.row_set.order_is_stale

        await self.until(rests, "the list comes to rest")

    async def search(self, name: str, text: str) -> None:
        """Type into the search field of the open list."""
        from PySide6.QtCore import Qt
        from PySide6.QtWidgets import QLineEdit

        self.hands.press(self.window, Qt.Key.Key_F, control=True)
        field = self.hands.find(QLineEdit, "searchField")
        await self.until(field.hasFocus, "the search field has the focus")
        field.selectAll()
        self.hands.press(field, Qt.Key.Key_Delete)
        self.hands.type(field, text)
        model: ColumnarModel = self.table(name).model()  # type: ignore[assignment]  # see select
        await self.until(lambda: not model.busy, "the search ends")
