"""do_first: one piece of work between the first paint and the loop, while Qt alone serves the window. Called by launch.

Needs no asyncio: loading it takes as long as what a person waits for first.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QDeadlineTimer, QEventLoop, QObject, Qt, QTimer, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_SECONDS = 0.5
"""So long the loop waits for the work; what takes longer, such as a prompt of the key store, goes on beside it."""


class _Messenger(QObject):
    """Brings what the work returned to the window's thread."""

    over = Signal(object)


def do_first(
    work: Callable[[], object], done: Callable[[object], None], seconds: float = PATIENCE_SECONDS
) -> None:
    """Run `work` in a daemon thread, and return when it is over, or after `seconds`.

    `done` takes what it returned on the window's thread, now or later; None when it raised, which the hook of
    threads tells.
    """
    # the application owns the messenger: what comes late must find it alive
    messenger, came = _Messenger(QCoreApplication.instance()), threading.Event()

    def come(result: object) -> None:
        came.set()
        messenger.deleteLater()
        done(result)

    def run() -> None:
        result = None
        try:
            result = work()
        finally:
            with contextlib.suppress(RuntimeError):  # the application is gone by now
                messenger.over.emit(result)

    messenger.over.connect(come, Qt.ConnectionType.QueuedConnection)
    threading.Thread(target=run, name="first work", daemon=True).start()
    end = QDeadlineTimer(int(seconds * 1000))
    QTimer.singleShot(end.remainingTime(), lambda: None)  # the wait for more events ends with this one
    while not (came.is_set() or end.hasExpired()):
        QCoreApplication.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
