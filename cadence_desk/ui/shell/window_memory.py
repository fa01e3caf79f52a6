"""WindowMemory: size, columns, order, side and look of the window from one start to the next. Called by MainWindow.

What was kept is checked before it is used: a window must never open outside the screens.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from cadence_desk.ui.kit.list_screen import ListScreen
from cadence_desk.ui.kit.theme import Scheme

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from cadence_desk.ui.kit.workplace import Memory
    from cadence_desk.ui.shell.frame import WindowFrame

_NORMAL = (1280, 800)
_LEAST = (900, 560)


def kept_scheme(memory: Memory) -> Scheme:
    """Return the look the user chose."""
    kept = memory.read("scheme")
    return Scheme(kept) if kept in {scheme.value for scheme in Scheme} else Scheme.SYSTEM


class WindowMemory:
    """Reads and writes the window's settings."""

    def __init__(self, window: QMainWindow, frame: WindowFrame, memory: Memory) -> None:
        self._window = window
        self._frame = frame
        self._memory = memory
        frame.screen_made.connect(self._restore_columns)
        self._restore_columns("people")

    @property
    def scheme(self) -> Scheme:
        """The look the user chose."""
        return kept_scheme(self._memory)

    @property
    def single_keys(self) -> bool:
        """Whether keys without a modifier work."""
        return self._memory.read("single_keys") != "0"

    def keep_scheme(self, scheme: Scheme) -> None:
        """Keep a look."""
        self._memory.write("scheme", scheme.value)

    def keep_single_keys(self, *, wanted: bool) -> None:
        """Keep whether keys without a modifier work."""
        self._memory.write("single_keys", "1" if wanted else "0")

    def restore(self) -> None:
        """Bring the window back as it was, if it still fits a screen."""
        self._window.resize(*_NORMAL)
        raw = _decoded(self._memory.read("geometry"))
        if raw and self._window.restoreGeometry(QByteArray(raw)) and not self._is_usable():
            self._window.setWindowState(Qt.WindowState.WindowNoState)
            self._window.setGeometry(self._normal_place())
        self._window.setMinimumSize(*_LEAST)
        sizes = _decoded(self._memory.read("side"))
        if sizes:
            self._frame.split.restoreState(QByteArray(sizes))
        self._frame.show_side(wanted=self._memory.read("side_shown") != "0")

    def keep(self) -> None:
        """Write everything that is restored."""
        self._memory.write("geometry", _encoded(self._window.saveGeometry()))
        self._memory.write("side", _encoded(self._frame.split.saveState()))
        self._memory.write("side_shown", "1" if self._frame.side_wanted else "0")
        for name in ("people", "trackers"):
            screen = self._frame.made(name)
            if isinstance(screen, ListScreen):
                self._memory.write(f"columns_{name}", screen.columns_state())
                self._memory.write(f"order_{name}", screen.order())

    def _restore_columns(self, name: str) -> None:
        screen = self._frame.made(name)
        if isinstance(screen, ListScreen):
            kept = self._memory.read(f"columns_{name}")
            screen.restore_columns(kept, self._memory.read(f"order_{name}"))

    def _is_usable(self) -> bool:
        """Return True for a window of which enough lies on a screen, and which is no larger than all of them."""
        frame = self._window.frameGeometry()
        places = [screen.availableGeometry() for screen in QGuiApplication.screens()]
        shown = any(_is_enough(place.intersected(frame)) for place in places)
        all_places = QRect()
        for place in places:
            all_places = all_places.united(place)
        return shown and frame.width() <= all_places.width() and frame.height() <= all_places.height()

    @staticmethod
    def _normal_place() -> QRect:
        place = QGuiApplication.primaryScreen().availableGeometry()
        size = QSize(*_NORMAL).boundedTo(place.size())
        return QRect(place.topLeft(), size)


def _is_enough(part: QRect) -> bool:
    return part.width() >= 200 and part.height() >= 100


def _encoded(data: QByteArray) -> str:
    return base64.b64encode(data.data()).decode("ascii")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        return b""


def application() -> QApplication:
    """Return the running application."""
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        raise RuntimeError("there is no QApplication")  # noqa: TRY004  # not a type passed in by anybody
    return app
