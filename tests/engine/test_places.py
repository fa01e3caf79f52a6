"""Rows that the org deletes give their places in the list back while the engine runs, and nothing else changes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.sync import compaction
from tests.engine.model_world import lead

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


def test_places_of_deleted_people_come_back(rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "LEAST_EMPTY", 8)

    async def go() -> None:
        for number in range(1, 31):
            rig.world.add_lead(number)
        await rig.start()
        people = rig.engine.board.projection.people
        await rig.pass_time(40)
        assert (people.size, people.count, people.epoch) == (30, 30, 0)
        for number in range(1, 21):
            people.drop(lead(number))
        before = {
            people.ids()[slot]: people.texts("name")[slot]
            for slot in range(people.size)
            if people.alive()[slot]
        }
        await rig.pass_time(40)
        assert (people.size, people.count, people.epoch) == (10, 10, 1)
        assert dict(zip(people.ids(), people.texts("name"), strict=True)) == before
        assert people.moves_since(0) is not None
        await rig.pass_time(40)
        assert (people.epoch, people.moves_since(0)) == (1, None)

    run(go())
