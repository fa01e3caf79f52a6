"""The tour's hands: real key and mouse events on the real window, found by object name as a person finds a label."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

W = TypeVar("W", bound=QWidget)
_NONE = Qt.KeyboardModifier.NoModifier
_CONTROL = Qt.KeyboardModifier.ControlModifier


class NotThere(Exception):
    """A widget that the journey needs is not on screen."""


class Hands:
    """Presses keys and buttons."""

    def find(self, kind: type[W], name: str) -> W:
        """Return a visible widget by its object name; raises NotThere."""
        for window in QApplication.topLevelWidgets():
            if not window.isVisible():
                continue
            if isinstance(window, kind) and window.objectName() == name:
                return window
            for found in window.findChildren(kind, name):
                if isinstance(found, kind) and found.isVisible():
                    return found
        raise NotThere(name)

    def there(self, name: str) -> bool:
        """Return True when a visible widget has this name."""
        try:
            self.find(QWidget, name)
        except NotThere:
            return False
        return True

    def press(
        self, widget: QWidget, key: Qt.Key, *, control: bool = False, modifier: Qt.KeyboardModifier = _NONE
    ) -> None:
        """Press one key; the window comes forward first, as it would under a person's hand."""
        if not widget.isActiveWindow():
            widget.activateWindow()
            QApplication.processEvents()
        QTest.keyClick(widget, key, modifier | _CONTROL if control else modifier)

    def type(self, widget: QWidget, text: str) -> None:
        """Type a text, key by key."""
        QTest.keyClicks(widget, text)

    def click(self, widget: QWidget, at: QPoint | None = None, *, control: bool = False) -> None:
        """Click with the left button, in the middle or at a place."""
        place = at if at is not None else widget.rect().center()
        QTest.mouseClick(widget, Qt.MouseButton.LeftButton, _CONTROL if control else _NONE, place)

    def post_key(self, widget: QWidget, key: Qt.Key, text: str = "") -> None:
        """Leave a key in the event queue: it is handled as any other event, not inside the caller's own time."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.postEvent(widget, QKeyEvent(kind, key, _NONE, text))

    def post_click(self, widget: QWidget, at: QPoint) -> None:
        """Leave a click of the left button in the event queue."""
        place, button = QPointF(at), Qt.MouseButton.LeftButton
        glob = QPointF(widget.mapToGlobal(at))
        for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            held = button if kind is QEvent.Type.MouseButtonPress else Qt.MouseButton.NoButton
            QApplication.postEvent(widget, QMouseEvent(kind, place, glob, button, held, _NONE))

    def post_wheel(self, widget: QWidget, notches: int) -> None:
        """Leave turns of the mouse wheel in the event queue; negative is downwards."""
        middle = QPointF(widget.rect().center())
        glob = QPointF(widget.mapToGlobal(widget.rect().center()))
        turn = QWheelEvent(
            middle,
            glob,
            QPoint(0, 0),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            _NONE,
            Qt.ScrollPhase.NoScrollPhase,
            False,  # noqa: FBT003 - Qt takes it by position only
        )
        QApplication.postEvent(widget, turn)

    def focused(self) -> QObject | None:
        """Return what has the focus."""
        return QApplication.focusWidget()
