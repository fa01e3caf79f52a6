"""Kills a desk at each statement of its cache file in turn, and prints what the file holds then. Run by test_mark_and_rows.

``python -m tests.engine.mark_child FOLDER`` prints a JSON line per kill: the statement, the mark of the tracker topic as
a place in the log of events, and the number that the last saved change of the tracker carries.
"""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import sys
from pathlib import Path
from typing import Any

from typing_extensions import override

from cadence_desk.store.connections import FileOptions
from tests.engine.model_world import CADENCE, COLLEAGUE, lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

TOPIC = "/data/ActionCadenceTrackerChangeEvent"
CHANGES = 4
MOST_KILLS = 400


class DyingConnection(sqlite3.Connection):
    """Ends the process before the statement of a number; every connection of the process counts."""

    left = 0

    @override
    def execute(self, sql: str, *rest: Any) -> sqlite3.Cursor:
        _count(sql)
        return super().execute(sql, *rest)

    @override
    def executemany(self, sql: str, rows: Any) -> sqlite3.Cursor:
        listed = list(rows)
        for one in listed:
            _count(sql)
            super().execute(sql, one)
        return super().executemany(sql, [])


def _count(_sql: str) -> None:
    if DyingConnection.left:
        DyingConnection.left -= 1
        if not DyingConnection.left:
            os.kill(os.getpid(), signal.SIGKILL)


async def live(rig: Rig, kill: int) -> None:
    """Follow an org in which a tracker changes again and again; each change carries its number."""
    rig.world.add_lead(1)
    rig.world.enroll(lead(1), CADENCE)
    await rig.start()
    await rig.pass_time(2)
    DyingConnection.left = kill
    (tracker,) = rig.world.active(lead(1))
    for number in range(1, CHANGES + 1):
        owner = {"owner_id": COLLEAGUE} if number == 2 else {}  # a name that has to be read
        rig.world.change_tracker(tracker.id, completion_disposition=str(number), **owner)
        await rig.calm()
        rig.feed.keep_alive()
        await rig.calm()


def kept(file: Path) -> tuple[int, int]:
    """Return the place of the saved mark, and the number of the last change in the saved row."""
    link = sqlite3.connect(file)
    marks = link.execute("SELECT mark FROM mark WHERE topic = ?", (TOPIC,)).fetchall()
    rows = link.execute("SELECT completion_disposition FROM tracker").fetchall()
    link.close()
    return int.from_bytes(marks[0][0], "big") if marks else 0, int(rows[0][0] or 0)


def main(folder: Path) -> None:
    """Kill at every statement until one life goes through."""
    for kill in range(1, MOST_KILLS):
        home = folder / str(kill)
        home.mkdir()
        child = os.fork()
        if not child:
            rig = Rig(home, files=FileOptions(DyingConnection))
            SteeredLoop(rig.clock).run_until_complete(live(rig, kill))
            os._exit(0)
        died = os.WIFSIGNALED(os.waitpid(child, 0)[1])
        mark, change = kept(home / "cache.db")
        sys.stdout.write(json.dumps({"kill": kill, "mark": mark, "change": change, "died": died}) + "\n")
        if not died:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]))
