"""The journey in which somebody else changes a record and the list follows without a key. Called by the journeys.

On an org that can be steered a colleague pauses a tracker. On any other the tour's own plain REST call changes a title,
and puts it back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FeedState
from cadence_desk.launch.threads import in_thread
from cadence_desk.launch.tour.oracle import OracleRefused
from cadence_desk.launch.tour.stage import JourneySkipped

if TYPE_CHECKING:
    from cadence_desk.launch.tour.stage import Stage

NO_CONTROL = "only a practice org can be told to cut its event stream"
_LONGEST = 100
_FIELD = "Title"
_TRIES = 5


async def live_change(stage: Stage) -> str:
    """A colleague changes a record in the org; the list follows without a key being pressed."""
    return await (_paused(stage) if stage.oracle.steers else _renamed(stage))


async def _paused(stage: Stage) -> str:
    await stage.open_screen(2, "trackersTable")
    tracker_id = await paused_by_colleague(stage)
    tracker = stage.desk.tracker(tracker_id)
    await stage.until(
        lambda: (now := stage.desk.tracker(tracker_id)) is not None and now.state == "Paused",
        "the colleague's change arrives",
    )
    slot = stage.desk.trackers.slot_of(tracker_id)
    await stage.until(
        lambda: slot is not None and stage.desk.trackers.texts("state")[slot] == "Paused",
        "the row says Paused",
    )
    await stage.pictures.take("09-live-change")
    person = stage.desk.person(tracker.target_id) if tracker else None
    return f"{person.name if person else tracker_id} paused by a colleague, seen without a key"


async def paused_by_colleague(stage: Stage) -> str:
    """Let a colleague pause a tracker that the org says is running; what the list shows may be older than that."""
    states = "SELECT Id FROM ActionCadenceTracker WHERE State = 'Running' ORDER BY Id LIMIT 200"
    running = {row["Id"] for row in await stage.query(states)}
    for tracker_id in stage.desk.trackers.ids():
        if tracker_id not in running:
            continue
        try:
            await stage.control("/edit", {"verb": "pause", "tracker": tracker_id})
        except OracleRefused:
            continue  # another simulated colleague was quicker
        return str(tracker_id)
    raise JourneySkipped("no tracker of the list is running")


async def _renamed(stage: Stage) -> str:
    """Change the title of a lead or contact by a plain call, see it in the list, put it back and see that, too."""
    await stage.open_screen(1, "peopleTable")
    person_id, before, after = await _changed(stage)
    live = stage.desk.feed.state is FeedState.LIVE
    try:
        await _arrives(stage, person_id, after)
        slot = stage.desk.people.slot_of(person_id)
        await stage.until(
            lambda: slot is not None and stage.desk.people.texts("title")[slot] == after, "the row shows it"
        )
        await stage.pictures.take("09-live-change")
    finally:
        await _change(stage, person_id, before)
    await _arrives(stage, person_id, before)
    person = stage.desk.person(person_id)
    how = "by the event stream" if live else "by polling, because no change events come"
    return f"{person.name if person else person_id} got another title from outside, seen without a key {how}"


async def _arrives(stage: Stage, person_id: str, title: str) -> None:
    seconds = 30.0 if stage.desk.feed.state is FeedState.LIVE else 150.0
    await stage.until(
        lambda: (now := stage.desk.person(person_id)) is not None and now.title == title,
        "the change from outside arrives",
        seconds,
    )


async def _changed(stage: Stage) -> tuple[str, str, str]:
    """Change the first record that this user may change; returns its id, the title before and the one after."""
    heard = await _heard(stage)
    refusals: list[str] = []
    alive = stage.desk.people.alive()
    for slot, person_id in enumerate(stage.desk.people.ids()):
        person = stage.desk.person(person_id) if alive[slot] else None
        if person is None or _object_of(person_id) not in heard or not await _may_change(stage, person_id):
            continue
        after = f"{person.title} (tour)".strip()[:_LONGEST]
        try:
            await _change(stage, person_id, after)
        except OracleRefused as refusal:
            refusals.append(str(refusal))
            if len(refusals) == _TRIES:
                break
        else:
            return person_id, person.title, after
    why = refusals[0] if refusals else "your user may change nobody's title in this org"
    raise JourneySkipped(f"no record could be changed from outside: {why}")


async def _heard(stage: Stage) -> frozenset[str]:
    """Return the objects whose changes can be seen without a key: those that send events, or any while polling."""
    both = frozenset({"Lead", "Contact"})
    selected = await in_thread(stage.oracle.selected)
    if selected is None or stage.desk.feed.state is not FeedState.LIVE:
        return both
    stage.need(
        "" if both & selected else "no change events are selected for leads and contacts in this org's Setup"
    )
    return both & selected


async def _may_change(stage: Stage, person_id: str) -> bool:
    described = await in_thread(lambda: stage.oracle.fields(_object_of(person_id)))
    return bool(described.get(_FIELD, {}).get("updateable"))


async def _change(stage: Stage, person_id: str, title: str) -> None:
    values = {_FIELD: title or None}
    await in_thread(lambda: stage.oracle.change(_object_of(person_id), person_id, values))


def _object_of(person_id: str) -> str:
    return "Lead" if person_id.startswith("00Q") else "Contact"
