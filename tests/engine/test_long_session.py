"""Two hundred thousand events through the real inbox: memory, handles, threads and tasks stay flat."""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.sync import shelf
from cadence_desk.sync.parts import EngineOptions
from tests.engine.model_feed import mark_of
from tests.engine.model_world import CADENCE, LEAD, TRACKER, lead, record_id

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

pytestmark = pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
EVENTS, PER_SLICE, PER_ANSWER = 200_000, 20_000, 100
WARM = 5
"""Slices after which everything that is kept in bounds has reached them."""
GROWN_BYTES, GROWN_OBJECTS = 6_000_000, 3_000
KINDS = (
    [ChangeType.UPDATE] * 60
    + [ChangeType.CREATE] * 20
    + [ChangeType.DELETE] * 16
    + [ChangeType.UNREADABLE] * 4
)


@dataclass(frozen=True)
class Held:
    """What a process holds."""

    memory: int
    objects: int
    handles: int
    threads: int
    tasks: int

    @classmethod
    def now(cls) -> Held:
        gc.unfreeze()  # rows are kept out of the collector's sight: here they are to be counted
        gc.collect()
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
        return cls(
            pages * os.sysconf("SC_PAGE_SIZE"),
            len(gc.get_objects()),
            len(list(Path("/proc/self/fd").iterdir())),
            threading.active_count(),
            len(asyncio.all_tasks()),
        )


class Day:
    """Makes events, each other than the one before, and hands them in as a feed thread does."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.number = 0
        self.known = [one.id for one in rig.world.trackers.values()]
        self.sinks = {stream.topic: stream.sink for stream in rig.feed.streams}

    def event(self) -> ChangeEvent:
        self.number += 1
        number, kind = self.number, KINDS[self.number % len(KINDS)]
        at = int(self.rig.world.now().timestamp() * 1000) + number % 1000
        if kind is ChangeType.UPDATE:
            entity, whom = TRACKER, self.known[number % len(self.known)]
        else:
            entity = TRACKER if number % 3 else LEAD
            whom = record_id("0qB", 1_000_000 + number // 3) if number % 3 else lead(1_000_000 + number // 3)
        values: dict[str, object] = {
            "State": ("Running", "Paused")[number % 2],
            "CompletionReason": f"r{number}",
        }
        if kind is ChangeType.CREATE:
            values |= {"TargetId": lead(1), "ActionCadenceId": CADENCE, "LastModifiedDate": at}
        return ChangeEvent(f"long-{number}", entity, whom, kind, at, number, 1, values=values)

    async def slice(self, events: int) -> None:
        """Let some of the day pass."""
        for _ in range(events // PER_ANSWER):
            answer = [self.event() for _ in range(PER_ANSWER)]
            for entity in (TRACKER, LEAD):
                topic = f"/data/{entity}ChangeEvent"
                mine = [one for one in answer if one.entity == entity]
                self.sinks[topic].feed_events(topic, mine, mark_of(self.number))
            await self.rig.calm()
        await self.rig.pass_time(310)  # the sweep comes, and what was created for nothing is found to be gone


def test_nothing_grows(rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    rig.options = EngineOptions(sweep_seconds=300.0)
    monkeypatch.setattr(shelf, "GONE_LIMIT", 2_000)
    monkeypatch.setattr("cadence_desk.sync.board.SEEN_LIMIT", 10_000)
    seen: list[Held] = []

    async def go() -> None:
        for number in range(1, 51):
            rig.world.add_lead(number)
            rig.world.enroll(lead(number), CADENCE)
        await rig.start()
        await rig.pass_time(2)
        day = Day(rig)
        for _ in range(EVENTS // PER_SLICE):
            await day.slice(PER_SLICE)
            rig.notices.clear()
            rig.feed.opened.clear()
            await rig.engine.comparison.run()  # what events made up is not in the org
            await rig.pass_time(60)
            seen.append(Held.now())

    run(go())
    warm, last = seen[WARM], seen[-1]
    told = "\n".join(map(str, seen))
    sys.stdout.write(f"{told}\n")
    assert last.memory - warm.memory < GROWN_BYTES, told
    assert last.objects - warm.objects < GROWN_OBJECTS, told
    assert (last.handles, last.threads, last.tasks) == (warm.handles, warm.threads, warm.tasks), told
