"""The actions of the model org: each carries out one input and returns None, or the code and words of its refusal."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from cadence_desk.domain.calls import CallTask
from cadence_desk.domain.errors import OrgRefused
from tests.engine.model_world import ME, ModelWorld

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.domain.trackers import Tracker

Refusal: TypeAlias = tuple[str, str] | None
Inputs: TypeAlias = "Mapping[str, object]"


def _no(text: str) -> Refusal:
    return ("UNKNOWN_EXCEPTION", text)


def refuse_target(world: ModelWorld, person_id: str) -> None:
    """Refuse a task for somebody who is gone."""
    if person_id not in world.people:
        raise OrgRefused(server_code="INVALID_CROSS_REFERENCE_KEY", server_text="invalid cross reference id")


def _assign(world: ModelWorld, given: Inputs) -> Refusal:
    target, cadence_id = str(given["targetId"]), str(given["salesCadenceNameOrId"])
    if target not in world.people:
        return _no("The target does not exist.")
    if world.people[target].is_converted:
        return _no("The lead is converted.")
    if given.get("userId") in world.inactive_users:
        return _no("The assignee is inactive.")
    if not world.cadences[cadence_id].is_active:
        return _no("The cadence is not active.")
    if world.active(target, cadence_id):
        return _no("The target is already in this cadence.")
    world.enroll(target, cadence_id, str(given.get("userId") or ME), str(given.get("startStepNameOrId", "")))
    return None


def _remove(world: ModelWorld, given: Inputs) -> Refusal:
    tracker = world.trackers.get(str(given["actionCadenceTrackerId"]))
    if tracker is None or not tracker.is_active:
        return _no("The tracker is not active.")
    world.change_tracker(
        tracker.id,
        state="Complete",
        completion_reason="ManuallyRemoved",
        completion_disposition=str(given.get("completionDisposition", "")),
    )
    return None


def _each(world: ModelWorld, given: Inputs, wanted: Callable[[Tracker], bool], **values: object) -> Refusal:
    found = [one for one in world.trackers.values() if one.target_id == given["targetId"] and wanted(one)]
    if not found:
        return _no("The target has no such tracker.")
    for one in found:
        world.change_tracker(one.id, **values)
    return None


def _pause(world: ModelWorld, given: Inputs) -> Refusal:
    return _each(world, given, lambda one: one.is_active and one.state != "Paused", state="Paused")


def _resume(world: ModelWorld, given: Inputs) -> Refusal:
    return _each(world, given, lambda one: one.state == "Paused", state="Running")


def _assignee(world: ModelWorld, given: Inputs) -> Refusal:
    if given["userId"] in world.inactive_users:
        return _no("The assignee is inactive.")
    return _each(world, given, lambda one: one.is_active, owner_id=str(given["userId"]))


def _modify(world: ModelWorld, given: Inputs) -> Refusal:
    if str(given["actionCadenceTrackerId"]) not in world.trackers:
        return _no("The tracker does not exist.")
    world.change_tracker(
        str(given["actionCadenceTrackerId"]), completion_disposition=str(given["completionDisposition"])
    )
    return None


def _event(world: ModelWorld, given: Inputs) -> Refusal:
    step = world.steps.get(str(given["recordId"]))
    if step is None or not step.is_open:
        return _no("The step is not open.")
    skipped = given["eventType"] == "Skip"
    world.finish_step(step.id, "ManuallySkipped" if skipped else "ManuallyCompleted")
    return None


def _complete(world: ModelWorld, given: Inputs) -> Refusal:
    step = world.steps.get(str(given["ActionCadenceStepTrackerId"]))
    if step is None or not step.is_open:
        return _no("The step is not open.")
    world.finish_step(step.id, "ManuallyCompleted")
    known = [one for one in world.tasks.values() if one.step_tracker_id == step.id]
    task = known[0] if known else CallTask(world.new_id("00T"), who_id=step.target_id, created=world.now())
    world.put_task(
        replace(
            task,
            step_tracker_id=step.id,
            subject=step.title,
            status="Completed",
            is_closed=True,
            call_result=str(given["callResult"]),
            notes=str(given["notes"]),
        )
    )
    return None


ACTIONS: Mapping[str, Callable[[ModelWorld, Inputs], Refusal]] = {
    "assignTargetToSalesCadence": _assign,
    "removeTargetFromSalesCadence": _remove,
    "pauseSalesCadenceTracker": _pause,
    "resumeSalesCadenceTracker": _resume,
    "changeSalesCadenceTargetAssignee": _assignee,
    "modifyCadenceTrackerAttributes": _modify,
    "sendSalesCadenceEvent": _event,
    "completeActionCadenceStep": _complete,
}
