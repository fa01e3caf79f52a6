"""DurationRow: the length of a call, typed or counted by a running clock. Called by CallPanel."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QWidget

from cadence_desk.ui.kit.moments import clock_word, seconds_of
from cadence_desk.ui.kit.theme import GAP


class DurationRow(QWidget):
    """A field and a start/stop button."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._since = 0.0
        self._before = 0
        self.field = QLineEdit("0:00")
        self.field.setObjectName("durationField")
        self.field.setAccessibleName("Duration, minutes and seconds")
        self.field.setFixedWidth(84)
        self.field.textEdited.connect(self._typed)
        self.button = QPushButton("Start timer")
        self.button.setObjectName("timerButton")
        self.button.setAutoDefault(False)
        self.button.clicked.connect(lambda _checked=False: self.toggle())
        self._tick = QTimer(self)
        self._tick.setInterval(500)
        self._tick.timeout.connect(self._show)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GAP)
        row.addWidget(self.field)
        row.addWidget(self.button)
        row.addStretch(1)

    @property
    def is_running(self) -> bool:
        """True while the clock runs."""
        return bool(self._since)

    def seconds(self) -> int | None:
        """Return the length; None when what is typed is none."""
        return seconds_of(self.field.text())

    def show_seconds(self, seconds: int) -> None:
        """Show a length that was kept."""
        self.field.setText(clock_word(seconds))

    def toggle(self) -> None:
        """Start the clock from what the field says, or stop it."""
        if self._since:
            self._show()
            self._since = 0.0
            self._tick.stop()
        else:
            self._before = self.seconds() or 0
            self._since = time.monotonic()
            self._tick.start()
        self.button.setText("Stop timer" if self._since else "Start timer")
        self.changed.emit()

    def stop(self) -> None:
        """Stop the clock if it runs."""
        if self._since:
            self.toggle()

    def _typed(self, text: str) -> None:
        if self._since:
            self.toggle()
            self.field.setText(text)
        self.changed.emit()

    def _show(self) -> None:
        if self._since:
            self.field.setText(clock_word(self._before + time.monotonic() - self._since))
