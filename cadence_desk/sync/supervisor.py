"""Starts the engine's tasks: keeps a reference to each, names it, and reports a crash once.

The only file of the engine that may call asyncio.create_task. Called by every long-running part of sync and by desk.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from concurrent.futures import Future

    from cadence_desk.domain.ports import LaneName, Lanes

T = TypeVar("T")
ASK_AGAIN_SECONDS = 1.0
_log = logging.getLogger(__name__)


class Supervisor:
    """Owns the engine's tasks. One per engine; lives on the loop thread."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closing = False

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start a coroutine; a DeskError ends it quietly (its owner told the state), anything else is logged."""
        if self._closing:
            work.close()
            raise RuntimeError(f"the engine is stopping: {name} was not started")
        task = asyncio.create_task(work, name=name)  # noqa: TID251 - this is the one place
        self._tasks.add(task)
        task.add_done_callback(self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, DeskError):
            _log.warning("task %s ended: %s", task.get_name(), error.code)
        else:
            _log.error("task %s crashed", task.get_name(), exc_info=error)

    @property
    def busy(self) -> int:
        """Number of running tasks."""
        return len(self._tasks)

    async def close(self) -> None:
        """Cancel every task and wait until all have ended."""
        self._closing = True
        while self._tasks:
            # Asked again: `asyncio.wait_for` of Python 3.11 can swallow a cancellation that meets its end.
            for task in list(self._tasks):
                task.cancel()
            await asyncio.wait(list(self._tasks), timeout=ASK_AGAIN_SECONDS)


async def in_lane(lanes: Lanes, lane: LaneName, call: Callable[[], T]) -> T:
    """Run a blocking call in a lane and return what it returns; errors come through.

    Canceling the wait does not recall the call: whoever needs its answer must not be canceled.
    """
    return await settled(lanes.run(lane, call))


async def settled(future: Future[T]) -> T:
    """Wait for a thread's future on the loop."""
    return await asyncio.wrap_future(future)
