"""A replay mark and the rows that came with it are one transaction: told by the raw SQL, and by killing in between."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.ports import LaneName
from cadence_desk.store.connections import FileOptions
from tests.engine.mark_child import CHANGES, TOPIC
from tests.engine.model_feed import mark_of
from tests.engine.model_world import CADENCE, lead

if TYPE_CHECKING:
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

ROOT = Path(__file__).parents[2]
ANNA = lead(1)
BEFORE = 2
"""Events of the enrolling before the start: the first of the log."""


class TracedConnection(sqlite3.Connection):
    """Keeps every statement that SQLite itself carries out."""

    said: list[tuple[str, str]] = []  # noqa: RUF012 - shared by all on purpose

    def __init__(self, place: Any, *rest: Any, **options: Any) -> None:
        super().__init__(place, *rest, **options)
        name = Path(str(place).partition("?")[0]).name
        self.set_trace_callback(lambda sql: TracedConnection.said.append((name, sql)))

    @override
    def close(self) -> None:
        self.set_trace_callback(None)
        super().close()


def transactions(said: list[tuple[str, str]], file: str) -> list[list[str]]:
    """Return the statements of a file by transaction; what stands alone is a transaction of its own."""
    found: list[list[str]] = []
    within = False
    for name, sql in said:
        if name != file:
            continue
        if sql.startswith("BEGIN"):
            found.append([])
            within = True
        elif sql.startswith(("COMMIT", "ROLLBACK")):
            within = False
        elif within:
            found[-1].append(sql)
        else:
            found.append([sql])
    return found


def tables(statements: list[str]) -> set[str]:
    return {sql.split()[4].strip('"') for sql in statements if sql.startswith("INSERT OR REPLACE INTO")}


@pytest.fixture
def said() -> list[tuple[str, str]]:
    TracedConnection.said = []
    return TracedConnection.said


def test_one_transaction_brings_rows_and_mark(rig: Rig, run: Run[Any], said: list[tuple[str, str]]) -> None:
    rig.files = FileOptions(TracedConnection)
    rig.desk = rig._desk()

    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        await rig.pass_time(2)
        said.clear()
        rig.world.change_tracker(rig.world.active(ANNA)[0].id, state="Paused")
        await rig.calm()
        (written,) = [part for part in transactions(said, "cache.db") if tables(part)]
        assert tables(written) == {"tracker", "mark"}
        assert any(mark_of(len(rig.feed.log)).hex().upper() in sql for sql in written)
        said.clear()
        rig.feed.keep_alive()
        await rig.calm()
        # A keepalive brings no rows: its marks are a transaction of their own, when nothing else is pending.
        assert [tables(part) for part in transactions(said, "cache.db") if tables(part)] in ([], [{"mark"}])

    run(go())


def test_a_mark_waits_for_rows_that_have_to_be_read(
    rig: Rig, run: Run[Any], said: list[tuple[str, str]]
) -> None:
    rig.files = FileOptions(TracedConnection)
    rig.desk = rig._desk()

    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        await rig.pass_time(2)
        said.clear()
        rig.lanes.held.add(LaneName.READ)
        rig.world.change_person(ANNA, name="Ada Neu")  # a name comes in parts: the person is read
        await rig.calm()
        rig.feed.keep_alive()
        await rig.calm()
        assert not [part for part in transactions(said, "cache.db") if "mark" in tables(part)]
        rig.lanes.held.clear()
        while rig.lanes.waiting:
            rig.lanes.let_go()
            await rig.calm()
        (written,) = [part for part in transactions(said, "cache.db") if "mark" in tables(part)]
        assert "person" in tables(written)

    run(go())


def test_what_an_event_settles_is_settled_although_it_never_comes_again(rig: Rig, run: Run[Any]) -> None:
    """Two files are not one transaction: with the mark saved and the settling lost, the org is read at the next start."""

    async def go() -> None:
        rig.world.add_lead(1)
        rig.world.enroll(ANNA, CADENCE)
        await rig.start()
        await rig.pass_time(2)
        (tracker,) = rig.world.active(ANNA)
        rig.lanes.held.add(LaneName.READ)  # what would settle it is not read any more
        (intent,) = await rig.desk.moves.pause([tracker.id])
        while rig.world.trackers[tracker.id].state != "Paused":
            await rig.pass_time(0.05)
        assert rig.engine.follower.marks.resume_from(TOPIC) is not None
        assert [one.state.value for one in rig.desk.moves.results([intent])] == ["accepted"]
        await rig.crash()
        rig.lanes.held.clear()
        rig.lanes.waiting.clear()
        await rig.start()
        await rig.pass_time(120)
        assert rig.states(ANNA) == ["settled"]

    run(go())


@pytest.mark.skipif(sys.platform == "win32", reason="fork and SIGKILL")
def test_killed_at_any_statement_the_mark_is_never_ahead_of_the_rows(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.engine.mark_child", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    kills = [json.loads(line) for line in done.stdout.splitlines()]
    assert kills[-1] == {"kill": len(kills), "mark": BEFORE + CHANGES, "change": CHANGES, "died": False}
    assert len(kills) > 30, "every statement was a place to die at"
    ahead = [one for one in kills if one["mark"] and one["change"] < one["mark"] - BEFORE]
    assert not ahead, f"the mark is saved and the rows are not: {ahead}"
    assert {one["change"] for one in kills} == set(range(CHANGES + 1))
