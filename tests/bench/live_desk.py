"""A desk on the window's loop that reads a practice org and hears the bench's own event server.

Everything is as bootstrap builds it: gRPC over TLS, decoder, inbox, reconciliation, tables, the encrypted cache file.
Only the window is left out, for its paintings are measured elsewhere.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from PySide6.QtCore import QObject, Qt, QTimer

from cadence_desk.bootstrap.compose import SAVE_SECONDS
from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.sync.parts import EngineOptions
from tests.bench.lists import app
from tests.desk.practice_org import Org
from tests.desk.rig import Rig
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from cadence_desk.domain.changes import Change

PATIENCE_SECONDS = 60.0
BEAT_MS = 10
SCHEDULED = Path("/proc/thread-self/schedstat")
AHEAD_MS = 60_000
"""The events are newer than everything that was read by so much."""
OPTIONS = EngineOptions(sweep_seconds=3600.0, save_seconds=SAVE_SECONDS)


class Server:
    """The event server, in a process of its own."""

    def __init__(self, certificates: Path) -> None:
        command = [sys.executable, "-m", "tests.bench.live_server", str(certificates)]
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._answer()["port"])

    def order(self, what: str, **details: object) -> Any:
        """Have it do something and return its answer."""
        self.begin(what, **details)
        return self._answer()

    def begin(self, what: str, **details: object) -> None:
        """Have it do something; the answer is asked for later."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **details}) + "\n")
        self._process.stdin.flush()

    def _answer(self) -> Any:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("the event server ended by itself")
        return json.loads(line)

    def end(self) -> Any:
        """Return the answer to what was begun."""
        return self._answer()

    def stop(self) -> None:
        """End it."""
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(PATIENCE_SECONDS)


class Pulse(QObject):
    """A heartbeat of the loop thread: by how much each beat came late, in milliseconds.

    `own` leaves out what the thread waited for a processor meanwhile: other programs on the machine cause most of that.
    """

    def __init__(self) -> None:
        super().__init__()
        self.late: list[float] = []
        self.own: list[float] = []
        self._due = self._waited = 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin anew."""
        self.late, self.own = [], []
        self._waited = waited()
        self._due = time.monotonic() + BEAT_MS / 1000
        self._timer.start()

    def stop(self) -> None:
        """End."""
        self._timer.stop()

    def _beat(self) -> None:
        now, before = time.monotonic(), self._waited
        self._waited = waited()
        late = max(now - self._due, 0.0)
        self.late.append(late * 1000)
        self.own.append(max(late - (self._waited - before), 0.0) * 1000)
        self._due = now + BEAT_MS / 1000


def waited() -> float:
    """Return the seconds that this thread has waited for a processor so far; 0 where the system does not tell."""
    try:
        return int(SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9
    except (OSError, IndexError):
        return 0.0


class LiveDesk:
    """The desk, the org and the event server; use as a context."""

    def __init__(self, folder: Path, people: int) -> None:
        self.trust = folder / "org" / "ca.pem"
        self.org = Org.start("--people", str(people), "--home", str(folder / "org"))
        self.server = Server(folder / "org")
        self.loop = DeskLoop(app())
        asyncio.set_event_loop(self.loop)
        profile = replace(self.org.profile(), events_endpoint=f"localhost:{self.server.port}")
        self.rig = Rig(self.org, folder / "home", OPTIONS, profile=profile)
        self.who = str(self.org.ready["organization_id"])
        """The event server tells its clients apart by the org they name."""
        self.pulse = Pulse()
        self.seen: dict[int, float] = {}
        """Number of an event to the moment its row showed it; filled while `watching`."""
        self.watching = False
        self._wanted = ""
        self._shown = asyncio.Event()

    def __enter__(self) -> Self:
        self.run(self._begin())
        return self

    def __exit__(self, *_: object) -> None:
        self.run(self.rig.desk.stop())
        self.server.stop()
        self.org.stop()
        self.loop.close()
        asyncio.set_event_loop(None)

    def run(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run the loop until this is done."""
        return self.loop.run_until_complete(work)

    async def _begin(self) -> None:
        await self.rig.begin()
        desk = self.rig.desk
        ids = desk.people.ids()
        self.leads = [one for one in ids if one.startswith("00Q")]
        trackers = [one.id for target in ids for one in desk.trackers_of(target) if one.is_active]
        begin = int(time.time() * 1000) + AHEAD_MS
        self.server.order("about", lead_ids=self.leads, tracker_ids=trackers, begin_ms=begin)
        desk.events.subscribe(self._changed)

    def _changed(self, change: Change) -> None:
        """Look whether the row of the last event shows it; note what the rows show while watching."""
        table = self.rig.desk.people
        if self.watching:
            now = time.monotonic()
            for one in change.ids:
                slot = table.slot_of(one)
                title = table.texts("title")[slot] if slot is not None else ""
                if title.startswith("Load "):
                    self.seen.setdefault(int(title[5:]), now)
        if self._wanted and self._shows(self._wanted) and not self.rig.engine.board.projection.pending:
            self._wanted = ""
            self._shown.set()

    def _shows(self, title: str) -> bool:
        table, lead = self.rig.desk.people, self.leads[int(title[5:]) % len(self.leads)]
        slot = table.slot_of(lead)
        return slot is not None and table.texts("title")[slot] == title

    # ------------------------------------------------------------ what is measured

    async def take(self, last: int) -> tuple[float, float]:
        """Have sent what was made; return the seconds until all of it stands in its rows, and those of CPU."""
        self._wanted = f"Load {last}"
        self._shown.clear()
        used = time.process_time()
        began = self.server.order("send", to=self.who, rate=0)["began"]
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self._shown.wait()
        return time.monotonic() - float(began), time.process_time() - used

    async def beats(self, seconds: float, rate: int = 0) -> float:
        """Return events a second that were taken; `pulse` then holds how late each beat came. No rate is rest."""
        if rate:
            self.server.order("make", count=int(rate * seconds), mixed=True)
            self.server.order("send", to=self.who, rate=rate)
        taken = self.taken
        began = time.monotonic()
        self.pulse.start()
        await asyncio.sleep(seconds)
        self.pulse.stop()
        took = time.monotonic() - began
        speed = (self.taken - taken) / took
        if rate:
            self.server.order("stop")
            await self.rest()
        return speed

    async def rest(self) -> None:
        """Wait until nothing is left to do."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            await self.rig.desk.idle()

    @property
    def taken(self) -> int:
        """How many events were delivered so far."""
        return self.rig.desk.usage().events

    async def latencies(self, count: int, gap: float) -> list[float]:
        """Return the milliseconds from the sending of each of so many single events until its row showed it."""
        self.seen.clear()
        self.watching = True
        self.server.begin("singles", to=self.who, count=count, gap=gap)
        await asyncio.sleep(count * gap * 1.1 + 0.3)
        times = self.server.end()["times"]
        await self.rest()
        self.watching = False
        return [(self.seen[int(one)] - at) * 1000 for one, at in times.items()]
