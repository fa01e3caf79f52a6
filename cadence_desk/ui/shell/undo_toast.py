"""UndoToast: the message at the bottom of the window, with a button to take back what it tells of.

Called by ToastFollower, which keeps it true. Undo takes back everything that is still on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from cadence_desk.domain.overriding import override
from cadence_desk.ui.kit.announcing import announce
from cadence_desk.ui.kit.plain_label import PlainLabel
from cadence_desk.ui.kit.theme import GAP, colors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPaintEvent

SHOWN_MS = 8_000
"""As long as the undo window of a removal or a skip (house rules, operation states)."""

NOTICE_MS = 3_500
"""How long a message without an undo stays."""


class UndoToast(QFrame):
    """A short message at the bottom of the window."""

    undo_asked = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("undoToast")
        self.intent_ids: list[str] = []
        self.words = PlainLabel()
        self.words.set_ink("base")
        self.undo = QPushButton("Undo  (U)")
        self.undo.setObjectName("undoButton")
        self.undo.setAccessibleName("Undo the last change")
        self.undo.clicked.connect(self.undo_asked)
        row = QHBoxLayout(self)
        row.setContentsMargins(2 * GAP, GAP, 2 * GAP, GAP)
        row.setSpacing(2 * GAP)
        row.addWidget(self.words)
        row.addWidget(self.undo)
        parent.installEventFilter(self)
        self.hide()

    def show_words(self, words: str, intent_ids: Sequence[str], button: str) -> None:
        """Show a message; `intent_ids` still wait to be undone, and `button` says what U does: nothing when empty."""
        self.intent_ids = list(intent_ids)
        self.words.setText(words)
        self.undo.setVisible(bool(button))
        self.undo.setText(button)
        self.setAccessibleName(words)
        announce(self, words)
        self._place()
        self.show()
        self.raise_()

    def begin_anew(self) -> None:
        """Something else is told from now on: its words are said again, even where they are the same."""
        announce(self, "")

    def forget(self) -> None:
        """Hide, and undo nothing of this any more."""
        self.begin_anew()
        self.intent_ids = []
        self.hide()

    def _place(self) -> None:
        area = self.parentWidget()
        if area is not None:
            self.adjustSize()
            size = self.sizeHint()
            self.resize(size)
            self.move((area.width() - size.width()) // 2, area.height() - size.height() - 44)

    @override
    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QColor(colors().border))
        painter.setBrush(QColor(colors().text))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
