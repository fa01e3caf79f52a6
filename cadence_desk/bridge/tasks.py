"""TaskRunner: the only way a widget starts a coroutine. May import domain and QtCore.

Called by ui through `tasks.start(owner, coro, name=...)`; loaded after the first paint, because of asyncio.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Protocol

import shiboken6
from PySide6.QtCore import QMetaObject, QObject

from cadence_desk.bridge.faults import Fault, fault_of_error
from cadence_desk.domain.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

_log = logging.getLogger(__name__)


class Outcome(Enum):
    """How a task ended. These are words for tasks, not for operations."""

    RETURNED = "returned"
    FAILED = "failed"
    STOPPED = "stopped"
    CRASHED = "crashed"


class Pressable(Protocol):
    """The control that started a task."""

    def setEnabled(self, enabled: bool, /) -> object:  # noqa: FBT001
        """Take or refuse input."""


class Reporter(Protocol):
    """Where endings go that the owner does not handle."""

    def show_error(self, owner: QObject | None, error: DeskError) -> None:
        """Tell an expected problem."""

    def show_fault(self, fault: Fault) -> None:
        """Tell an unexpected one."""


@dataclass(slots=True)
class RunningTask:
    """A started task: can be canceled and asked how it ended."""

    name: str
    task: asyncio.Task[Any] | None
    outcome: Outcome | None = None

    def cancel(self) -> None:
        """Stop waiting. A request that already left is not recalled."""
        if self.task is not None:
            self.task.cancel()


@dataclass(slots=True)
class _Job:
    running: RunningTask
    owner: weakref.ref[QObject]
    then: str
    failed: str
    sender: weakref.ref[Any] | None
    destroyed: QMetaObject.Connection


class TaskRunner:
    """Starts coroutines for widgets and brings their endings back."""

    def __init__(self, reporter: Reporter) -> None:
        self._reporter = reporter
        self._jobs: dict[asyncio.Task[Any], _Job] = {}

    @property
    def names(self) -> list[str]:
        """Names of the tasks that run now."""
        return [job.running.name for job in self._jobs.values()]

    def start(
        self,
        owner: QObject,
        coro: Coroutine[Any, Any, object],
        *,
        name: str,
        then: str = "",
        failed: str = "",
        sender: Pressable | None = None,
    ) -> RunningTask:
        """Run `coro` until it ends or `owner` is destroyed.

        Qt still delivers timers after the loop has ended, while windows close: what is asked then does not
        start and counts as stopped.

        Args:
            owner: the widget that wants the result; a weak reference is kept.
            coro: what to run.
            name: what it is called in logs and meters; must not be empty.
            then: method of the owner that takes the returned value.
            failed: method of the owner that takes an expected DeskError; without it the reporter gets it.
            sender: control to disable until the end.
        """
        for method in (then, failed):
            if method and not callable(getattr(owner, method, None)):
                coro.close()
                raise ValueError(f"{type(owner).__name__} has no method {method}")
        if not name:
            coro.close()
            raise ValueError("a task needs a name")
        loop = _running_loop()
        if loop is None:
            coro.close()
            return RunningTask(name, None, Outcome.STOPPED)
        task = loop.create_task(coro, name=name)
        running = RunningTask(name, task)
        connection = owner.destroyed.connect(lambda *_: task.cancel())
        kept_sender = weakref.ref(sender) if sender is not None else None
        self._jobs[task] = _Job(running, weakref.ref(owner), then, failed, kept_sender, connection)
        if sender is not None:
            sender.setEnabled(False)
        task.add_done_callback(self._end)
        return running

    def cancel_all(self) -> None:
        """Cancel every task; their endings still arrive."""
        for task in list(self._jobs):
            task.cancel()

    async def drain(self, seconds: float) -> bool:
        """Wait until no task runs, at most `seconds`; return False when some still do."""
        if self._jobs:
            await asyncio.wait(list(self._jobs), timeout=seconds)
        return not self._jobs

    def _end(self, task: asyncio.Task[Any]) -> None:
        job = self._jobs.pop(task)
        owner = _living(job.owner)
        if owner is not None:
            owner.disconnect(job.destroyed)
        sender = _living(job.sender) if job.sender is not None else None
        if sender is not None:
            sender.setEnabled(True)
        if task.cancelled():
            job.running.outcome = Outcome.STOPPED
            return
        error = task.exception()
        if error is None:
            job.running.outcome = Outcome.RETURNED
            self._tell(owner, job.then, task.result())
        elif isinstance(error, DeskError):
            job.running.outcome = Outcome.FAILED
            if not self._tell(owner, job.failed, error):
                self._reporter.show_error(owner, error)
        else:
            job.running.outcome = Outcome.CRASHED
            self._crashed(job.running.name, error)

    def _tell(self, owner: QObject | None, method: str, value: object) -> bool:
        if owner is None or not method:
            return False
        call: Callable[[object], object] = getattr(owner, method)
        try:
            call(value)
        except Exception as error:  # noqa: BLE001  # a callback's bug must not take the loop's handler with it
            self._crashed(f"{type(owner).__name__}.{method}", error)
        return True

    def _crashed(self, name: str, error: BaseException) -> None:
        fault = fault_of_error(error)
        _log.error("task %s crashed: %s", name, fault.text)
        self._reporter.show_fault(fault)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None


def _living(kept: weakref.ref[Any]) -> Any:
    """Return the object while both its Python and its C++ half live."""
    found = kept()
    if found is None or (isinstance(found, QObject) and not shiboken6.isValid(found)):
        return None
    return found
