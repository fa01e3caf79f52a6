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

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.bench.rounds import Rounds

CADENCE = "Inbound Follow-Up"
QUIET_SECONDS = 20.0


def figures(rounds: Rounds) -> Iterator[Figure]:
    """Count the calls of a desk without a window, live on the practice org."""
    people = 300 if rounds.quick else 5_000
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
        return [await one_call(rig), await idle(rig), await enrolled(rig, many)]
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


async def idle(rig: Rig) -> Figure:
    """Do nothing for a while, live, with nobody at work in the org."""
    before = rig.org.now()
    await asyncio.sleep(QUIET_SECONDS)
    calls = called(rig.org, before)
    hourly = len(calls) * 3600 / QUIET_SECONDS
    return Figure(
        "calls.idle_hour", hourly, "calls", goal=6, spread=f"over {QUIET_SECONDS:.0f} s; {words(calls)}"
    )


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
