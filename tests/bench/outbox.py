"""outbox.*: what a press of Save costs the window's thread, and how long 100 waiting calls need once they may go.

Both on the window's own loop. The commit is judged by what that thread does with files, which is nothing: they have
threads of their own. Beside it one plain transaction on that thread, as durable as the outbox: what a program would spend
that saves where the button is pressed. The drain stands beside what its calls must take, as in enroll.
"""

from __future__ import annotations

import asyncio
import dataclasses
import sqlite3
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.domain.operations import Hold
from cadence_desk.sync.parts import EngineOptions
from tests.bench.figures import VALUE, Spread, compared
from tests.bench.file_work import file_work
from tests.bench.lane_times import beside_the_waiting, lane_times
from tests.desk.practice_org import Org
from tests.desk.rig import Rig, until

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from cadence_desk.domain.operations import Operation
    from cadence_desk.sync.outbox_runner import OutboxRunner
    from tests.bench.figures import Figure
    from tests.bench.rounds import Rounds

NOTHING_SENT = dataclasses.replace(EngineOptions(), sends=False)
MANY = 100
PER_TURN = 4
"""Presses of one turn."""
NOTE = "a note of some length " * 20
LATENCY = 0.15
GOAL = 1.15
PATIENCE = 120.0


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure desks without a window, live on the practice org."""
    org = Org.start("--people", "3000")
    try:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)
            yield on_the_loop(_commits(Rig(org, home / "commit", NOTHING_SENT), home / "plain.db", rounds))
            drained = [
                on_the_loop(_drain(Rig(org, home / f"drain-{number}", NOTHING_SENT)))
                for number in range(rounds.few_repeats)
            ]
    finally:
        org.stop()
    seconds, least, told = zip(*drained, strict=True)
    yield beside_the_waiting(f"outbox.drain_{MANY}", seconds, least, told[-1], goal=GOAL)


def on_the_loop(work: Coroutine[Any, Any, Any]) -> Any:
    """Run on the window's own loop."""
    loop = DeskLoop(QApplication.instance() or QApplication(["bench"]))
    asyncio.set_event_loop(loop)
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
        asyncio.set_event_loop(None)


async def _commits(rig: Rig, plain: Path, rounds: Rounds) -> Figure:
    """Save calls, and plain rows in between; the thread's CPU is taken in other presses than the profile hook looks at."""
    await rig.begin()
    turns = Presses(rig.free(2 * PER_TURN * rounds.repeats))
    link = _plain_file(plain)
    try:
        loop: Any = asyncio.get_running_loop()
        loop.measure(lambda seconds, _handle: turns.callbacks.append(seconds))
        for _ in range(rounds.repeats):
            await turns.one(rig, link)
    finally:
        link.close()
        await rig.desk.stop()
    return turns.line()


@dataclass
class Presses:
    """What was measured, turn by turn: milliseconds for each press of a turn."""

    targets: list[str]
    in_files: list[float] = field(default_factory=list)
    plain: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    callbacks: list[float] = field(default_factory=list)
    longest: float = 0.0
    calls: int = 0

    async def one(self, rig: Rig, link: sqlite3.Connection) -> None:
        """Press, press with the hook, and save plainly as often."""
        await asyncio.sleep(0)
        self.callbacks.clear()
        for _ in range(PER_TURN):
            cpu, wall = await _press(rig, self.targets.pop())
            self.cpu.append(cpu)
            self.wall.append(wall)
        self.longest = max(self.longest, *self.callbacks)
        with file_work() as work:
            for _ in range(PER_TURN):
                await _press(rig, self.targets.pop())
        calls = work.sqlite_calls + work.file_calls
        self.calls += calls
        # a call that took no measurable time would still be one too many
        self.in_files.append(max(work.seconds * 1000 / PER_TURN, 0.001) if calls else 0.0)
        self.plain.append(sum(_saved_plainly(link) for _ in range(PER_TURN)) / PER_TURN)

    def line(self) -> Figure:
        """Return the line; the worst turn is judged."""
        told = (
            f"{self.calls} calls of SQLite and of files on this thread in {PER_TURN * len(self.in_files)} presses, beside"
            f" {Spread(tuple(self.plain)).words} ms for one plain transaction; CPU of this thread"
            f" {Spread(tuple(self.cpu)).words} ms a press, longest callback {self.longest * 1000:.2f} ms; committed after"
            f" {Spread(tuple(self.wall)).words} ms"
        )
        ours, theirs = Spread(tuple(self.in_files)), Spread(tuple(self.plain))
        line = compared("outbox.commit", "ms", (ours, theirs), "a plain SQLite commit on this thread", 0.0)
        return dataclasses.replace(line, value=max(ours.values), judged=VALUE, spread=told)


def _plain_file(path: Path) -> sqlite3.Connection:
    """Make a file that is as durable as the outbox's."""
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA journal_mode = WAL")
    link.execute("PRAGMA synchronous = FULL")
    link.execute("CREATE TABLE kept (id INTEGER PRIMARY KEY, note TEXT)")
    return link


def _saved_plainly(link: sqlite3.Connection) -> float:
    """Return the milliseconds of one row with the same note and its commit."""
    began = time.monotonic()
    link.execute("BEGIN IMMEDIATE")
    link.execute("INSERT INTO kept (note) VALUES (?)", (NOTE,))
    link.execute("COMMIT")
    return (time.monotonic() - began) * 1000


async def _press(rig: Rig, target: str) -> tuple[float, float]:
    """Log a call as the panel does; return this thread's CPU and the wall time of its Save, in milliseconds."""
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes, draft.duration_seconds = rig.result().text, NOTE, 61
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
        trackers = await rig.running(MANY)
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
        f"{MANY} calls, each with the end of its step, confirmed: {times.count} API calls of"
        f" {times.latency * 1000:.0f} ms ({times.words()})"
    )
    return seconds, times.least_seconds(), told
