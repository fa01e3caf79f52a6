"""loop.*: one callback and one bounded wait on the window's loop, beside qasync's own."""

from __future__ import annotations

import asyncio
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from qasync import QEventLoop  # type: ignore[import-untyped]

from cadence_desk.bridge.loop import DeskLoop
from tests.bench.figures import HIGHER, Figure, compared, turn_by_turn
from tests.bench.lists import app

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator

    from tests.bench.rounds import Rounds

CALLS, WAITS = 4_000, 400


async def soon() -> None:
    """Queue callbacks by the thousand, as a burst of events and answers does, and run them all."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    for _ in range(CALLS):
        loop.call_soon(_nothing)
    loop.call_soon(done.set_result, None)
    await done


def _nothing() -> None:
    """What the callbacks do."""


async def waits() -> None:
    """Wait with a limit for a coroutine that gives way once, as a call with a time-out does."""
    for _ in range(WAITS):
        await asyncio.wait_for(asyncio.sleep(0), 30)


def microseconds(make: Callable[[], Any], work: Callable[[], Coroutine[Any, Any, None]], count: int) -> float:
    """Return the CPU microseconds for one of `count` on a fresh loop."""
    loop = make()
    asyncio.set_event_loop(loop)
    try:
        began = time.thread_time()
        loop.run_until_complete(work())
        return (time.thread_time() - began) / count * 1e6
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure both loops."""
    application = app()

    def own() -> Any:
        return DeskLoop(application)

    def stock() -> Any:
        return QEventLoop(application)

    for name, work, count, goal in (("call_soon", soon, CALLS, 3.0), ("wait_for", waits, WAITS, 2.0)):
        ours, theirs = turn_by_turn(
            rounds.repeats, partial(microseconds, own, work, count), partial(microseconds, stock, work, count)
        )
        yield compared(f"loop.{name}", "us", (ours, theirs), "stock qasync", goal, HIGHER)
