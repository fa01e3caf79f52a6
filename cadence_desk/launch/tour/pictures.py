"""Takes the tour's pictures: light and dark, large and small, with open dialogs in their place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect
from PySide6.QtGui import QColor, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog

from cadence_desk.ui.kit.theme import Scheme

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.bridge.stall_meter import StallMeter
    from cadence_desk.ui.shell.main_window import MainWindow

SIZES = ((1280, 800), (1024, 640))
SCHEMES = (Scheme.LIGHT, Scheme.DARK)


class Pictures:
    """Writes PNG files into one folder."""

    def __init__(self, window: MainWindow, folder: Path, meter: StallMeter) -> None:
        self._window = window
        self.meter = meter
        self._folder = folder
        self.files: list[str] = []

    async def take(self, name: str) -> None:
        """Take one view in both looks and both sizes; the window ends as it was: light and large.

        Painting a whole window four times is the photographer's work, not the app's: the meter looks away.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        await asyncio.sleep(0)
        seen, busiest = len(self.meter.stalls), self.meter.busiest_callback
        for scheme in SCHEMES:
            self._window.acts.use_scheme(scheme)
            for width, height in SIZES:
                self._window.resize(width, height)
                await self._settle()
                file = self._folder / f"{name}-{scheme.value}-{width}x{height}.png"
                self._compose().save(str(file))
                self.files.append(str(file))
        self._window.acts.use_scheme(SCHEMES[0])
        self._window.resize(*SIZES[0])
        await self._settle()
        del self.meter.stalls[seen:]
        self.meter.busiest_callback = busiest

    @staticmethod
    async def _settle() -> None:
        for _ in range(3):
            QApplication.processEvents()
            await asyncio.sleep(0.02)

    def _compose(self) -> QPixmap:
        picture = self._window.grab()
        painter = QPainter(picture)
        for shown in QApplication.topLevelWidgets():
            if isinstance(shown, QDialog) and shown.isVisible():
                _paint_over(painter, self._window.rect(), shown)
        painter.end()
        return picture


def _paint_over(painter: QPainter, window: QRect, dialog: QDialog) -> None:
    """Paint a dialog in the middle of its window, where a window manager puts it."""
    painter.fillRect(window, QColor(0, 0, 0, 70))
    place = QRect(0, 0, dialog.width(), dialog.height())
    place.moveCenter(window.center())
    place.moveTop(max(place.top(), 8))
    painter.drawPixmap(place.topLeft(), dialog.grab())
    painter.setPen(QColor(0, 0, 0, 120))
    painter.drawRect(place.adjusted(-1, -1, 0, 0))
