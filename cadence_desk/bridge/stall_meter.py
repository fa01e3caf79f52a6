"""StallMeter: says when the loop thread was busy too long. Called by bridge.app and by tests.

Two measures: the own CPU time of each callback (fails a test), and the silence of a heartbeat by the wall
clock (recorded, and logged in release), which also sees work inside Qt.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer

from cadence_desk.bridge.faults import where_is

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

_log = logging.getLogger(__name__)

_KEPT_BEATS = 200_000
_CALL_SECONDS = 1.0
BUCKETS_MS = (60, 100, 250, 500, 1_000, 2_500, 5_000, 10_000)


@dataclass(frozen=True, slots=True)
class Stall:
    """One callback that took too much CPU time of its own."""

    name: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Silence:
    """How long the heartbeat was silent, in seconds, and the CPU time of the busiest beat."""

    p99: float
    p999: float
    worst: float
    busiest: float
    beats: int


class StallMeter(QObject):
    """Measures callbacks and beats. `release` beats slowly; tests beat at full rate."""

    def __init__(
        self,
        *,
        release: bool = True,
        limit: float = 0.050,
        beating: Callable[[], object] = lambda: None,
    ) -> None:
        """Take what to call about once a second while the window answers."""
        super().__init__()
        self.stalls: list[Stall] = []
        self.busiest_callback = Stall("", 0.0)
        self._limit = limit
        self._log_over = 0.250 if release else 1.0
        self._running: Callable[[], asyncio.Handle | None] = lambda: None
        self._beating = beating
        self._called_at = 0.0
        self._buckets = [0] * (len(BUCKETS_MS) + 1)
        self._thread = threading.get_ident()
        self._gaps: list[float] = []
        self._busiest = 0.0
        self._beat_at = 0.0
        self._cpu_at = 0.0
        self._told_at = 0.0
        self._stopping = threading.Event()
        self._monitor: threading.Thread | None = None
        self._watch_every = 0.100 if release else 0.005  # silence counts from 250 ms on, or from 1 s
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(50 if release else 10)
        self._timer.timeout.connect(self._beat)

    def name_by(self, running: Callable[[], asyncio.Handle | None]) -> None:
        """Ask this for the callback that runs now, from another thread."""
        self._running = running

    def start(self) -> None:
        """Begin to beat and to watch."""
        self._thread = threading.get_ident()
        self._beat_at = time.monotonic()
        self._cpu_at = time.thread_time()
        self._beating()
        self._timer.start()
        self._stopping.clear()
        self._monitor = threading.Thread(target=self._watch, name="stall-monitor", daemon=True)
        self._monitor.start()

    def stop(self) -> None:
        """Stop both."""
        self._timer.stop()
        self._stopping.set()
        if self._monitor is not None:
            self._monitor.join(1.0)
            self._monitor = None

    def note(self, seconds: float, handle: asyncio.Handle) -> None:
        """Take the CPU seconds of one callback; given to DeskLoop.measure."""
        if seconds > self.busiest_callback.seconds:
            self.busiest_callback = Stall(_name_of(handle), seconds)
        if seconds > self._limit:
            self.stalls.append(Stall(_name_of(handle), seconds))

    def silence(self) -> Silence:
        """Return the figures so far."""
        gaps = sorted(self._gaps) or [0.0]
        last = len(gaps) - 1
        return Silence(
            p99=gaps[int(last * 0.99)],
            p999=gaps[int(last * 0.999)],
            worst=gaps[-1],
            busiest=self._busiest,
            beats=len(self._gaps),
        )

    def histogram(self) -> dict[str, int]:
        """Return how often the heartbeat was silent for how long."""
        names = [*(f"up to {one} ms" for one in BUCKETS_MS), f"over {BUCKETS_MS[-1]} ms"]
        return dict(zip(names, self._buckets, strict=True))

    def reset(self) -> None:
        """Forget the figures so far."""
        self.stalls.clear()
        self.busiest_callback = Stall("", 0.0)
        self._gaps.clear()
        self._busiest = 0.0

    def _beat(self) -> None:
        now, cpu = time.monotonic(), time.thread_time()
        gap = now - self._beat_at
        self._buckets[bisect_left(BUCKETS_MS, gap * 1000)] += 1
        if len(self._gaps) < _KEPT_BEATS:
            self._gaps.append(gap)
        self._busiest = max(self._busiest, cpu - self._cpu_at)
        if self._told_at == self._beat_at:
            _log.warning("window answers again after %.0f ms", gap * 1000)
        self._beat_at, self._cpu_at = now, cpu
        if now - self._called_at >= _CALL_SECONDS:
            self._called_at = now
            self._beating()

    def _watch(self) -> None:
        while not self._stopping.wait(self._watch_every):
            began = self._beat_at
            silent = time.monotonic() - began
            if silent > self._log_over and self._told_at != began:
                self._told_at = began
                where = where_is(sys._current_frames().get(self._thread))  # noqa: SLF001  # sys documents it
                handle = self._running()
                running = _name_of(handle) if handle is not None else "Qt"
                _log.warning("window silent for %.0f ms during %s at\n%s", silent * 1000, running, where)


def _name_of(handle: asyncio.Handle) -> str:
    """Return what a callback is: the task's name where it steps one, else the function's name."""
    call = getattr(handle, "_callback", None)
    task = getattr(call, "__self__", None)
    get_name = getattr(task, "get_name", None)
    if callable(get_name):
        return str(get_name())
    return str(getattr(call, "__qualname__", type(call).__name__))
