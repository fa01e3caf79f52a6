"""gui.stall_max: the longest piece of work of the window's thread over the whole tour, as the tour itself tells it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench.figures import Figure
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.rounds import Rounds

LIMIT_MS = 50.0
TOUR_SECONDS = 600


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Drive the tour once."""
    people = "200" if rounds.quick else "1000"
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "tour.json"
        command = [sys.executable, "-m", "cadence_desk", "tour", "--practice", "--people", people]
        done = subprocess.run(
            [*command, "--out", folder, "--json", str(told)],
            cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=TOUR_SECONDS,
        )  # fmt: skip
        if not told.exists():
            raise RuntimeError(f"the tour ended with {done.returncode} and told nothing")
        report = json.loads(told.read_text(encoding="utf-8"))
    yield stall_line(report)


def stall_line(report: dict[str, Any]) -> Figure:
    """Return the line of a tour's report."""
    meters, journeys = report["meters"], report["journeys"]
    name, busiest = meters["busiest_callback"]
    longer = meters["callbacks_over_50_ms"]
    longest = max([busiest, *(milliseconds for _, milliseconds in longer)])
    good = sum(1 for one in journeys if one["ok"])
    told = (
        f"own CPU of the longest callback, {name}; {len(longer)} over 50 ms; silence of the heartbeat by the clock p99"
        f" {meters['silence_p99_ms']} ms, worst {meters['silence_worst_ms']} ms in {meters['beats']} beats;"
        f" {good} of {len(journeys)} journeys went well, {report['people']} people"
    )
    return Figure("gui.stall_max", longest, "ms", goal=LIMIT_MS, spread=told)
