"""UndoToast: says what was queued and offers to take it back while that is still certain. Called by the shell.

Toasts of one window stack into one: undo takes back everything that is still on it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QWidget

from cadence_desk.domain.overriding import override
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
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.forget)
        parent.installEventFilter(self)
        self.hide()

    def show_words(
        self,
        words: str,
        intent_ids: Sequence[str],
        seconds: float = SHOWN_MS / 1000,
        *,
        planned: bool = False,
    ) -> None:
        """Show a message; with intents it can be undone, together with those still shown, for some seconds.

        `planned` offers Undo although nothing waits for it: an inverse plan is shown first.
        """
        self.intent_ids += intent_ids
        self.words.setText(words)
        offered = bool(self.intent_ids) or planned
        self.undo.setVisible(offered)
        self.undo.setText("Undo  (U)" if self.intent_ids else "Undo …  (U)")
        self.setAccessibleName(words)
        self._place()
        self.show()
        self.raise_()
        self._timer.start(int(seconds * 1000) if offered else NOTICE_MS)

    def forget(self) -> None:
        """Hide, and undo nothing of this any more."""
        self.intent_ids = []
        self._timer.stop()
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
