"""gui.stall_max: the longest piece of work of the window's thread over the whole tour, as the tour itself tells it.

Beside it the longest of a window of Qt's own parts, turn by turn, on the same loop, by the same meter, driven by the same
hands: a page with a list is opened, filtered, sorted and scrolled, a dialog with a form is opened. A heartbeat of a window
in which nothing is done would only say how busy the machine is, and that is not in own CPU time. What a person feels is
the time itself, so the goal speaks of that; the worst of all tours is judged.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
from dataclasses import replace
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.figures import VALUE, Spread, compared
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.figures import Figure
    from tests.bench.rounds import Rounds

LIMIT_MS = 50.0
TOUR_SECONDS = 600


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Drive the tour and the usual window, over and over."""
    people = 200 if rounds.quick else 1_000
    reports, usual = [], []
    for _ in range(rounds.few_repeats):
        reports.append(tour(people))
        usual.append(usual_window(people))
    yield stall_line(reports, usual)


def tour(people: int) -> dict[str, Any]:
    """Drive the tour once and return its report."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "tour.json"
        command = [sys.executable, "-m", "cadence_desk", "tour", "--practice", "--people", str(people)]
        done = subprocess.run(
            [*command, "--out", folder, "--json", str(told)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=TOUR_SECONDS,
        )  # fmt: skip
        if not told.exists():
            raise RuntimeError(f"the tour ended with {done.returncode} and told nothing")
        report: dict[str, Any] = json.loads(told.read_text(encoding="utf-8"))
    return report


def usual_window(people: int) -> float:
    """Drive the usual window once and return the milliseconds of its longest callback."""
    command = [sys.executable, "-m", "tests.bench.usual_window_child", str(people)]
    done = subprocess.run(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True,
        timeout=TOUR_SECONDS,
    )  # fmt: skip
    return float(done.stdout)


def longest(report: dict[str, Any]) -> tuple[str, float]:
    """Return the longest callback of one tour."""
    meters = report["meters"]
    name, milliseconds = max([meters["busiest_callback"], *meters["callbacks_over_50_ms"]], key=itemgetter(1))
    return str(name), float(milliseconds)


def stall_line(reports: Sequence[dict[str, Any]], usual: Sequence[float]) -> Figure:
    """Return the line of some tours."""
    found = [longest(one) for one in reports]
    name, worst = max(found, key=itemgetter(1))
    meters = [one["meters"] for one in reports]
    good = sum(1 for report in reports for one in report["journeys"] if one["ok"])
    told = (
        f"own CPU of the longest callback, {name}; {sum(len(one['callbacks_over_50_ms']) for one in meters)} over 50 ms;"
        f" silence of the heartbeat by the clock p99 {max(one['silence_p99_ms'] for one in meters)} ms, worst"
        f" {max(one['silence_worst_ms'] for one in meters)} ms in {sum(one['beats'] for one in meters)} beats;"
        f" {good} of {sum(len(one['journeys']) for one in reports)} journeys went well in {len(reports)} tours,"
        f" {reports[0]['people']} people; middle of the tours {statistics.median(one for _, one in found):.1f} ms"
    )
    ours, theirs = Spread(tuple(one for _, one in found)), Spread(tuple(usual))
    line = compared("gui.stall_max", "ms", (ours, theirs), "longest callback of a stock Qt window", LIMIT_MS)
    return replace(line, value=worst, judged=VALUE, spread=told)
