"""Whom a journey is about: people and trackers that fit it, found in what the desk shows. Any world will do.

Called by the journeys. Looking is done in small bites, so that it does not weigh on the window that is measured.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.refusals import Verdict
from cadence_desk.launch.tour.stage import JourneySkipped

if TYPE_CHECKING:
    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.trackers import Tracker
    from cadence_desk.launch.tour.stage import Stage

FAVORITE = "Inbound Follow-Up"
"""Where the enrollment goes when the org has it; any other active cadence does as well."""
_LOOKED_AT = 200
_CADENCES = 5


@dataclass(frozen=True, slots=True)
class EnrollCast:
    """Whom to add, and who is in the cadence already (empty when nobody is)."""

    cadence: Cadence
    free: list[str]
    taken: str = ""


async def enroll_cast(stage: Stage) -> EnrollCast:
    """Return up to two people to add to a cadence and one who is in it. Raises JourneySkipped when nobody can be added."""
    cadences = [one for one in stage.desk.cadences() if one.is_active]
    stage.need("" if cadences else "this org has no active cadence that your user can see")
    cadences.sort(key=lambda one: (one.name != FAVORITE, one.name))
    best: EnrollCast | None = None
    for cadence in cadences[:_CADENCES]:
        free, taken = await _by_looking(stage, str(cadence.id))
        found = EnrollCast(cadence, free, taken)
        if len(free) == 2 and taken:
            return found
        if best is None or len(found.free) > len(best.free):
            best = found
    if best is not None and best.free:
        return best
    for cadence in cadences[:_CADENCES]:
        free = await _by_asking(stage, str(cadence.id))
        if free:
            return EnrollCast(cadence, free)
    raise JourneySkipped("nobody in this org can be added to a cadence just now")


async def _by_looking(stage: Stage, cadence_id: str) -> tuple[list[str], str]:
    """Return two people who can be added without a warning, and one who is in the cadence."""
    free: list[str] = []
    taken = ""
    async for person_id in stage.slowly(stage.desk.people.ids()):
        if len(free) == 2 and taken:
            break
        if stage.desk.person(person_id) is None:
            continue
        trackers = stage.desk.trackers_of(person_id)
        if any(one.is_active and one.cadence_id == cadence_id for one in trackers):
            taken = taken or person_id
        elif not trackers and _is_plain(person_id, stage) and len(free) < 2:
            free.append(person_id)
    return free, taken


async def _by_asking(stage: Stage, cadence_id: str) -> list[str]:
    """Return two people whom the desk's own preview would add, with or without a warning."""
    from cadence_desk.desk.enrollment import WishInput

    me = str(stage.desk.identity.user_id) if stage.desk.identity else ""
    alive = stage.desk.people.alive()
    ids = [one for slot, one in enumerate(stage.desk.people.ids()) if alive[slot]][:_LOOKED_AT]
    rows = await stage.desk.enrollment.preview(ids, WishInput(cadence_id, me))
    wanted = {Verdict.WILL_ADD, Verdict.WILL_ADD_WITH_WARNING}
    fitting = [row for row in rows if row.verdict in wanted and row.code is None]
    return [str(row.target_id) for row in fitting[:2]]


def _is_plain(person_id: str, stage: Stage) -> bool:
    person = stage.desk.person(person_id)
    return (
        person is not None
        and bool(person.email and person.phone)
        and not (person.do_not_call or person.email_opt_out or person.email_bounced or person.is_converted)
        and person.owner_id.startswith("005")
    )


async def with_call_step(stage: Stage) -> str:
    """Return a person with a call step that is due, mine before others'; empty when there is none."""
    me = stage.desk.identity.user_id if stage.desk.identity else ""
    other = ""
    async for tracker_id in stage.slowly(stage.desk.trackers.ids()):
        tracker = stage.desk.tracker(tracker_id)
        if tracker is None or not _runs_alone(tracker, stage):
            continue
        step = stage.desk.current_step(tracker_id)
        if step is not None and step.type == "MakeACall" and step.state == "Active":
            if tracker.owner_id == me:
                return str(tracker.target_id)
            other = other or str(tracker.target_id)
    return other


async def running_tracker(stage: Stage) -> str:
    """Return a tracker that runs and is its target's only one, with a call step where there is one; empty if none."""
    target = await with_call_step(stage)
    if target:
        return next(str(one.id) for one in stage.desk.trackers_of(target) if one.is_active)
    async for tracker_id in stage.slowly(stage.desk.trackers.ids()):
        tracker = stage.desk.tracker(tracker_id)
        if tracker is not None and _runs_alone(tracker, stage):
            return str(tracker_id)
    return ""


def _runs_alone(tracker: Tracker, stage: Stage) -> bool:
    if not tracker.is_active or tracker.state != "Running":
        return False
    return sum(one.is_active for one in stage.desk.trackers_of(tracker.target_id)) == 1


async def callable_person(stage: Stage) -> str:
    """Return somebody who may be called, outside of any cadence; empty when there is nobody."""
    last = ""
    async for person_id in stage.slowly(stage.desk.people.ids()):
        person = stage.desk.person(person_id)
        if person is None or person.do_not_call or person.is_converted:
            continue
        if not any(one.is_active for one in stage.desk.trackers_of(person_id)):
            return str(person_id)
        last = last or str(person_id)
    return last
