"""idle.cpu: CPU time a minute of a window that nobody touches, live on an org in which nobody works.

Beside it a bare window with qasync and nothing to do, in the same minute.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figures import Figure, Spread
from tests.desk.practice_org import Org
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.rounds import Rounds

PATIENCE_SECONDS = 90
MARKS_FADE = 5.0
"""Seconds until the marks of what changed last have faded."""
MOST_MS = 600.0
"""One percent of one core."""


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Let both windows stand for the same time, over and over."""
    seconds, times = (15, 1) if rounds.quick else (20, 3)
    org = Org.start("--people", "1000")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = [both(org, seconds, Path(folder) / f"home-{number}") for number in range(times)]
    finally:
        org.stop()
    ours, theirs = (Spread(tuple(values)) for values in zip(*found, strict=True))
    told = (
        f"of CPU in a minute, all threads, {ours.words}; over {times} x {seconds} s; beside it {theirs.words}"
    )
    beside = "ms, bare window and qasync"
    yield Figure("idle.cpu", ours.median, "ms", beside, theirs.median, goal=MOST_MS, spread=told)


def both(org: Org, seconds: int, home: Path) -> tuple[float, float]:
    """Return the CPU milliseconds a minute of the real window and of the bare one; the org stands still meanwhile."""
    ready = home.with_suffix(".json")
    ready.write_text(json.dumps(org.ready), encoding="utf-8")
    org.control("/clock", {"paused": False})
    real, bare = start("desk", seconds, str(home), str(ready)), start("bare", seconds)
    try:
        for one in (real, bare):
            said = line_of(one)
            if said != "standing":
                raise RuntimeError(f"a window did not come to stand: {said!r}")
        org.control("/clock", {"paused": True})
        time.sleep(MARKS_FADE)
        for one in (real, bare):
            assert one.stdin is not None
            one.stdin.write("count\n")
            one.stdin.flush()
        return float(line_of(real)), float(line_of(bare))
    finally:
        for one in (real, bare):
            end(one)


def start(kind: str, seconds: int, *more: str) -> subprocess.Popen[str]:
    """Start a window in a process of its own."""
    command = [sys.executable, "-m", "tests.bench.resting_child", kind, str(seconds), *more]
    return subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def line_of(process: subprocess.Popen[str]) -> str:
    """Return the next line of a child."""
    assert process.stdout is not None
    return process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    """Wait for a child's end; one that does not come is ended."""
    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(PATIENCE_SECONDS)
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            pipe.close()
