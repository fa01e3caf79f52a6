"""Events that were kept back while rows were read are applied slice by slice, in order, and no mark passes them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.sync import follower
from tests.engine.model_feed import mark_of
from tests.engine.model_world import lead

if TYPE_CHECKING:
    import pytest

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig

LEADS = "/data/LeadChangeEvent"


def told(rig: Rig, number: int) -> ChangeEvent:
    at = int(rig.clock.org_time() * 1000) + 60_000 + number
    values = {"Title": f"Title {number}", "LastModifiedDate": at}
    return ChangeEvent(
        f"event-{number}", "Lead", lead(1), ChangeType.UPDATE, at, number, 1,
        changed=frozenset(values), values=values,
    )  # fmt: skip


def title(rig: Rig) -> str:
    person = rig.engine.board.people.get(lead(1))
    return person.title if person else ""


def test_a_slice_at_a_time_in_order_and_the_mark_last(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        await rig.start()
        monkeypatch.setattr(follower, "SLICE_SECONDS", 0.0)
        one = rig.engine.follower
        with one.buffered():
            one.events(LEADS, [told(rig, number) for number in range(100)], mark_of(900))
            assert title(rig) == ""
        assert title(rig) == "Title 19", "the first slice only"
        assert one.behind() == 80, "no more are asked for meanwhile"
        one.events(LEADS, [told(rig, 100)], mark_of(901))
        assert title(rig) == "Title 19", "a later event waits behind those that were kept back"
        assert one._has_gap, "no mark may be saved now"
        await asyncio.sleep(0)
        assert title(rig) == "Title 39"
        await rig.calm()
        assert title(rig) == "Title 100"
        assert one.marks.resume_from(LEADS) == mark_of(901)

    run(go())


def test_what_is_behind_is_applied_before_the_end_is_called_whole(
    rig: Rig, run: Run[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def go() -> None:
        rig.world.add_lead(1)
        await rig.start()
        monkeypatch.setattr(follower, "SLICE_SECONDS", 0.0)
        one = rig.engine.follower
        before = one.marks.resume_from(LEADS)
        with one.buffered():
            one.events(LEADS, [told(rig, number) for number in range(100)], mark_of(900))
        assert not await one.close(), "the file does not hold everything"
        assert one.marks.resume_from(LEADS) == before

    run(go())
