"""Operations are prepared and read back by one look-up; whatever was not looked up goes to the org."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from cadence_desk.domain.operations import Kind, Operation, OperationState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.read_back import read_back, read_before
from tests.engine.model_org import ModelOrg
from tests.engine.model_world import CADENCE, OTHER_CADENCE, ModelWorld, cadence, lead
from tests.engine.virtual_time import SteeredClock
from tests.unit.store.desk_files import operation

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def org() -> ModelOrg:
    world = ModelWorld(SteeredClock())
    for identity, name in ((CADENCE, "One"), (OTHER_CADENCE, "Two")):
        world.cadences[identity] = cadence(identity, name, "Call", "Call again")
    for number in range(1, 6):
        world.add_lead(number)
        world.enroll(lead(number), CADENCE)
    return ModelOrg(world)


def asked(org: ModelOrg, kind: Kind) -> list[Operation]:
    """One queued operation of a kind for each tracker."""
    about: Callable[[Any], str] = lambda one: one.current_step_id if "STEP" in kind.name else one.id  # noqa: E731
    return [
        operation(str(number), kind=kind, state=OperationState.QUEUED, target_id=one.target_id, sent=1.0,
                  cadence_id=OTHER_CADENCE, subject_id=about(one), payload={"assignee_id": "x", "disposition": "y"})
        for number, one in enumerate(org.world.trackers.values())
    ]  # fmt: skip


READERS = {"prepare": read_before, "verify": read_back}


@pytest.mark.parametrize(
    "kind",
    [
        Kind.ENROLL, Kind.REMOVE, Kind.PAUSE, Kind.CHANGE_ASSIGNEE, Kind.SET_DISPOSITION, Kind.COMPLETE_STEP,
        Kind.SKIP_STEP,
    ],
)  # fmt: skip
@pytest.mark.parametrize("count", [1, 5])
@pytest.mark.parametrize("what", ["prepare", "verify"])
def test_any_number_of_rows_costs_one_look_up(kind: Kind, count: int, what: str, org: ModelOrg) -> None:
    operations = asked(org, kind)[:count]
    alone = [getattr(KINDS[kind], what)(org, one) for one in operations]
    org.calls.clear()
    together = READERS[what](org, operations)
    assert [getattr(KINDS[kind], what)(together, one) for one in operations] == alone
    assert org.calls == {"look-up": 1}


def test_operations_of_several_kinds_cost_one_look_up(org: ModelOrg) -> None:
    kinds = (Kind.COMPLETE_STEP, Kind.PAUSE, Kind.ENROLL)
    operations = [asked(org, kind)[number] for number, kind in enumerate(kinds)]
    for one in operations:
        org.world.finish_step(org.world.active(one.target_id)[0].current_step_id, "ManuallyCompleted")
    alone = [KINDS[one.kind].verify(org, one) for one in operations]
    org.calls.clear()
    together = read_back(org, operations)
    assert [KINDS[one.kind].verify(together, one) for one in operations] == alone
    assert org.calls == {"look-up": 1}


def test_what_needs_no_look_up_costs_none(org: ModelOrg) -> None:
    new = operation("new", kind=Kind.ADD_TASK, state=OperationState.QUEUED, target_id=lead(1))
    assert read_before(org, [new]) is org
    assert not org.calls


def test_what_was_not_fetched_ahead_is_asked_of_the_org(org: ModelOrg) -> None:
    together = read_back(org, asked(org, Kind.ENROLL)[:2])
    (one,) = org.world.active(lead(4))
    assert together.trackers_of([lead(4)], active_only=True) == [one]
    assert together.read_trackers([one.id]) == [one]
    assert together.read_steps([RecordId(one.current_step_id)])[0].tracker_id == one.id
    assert together.task_statuses()
    assert cast("Any", together).capabilities()


def test_ended_trackers_are_left_out_where_only_active_ones_count(org: ModelOrg) -> None:
    operations = asked(org, Kind.ENROLL)
    (one,) = org.world.active(lead(1))
    org.world.change_tracker(one.id, state="Complete")
    together = read_back(org, operations)
    assert together.trackers_of([lead(1)], active_only=True) == []
    assert len(together.trackers_of([lead(1)], active_only=False)) == 1
    assert together.read_trackers([]) == []
    assert together.read_steps([]) == []
