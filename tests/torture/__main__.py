"""The rig: schedules, kills and fault points against the desk, and one line that says what was lost and doubled.

``python3 packaging/dev.py torture``; ends with 1 when anything was lost or doubled, or a fault was not met.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from tests.torture import engine, shown_by_tests
from tests.torture.fault_rows import FAULT_ROWS
from tests.torture.jobs import HANDS, Crew, Job, do, offers, tell
from tests.torture.report import Outcome, merged

CHUNK = 250
FIRST_CHUNKS = 8
"""So many come before the long loops of the disk tier."""
PROCESS_CHUNK = 50
FEW_CALLS, MANY_CALLS = 100, 1000
"""Calls while answers are lost: in a short run so many that they cost half a minute."""
FIXED = {"PYTHONHASHSEED": "0", "TZ": "UTC", "QT_QPA_PLATFORM": "offscreen"}
"""With these a seed plays the same day in every process."""


def arguments(words: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="dev.py torture", description="Nothing lost, nothing twice: the proof."
    )
    parser.add_argument("--schedules", type=int, default=2000, help="days against the model org, in process")
    parser.add_argument("--process-schedules", type=int, default=40, help="days of whole processes")
    parser.add_argument("--kills", type=int, default=30, help="kill -9 at numbered places")
    parser.add_argument("--seed", type=int, default=1, help="of the first schedule")
    parser.add_argument("--minutes", type=float, default=60.0, help="engine schedules stop after this")
    parser.add_argument("--json", type=Path, help="write the same content there")
    parser.add_argument(
        "--at-least", type=int, default=0, help="fewer engine schedules than this are a failure"
    )
    parser.add_argument("--quick", action="store_true", help="fewer fault points of disk and files")
    parser.add_argument(
        "--planted-bugs", action="store_true", help="switch known mistakes in: each must be found"
    )
    parser.add_argument("--replay", metavar="TIER:SEED", help="play one failing schedule again")
    return parser.parse_args(words)


def jobs_of(given: argparse.Namespace) -> list[Job]:
    """Return the parts in their order: first what meets every fault once, so that a slow machine shows that at least."""
    forced, rows = engine.forced_seeds(), [row for row, one in FAULT_ROWS.items() if one.tests]
    chunks = [
        Job("engine", {"first": given.seed + first, "count": min(CHUNK, given.schedules - first)})
        for first in range(0, given.schedules, CHUNK)
    ]
    jobs = [
        *jobs_of_processes(given.process_schedules, given.kills, given.seed),
        Job("engine", {"first": forced.start, "count": len(forced)}),
        Job("tests", {"rows": rows}),
        Job("day"),
        Job("corruption", {"positions": 200 if given.quick else 1000, "seed": given.seed}),
        Job("disk", {"quick": given.quick, "part": "short"}),
        *chunks[:FIRST_CHUNKS],
        Job("disk", {"quick": given.quick, "part": "long"}),
        *chunks[FIRST_CHUNKS:],
    ]
    return [job for job in jobs if offers(job.tier)]


def jobs_of_processes(schedules: int, kills: int, seed: int) -> list[Job]:
    """Return the parts of the process tier: one, or so many that both hands have work to the end."""
    if not (schedules or kills):
        return []
    if schedules <= PROCESS_CHUNK:
        calls = FEW_CALLS if schedules else 0
        return [Job("process", {"schedules": schedules, "kills": kills, "calls": calls, "seed": seed})]
    none = {"schedules": 0, "kills": 0, "calls": 0, "seed": seed}
    chunks = [
        {**none, "schedules": min(PROCESS_CHUNK, schedules - first), "seed": seed + first}
        for first in range(0, schedules, PROCESS_CHUNK)
    ]
    parts = [{**none, "calls": MANY_CALLS}, {**none, "kills": kills}, *chunks]
    return [Job("process", part) for part in parts]


def replay(name: str) -> int:
    """Play one seed again; of tiers without seeds the whole tier."""
    tier, _, number = name.partition(":")
    if tier == "engine":
        return 0 if engine.replay(int(number), tell) else 1
    if tier == "tests":
        return 0 if shown_by_tests.run([int(number)], float("inf"), tell).is_well else 1
    if tier == "process":
        return 0 if do_replay_of_process(int(number)) else 1
    whole: dict[str, dict[str, Any]] = {
        "day": {},
        "disk": {"quick": False},
        "corruption": {"positions": 1000, "seed": 1},
    }
    if tier not in whole:
        tell(f"There is no tier {tier}.")
        return 2
    again = do(
        Job(tier, whole[tier]), float("inf")
    )  # its points have an order: they are played from the first on
    tell("\n".join([*again.outcomes, *(f"{tier}:{place} {words}" for place, words in again.failing)]))
    return 0 if again.is_well else 1


def do_replay_of_process(seed: int) -> bool:
    """Play a seed of the process tier again."""
    from tests.torture.process.run import replay as again

    return again(seed, tell).is_well


def planted_bugs(seconds: float) -> int:
    """Switch in every known mistake; 0 when each was found."""
    from tests.torture.planted_bugs import BUGS
    from tests.torture.process.planted import BUGS as OF_PROCESSES

    whole = len(BUGS) + len(OF_PROCESSES)
    hands = [list(range(first, len(BUGS), HANDS)) for first in range(HANDS)]
    deadline = time.monotonic() + seconds
    jobs = [Job("process.bugs_found", {}), *(Job("planted", {"numbers": numbers}) for numbers in hands)]
    tiers = Crew(jobs, deadline).work()
    missed = [words for tier in tiers for _, words in tier.failing]
    lines = sorted(words for tier in tiers for words in tier.outcomes)
    print("\n".join([*lines, *missed, f"{whole - len(missed)} of {whole} planted bugs found"]))  # noqa: T201
    return 1 if missed else 0


def main(words: list[str]) -> int:
    """Run the rig and return its exit status."""
    given = arguments(words)
    if given.replay:
        return replay(given.replay)
    if given.planted_bugs:
        return planted_bugs(given.minutes * 60)
    began = time.monotonic()
    tiers = merged(Crew(jobs_of(given), began + given.minutes * 60).work())
    outcome = Outcome(tiers, {number: row.fault for number, row in FAULT_ROWS.items()})
    outcome.least = given.at_least
    outcome.seconds = time.monotonic() - began
    if given.json:
        given.json.write_text(json.dumps(outcome.as_json(), indent=2) + "\n", encoding="utf-8")
    print("\n".join(outcome.lines()), flush=True)  # noqa: T201 - this is what the program is for
    return 0 if outcome.is_well else 1


if __name__ == "__main__":
    if any(os.environ.get(name) != value for name, value in FIXED.items()):
        os.execve(
            sys.executable, [sys.executable, "-m", "tests.torture", *sys.argv[1:]], {**os.environ, **FIXED}
        )
    sys.exit(main(sys.argv[1:]))
