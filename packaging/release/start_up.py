"""Measures how soon the packaged app paints its window, beside the same source, in one run and by turns.

Called by the command in __main__. Both tell the moment of their first paint on the system's steady clock.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from release.project import NAME, PROGRAM, ROOT, BuildError

ROUNDS = 9
GOAL = 1.4


def compare(rounds: int = ROUNDS) -> tuple[str, float]:
    """Return a line with the figures in milliseconds, and the ratio of the medians. Raises BuildError."""
    ways = {
        "packaged": [str(PROGRAM / NAME), "--first-paint"],
        "source": [sys.executable, "-P", "-m", "cadence_desk", "--first-paint"],
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    with tempfile.TemporaryDirectory(prefix="cadence-desk-start-") as home:
        for turn in range(rounds + 1):
            for name, command in ways.items():
                taken = first_paint(command, Path(home))
                if turn:  # the first round fills the system's file cache
                    times[name].append(taken)
    ratio = statistics.median(times["packaged"]) / statistics.median(times["source"])
    words = ", ".join(f"{name} {figures(taken)}" for name, taken in times.items())
    return (
        f"first paint, ms, median (least to most) of {rounds}: {words}; ratio {ratio:.2f}, goal {GOAL}",
        ratio,
    )


def first_paint(command: Sequence[str], home: Path) -> float:
    """Return the milliseconds from a start to its first paint. Raises BuildError."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
    environment.pop("PYTHONPATH", None)
    # the packaged app holds compiled files; the source has them from its second start on, and the first does not count
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = str(home / "compiled")
    began = time.monotonic_ns()
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT)
    said = done.stdout.strip()
    if done.returncode != 0 or not said.isdecimal():
        raise BuildError(f"{command[0]} told no first paint: {done.stderr.strip()[-200:]}")
    return (int(said) - began) / 1e6


def figures(taken: Sequence[float]) -> str:
    """Return median, least and most."""
    return f"{statistics.median(taken):.0f} ({min(taken):.0f} to {max(taken):.0f})"
