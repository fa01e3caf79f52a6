"""Asks Qt whether its plugins load here and whether the desk's window paints. Called by launch.self_test.

Imports Qt at the top; nothing is shown on a screen.
"""

from __future__ import annotations

import ctypes
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QLibraryInfo, qVersion
from PySide6.QtGui import QFontDatabase

from cadence_desk.bridge.runtime import check_runtime
from cadence_desk.domain.errors import InternalError
from cadence_desk.launch.window import ScreenMemory
from cadence_desk.settings.preferences import Preferences
from cadence_desk.ui.kit.theme import Scheme, apply_theme, window_app
from cadence_desk.ui.shell.main_window import MainWindow
from cadence_desk.ui.shell.window_memory import kept_scheme

EVERYWHERE = "qoffscreen"
OF_SYSTEM = {"linux": ("qxcb", "qwayland"), "darwin": ("qcocoa",), "win32": ("qwindows",)}
FEWEST_COLORS = 4
_STEP = 16


def display_plugins() -> str:
    """Load the plugins of this system with all they are linked to.

    Raises:
        InternalError: one is not delivered.
        OSError: one cannot be loaded; the text names the library that is missing.
    """
    folder = Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.PluginsPath)) / "platforms"
    wanted = (EVERYWHERE, *OF_SYSTEM.get(sys.platform, ()))
    # from source, only what this session shows windows with has to be there: the system's own libraries are not ours
    optional = set() if getattr(sys, "frozen", False) else set(OF_SYSTEM["linux"]) - {_session()}
    loaded, absent = [], []
    for name in wanted:
        try:
            _load(folder, name)
            loaded.append(name)
        except OSError:
            if name not in optional:
                raise
            absent.append(f"{name} not here")
    return ", ".join(loaded + absent)


def _session() -> str:
    named = os.environ.get("QT_QPA_PLATFORM", "")
    if named:
        return f"q{named}"
    return "qwayland" if os.environ.get("WAYLAND_DISPLAY") else "qxcb"


def _load(folder: Path, name: str) -> None:
    found = [path for path in folder.glob(f"*{name}*") if path.suffix in {".so", ".dylib", ".dll"}]
    if not found:
        raise InternalError(f"The display plugin {name} is not delivered.")
    ctypes.CDLL(str(found[0]))


def painted_window() -> str:
    """Paint the main window into a picture. Raises InternalError when there is nothing to be seen on it."""
    problem = check_runtime()
    if problem:
        raise InternalError(problem)
    app = window_app()
    apply_theme(app, Scheme.LIGHT)
    families = len(QFontDatabase.families())
    if not families:
        raise InternalError("There is no font on this computer.")
    window = MainWindow(ScreenMemory(Preferences()), lambda _address: None)
    window.show()
    app.processEvents()
    picture = window.grab().toImage()
    window.hide()
    window.deleteLater()
    points = [
        (across, down)
        for across in range(0, picture.width(), _STEP)
        for down in range(0, picture.height(), _STEP)
    ]
    colors = len({picture.pixel(*point) for point in points})
    if colors < FEWEST_COLORS:
        raise InternalError(f"The window was painted in {colors} colors only.")
    return f"Qt {qVersion()}, {picture.width()} by {picture.height()}, {families} font families"


def tell_first_paint() -> int:
    """Paint the window as a start does and print the moment on the system's steady clock: for measuring the start."""
    app, memory = window_app(), ScreenMemory(Preferences())
    apply_theme(app, kept_scheme(memory))
    window = MainWindow(memory, lambda _address: None)
    window.show()
    app.processEvents()
    print(time.monotonic_ns())
    return 0
