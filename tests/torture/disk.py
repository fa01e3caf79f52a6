"""The disk tier: every database call fails, every place ends the process, the power goes, the disk is full; real files.

Each point is a journey of its own on the real engine: at the end the org, the ledger and what the screen said agree.
"""

from __future__ import annotations

import random
import resource
import time
from typing import TYPE_CHECKING

from tests.engine.fates import Fate
from tests.engine.model_world import lead
from tests.torture.checker import DoubledError, LostError, UnequalError, check_step
from tests.torture.misfortunes import Misfortunes
from tests.torture.report import Tier
from tests.torture.schedules import no_chance, no_logged_errors
from tests.unit.store.test_io_faults import MESSAGES, Plan, faulty

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Journey = Callable[[Misfortunes], None]

MANY = 50
BLOCK = 512
FULL_POINTS = 40
SNAPSHOTS = 200
IN_MID_COMMIT = 0.7
"""Share of the power losses that come while a commit is being flushed; the others come after it."""
QUICK_STEP = 17
"""In a quick run only every so-manieth point of the long journey is tried."""


def log_call(work: Misfortunes) -> None:
    """One press: a task and the end of a step."""
    work.log_a_call(who=lead(1), fate=Fate.OK, on_step=True)
    work.wait(seconds=30)


def enroll_many(work: Misfortunes) -> None:
    """One run of fifty rows."""
    work.enroll(who=[lead(number) for number in range(1, MANY + 1)], fate=Fate.OK)
    work.wait(seconds=30)


def working_day(work: Misfortunes) -> None:
    """A bit of everything, with answers lost and commits that come late."""
    fates = (Fate.OK, Fate.ACK_LOST, Fate.LATE, Fate.OK)
    for number in range(1, 5):
        work.log_a_call(who=lead(number), fate=fates[number - 1], on_step=True)
        work.enroll(who=[lead(number), lead(number + 1), lead(number + 2)], fate=fates[-number])
        work.move(
            who=lead(1 + number % 2), fate=Fate.OK, move=("pause", "resume", "Success", "skip")[number - 1]
        )
        work.wait(seconds=20)


class DiskTier:
    """Plays journeys and counts."""

    def __init__(self, deadline: float, tell: Callable[[str], None]) -> None:
        self.tier = Tier("disk")
        self.deadline = deadline
        self.tell = tell
        self.number = 0

    def point(self, row: int, words: str, play: Callable[[Misfortunes], bool]) -> bool:
        """Play one point; returns False when the fault was not reached any more."""
        self.number += 1
        work, reached = Misfortunes(), True
        try:
            with no_chance(), no_logged_errors():
                try:
                    reached = play(work)
                    work.heal()
                finally:
                    work.close()
        except Exception as error:  # noqa: BLE001 - whatever it is, the point is told
            tier = self.tier
            tier.lost += isinstance(error, LostError)
            tier.doubled += isinstance(error, DoubledError)
            tier.unequal += isinstance(error, UnequalError)
            told = f"{words}: {type(error).__name__}: {error}"[:400]
            tier.fail(self.number, told)
            tier.met(row, bad=1)
            self.tell(f"disk:{self.number} failed: {told}")
            return reached
        if reached:
            self.tier.fault_points += 1
            self.tier.met(row)
        return reached

    @property
    def late(self) -> bool:
        """True when there is no time for more."""
        return time.monotonic() > self.deadline

    # ------------------------------------------------------------ every call fails

    def every_call(self, name: str, journey: Journey, people: int, step: int) -> None:
        """The k-th database call of a journey fails, then all from the k-th on; k grows until none is reached."""
        for all_after in (False, True):
            number = 1
            while not self.late:
                message = MESSAGES[number % len(MESSAGES)]
                how = "and all after it fail" if all_after else "fails"
                plan = Plan(number, message, all_after=all_after)
                reached = self.point(
                    32,
                    f"{name}: call {number} {how} with {message}",
                    lambda work, plan=plan: failing_call(work, journey, people, plan),  # type: ignore[misc]
                )
                if not reached:
                    break
                number += step

    # ------------------------------------------------------------ every place is the last

    def every_end(self, name: str, journey: Journey, people: int, step: int) -> None:
        """The process ends at the k-th commit or request; k grows until the journey is over before."""
        number = 1
        while not self.late and self.point(
            35,
            f"{name}, ends at place {number}",
            lambda work, k=number: ending(work, journey, people, k),  # type: ignore[misc]
        ):
            number += step

    # ------------------------------------------------------------ the power goes

    def power_loss(self, snapshots: int) -> None:
        """The power goes at a commit: what was not flushed is cut off, or is there in part."""
        number = turn = done = 0
        while done < snapshots and not self.late:
            number += 1
            if self.point(
                36,
                f"power loss at {number}, turn {turn}",
                lambda work, k=number, t=turn: powerless(work, k, random.Random(1000 * t + k)),  # type: ignore[misc]
            ):
                done += 1
            else:
                number, turn = 0, turn + 1  # the day is over: once more, and cut elsewhere

    # ------------------------------------------------------------ the disk is full

    def full(self, points: int) -> None:
        """Files cannot grow beyond a size, which grows from point to point."""
        for number in range(points):
            if self.late:
                return
            self.point(32, f"files may grow by {number * BLOCK}", lambda work, n=number: cramped(work, n))  # type: ignore[misc]


def failing_call(work: Misfortunes, journey: Journey, people: int, plan: Plan) -> bool:
    """Play a journey in which database calls fail; the disk is well again at its end."""
    first, plan.first = plan.first, 0
    work.begin(people=people, files=faulty(plan))
    plan.calls, plan.first = 0, first
    journey(work)
    reached, plan.first = plan.calls >= first, 0
    check_step(work)
    journey_again(work)
    return reached


def journey_again(work: Misfortunes) -> None:
    """A person goes on: what could not be saved is pressed once more."""
    work.log_a_call(who=lead(2), fate=Fate.OK, on_step=False)
    work.wait(seconds=30)


def ending(work: Misfortunes, journey: Journey, people: int, place: int) -> bool:
    """Play a journey in which the process ends at a numbered place."""
    work.begin(people=people)
    work.end_at(place=place)
    journey(work)
    reached = bool(work.met[35])
    check_step(work)
    return reached


def powerless(work: Misfortunes, place: int, chance: random.Random) -> bool:
    """Play a day in which the power goes at a numbered place."""
    work.begin(people=8, real_files=True)
    power = Power(work.rig.folder, chance)
    boundary = work.rig.boundary
    boundary.on_reach, boundary.at_death, work.before_start = power.note, power.keep, power.go
    work.end_at(place=place)
    working_day(work)
    check_step(work)
    return bool(work.met[35])


class Power:
    """What a disk holds after the power went: everything that was flushed, and of the rest what chance leaves."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        self.folder = folder
        self.chance = chance
        self.before: dict[str, bytes] = {}
        self.after: dict[str, bytes] = {}
        self.place = ""

    def note(self, name: str) -> None:
        """A place is passed."""
        self.place = name
        if name == "before a job of outbox":
            self.before = self._files()

    def keep(self) -> None:
        """The process ends here."""
        self.after = self._files()

    def go(self) -> None:
        """Leave in the folder what the disk holds now."""
        for file in self.folder.iterdir():
            if file.is_file():  # copies for a bad day have a folder of their own
                file.unlink()
        in_mid_commit = self.place == "after a job of outbox" and self.chance.random() < IN_MID_COMMIT
        for name, held in self.after.items():
            known = self.before.get(name, b"")
            if name == "cache.db-wal":
                (self.folder / name).write_bytes(torn(b"", held, self.chance))  # flushed now and then only
            elif in_mid_commit and name == "outbox.db-wal":
                (self.folder / name).write_bytes(torn(known, held, self.chance))
            elif in_mid_commit and not name.endswith(".db"):
                (self.folder / name).write_bytes(known)  # what is written after a commit is not there yet
            else:
                (self.folder / name).write_bytes(held)

    def _files(self) -> dict[str, bytes]:
        found = [one for one in self.folder.iterdir() if one.is_file() and not one.name.endswith("-shm")]
        return {one.name: one.read_bytes() for one in found}


def torn(before: bytes, after: bytes, chance: random.Random) -> bytes:
    """Return a file of which each changed block is old, new or empty, and whose new end may be missing."""
    end = chance.randint(min(len(before), len(after)), len(after))
    blocks = []
    for start in range(0, end, BLOCK):
        old, new = before[start : start + BLOCK], after[start : start + BLOCK]
        kept = new if old == new else chance.choice((old.ljust(len(new), b"\0"), new, new, bytes(len(new))))
        blocks.append(kept)
    return b"".join(blocks)[:end]


def cramped(work: Misfortunes, number: int) -> bool:
    """Play a day on a disk that is nearly full, and go on after somebody made room."""
    work.begin(people=8, real_files=True)
    largest = max(one.stat().st_size for one in work.rig.folder.iterdir() if one.is_file())
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (largest + number * BLOCK, hard))
    try:
        working_day(work)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    check_step(work)
    return True


def run(*, quick: bool, deadline: float, tell: Callable[[str], None], part: str = "") -> Tier:
    """Play all points until the deadline (monotonic), or one part of them: `short` or `long`.

    A quick run tries fewer calls of the long journey.
    """
    began = time.monotonic()
    disk = DiskTier(deadline, tell)
    if part != "long":
        disk.every_end("a call", log_call, 3, 1)
        disk.power_loss(SNAPSHOTS)
        disk.full(FULL_POINTS)
        disk.every_call("a call", log_call, 3, 1)
    if part != "short":
        disk.every_end("fifty rows", enroll_many, MANY, 1)
        disk.every_call("fifty rows", enroll_many, MANY, QUICK_STEP if quick else 1)
    disk.tier.seconds = time.monotonic() - began
    return disk.tier
