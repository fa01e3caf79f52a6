"""outbox.*: what a press of Save costs the window's thread, and how long 100 waiting calls need once they may go.

Both on the window's own loop. The commit is judged by what that thread does with files, which is nothing: they have
threads of their own. The drain stands beside what its calls must take, as in enroll.
"""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.domain.operations import Hold
from cadence_desk.sync.parts import EngineOptions
from tests.bench.figures import Figure, Spread, compared
from tests.bench.file_work import FileWork, file_work
from tests.bench.lane_times import lane_times
from tests.desk.practice_org import Org
from tests.desk.rig import Rig, until

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from cadence_desk.domain.operations import Operation
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from tests.bench.rounds import Rounds

NOTHING_SENT = dataclasses.replace(EngineOptions(), sends=False)
WAITING = 100
LATENCY = 0.15
GOAL = 1.15
PATIENCE = 120.0


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure desks without a window, live on the practice org."""
    org = Org.start("--people", "3000")
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield on_the_loop(_commits(Rig(org, Path(folder) / "commit", NOTHING_SENT), rounds))
            drained = [
                on_the_loop(_drain(Rig(org, Path(folder) / f"drain-{number}", NOTHING_SENT)))
                for number in range(1 if rounds.quick else 3)
            ]
    finally:
        org.stop()
    seconds, least, told = zip(*drained, strict=True)
    line = compared(
        "outbox.drain_100", "s", (Spread(seconds), Spread(least)), "s, calls x latency / workers", GOAL
    )
    ratio = Spread(tuple(one / other for one, other in zip(seconds, least, strict=True)))
    yield dataclasses.replace(line, ratio=ratio.median, spread=f"x{ratio.words}; {told[-1]}")


def on_the_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run on the window's own loop."""
    loop = DeskLoop(QApplication.instance() or QApplication(["bench"]))
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def _commits(rig: Rig, rounds: Rounds) -> Figure:
    """Save calls; half of the presses are looked at by the profile hook, the others by the clock alone."""
    await rig.begin()
    try:
        loop: Any = asyncio.get_running_loop()
        longest: list[float] = []
        loop.measure(lambda seconds, _handle: longest.append(seconds))
        targets = rig.free(8 * rounds.repeats)
        half = len(targets) // 2
        with file_work() as work:
            for target in targets[:half]:
                await _press(rig, target)
        longest.clear()
        pressed = [await _press(rig, target) for target in targets[half:]]
    finally:
        await rig.desk.stop()
    return _commit_line(work, Spread(tuple(one for one, _ in pressed)), [one for _, one in pressed], longest)


def _commit_line(work: FileWork, cpu: Spread, wall: list[float], callbacks: list[float]) -> Figure:
    told = (
        f"{work.sqlite_calls} calls of SQLite and {work.file_calls} of files on this thread in {len(wall)} presses;"
        f" its CPU {cpu.words} ms a press, longest callback {max(callbacks) * 1000:.2f} ms;"
        f" committed after {Spread(tuple(wall)).words} ms"
    )
    blocked = work.seconds * 1000 / len(wall)
    seen = work.sqlite_calls + work.file_calls
    # a call that took no measurable time would still be one too many
    return Figure("outbox.commit", blocked if not seen else max(blocked, 0.001), "ms", goal=0.0, spread=told)


async def _press(rig: Rig, target: str) -> tuple[float, float]:
    """Log a call as the panel does; return this thread's CPU and the wall time of its Save, in milliseconds."""
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes, draft.duration_seconds = rig.result().text, "a note of some length " * 20, 61
    began, cpu = time.monotonic(), time.thread_time()
    await rig.desk.calls.save(draft)
    return (time.thread_time() - cpu) * 1000, (time.monotonic() - began) * 1000


async def _let_go(runner: OutboxRunner) -> None:
    """Do what the start of an engine does that may send."""
    runner._options = dataclasses.replace(runner._options, sends=True)
    runner.start()
    await runner.release(Hold.SAFE_MODE)


def _all_held(operations: list[Operation]) -> bool:
    return all(one.hold is Hold.SAFE_MODE for one in operations)


async def _drain(rig: Rig) -> tuple[float, float, str]:
    """Save calls on steps while nothing is sent, then send them all; each ends when it was read back."""
    await rig.begin()
    try:
        trackers = await rig.running(WAITING)
        await rig.desk.idle()
        targets = [str(one.target_id) for one in trackers]
        for tracker in trackers:
            await rig.log(tracker)
        await until(lambda: _all_held(rig.operations(*targets)), "every call waits")
        rig.org.fate("delay", times=0, seconds=LATENCY)
        with lane_times() as times:
            began = time.monotonic()
            await _let_go(rig.engine.runner)
            await rig.confirmed(*targets, seconds=PATIENCE)
            seconds = time.monotonic() - began
    finally:
        rig.org.reset()
        await rig.desk.stop()
    told = (
        f"{WAITING} calls, each with the end of its step, confirmed: {times.count} API calls of"
        f" {times.latency * 1000:.0f} ms ({times.words()})"
    )
    return seconds, times.least_seconds(), told
