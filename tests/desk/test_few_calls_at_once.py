"""However much a person asks for at once, at most four calls to the org are under way: it counts long ones against 25."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.ports import LaneName
from cadence_desk.salesforce.lane import WORKERS
from tests.desk.rig import CALLS_FIRST, desk_over

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
MOST = 4


def most_at_once(history: list[dict[str, Any]]) -> int:
    """Return the greatest number of requests that were under way at the same time."""
    open_now: set[str] = set()
    most = 0
    for entry in history:
        if entry["kind"] == "invocation":
            open_now.add(entry["request"])
        elif entry["kind"] == "reply":
            open_now.discard(entry["request"])
        most = max(most, len(open_now))
    return most


def test_the_lanes_together_are_four() -> None:
    assert sum(count for lane, count in WORKERS.items() if lane is not LaneName.KEYS) == MOST


def test_many_presses_at_once(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            trackers = await rig.running(6)
            others = rig.free(24)
            start = org.now()
            org.fate("delay", seconds=0.15, times=0)
            wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
            rows = await rig.desk.enrollment.preview(others, wish)
            await rig.desk.enrollment.start(rows, wish)
            await asyncio.gather(
                *(rig.log(tracker, "at once") for tracker in trackers[:4]),
                *(rig.desk.step_history(tracker.target_id) for tracker in trackers),
                rig.desk.moves.pause([tracker.id for tracker in trackers[4:]]),
                rig.desk.refresh(),
            )
            await rig.ended(*(str(tracker.target_id) for tracker in trackers), *others, seconds=40.0)
            seen = most_at_once(org.history(start))
            assert 2 <= seen <= MOST

    asyncio.run(scenario())
