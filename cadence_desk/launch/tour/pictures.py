"""Takes the tour's pictures: light and dark, large and small, with open dialogs in their place."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from cadence_desk.ui.kit.theme import Scheme

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QPoint

    from cadence_desk.ui.shell.main_window import MainWindow

SIZES = ((1280, 800), (1024, 640))
SCHEMES = (Scheme.LIGHT, Scheme.DARK)


class Pictures:
    """Writes PNG files into one folder."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        self._window = window
        self._folder = folder
        self.files: list[str] = []

    async def take(self, name: str) -> None:
        """Take one view in both looks and both sizes; the window ends as it was: light and large."""
        self._folder.mkdir(parents=True, exist_ok=True)
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
                painter.drawPixmap(_inside(shown, self._window), shown.grab())
        painter.end()
        return picture


def _inside(dialog: QWidget, window: QWidget) -> QPoint:
    """Return where a dialog stands over its window."""
    return dialog.mapToGlobal(dialog.rect().topLeft()) - window.mapToGlobal(window.rect().topLeft())
