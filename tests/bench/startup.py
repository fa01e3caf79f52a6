"""startup.*: from the start of the process to the first paint, to yesterday's rows, to live changes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench import peers
from tests.bench.figures import Spread, alone, compared, skipped, turn_by_turn
from tests.bench.window_child import ORG
from tests.desk.practice_org import Org
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.bench.figures import Figure
    from tests.bench.rounds import Rounds

PATIENCE_SECONDS = 60


class Starts:
    """Starts of windows, each in a process of its own."""

    def __init__(self, folder: Path, org: Org) -> None:
        self.home = folder / "home"
        self.ready = folder / "ready.json"
        self.ready.write_text(json.dumps(org.ready), encoding="utf-8")
        self.cpu: dict[str, list[float]] = defaultdict(list)
        self.most: dict[str, list[float]] = defaultdict(list)
        self._environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        # where nothing compiled may be kept every start would compile the program: no installed program does that
        self._environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def milliseconds(self, until: str) -> float:
        """Return the wall time from the start of a process until its window stood where it should."""
        began = time.monotonic()
        at, cpu, most = self.run(until).split()
        self.cpu[until].append(float(cpu) * 1000)
        self.most[until].append(int(most) / 1000)
        return (float(at) - began) * 1000

    def cpu_milliseconds(self, until: str) -> float:
        """Return the CPU time of the same."""
        self.milliseconds(until)
        return self.cpu[until][-1]

    def spread(self, kept: list[float]) -> Spread:
        """Return what was measured beside the wall time, without the round that does not count."""
        return Spread(tuple(kept[1:]))

    def run(self, until: str) -> str:
        """Run one start to its end and return what it printed."""
        # the starts that are measured end without the quit order: three of them would call for safe mode
        (self.home / "profiles" / ORG / "starts.json").unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.bench.window_child", until, str(self.home), str(self.ready)]
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=self._environment,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
            timeout=PATIENCE_SECONDS,
        )
        if done.returncode:
            raise RuntimeError(f"the window ended with {done.returncode} before it was there: {until}")
        return done.stdout


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure starts of this program beside a bare window and beside a peer."""
    org = Org.start("--people", "200")
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from measured(Starts(Path(folder), org), rounds)
    finally:
        org.stop()


def measured(starts: Starts, rounds: Rounds) -> Iterator[Figure]:
    """Measure with a running org."""
    starts.run("used")  # somebody worked here before: signed in, rows on this computer
    paint, bare, rows, live = turn_by_turn(
        rounds.repeats, *(lambda until=until: starts.milliseconds(until) for until in ("paint", "bare", "rows", "live"))
    )  # fmt: skip
    yield compared("startup.first_paint", "ms", (paint, bare), "bare window", 1.3)
    cpu = (starts.spread(starts.cpu["paint"]), starts.spread(starts.cpu["bare"]))
    yield compared("startup.first_paint_cpu", "ms", cpu, "bare window", None)
    yield compared("startup.rows", "ms", (rows, bare), "bare window", 2.5)
    rows_cpu = (starts.spread(starts.cpu["rows"]), cpu[1])
    yield compared("startup.rows_cpu", "ms", rows_cpu, "bare window", None)
    yield compared("startup.live", "ms", (live, bare), "bare window", None)
    most = starts.spread(starts.most["live"])
    yield alone("startup.rss", "MB", most, told=f"live on 200 people, {most.words}")
    yield from beside_peers(starts, rounds)


def beside_peers(starts: Starts, rounds: Rounds) -> Iterator[Figure]:
    """Measure the first paint beside other people's programs; novelWriter waits on a splash, so its CPU time is taken."""
    ways: tuple[
        tuple[str, str, Callable[[], Callable[[], float]], Callable[[str], float], float | None], ...
    ] = (
        ("first_paint_vorta", "Vorta", peers.vorta_starts, starts.milliseconds, 0.45),
        (
            "first_paint_cpu_novelwriter",
            "novelWriter",
            peers.novelwriter_starts,
            starts.cpu_milliseconds,
            None,
        ),
    )
    for name, peer, make, ours, goal in ways:
        try:
            spreads = turn_by_turn(rounds.few_repeats, partial(ours, "paint"), make())
        except peers.NotHere as reason:
            yield skipped(f"startup.{name}", str(reason), unit="ms")
        else:
            yield compared(f"startup.{name}", "ms", (spreads[0], spreads[1]), peer, goal)
