"""Ways to drive a window in tests: find by name, press keys, let the loop run until something is so."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QWidget

W = TypeVar("W", bound=QWidget)


async def until(check: Callable[[], object], what: str = "") -> None:
    """Let the loop run until `check` is true; at most some seconds."""
    for _ in range(2_000):
        if check():
            return
        await asyncio.sleep(0.002)
    raise AssertionError(f"never so: {what or check}")


async def settle(turns: int = 20) -> None:
    """Let pending events and short timers run."""
    for _ in range(turns):
        await asyncio.sleep(0.005)


def find(top: QWidget, kind: type[W], name: str) -> W:
    """Return a visible widget by its object name."""
    for widget in top.findChildren(kind, name):
        if widget.isVisible():
            return widget
    raise AssertionError(f"no visible {kind.__name__} named {name}")


def press(widget: QWidget, *keys: str) -> None:
    """Press keys on a widget: single characters, or names like Down, Return, Ctrl+Return."""
    modifiers = {
        "Ctrl": Qt.KeyboardModifier.ControlModifier,
        "Shift": Qt.KeyboardModifier.ShiftModifier,
        "Alt": Qt.KeyboardModifier.AltModifier,
    }
    for text in keys:
        *held, key = text.split("+") if len(text) > 1 else [text]
        modifier = Qt.KeyboardModifier.NoModifier
        for name in held:
            modifier |= modifiers[name]
        code = getattr(Qt.Key, f"Key_{key.upper() if len(key) == 1 else key}")
        QTest.keyClick(widget, code, modifier)


def keyboard_target() -> QWidget:
    """Return what gets the keys: an open menu or list of choices, else the widget with focus."""
    widget = QApplication.activePopupWidget() or QApplication.focusWidget()
    assert widget is not None, "nothing has focus"
    return widget


def press_focused(*keys: str) -> None:
    """Press keys wherever they go."""
    for key in keys:
        press(keyboard_target(), key)


def type_text(text: str) -> None:
    """Type a text wherever it goes."""
    for letter in text:
        QTest.keyClicks(keyboard_target(), letter)


async def dialog_named(top: QWidget, name: str) -> QDialog:
    """Return a dialog once it is open."""
    await until(lambda: any(one.isVisible() for one in top.findChildren(QDialog, name)), f"dialog {name}")
    return find(top, QDialog, name)
