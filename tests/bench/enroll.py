"""enroll.1k: preview and run of 1,000 people, live on an org whose answers take 150 ms, beside the waiting itself.

The reference is what the calls that were made must take: the calls of the busiest lane, times what a call takes from the
first byte to the whole answer, over that lane's workers; preview and run, each for itself. What is above it, the desk added.
"""

from __future__ import annotations

import asyncio
import dataclasses
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.planning.pacing import DECIDED
from cadence_desk.sync.parts import EngineOptions
from tests.bench.lane_times import LaneTimes, beside_the_waiting, lane_times
from tests.desk.practice_org import Org
from tests.desk.rig import Rig, until

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.figures import Figure
    from tests.bench.rounds import Rounds

CADENCE = "Inbound Follow-Up"
MANY = 1_000
LATENCY = 0.15
PER_RUN = 2_500
"""So many people of the org hold about 1,000 whom nobody works yet."""
GOAL = 1.15
PATIENCE = 240.0


@dataclass(frozen=True, slots=True)
class Enrolled:
    """One preview and its run: seconds, and the calls of each."""

    preview: float
    run: float
    preview_calls: LaneTimes
    run_calls: LaneTimes

    @property
    def seconds(self) -> float:
        """From the question until the org has answered for the last row."""
        return self.preview + self.run

    @property
    def least(self) -> float:
        """What the calls alone take."""
        return self.preview_calls.least_seconds() + self.run_calls.least_seconds()

    def words(self) -> str:
        """Return the parts."""
        calls = self.preview_calls.count + self.run_calls.count
        return (
            f"preview {self.preview:.2f} s ({self.preview_calls.words()}), run {self.run:.2f} s"
            f" ({self.run_calls.words()}); {calls} calls of {self.run_calls.latency * 1000:.0f} ms"
        )


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Measure a desk without a window, live on the practice org."""
    times = rounds.few_repeats
    org = Org.start("--people", str(PER_RUN * (times + 1)))
    try:
        with tempfile.TemporaryDirectory() as folder:
            options = dataclasses.replace(EngineOptions(), undo_seconds=0.0)
            found = asyncio.run(_all(Rig(org, Path(folder), options), times))
    finally:
        org.stop()
    told = f"{found[-1].words()}; no time to take it back, answers after 150 ms"
    seconds, least = tuple(one.seconds for one in found), tuple(one.least for one in found)
    yield beside_the_waiting("enroll.1k", seconds, least, told, goal=GOAL)


async def _all(rig: Rig, times: int) -> list[Enrolled]:
    await rig.begin()
    try:
        rig.org.fate("delay", times=0, seconds=LATENCY)
        return [await _one(rig) for _ in range(times)]
    finally:
        rig.org.reset()
        await rig.desk.stop()


async def _one(rig: Rig) -> Enrolled:
    """Preview as the dialog asks for it, start as its button does, and wait for the last row."""
    targets, wish = rig.free(MANY), WishInput(rig.cadence(CADENCE), rig.me)
    with lane_times() as previewing:
        began = time.monotonic()
        rows = await rig.desk.enrollment.preview(targets, wish, lambda _done, _of: None)
        previewed = time.monotonic()
    with lane_times() as running:
        view = await rig.desk.enrollment.start(rows, wish)
        live = rig.engine.runs.book.live[view.run_id]

        def answered() -> bool:
            return sum(live.tally.states[one] for one in DECIDED) >= MANY

        await until(answered, "the org answers for every row", PATIENCE)
        done = time.monotonic()
    found = Enrolled(previewed - began, done - previewed, previewing, running)
    await until(lambda: live.tally.over, "every row is read back", PATIENCE)
    await rig.desk.idle()
    return found
