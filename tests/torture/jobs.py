"""Parts of a run of the rig: each is done by a child process, two at a time, and told as a file.

Run as ``python -m tests.torture.jobs TIER ARGUMENTS DEADLINE FILE`` by `Crew`.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.torture.report import Tier, tier_of

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parents[2]
HANDS = 2
GRACE = 60.0
"""A job that goes on for so long after its deadline is ended."""
PROCESS = "tests.torture.process.run"


@dataclass(frozen=True)
class Job:
    """One part: the tier's name and what its function is given."""

    tier: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


def tell(words: str) -> None:
    """Say something while it happens."""
    print(words, file=sys.stderr, flush=True)  # noqa: T201 - a program's own words


def offers(tier: str) -> bool:
    """Return True when the tier exists."""
    name = PROCESS if tier == "process" else f"tests.torture.{tier}"
    return tier == "tests" or importlib.util.find_spec(name) is not None


def do(job: Job, deadline: float) -> Tier:
    """Do a job in this process."""
    given = dict(job.arguments)
    if job.tier == "engine":
        from tests.torture import engine

        return engine.run(range(given["first"], given["first"] + given["count"]), deadline, tell)
    if job.tier == "tests":
        from tests.torture import shown_by_tests

        return shown_by_tests.run(given["rows"], deadline, tell)
    run = importlib.import_module(PROCESS if job.tier == "process" else f"tests.torture.{job.tier}").run
    takes = inspect.signature(run).parameters
    known = {"deadline": deadline, "tell": tell, **given}
    result: Tier = run(**{key: value for key, value in known.items() if key in takes})
    return result


class Crew:
    """Two hands that take one job after another."""

    def __init__(self, jobs: list[Job], deadline: float) -> None:
        self.jobs = deque(jobs)
        self.deadline = deadline
        self.tiers: list[Tier] = []
        self.left_out = 0
        """Engine schedules for which no time was left."""
        self._lock = threading.Lock()

    def work(self) -> list[Tier]:
        """Do all jobs; returns what they told."""
        hands = [threading.Thread(target=self._take_jobs, name=f"hand-{number}") for number in range(HANDS)]
        for hand in hands:
            hand.start()
        for hand in hands:
            hand.join()
        if self.left_out:
            words = f"the time was over before the last {self.left_out:,} schedules"
            self.tiers.append(Tier("engine", outcomes=[words]))
        return self.tiers

    def _take_jobs(self) -> None:
        while True:
            with self._lock:
                if not self.jobs:
                    return
                job = self.jobs.popleft()
            if job.tier == "engine" and time.monotonic() > self.deadline:
                self.left_out += job.arguments["count"]
                continue
            told = self._in_child(job)
            with self._lock:
                self.tiers.append(told)

    def _in_child(self, job: Job) -> Tier:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "tier.json"
            words = [job.tier, json.dumps(dict(job.arguments)), str(self.deadline), str(file)]
            child = subprocess.Popen([sys.executable, "-m", "tests.torture.jobs", *words], cwd=ROOT)
            try:
                status = child.wait(max(self.deadline - time.monotonic(), 0.0) + GRACE)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
                status = -1
            if file.exists():
                return tier_of(json.loads(file.read_text(encoding="utf-8")))
        return Tier(job.tier, failing=[(0, f"the process of {dict(job.arguments)} ended with {status}")])


def main(words: list[str]) -> int:
    """Do one job and write down what came of it."""
    tier, arguments, deadline, file = words
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    told = do(Job(tier, json.loads(arguments)), float(deadline))
    Path(file).write_text(json.dumps(told.as_json()), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
