"""A disk that takes nothing: typed text is refused in words, sending stops, and both go on when there is room again."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import DiskFull, StoreError
from cadence_desk.domain.overriding import override
from cadence_desk.store.connections import FileOptions
from tests.engine.model_world import lead
from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

ANNA, BERT = lead(1), lead(2)
NOTE = "typed while there was no room"


class Disk:
    """Takes no write to the outbox while it has a reason."""

    def __init__(self) -> None:
        self.reason = ""

    def files(self) -> FileOptions:
        disk = self

        class Connection(sqlite3.Connection):
            @override
            def execute(self, sql: str, *arguments: Any) -> sqlite3.Cursor:
                if disk.reason and sql.lstrip().upper().startswith(
                    ("UPDATE OPERATION", "INSERT INTO OPERATION")
                ):
                    raise sqlite3.OperationalError(disk.reason)
                return super().execute(sql, *arguments)

        return FileOptions(connection=Connection)


def on_a_disk(tmp_path: Path, body: Callable[[Rig, Disk], Coroutine[Any, Any, None]]) -> None:
    disk = Disk()
    rig = Rig(tmp_path, files=disk.files())
    loop = SteeredLoop(rig.clock)

    async def go() -> None:
        for number in (1, 2):
            rig.world.add_lead(number)
        await rig.start()
        await body(rig, disk)
        await rig.desk.stop()

    loop.run_until_complete(go())
    loop.close()


@pytest.mark.parametrize(
    ("reason", "kind"),
    [("database or disk is full", DiskFull), ("attempt to write a readonly database", StoreError)],
)
def test_text_that_cannot_be_kept_stops_all_sending_until_it_can(
    tmp_path: Path, reason: str, kind: type[StoreError]
) -> None:
    async def body(rig: Rig, disk: Disk) -> None:
        calls = rig.desk.calls
        draft = await calls.begin(ANNA, None)
        waiting = await calls.begin(BERT, None)
        waiting.result = "Connected"
        disk.reason = reason
        draft.notes = NOTE
        with pytest.raises(kind):
            await calls.keep(draft)
        assert rig.desk.trouble
        assert not calls.keep_at_once(draft)
        with pytest.raises(kind):
            await calls.save(waiting)
        await rig.pass_time(60)
        assert not rig.org.sent
        assert rig.states(ANNA) == rig.states(BERT) == ["draft"]
        disk.reason = ""
        await calls.keep(draft)
        assert not rig.desk.trouble
        assert [one.notes for one in calls.drafts() if one.target_id == ANNA] == [NOTE]
        await calls.save(waiting)
        await rig.pass_time(60)
        assert rig.states(BERT) == ["settled"]

    on_a_disk(tmp_path, body)


def test_the_last_words_before_a_shutdown_are_on_the_disk_when_the_call_returns(tmp_path: Path) -> None:
    async def body(rig: Rig, _disk: Disk) -> None:
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.notes, draft.result, draft.duration_seconds = NOTE, "Connected", 75
        assert rig.desk.calls.keep_at_once(draft)
        await rig.crash()
        await rig.restart()
        [found] = rig.desk.calls.drafts()
        assert (found.notes, found.result, found.duration_seconds) == (NOTE, "Connected", 75)

    on_a_disk(tmp_path, body)


def test_a_safe_start_sends_nothing_and_a_normal_one_goes_on(tmp_path: Path) -> None:
    async def body(rig: Rig, _disk: Disk) -> None:
        draft = await rig.desk.calls.begin(ANNA, None)
        draft.result = "Connected"
        await rig.crash()
        normal, rig.options = rig.options, replace(rig.options, live=False, sends=False)
        await rig.restart()
        [kept] = rig.desk.calls.drafts()
        kept.result = "Connected"
        await rig.desk.calls.save(kept)
        await rig.pass_time(300)
        [waiting] = rig.operations(ANNA)
        assert waiting.words == "Waiting: safe mode", "said at once, not at the next start only"
        assert "press “Leave safe mode”" in (await rig.desk.outbox.story(waiting.op_id)).means
        await rig.crash()
        await rig.restart()
        await rig.pass_time(5)
        assert [one.words for one in rig.operations(ANNA)] == ["Waiting: safe mode"]
        assert not rig.org.sent
        await rig.crash()
        rig.options = normal
        await rig.restart()
        await rig.pass_time(60)
        assert rig.states(ANNA) == ["settled"]
        assert len(rig.world.calls(ANNA)) == 1

    on_a_disk(tmp_path, body)
