"""run_app: paint first, then load asyncio and run the loop until the quit order is done. Called by launch.

The window comes ready-made and unpainted; nothing here knows widgets.
"""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any, Protocol

from cadence_desk.bridge.quick_start import be_painted

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from PySide6.QtCore import QCoreApplication

    from cadence_desk.bridge.hooks import Hooks
    from cadence_desk.bridge.stall_meter import StallMeter

_log = logging.getLogger(__name__)

_LEFT_SECONDS = 0.5


class Shown(Protocol):
    """A window that can be painted."""

    def show(self) -> object:
        """Become visible."""


def run_app(
    app: QCoreApplication,
    window: Shown,
    session: Callable[[], Coroutine[Any, Any, int]],
    *,
    hooks: Hooks | None = None,
    meter: StallMeter | None = None,
    first: Callable[[], None] | None = None,
) -> int:
    """Show and paint the window, then run `session` on the loop and return its exit code.

    `first` is done, and what it shows painted, before the loop is loaded. The last window closing does not end the loop: `session` decides when it is over (house rules, quit order).
    """
    app.setProperty("quitOnLastWindowClosed", False)  # noqa: FBT003  # a Qt property, by position only
    began = time.monotonic()
    window.show()
    app.processEvents()
    be_painted()
    _log.info("first paint after %.0f ms", (time.monotonic() - began) * 1000)
    if first is not None:
        first()
        app.processEvents()

    from cadence_desk.bridge.loop import DeskLoop

    loop = DeskLoop(app)
    if hooks is not None:
        hooks.watch(loop)
    if meter is not None:
        loop.measure(meter.note)
        meter.name_by(lambda: loop.running_handle)
        meter.start()
    try:
        return int(loop.run_until_complete(session()))
    finally:
        if meter is not None:
            meter.stop()
        _end_tasks(loop)
        loop.close()


def _end_tasks(loop: Any) -> None:
    """Cancel what is left and give it a moment, so that no task dies with the loop unheard."""
    import asyncio

    left = asyncio.all_tasks(loop)
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.wait(left, timeout=_LEFT_SECONDS))
