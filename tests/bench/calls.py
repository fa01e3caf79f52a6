"""calls.*: API calls of each journey, as the practice org's own history counts them, against the budgets."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.sync.parts import EngineOptions
from tests.bench.figures import Figure
from tests.desk.practice_org import Org
from tests.desk.rig import ENDED, Rig, until
from tests.engine.rig import Rig as ModelRig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.rounds import Rounds

CADENCE = "Inbound Follow-Up"


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Count the calls of a desk without a window, live on the practice org."""
    people = 300 if rounds.quick else 5_000
    yield idle()
    org = Org.start("--people", str(people))
    try:
        with tempfile.TemporaryDirectory() as folder:
            yield from asyncio.run(
                counted(Rig(org, Path(folder), EngineOptions()), 50 if rounds.quick else 1_000)
            )
    finally:
        org.stop()


async def counted(rig: Rig, many: int) -> list[Figure]:
    """Return the lines of one desk."""
    await rig.begin()
    try:
        return [await one_call(rig), await enrolled(rig, many)]
    finally:
        await rig.desk.stop()


def called(org: Org, after: int) -> list[str]:
    """Return what was asked of the org's API since an entry of its history."""
    asked = [
        one for one in org.history(after) if one["kind"] == "invocation" and "/services/data" in one["path"]
    ]
    return [f"{one['method']} {one['path'].rpartition('/')[2]}" for one in asked]


def words(calls: Sequence[str]) -> str:
    """Return calls by kind, the most frequent first."""
    return ", ".join(f"{count} {name}" for name, count in Counter(calls).most_common(6))


async def one_call(rig: Rig) -> Figure:
    """Log two calls, each on a step; the second finds statuses and descriptions known."""
    first, second = await rig.running(2)
    await rig.log(first, "first")
    await rig.ended(str(first.target_id), seconds=60)
    await rig.desk.idle()
    before = rig.org.now()
    await rig.log(second, "second")
    await rig.ended(str(second.target_id), seconds=60)
    await rig.desk.idle()
    calls = called(rig.org, before)
    return Figure("calls.log_a_call", len(calls), "calls", goal=3, spread=words(calls))


def idle() -> Figure:
    """Do nothing for an hour, live, with nobody at work in the org.

    On steered time against the model org: a look of some seconds would miss the reads of changes that back the stream up.
    """
    with tempfile.TemporaryDirectory() as folder:
        rig = ModelRig(Path(folder))
        loop = SteeredLoop(rig.clock)
        try:
            calls = loop.run_until_complete(_quiet_hour(rig))
        finally:
            loop.run_until_complete(rig.desk.stop())
            loop.close()
    return Figure("calls.idle_hour", len(calls), "calls", goal=6, spread=f"on steered time; {words(calls)}")


async def _quiet_hour(rig: ModelRig) -> list[str]:
    for number in range(1, 11):
        rig.world.add_lead(number)
    rig.org.takes_composites = True
    await rig.start()
    await rig.pass_time(1_800.0)
    rig.org.calls.clear()
    await rig.pass_time(3_600.0)
    found = []
    for name, count in rig.org.calls.items():
        # The time stands in every answer's head and the first page comes with its query; leads and contacts are two.
        if name != "time" and not name.startswith("page of"):
            found += [name] * (2 * count if name == "people since" else count)
    return found


async def enrolled(rig: Rig, many: int) -> Figure:
    """Preview and add many people, until each row has its end."""
    targets, wish = rig.free(many), WishInput(rig.cadence(CADENCE), rig.me)
    before = rig.org.now()
    rows = await rig.desk.enrollment.preview(targets, wish)
    await rig.desk.enrollment.start(rows, wish)

    def done() -> bool:
        found = rig.operations(*targets)
        return len(found) >= many and all(one.state in ENDED for one in found)

    await until(done, "every row ends", 240)
    calls = called(rig.org, before)
    return Figure(f"calls.enroll_{many}", len(calls), "calls", goal=30, spread=words(calls))
