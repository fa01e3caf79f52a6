"""idle.cpu: CPU time a minute of a window that nobody touches, live on an org in which nobody works.

Beside it a bare window with qasync and nothing to do. Both stand through the same looks of ten seconds, seven of them, more
than a minute in all; the figure is the whole time, so that what comes once a minute is in it, with the least and the most
of the looks.
"""

from __future__ import annotations

import json
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figures import VALUE, Spread, compared
from tests.bench.standing import Standing, standing
from tests.desk.practice_org import Org

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from tests.bench.figures import Figure
    from tests.bench.rounds import Rounds

LOOK_SECONDS, QUICK_LOOK_SECONDS = 10, 5
MARKS_FADE = 5.0
"""Seconds until the marks of what changed last have faded."""
MOST_MS = 600.0
"""One percent of one core."""


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Let both windows stand for the same time, look after look."""
    seconds = QUICK_LOOK_SECONDS if rounds.quick else LOOK_SECONDS
    org = Org.start("--people", "1000")
    try:
        with tempfile.TemporaryDirectory() as folder:
            found = both(org, seconds, rounds.few_repeats, Path(folder) / "home")
    finally:
        org.stop()
    ours, theirs = (Spread(tuple(values)) for values in zip(*found, strict=True))
    yield of_a_minute(ours, theirs, seconds)


def of_a_minute(ours: Spread, theirs: Spread, seconds: int) -> Figure:
    """Return the line: the whole time is judged, not its middle look."""
    told = (
        f"of CPU in a minute, all threads, {len(ours.values)} looks of {seconds} s: {ours.words};"
        f" beside it {theirs.words}"
    )
    line = compared("idle.cpu", "ms", (ours, theirs), "bare window and qasync", MOST_MS)
    whole, other = statistics.mean(ours.values), statistics.mean(theirs.values)
    return replace(line, value=whole, reference_value=other, ratio=whole / other, judged=VALUE, spread=told)


def both(org: Org, seconds: int, looks: int, home: Path) -> list[tuple[float, float]]:
    """Return the CPU milliseconds a minute of the real window and of the bare one; the org stands still meanwhile."""
    ready = home.with_suffix(".json")
    ready.write_text(json.dumps(org.ready), encoding="utf-8")
    with window("desk", seconds, str(home), str(ready)) as real, window("bare", seconds) as bare:
        real.stand()
        bare.stand()
        org.control("/clock", {"paused": True})
        time.sleep(MARKS_FADE)
        return [look(real, bare) for _ in range(looks)]


def window(kind: str, seconds: int, *more: str) -> AbstractContextManager[Standing]:
    """Start a window in a process of its own."""
    return standing("tests.bench.resting_child", kind, str(seconds), *more)


def look(real: Standing, bare: Standing) -> tuple[float, float]:
    """Have both count at once."""
    real.ask()
    bare.ask()
    return float(real.heard()), float(bare.heard())
