"""The one loop: asyncio inside Qt, with one ready queue, one zero timer and one alarm for all deadlines.

The only file that imports qasync (decisions: one loop). Called by bridge.app and by tests; the engine
never sees it, so the loop can be replaced here.
"""

from __future__ import annotations

import asyncio
import heapq
import itertools
import math
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal
from qasync import QEventLoop  # type: ignore[import-untyped]
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Executor
    from contextvars import Context

SLICE_SECONDS = 0.002
"""How long callbacks may run before Qt gets its turn again."""

_KEEP_CANCELED = 64
"""Canceled deadlines that may stay in the heap before it is rebuilt."""


class _Wake(QObject):
    """Carries one wake-up from any thread to the loop thread."""

    asked = Signal()


class DeskLoop(QEventLoop):  # type: ignore[misc, no-any-unimported]  # qasync is untyped
    """An asyncio loop on a running Qt application.

    Callbacks run in the order of `call_soon`, at most SLICE_SECONDS at a time. Deadlines never fire early
    and a canceled one leaves no Qt timer behind. There is no default executor: blocking calls go to lanes.
    """

    def __init__(self, app: QCoreApplication) -> None:
        # the base class may already queue callbacks while it is being built
        self._ready: deque[asyncio.Handle] = deque()
        self._deadlines: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._order = itertools.count()
        self._canceled = 0
        self._rings_at = math.inf
        self._pump: QTimer | None = None
        self._alarm: QTimer | None = None
        self._waking = False
        self._meter: Callable[[float, asyncio.Handle], None] | None = None
        self.running_handle: asyncio.Handle | None = None
        """What runs now, for the stall meter's thread; known only while it is measured."""
        super().__init__(app)
        self._wake = _Wake()
        self._wake.asked.connect(self._on_wake, Qt.ConnectionType.QueuedConnection)
        self._pump = QTimer()
        self._pump.setInterval(0)
        self._pump.timeout.connect(self._run_ready)
        self._alarm = QTimer()
        self._alarm.setSingleShot(True)
        self._alarm.setTimerType(Qt.TimerType.PreciseTimer)
        self._alarm.timeout.connect(self._ring)
        self._start_pump()

    @property
    def deadlines(self) -> int:
        """Number of deadlines kept, canceled ones included until they are swept."""
        return len(self._deadlines)

    def measure(self, meter: Callable[[float, asyncio.Handle], None] | None) -> None:
        """Report the own CPU seconds of every callback to `meter`; None stops that."""
        self._meter = meter

    # ------------------------------------------------------------ callbacks

    @override
    def call_soon(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        self._start_pump()
        return handle

    @override
    def call_soon_threadsafe(
        self, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.Handle:
        self._check_closed()
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        # first append, then test: a spare wake-up is possible, a lost one is not
        if not self._waking:
            self._waking = True
            self._wake.asked.emit()
        return handle

    def _on_wake(self) -> None:
        self._waking = False
        self._start_pump()

    def _start_pump(self) -> None:
        if self._pump is not None and self._ready and not self._pump.isActive():
            self._pump.start()

    def _run_ready(self) -> None:
        ready = self._ready
        end = time.monotonic() + SLICE_SECONDS
        while ready:
            handle = ready.popleft()
            if not handle.cancelled():
                self._run_one(handle)
            if time.monotonic() >= end:
                break
        if not ready and self._pump is not None:
            self._pump.stop()
            self._start_pump()  # a thread may have appended since the check

    def _run_one(self, handle: asyncio.Handle) -> None:
        if self._meter is None:
            handle._run()  # noqa: SLF001  # the loop is the one caller asyncio means
            return
        begin = time.thread_time()
        self.running_handle = handle
        handle._run()  # noqa: SLF001
        self.running_handle = None
        self._meter(time.thread_time() - begin, handle)

    # ------------------------------------------------------------ deadlines

    @override
    def call_later(
        self, delay: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    @override
    def call_at(
        self, when: float, callback: Callable[..., object], *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        self._check_closed()
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        handle._scheduled = True  # type: ignore[attr-defined]  # noqa: SLF001  # makes asyncio tell us of a cancel
        heapq.heappush(self._deadlines, (when, next(self._order), handle))
        if self._deadlines[0][2] is handle:
            self._set_alarm()
        return handle

    @override
    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        self._canceled += 1
        head = self._deadlines[0][2] if self._deadlines else None
        if handle is head:
            self._drop_canceled_heads()
        elif self._canceled > _KEEP_CANCELED and self._canceled * 2 > len(self._deadlines):
            self._deadlines = [entry for entry in self._deadlines if not entry[2].cancelled()]
            heapq.heapify(self._deadlines)
            self._canceled = 0

    def _drop_canceled_heads(self) -> None:
        while self._deadlines and self._deadlines[0][2].cancelled():
            heapq.heappop(self._deadlines)
            self._canceled -= 1

    def _set_alarm(self) -> None:
        """See that the alarm rings for the next deadline.

        An alarm for a canceled deadline stays as it is: it rings once for nothing, and most waits with a limit end
        long before it. Setting Qt's timer anew for each of them would cost more than the wait itself.
        """
        if self._alarm is None or not self._deadlines or self._rings_at <= self._deadlines[0][0]:
            return
        # rounded up: an alarm that rings early would only have to be set again
        self._rings_at = self._deadlines[0][0]
        seconds = self._rings_at - self.time()
        self._alarm.start(min(max(0, math.ceil(seconds * 1000)), 2**31 - 1))

    def _ring(self) -> None:
        now = self.time()
        self._rings_at = math.inf
        while self._deadlines and self._deadlines[0][0] <= now:
            handle = heapq.heappop(self._deadlines)[2]
            handle._scheduled = False  # type: ignore[attr-defined]  # noqa: SLF001
            if handle.cancelled():
                self._canceled -= 1
            else:
                self._ready.append(handle)
        self._set_alarm()
        self._start_pump()

    # ------------------------------------------------------------ the rest

    @override
    def _add_callback(self, handle: asyncio.Handle, delay: float = 0) -> asyncio.Handle:
        # asyncio's own signal handling hands its callbacks in here
        self._ready.append(handle)
        self._start_pump()
        return handle

    @override
    def run_in_executor(
        self, executor: Executor | None, callback: Callable[..., object], *args: Any
    ) -> asyncio.Future[Any]:
        if executor is None:
            raise RuntimeError("this loop has no default executor: run blocking calls in a lane")
        future: asyncio.Future[Any] = super().run_in_executor(executor, callback, *args)
        return future

    @override
    def close(self) -> None:
        if self.is_closed():
            return
        for timer in (self._pump, self._alarm):
            if timer is not None:
                timer.stop()
        super().close()
        self._ready.clear()
        self._deadlines.clear()
        self._pump = None
        self._alarm = None
