"""run_session: start the desk under a painted window, wait for quit, stop in order. Called by launch.

Quit order and its five seconds: ARCHITECTURE.md, who owns the loop.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING, Protocol

from cadence_desk.bridge.faults import fault_of_error
from cadence_desk.domain.errors import DeskError, InternalError

if TYPE_CHECKING:
    from cadence_desk.bridge.tasks import TaskRunner

_log = logging.getLogger(__name__)

QUIT_SECONDS = 5.0


class Running(Protocol):
    """A desk, as far as starting and stopping it goes."""

    async def start(self) -> None:
        """Open files, load, connect."""

    async def stop(self) -> None:
        """Stop in order."""


class SessionWindow(Protocol):
    """A window, as far as a session needs it."""

    def started(self) -> None:
        """The desk has opened, with or without a signed-in user."""

    def show_start_error(self, error: DeskError) -> None:
        """Tell that the desk could not start."""

    def flush_drafts(self) -> None:
        """Hand every unsaved text to the desk now."""

    def finish(self) -> None:
        """Keep settings and close for good."""


class Quitting:
    """Asked once, waited for once: the way from the last window's close button to the end of the loop."""

    def __init__(self) -> None:
        self._asked = asyncio.Event()

    def ask(self) -> None:
        """Start the quit order; further calls do nothing."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """True once quitting began."""
        return self._asked.is_set()

    async def wait(self) -> None:
        """Wait until quitting is asked for."""
        await self._asked.wait()


async def run_session(desk: Running, window: SessionWindow, tasks: TaskRunner, quitting: Quitting) -> int:
    """Run one desk from start to stop; return the exit code of the window."""
    starting = asyncio.get_running_loop().create_task(_start(desk, window), name="start the desk")
    try:
        await quitting.wait()
    finally:
        window.flush_drafts()
        await _stop(desk, tasks, starting)
        window.finish()
    return 0


async def _start(desk: Running, window: SessionWindow) -> None:
    try:
        await desk.start()
    except DeskError as error:
        window.show_start_error(error)
    except Exception as error:  # noqa: BLE001  # the window stays usable and says so
        _log.exception("start failed: %s", fault_of_error(error).text, exc_info=False)
        window.show_start_error(
            InternalError("The desk could not be opened.", hint="Start Cadence Desk again.")
        )
    else:
        window.started()


async def _stop(desk: Running, tasks: TaskRunner, starting: asyncio.Task[None]) -> None:
    """Let drafts land, stop the desk, then give up on what is left: all within the limit."""
    loop = asyncio.get_running_loop()
    end = loop.time() + QUIT_SECONDS
    await tasks.drain(1.0)
    starting.cancel()
    stopping = loop.create_task(desk.stop(), name="stop the desk")
    await asyncio.wait({stopping}, timeout=max(0.0, end - loop.time()))
    if stopping.done():
        if stopping.exception() is not None:
            _log.warning("the desk did not stop cleanly")
    else:
        stopping.cancel()
        _log.warning("the desk did not stop within %.0f s", QUIT_SECONDS)
    tasks.cancel_all()
    with contextlib.suppress(asyncio.CancelledError):
        await asyncio.wait({starting}, timeout=0.2)
