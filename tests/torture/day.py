"""A simulated day of 24 hours on a virtual clock: memory, threads, tasks and handles are watched hour by hour."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.sync.board import SEEN_LIMIT
from tests.engine.fates import Fate
from tests.engine.model_world import lead
from tests.torture.checker import DoubledError, LostError, UnequalError, check_step
from tests.torture.misfortunes import Misfortunes
from tests.torture.report import Tier
from tests.torture.schedules import no_chance, no_logged_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.changes import ChangeEvent

ROW = 45
HOURS = 24
WARM = 2
"""Hours at the beginning that do not count."""
DAY_BEFORE = SEEN_LIMIT + 1000
"""Events of the day before: they fill the table of events that were seen."""
CALLS = 300
RUNS = (6, 11, 16)
"""Hours of the bulk runs."""
RUN_SIZE = 200
EVENTS = 50_000
SLICES = 60
"""Parts of an hour; events come in bursts, one per part."""
MOST_GROWTH = 1.0
"""MB an hour."""
NOTHING: tuple[str, list[ChangeEvent]] = ("", [])
MEGABYTE = 1024.0 * 1024.0


@dataclass(frozen=True)
class Hour:
    """What the process uses at the end of an hour."""

    megabytes: float
    threads: int
    tasks: int
    handles: int


class Day:
    """One busy day."""

    def __init__(self) -> None:
        self.work = Misfortunes()
        self.chance = random.Random(45)
        self.hours: list[Hour] = []
        self.events = 0

    def play(self, deadline: float) -> None:
        """Work through the day, then let everything come to an end. Raises what the checker found."""
        people = RUN_SIZE * len(RUNS)
        self.work.begin(people=people, real_files=True)
        for number in range(DAY_BEFORE):
            self.change_somebody(people, f"Before {number}")
            if not number % 500:
                self.work.wait(seconds=10)
                self.forget()
        for hour in range(HOURS):
            if hour in RUNS:
                first = RUNS.index(hour) * RUN_SIZE + 1
                self.work.enroll(who=[lead(first + number) for number in range(RUN_SIZE)], fate=Fate.OK)
            for part in range(SLICES):
                self.part(hour, part, people)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"the day came to hour {hour} only")
            self.work.stream_ends(how="unavailable")
            self.work.wait(seconds=60)
            check_step(self.work)
            self.hours.append(self.measure())
        self.work.heal()

    def part(self, hour: int, part: int, people: int) -> None:
        """Let a minute pass, with its events and calls."""
        wanted = EVENTS * (hour * SLICES + part + 1) // (HOURS * SLICES)
        for _ in range(wanted - self.events):
            self.events += 1
            self.change_somebody(people, f"Title {self.events}")
        if part % (HOURS * SLICES // CALLS) == 0 and self.work.written < CALLS:
            fate = self.chance.choice((Fate.OK, Fate.OK, Fate.OK, Fate.ACK_LOST, Fate.LATE))
            self.work.log_a_call(who=lead(self.chance.randrange(1, people + 1)), fate=fate, on_step=True)
        self.work.wait(seconds=3600.0 / SLICES - 1.0)
        self.forget()

    def change_somebody(self, people: int, title: str) -> None:
        self.work.rig.world.change_person(lead(self.chance.randrange(1, people + 1)), title=title)

    def forget(self) -> None:
        """The model keeps everything; what it keeps is not the desk's memory."""
        rig = self.work.rig
        rig.notices.clear()
        rig.org.sent.clear()
        rig.boundary.names.clear()
        log = rig.feed.log
        for place in range(len(log) - 1, -1, -1):
            if not log[place][1]:
                break
            log[place] = NOTHING

    def measure(self) -> Hour:
        """Return what this process uses now."""
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return Hour(
            pages * os.sysconf("SC_PAGE_SIZE") / MEGABYTE,
            threading.active_count(),
            len(asyncio.all_tasks(self.work.loop)),
            len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - a listing of handles, not a folder of files
        )


def growth(hours: list[Hour]) -> float:
    """Return MB an hour by least squares, after the warm-up."""
    points = [(number, one.megabytes) for number, one in enumerate(hours) if number >= WARM]
    middle = sum(x for x, _ in points) / len(points)
    mean = sum(y for _, y in points) / len(points)
    return sum((x - middle) * (y - mean) for x, y in points) / sum((x - middle) ** 2 for x, _ in points)


def troubles(hours: list[Hour]) -> list[str]:
    """Return in words what grew."""
    found = [f"memory grows by {growth(hours):.2f} MB an hour"] if growth(hours) >= MOST_GROWTH else []
    for name in ("threads", "tasks", "handles"):
        counts = {getattr(one, name) for one in hours[WARM:]}
        if len(counts) > 1:
            found.append(f"{name} were not constant: {sorted(counts)}")
    return found


def run(*, deadline: float, tell: Callable[[str], None]) -> Tier:
    """Play the day and watch what it uses."""
    tier, began, day = Tier("day", schedules=1), time.monotonic(), Day()
    try:
        with no_chance(), no_logged_errors():
            try:
                day.play(deadline)
            finally:
                day.work.close()
        found = troubles(day.hours)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is told
        tier.lost += isinstance(error, LostError)
        tier.doubled += isinstance(error, DoubledError)
        tier.unequal += isinstance(error, UnequalError)
        found = [f"{type(error).__name__}: {error}"[:400]]
    for words in found:
        tier.fail(0, words)
        tell(f"day: {words}")
    tier.met(ROW, bad=bool(found))
    if len(day.hours) > WARM:
        last = day.hours[-1]
        tier.outcomes.append(
            f"{len(day.hours)} hours, {day.work.written} calls, {len(RUNS)} runs of {RUN_SIZE}, {day.events:,} events: "
            f"{growth(day.hours):+.2f} MB an hour, {last.megabytes:.0f} MB, {last.threads} threads, {last.tasks} tasks, "
            f"{last.handles} handles"
        )
    tier.seconds = time.monotonic() - began
    return tier
