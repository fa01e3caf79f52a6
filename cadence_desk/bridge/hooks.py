"""install_hooks: unexpected errors from six places arrive in one. Called by launch before QApplication exists.

sys.excepthook (slots, paint events), threading.excepthook, sys.unraisablehook, the loop's exception handler,
Qt's message handler, and faulthandler for crashes in C. Repeats are counted, and told at most once a second.
"""

from __future__ import annotations

import faulthandler
import logging
import signal
import sys
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMessageLogContext, QObject, Qt, QtMsgType, Signal, qInstallMessageHandler

from cadence_desk.bridge.faults import Fault, fault_of, fault_of_error

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable
    from types import TracebackType
    from typing import TextIO

_log = logging.getLogger(__name__)

HANG_SECONDS = 10.0

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


_RETELL_SECONDS = 1.0
"""A fault that comes again is told at most this often: one in a paint event would else feed itself."""
_MOST_CODES = 500


class _Messenger(QObject):
    """Brings faults from any thread, and out of any paint event, to the loop thread."""

    noted = Signal(object, int)


class Hooks:
    """The installed hooks; `remove` puts back what was there."""

    def __init__(self, tell: Callable[[Fault, int], None]) -> None:
        """Call `tell` on the loop thread with a fault and how often it was seen; only first sightings are logged."""
        self._tell = tell
        self._seen: Counter[str] = Counter()
        self._told_at: dict[str, float] = {}
        self._messenger = _Messenger()
        self._messenger.noted.connect(self._tell_safely, Qt.ConnectionType.QueuedConnection)
        self._before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
        self._old_qt: Callable[[QtMsgType, QMessageLogContext, str], Any] | None = None
        self._faults_file: TextIO | None = None

    def install(self, faults_file: TextIO | None) -> None:
        """Take over all hooks but the loop's. Crashes in C, and SIGUSR1 where it exists, write every stack to the file."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread
        sys.unraisablehook = self._on_unraisable
        self._old_qt = qInstallMessageHandler(self._on_qt_message)
        if faults_file is not None:
            self._faults_file = faults_file
            faulthandler.enable(faults_file)
            if hasattr(signal, "SIGUSR1"):
                faulthandler.register(signal.SIGUSR1, faults_file)

    def watch(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take over the loop's exception handler."""
        loop.set_exception_handler(self._on_loop)

    def expect_beat(self, seconds: float = HANG_SECONDS) -> None:
        """Write every stack to the file unless this is called again within some seconds: also when the GIL is held."""
        if self._faults_file is not None:
            faulthandler.dump_traceback_later(seconds, repeat=True, file=self._faults_file)

    def remove(self) -> None:
        """Put the former hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        qInstallMessageHandler(self._old_qt)
        if self._faults_file is not None:
            faulthandler.cancel_dump_traceback_later()
            if hasattr(signal, "SIGUSR1"):
                faulthandler.unregister(signal.SIGUSR1)
            faulthandler.disable()

    def note(self, fault: Fault) -> None:
        """Count a fault, and tell it if that was not done a moment ago."""
        if fault.code not in self._seen and len(self._seen) >= _MOST_CODES:
            return
        self._seen[fault.code] += 1
        count = self._seen[fault.code]
        if count == 1:
            _log.error("unexpected error: %s", fault.text)
        now = time.monotonic()
        if count == 1 or now - self._told_at[fault.code] >= _RETELL_SECONDS:
            self._told_at[fault.code] = now
            self._messenger.noted.emit(fault, count)

    def _tell_safely(self, fault: Fault, count: int) -> None:
        try:
            self._tell(fault, count)
        except Exception as error:  # noqa: BLE001  # telling a fault must not make the next one
            _log.warning("a fault could not be told: %s", type(error).__name__)

    def _on_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        self.note(fault_of(kind, trace))

    def _on_thread(self, what: threading.ExceptHookArgs) -> None:
        if what.exc_type is not SystemExit:
            self.note(fault_of(what.exc_type, what.exc_traceback))

    def _on_unraisable(self, what: sys.UnraisableHookArgs) -> None:
        self.note(fault_of(what.exc_type or Exception, what.exc_traceback))

    def _on_loop(self, _loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.note(fault_of_error(error))
        else:
            _log.warning("loop: %s", context.get("message", "unknown"))

    @staticmethod
    def _on_qt_message(level: QtMsgType, context: QMessageLogContext, message: str) -> None:
        # Qt's own texts name classes and properties, not data
        _log.log(_QT_LEVELS.get(level, logging.WARNING), "%s: %s", context.category or "qt", message)


def install_hooks(tell: Callable[[Fault, int], None], faults_file: TextIO | None = None) -> Hooks:
    """Install the hooks and return them, so that the loop can be added and the end can be clean."""
    hooks = Hooks(tell)
    hooks.install(faults_file)
    return hooks
