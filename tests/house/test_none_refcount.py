"""Qt calls keep their hands off None's reference count; see cadence_desk/decisions/0003-python-and-qt-pins.md."""

import sys
from collections.abc import Callable

import pytest
from PySide6.QtCore import QCoreApplication, QTimer, QTimerEvent
from PySide6.QtWidgets import QApplication, QLabel
from typing_extensions import override

CALLS = 1000
DRIFT = 50


class CountingLabel(QLabel):
    """Has a void override that Qt calls."""

    @override
    def timerEvent(self, event: QTimerEvent) -> None:
        """Do nothing, as a void method does."""


def kinds_of_call(label: CountingLabel, timer: QTimer) -> dict[str, Callable[[], object]]:
    """Return one call of each kind that lost references with the defective release."""
    event = QTimerEvent(1)
    return {
        "setObjectName": lambda: label.setObjectName("name"),
        "setText": lambda: label.setText("text"),
        "setEnabled": lambda: label.setEnabled(True),
        "update": label.update,
        "QTimer.setInterval": lambda: timer.setInterval(60_000),
        "QTimer.start": timer.start,
        "QTimer.stop": timer.stop,
        "parentWidget": label.parentWidget,
        "timerEvent override": lambda: QCoreApplication.sendEvent(label, event),
    }


@pytest.mark.parametrize("kind", kinds_of_call(CountingLabel.__new__(CountingLabel), QTimer.__new__(QTimer)))
def test_none_keeps_its_references(kind: str, qapp: QApplication) -> None:
    label, timer = CountingLabel(), QTimer()
    call = kinds_of_call(label, timer)[kind]
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    drift = sys.getrefcount(None) - before
    timer.stop()
    label.deleteLater()
    assert abs(drift) <= DRIFT
