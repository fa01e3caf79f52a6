"""growth.*: how the cost of each thing grows from 1,000 to 500,000 people, as the exponent of a power law.

1.1 is n log n between 100,000 and 500,000: log(5 x ln 500,000 / ln 100,000) / log 5 is 1.08. Flat is at most 0.1: a tenth
of the cost more for each doubling and a half. Judged is the worse of two slopes, over all sizes and over the last step, for a
small list hides behind what everything costs. The reference of a size is the others, turn by turn: every size has a process of
its own, all of them stand, and each is looked at in turn. The figures are CPU time. The first rows have a wider bound: before
them the file is checked, for at most 0.3 s, and its thread decrypts on while the window paints.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.figures import Figure, Spread, exponent
from tests.bench.growth_child import READY
from tests.bench.standing import standing
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
    """Measure every size, return a line for each thing that grows."""
    sizes = QUICK_SIZES if rounds.quick else SIZES
    found: dict[str, list[Spread]] = {}
    with tempfile.TemporaryDirectory() as folder:
        homes = [Path(folder) / str(size) for size in sizes]
        for home in homes:
            home.mkdir()
        looks("file", sizes, homes, 1)
        for until, name in (("paint", "startup"), ("rows", "rows")):
            yield line(name, sizes, starts(until, homes, rounds.few_repeats))
        for what in ("list", "live", "preview"):
            found |= looks(what, sizes, homes, rounds.few_repeats + 1)
            yield from (line(name, sizes, found[name]) for name in LINES if name in found)
            found.clear()


def looks(what: str, sizes: Sequence[int], homes: Sequence[Path], times: int) -> dict[str, list[Spread]]:
    """Let one thing stand at all sizes and look at each in turn; the first of several looks does not count."""
    kept: list[list[dict[str, float]]] = [[] for _ in sizes]
    with ExitStack() as stack:
        children = [
            stack.enter_context(standing("tests.bench.growth_child", what, str(size), str(home)))
            for size, home in zip(sizes, homes, strict=True)
        ]
        for child in children:
            child.stand()
        for _ in range(times):
            for child, told in zip(children, kept, strict=True):
                child.ask()
                told.append(json.loads(child.heard()))
    first = 1 if times > 1 else 0
    return {name: [Spread(tuple(one[name] for one in told[first:])) for told in kept] for name in kept[0][0]}


def starts(until: str, homes: Sequence[Path], repeats: int) -> list[Spread]:
    """Start on each home in turn, over and over; return the CPU time of each."""
    spent: dict[Path, list[float]] = {home: [] for home in homes}
    for number in range(repeats + 1):
        for home in homes:
            value = one_start(until, home)
            if number:
                spent[home].append(value)
    return [Spread(tuple(values)) for values in spent.values()]


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


def line(name: str, sizes: Sequence[int], found: Sequence[Spread]) -> Figure:
    """Return the line of one thing: the exponent of the medians, with those of the turns as least and most."""
    about = LINES[name]
    values = [one.median for one in found]
    turns = tuple(slope(sizes, turn) for turn in zip(*(one.values for one in found), strict=True))
    told = ", ".join(f"{size:,}: {one.words}" for size, one in zip(sizes, found, strict=True))
    return Figure(
        f"growth.{name}",
        slope(sizes, values),
        "exponent",
        reference="the same at the other sizes",
        goal=about.bound,
        spread=f"{about.words}, {about.unit}: {told}; over all sizes {exponent(sizes, values):.2f}",
        ours=Spread(turns),
        table=tuple(entry(size, about.unit, one) for size, one in zip(sizes, found, strict=True)),
    )


def entry(size: int, unit: str, found: Spread) -> dict[str, Any]:
    """Return what was measured at one size."""
    return {
        "people": size,
        "unit": unit,
        "median": found.median,
        "min": min(found.values),
        "max": max(found.values),
        "repeats": len(found.values),
    }
