"""The lists at the start of the engine: what the cache file holds shows slice by slice, and outlives damage."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileDamaged
from tests.engine.model_files import Disk

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


def test_what_was_shown_of_a_file_that_turned_out_damaged_is_in_the_next_one(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.disk = Disk()
        for number in range(1, 6):
            rig.world.add_lead(number)
        await rig.start()
        await rig.desk.stop()
        monkeypatch.setattr("tests.engine.model_files.MemoryCache.load_people", damaged_behind(3, rig.disk))
        rig.desk = rig._desk()
        await rig.start()
        assert rig.desk.people.count == 5
        await rig.desk.stop()
        assert len(rig.disk.records["people"]) == 5

    run(go())


def damaged_behind(rows: int, disk: Disk) -> Any:
    """Return a load that hands over some people, finds the rest damaged, and leaves an empty file as the real one does."""

    def load(_cache: Any, each: Any) -> Any:
        each(list(disk.records["people"].values())[:rows])
        disk.records["people"].clear()
        future: Future[Any] = Future()
        future.set_exception(FileDamaged())
        return future

    return load


def test_rows_of_the_file_show_before_the_last_of_them_is_read(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.disk = Disk()
        for number in range(1, 6):
            rig.world.add_lead(number)
        await rig.start()
        await rig.desk.stop()
        rest: list[Any] = []
        monkeypatch.setattr("tests.engine.model_files.MemoryCache.load_people", held_back(3, rest))
        rig.desk = rig._desk()
        starting = asyncio.get_running_loop().create_task(rig.desk.start())
        await rig.calm()
        assert (rig.desk.people.count, starting.done()) == (3, False)
        (go_on,) = rest
        go_on()
        await starting
        assert rig.desk.people.count == 5
        await rig.calm()

    run(go())


def held_back(rows: int, rest: list[Any]) -> Any:
    """Return a load that hands over some people and leaves a way to hand over the others."""

    def load(cache: Any, each: Any) -> Any:
        found = list(cache.disk.records["people"].values())
        future: Future[Any] = Future()
        each(found[:rows])

        def go_on() -> None:
            each(found[rows:])
            future.set_result(found)

        rest.append(go_on)
        return future

    return load
