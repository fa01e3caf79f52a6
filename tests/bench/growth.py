"""growth.*: how the cost of each thing grows from 1,000 to 500,000 people, as the exponent of a power law.

1.1 is n log n between 100,000 and 500,000: log(5 x ln 500,000 / ln 100,000) / log 5 is 1.08. Flat is at most 0.1: a tenth
of the cost more for each doubling and a half. Judged is the worse of two slopes, over all sizes and over the last step, for a
small list hides behind what everything costs. Every size has a process of its own; the figures are CPU time. The first rows
have a wider bound: before them the file is checked, for at most 0.3 s, and its thread decrypts on while the window paints.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.figures import Figure, Spread, exponent, shown
from tests.bench.growth_child import READY
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from tests.bench.rounds import Rounds

SIZES = (1_000, 10_000, 100_000, 500_000)
QUICK_SIZES = (1_000, 10_000)
N_LOG_N, FLAT, BEHIND_A_CHECK = 1.1, 0.1, 0.15
PATIENCE_SECONDS = 300
ORG = "bench"


@dataclass(frozen=True, slots=True)
class Growing:
    """One line: what it measures, its unit and the bound of its exponent."""

    unit: str
    bound: float
    words: str


LINES: Mapping[str, Growing] = {
    "startup": Growing("ms", FLAT, "start of the process to the first paint, over a cache file of that size"),
    "rows": Growing("ms", BEHIND_A_CHECK, "the same until the first rows of that file can be read"),
    "scroll": Growing("ms", FLAT, "three rows further in the list"),
    "filter": Growing("ms", N_LOG_N, "all hits of a word"),
    "live": Growing("us", FLAT, "one event, to the board and to the list on screen"),
    "enroll_preview": Growing(
        "ms", N_LOG_N, "all of these people into a cadence, reading them costs nothing"
    ),
}


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure every size, print a table, return a line for each thing that grows."""
    sizes = QUICK_SIZES if rounds.quick else SIZES
    found: dict[str, list[float]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder) / str(size) for size in sizes]
        for home, size in zip(homes, sizes, strict=True):
            home.mkdir()
            child("file", size, home)
            for what in ("list", "live", "preview"):
                for name, value in child(what, size, home).items():
                    found[name].append(value)
        for until, name in (("paint", "startup"), ("rows", "rows")):
            found[name] = starts(until, homes, 2 if rounds.quick else 7)
    sys.stdout.write(table(sizes, found))
    for name in LINES:
        yield line(name, sizes, found[name])


def child(what: str, size: int, home: Path) -> dict[str, float]:
    """Measure one thing at one size."""
    command = [sys.executable, "-m", "tests.bench.growth_child", what, str(size), str(home)]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, timeout=PATIENCE_SECONDS
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def starts(until: str, homes: Sequence[Path], repeats: int) -> list[float]:
    """Start on each home in turn, over and over; return the middle CPU time of each."""
    spent: dict[Path, list[float]] = {home: [] for home in homes}
    for number in range(repeats + 1):
        for home in homes:
            value = one_start(until, home)
            if number:
                spent[home].append(value)
    return [Spread(tuple(values)).median for values in spent.values()]


def one_start(until: str, home: Path) -> float:
    """Return the CPU milliseconds of a process until its window stood where it should."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(home.parent / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    # starts that end without the quit order would call for safe mode
    (home / "profiles" / ORG / "starts.json").unlink(missing_ok=True)
    command = [sys.executable, "-m", "tests.bench.window_child", until, str(home), str(home / READY)]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    return float(done.stdout.split()[1]) * 1000


def slope(sizes: Sequence[int], values: Sequence[float]) -> float:
    """Return the worse of two exponents: over all sizes, and over the last step."""
    return max(exponent(sizes, values), exponent(sizes[-2:], values[-2:]))


def line(name: str, sizes: Sequence[int], values: Sequence[float]) -> Figure:
    """Return the line of one thing."""
    about = LINES[name]
    told = ", ".join(f"{size:,}: {shown(value)}" for size, value in zip(sizes, values, strict=True))
    spread = f"{about.words}, {about.unit}: {told}; over all sizes {exponent(sizes, values):.2f}"
    return Figure(f"growth.{name}", slope(sizes, values), "exponent", goal=about.bound, spread=spread)


def table(sizes: Sequence[int], found: Mapping[str, Sequence[float]]) -> str:
    """Return all of it as Markdown."""
    heads = ["CPU", *(f"{size:,} people" for size in sizes), "exponent", "bound"]
    rows = [
        [
            f"{name}, {about.unit}: {about.words}",
            *(shown(value) for value in found[name]),
            f"{slope(sizes, found[name]):.2f}",
            f"{about.bound}",
        ]
        for name, about in LINES.items()
    ]
    lines = [heads, ["---"] * len(heads), *rows]
    return "".join(f"| {' | '.join(one)} |\n" for one in lines)
