"""Rows that stand in the tables before there is an engine: it begins with them, and nobody works on them before it is open."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import FileDamaged, KeyLost
from cadence_desk.domain.operations import Kind
from cadence_desk.sync.engine import Engine
from tests.engine.model_files import Disk

if TYPE_CHECKING:
    from cadence_desk.domain.people import Person
    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

OPENING = "still being opened"


async def used(rig: Rig) -> list[Person]:
    """Let a desk work once, and return whom its cache holds; a new desk waits to be started."""
    rig.disk = Disk()
    for number in range(1, 6):
        rig.world.add_lead(number)
    await rig.start()
    await rig.desk.stop()
    rig.desk = rig._desk()
    people = list(rig.disk.records["people"].values())
    for person in people:
        rig.desk.people.show(person, (), person.owner_name, 0)
    return people


def begin_with(monkeypatch: pytest.MonkeyPatch, people: list[Person]) -> None:
    """Give every engine these people as shown."""
    made = Engine.__init__

    def init(engine: Engine, parts: Any, *others: Any) -> None:
        object.__setattr__(parts, "shown", (people, ()))
        made(engine, parts, *others)

    monkeypatch.setattr(Engine, "__init__", init)


def test_no_row_goes_while_the_engine_takes_them_over(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        begin_with(monkeypatch, await used(rig))
        least = [rig.desk.people.count]
        rig.desk.events.subscribe(lambda _change: least.append(rig.desk.people.count))
        await rig.start()
        assert min(least) == 5
        assert {one.name for one in rig.desk._session.require_engine().board.people} == set(
            rig.desk.people.texts("name")
        )
        await rig.desk.stop()

    run(go())


def test_rows_that_the_org_no_longer_has_go_also_when_the_cache_cannot_be_opened(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        people = await used(rig)
        begin_with(monkeypatch, people)
        rig.world.delete("Lead", people[0].id)
        monkeypatch.setattr("tests.engine.model_files.MemoryCache.open", refusing(FileDamaged()))
        await rig.start()
        assert rig.desk.people.count == 4
        await rig.desk.stop()

    run(go())


def test_nothing_can_be_done_with_a_row_before_what_waits_is_known(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        begin_with(monkeypatch, await used(rig))
        assert OPENING in rig.desk.why_not(Kind.LOG_CALL)
        told: list[tuple[bool, str]] = []

        def look(_change: object) -> None:
            engine = rig.desk._session.engine
            known = engine is not None and engine.takes_work
            told.append((known, rig.desk.why_not(Kind.ENROLL)))

        rig.desk.events.subscribe(look)
        await rig.start()
        assert told
        assert all((OPENING in why) != known for known, why in told)
        assert OPENING not in rig.desk.why_not(Kind.LOG_CALL)
        await rig.desk.stop()

    run(go())


def test_rows_go_when_the_key_or_the_outbox_cannot_be_had(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        people = await used(rig)
        begin_with(monkeypatch, people)
        with monkeypatch.context() as patch:
            patch.setattr("tests.engine.model_files.MemoryOutbox.open", refusing(FileDamaged()))
            with pytest.raises(FileDamaged):
                await rig.desk.start()
        assert (rig.desk.people.count, rig.desk.opening) == (0, False)
        rig.desk = rig._desk()
        rig.desk.people.show(people[0], (), "", 0)

        def no_key(*_given: object) -> Engine:
            raise KeyLost

        object.__setattr__(rig.desk._parts, "make_engine", no_key)
        with pytest.raises(KeyLost):
            await rig.desk.start()
        assert (rig.desk.people.count, rig.desk.opening) == (0, False)
        await rig.desk.stop()

    run(go())


def refusing(error: Exception) -> Any:
    """Return a way to open that fails."""

    def refuse(_file: object) -> Any:
        raise error

    return refuse
