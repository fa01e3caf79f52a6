"""Named lanes: daemon threads that run blocking calls. May import domain; built by connect, used by the engine.

Not a ThreadPoolExecutor: the interpreter waits for a pool's running job at exit, even after a shutdown.
"""

from __future__ import annotations

import threading
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from time import monotonic
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import InternalError
from cadence_desk.domain.ports import LaneName

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")

WORKERS: Mapping[LaneName, int] = {
    LaneName.INTERACTIVE: 2,
    LaneName.BULK: 1,
    LaneName.READ: 1,
    LaneName.KEYS: 1,
}
"""At most four speak to the org at once: it counts long calls of a whole org against 25."""


class _Lane:
    """One queue with its threads, started by the first call."""

    def __init__(self, name: str, workers: int) -> None:
        self._name = name
        self._workers = workers
        self._queue: SimpleQueue[tuple[Future[Any], Callable[[], Any]] | None] = SimpleQueue()
        self._threads: list[threading.Thread] = []

    def put(self, future: Future[Any], call: Callable[[], Any]) -> None:
        """Queue a call and make sure that somebody works."""
        self._queue.put((future, call))
        if len(self._threads) < self._workers:
            thread = threading.Thread(
                target=self._work, name=f"lane-{self._name}-{len(self._threads) + 1}", daemon=True
            )
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        """Cancel what waits and tell the threads to end after their running call."""
        while True:
            try:
                item = self._queue.get_nowait()
            except Empty:
                break
            if item is not None:
                item[0].cancel()
        for _ in self._threads:
            self._queue.put(None)

    def join(self, deadline: float) -> None:
        """Wait for the threads until the deadline."""
        for thread in self._threads:
            thread.join(max(0.0, deadline - monotonic()))

    def _work(self) -> None:
        while (item := self._queue.get()) is not None:
            _run(*item)
            del item  # or the last call's result lives until the next one


def _run(future: Future[Any], call: Callable[[], Any]) -> None:
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = call()
    except BaseException as error:  # noqa: BLE001 - whoever waits must get it, and the thread must live on
        future.set_exception(error)
    else:
        future.set_result(result)


class NamedLanes:
    """The lanes of one open org."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._closed = False
        self._lanes = {name: _Lane(name.value, workers) for name, workers in WORKERS.items()}

    def run(self, lane: LaneName, call: Callable[[], T]) -> Future[T]:
        """Queue a call and return its future; after `close` the future fails with InternalError."""
        future: Future[T] = Future()
        with self._lock:
            if self._closed:
                future.set_exception(InternalError("A call came after the lanes were closed."))
            else:
                self._lanes[lane].put(future, call)
        return future

    def close(self, timeout: float) -> None:
        """Cancel what waits and give running calls at most `timeout` seconds."""
        with self._lock:
            self._closed = True
            for lane in self._lanes.values():
                lane.stop()
        deadline = monotonic() + timeout
        for lane in self._lanes.values():
            lane.join(deadline)
