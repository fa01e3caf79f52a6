"""The journeys, in the order they are driven. Each ends with a check against the org's own records."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.launch.tour.dialogs import enroll_selected, log_call_of_selected, tracker_action
from cadence_desk.launch.tour.scale import work_the_list
from cadence_desk.launch.tour.stage import JourneyFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.domain.operations import Operation
    from cadence_desk.launch.tour.stage import Stage

_ENDED = {
    OperationState.SETTLED,
    OperationState.REFUSED,
    OperationState.NEEDS_REVIEW,
    OperationState.CANCELLED,
}
CADENCE = "Inbound Follow-Up"


async def sign_in(stage: Stage) -> str:
    """Press Sign in; the browser is played over https; tokens and identity are the org's."""
    button = await stage.until(
        lambda: stage.hands.find(QPushButton, "signInButton"), "the sign-in button shows"
    )
    await stage.pictures.take("01-sign-in")
    stage.hands.click(button)
    await stage.until(lambda: stage.desk.sign_in.state == "signed_in", "signed in", 60)
    identity = stage.desk.identity
    stage.check(identity is not None, "nobody is signed in")
    users = await stage.query(
        f"SELECT Id, Username FROM User WHERE Id = '{identity.user_id if identity else ''}'"
    )
    stage.check(
        users and identity and users[0]["Username"] == identity.username, "the org knows another user"
    )
    return f"as {identity.display_name if identity else ''}, authorization code with PKCE over https"


async def lists_fill(stage: Stage) -> str:
    """People, trackers and cadences come in and equal the org's own counts."""
    stage.begin_measuring()
    await stage.until(lambda: stage.desk.feed.state is FeedState.LIVE, "the connection chip says Live", 240)
    await stage.until(lambda: not stage.desk.loading.what, "loading ends", 240)
    expected = await _count_people(stage)
    await stage.until(lambda: stage.desk.people.count == expected, f"{expected} people are listed", 60)
    active = await stage.query("SELECT COUNT(Id) n FROM ActionCadenceTracker WHERE IsTrackerActive = true")
    await stage.open_screen(1, "peopleTable")
    await stage.until(lambda: stage.rows("peopleTable") == expected, "the People list shows them all", 60)
    await stage.at_rest("peopleTable")
    stage.measured("fill")
    await stage.pictures.take("02-people")
    await stage.open_screen(2, "trackersTable")
    await stage.until(lambda: stage.rows("trackersTable") > 0, "the Trackers list shows rows")
    await stage.pictures.take("03-trackers")
    await stage.open_screen(3, "cadencesList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("04-cadences")
    shown = sum(1 for value in stage.desk.trackers.facet("active") if value == "1")
    return f"{expected:,} people, {shown:,} active trackers (org: {active[0]['n']:,})"


async def _count_people(stage: Stage) -> int:
    leads = await stage.query("SELECT COUNT(Id) n FROM Lead WHERE IsConverted = false")
    contacts = await stage.query("SELECT COUNT(Id) n FROM Contact")
    return int(leads[0]["n"]) + int(contacts[0]["n"])


async def filter_list(stage: Stage) -> str:
    """Filter as you type; the hits are those that the org finds too."""
    await stage.open_screen(1, "peopleTable")
    name = next(
        text for text in stage.desk.people.texts("name") if text.isascii() and " " in text and "<" not in text
    )
    word = name.split()[-1]
    await stage.search("peopleTable", word)
    hay = stage.desk.people.haystack()
    alive = stage.desk.people.alive()
    expected = sum(1 for slot, text in enumerate(hay) if alive[slot] and word.casefold() in text)
    await stage.until(lambda: stage.rows("peopleTable") == expected, f"{expected} rows match {word}")
    found = await stage.query(f"SELECT Id FROM Lead WHERE Name LIKE '%{word}%' LIMIT 200")
    ids = set(stage.desk.people.ids())
    stage.check(all(one["Id"] in ids for one in found), "the org finds people that the list lacks")
    shown = stage.rows("peopleTable")
    await stage.pictures.take("05-filter")
    await stage.search("peopleTable", "")
    return f"“{word}”: {shown} of {stage.desk.people.count:,}"


async def enroll_three(stage: Stage) -> str:
    """Add three people to a cadence; one is already in it and is refused with its reason."""
    cadence = next(one for one in stage.desk.cadences() if one.name == CADENCE)
    free, taken = await _candidates(stage, cadence.id)
    await stage.open_screen(1, "peopleTable")
    await stage.select("peopleTable", free[0])
    await stage.select("peopleTable", free[1], more=True)
    await stage.select("peopleTable", taken, more=True)
    words = await enroll_selected(stage, cadence.name)
    ids = ", ".join(f"'{one}'" for one in (*free, taken))
    soql = f"SELECT TargetId FROM ActionCadenceTracker WHERE ActionCadenceId = '{cadence.id}' AND IsTrackerActive = true"
    rows = await stage.query(f"{soql} AND TargetId IN ({ids})")
    counts = {one: sum(1 for row in rows if row["TargetId"] == one) for one in (*free, taken)}
    stage.check(
        all(count == 1 for count in counts.values()), f"the org holds {list(counts.values())} runs per target"
    )
    await stage.until(lambda: all(stage.desk.trackers_of(one) for one in free), "the new trackers are listed")
    return words


async def _candidates(stage: Stage, cadence_id: str) -> tuple[list[str], str]:
    """Return two people who can be added without a warning, and one who is in the cadence."""
    free: list[str] = []
    taken = ""
    async for person_id in stage.slowly(stage.desk.people.ids()):
        if len(free) == 2 and taken:
            break
        person = stage.desk.person(person_id)
        if person is None:
            continue
        trackers = stage.desk.trackers_of(person_id)
        if any(one.is_active and one.cadence_id == cadence_id for one in trackers):
            taken = taken or person_id
        elif not trackers and _is_plain(person_id, stage) and len(free) < 2:
            free.append(person_id)
    if len(free) < 2 or not taken:
        raise JourneyFailed("the world has too few people for this journey")
    return free, taken


def _is_plain(person_id: str, stage: Stage) -> bool:
    person = stage.desk.person(person_id)
    return (
        person is not None
        and bool(person.email and person.phone)
        and not (person.do_not_call or person.email_opt_out or person.email_bounced or person.is_converted)
        and person.owner_id.startswith("005")
    )


async def log_call(stage: Stage) -> str:
    """Log a call on a call step by keys; the step is completed and the branch is shown as the org reports it."""
    target = await _with_call_step(stage)
    step_id = next(one.current_step_id for one in stage.desk.trackers_of(target) if one.is_active)
    await stage.open_screen(1, "peopleTable")
    await stage.select("peopleTable", target)
    note = "Tour: left word about Thursday"
    await log_call_of_selected(stage, "2", note)
    done = await _ended(stage, target, {Kind.LOG_CALL, Kind.COMPLETE_STEP, Kind.COMPLETE_CALL})
    bad = [one for one in done if one.state is not OperationState.SETTLED]
    stage.check(not bad, f"not confirmed: {[one.words for one in bad]}")
    soql = f"SELECT CallDisposition, Description, IsClosed FROM Task WHERE ActionCadenceStepTrackerId = '{step_id}'"
    tasks = await stage.query(soql)
    stage.check(len(tasks) == 1, f"the org holds {len(tasks)} tasks for the step")
    stage.check(tasks[0]["CallDisposition"] == "Left Voicemail", "the task has another call result")
    stage.check(tasks[0]["Description"] == note and tasks[0]["IsClosed"], "the note did not arrive")
    step = await stage.query(
        f"SELECT State, CompletionReason FROM ActionCadenceStepTracker WHERE Id = '{step_id}'"
    )
    stage.check(step[0]["State"] == "Completed", "the step is not completed in the org")
    await asyncio.sleep(0.3)
    await stage.pictures.take("08-after-call")
    where = next(
        (str((one.evidence or {}).get("next", "")) for one in done if (one.evidence or {}).get("next")), ""
    )
    return f"Left Voicemail confirmed; step completed; next: {where or 'as the org reports'}"


async def _with_call_step(stage: Stage) -> str:
    me = stage.desk.identity.user_id if stage.desk.identity else ""
    async for tracker_id in stage.slowly(stage.desk.trackers.ids()):
        tracker = stage.desk.tracker(tracker_id)
        if tracker is None or not tracker.is_active or tracker.state != "Running" or tracker.owner_id != me:
            continue
        step = stage.desk.current_step(tracker_id)
        active = [one for one in stage.desk.trackers_of(tracker.target_id) if one.is_active]
        if step is not None and step.type == "MakeACall" and step.state == "Active" and len(active) == 1:
            return tracker.target_id
    raise JourneyFailed("no call step is due in this world")


async def _ended(stage: Stage, target: str, kinds: set[Kind]) -> list[Operation]:
    def ended() -> list[Operation]:
        found = [one for one in stage.desk.operations_of(target) if one.kind in kinds]
        return found if found and all(one.state in _ENDED for one in found) else []

    return await stage.until(ended, "Salesforce confirms the call", 60)


async def live_change(stage: Stage) -> str:
    """A colleague changes a record in the org; the list follows without a key being pressed."""
    tracker_id = next(
        tracker_id
        for tracker_id in stage.desk.trackers.ids()
        if (tracker := stage.desk.tracker(tracker_id)) and tracker.is_active and tracker.state == "Running"
    )
    tracker = stage.desk.tracker(tracker_id)
    await stage.open_screen(2, "trackersTable")
    await stage.control("/edit", {"verb": "pause", "tracker": tracker_id})
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


async def pause_and_resume(stage: Stage) -> str:
    """Pause and resume by key; both confirmed by the org."""
    target = await _with_call_step(stage)
    tracker_id = next(one.id for one in stage.desk.trackers_of(target) if one.is_active)
    await stage.open_screen(2, "trackersTable")
    await stage.search("trackersTable", "")
    await stage.select("trackersTable", tracker_id)
    for kind, state in ((Kind.PAUSE, "Paused"), (Kind.RESUME, "Running")):
        await tracker_action(stage, kind)
        done = await _ended(stage, target, {kind})
        stage.check(done[0].state is OperationState.SETTLED, f"{kind.value}: {done[0].words}")
        rows = await stage.query(f"SELECT State FROM ActionCadenceTracker WHERE Id = '{tracker_id}'")
        stage.check(rows[0]["State"] == state, f"the org says {rows[0]['State']} after {kind.value}")
        await stage.until(
            lambda state=state: (now := stage.desk.tracker(tracker_id)) is not None and now.state == state,  # type: ignore[misc]
            f"the list shows {state}",
        )
    return "Paused, then Running, each confirmed"


async def stream_cut(stage: Stage) -> str:
    """The event stream dies, the org changes meanwhile, the stream comes back: nothing is missed."""
    chosen = [
        tracker_id
        for tracker_id in stage.desk.trackers.ids()
        if (tracker := stage.desk.tracker(tracker_id)) and tracker.is_active and tracker.state == "Running"
    ][:3]
    await stage.control("/stream", {"action": "close_door"})
    await stage.until(lambda: stage.desk.feed.state is FeedState.STALE, "the chip says Stale")
    words = stage.desk.feed.words
    await stage.pictures.take("10-stale")
    for tracker_id in chosen:
        await stage.control("/edit", {"verb": "pause", "tracker": tracker_id})
    await stage.control("/stream", {"action": "open_door"})
    await stage.until(lambda: stage.desk.feed.state is FeedState.LIVE, "the chip says Live again", 90)
    ids = ", ".join(f"'{one}'" for one in chosen)
    rows = await stage.query(f"SELECT Id, State FROM ActionCadenceTracker WHERE Id IN ({ids})")
    for row in rows:
        shown = stage.desk.tracker(row["Id"])
        stage.check(
            shown is not None and shown.state == row["State"], f"the list missed the change of {row['Id']}"
        )
    return f"“{words}”, then Live; {len(rows)} changes made meanwhile are all there"


async def board_equals_org(stage: Stage) -> str:
    """At the end the whole list of active trackers equals a fresh read of the org."""
    await stage.control("/settings", {"colleagues": False})
    await stage.until(lambda: not stage.desk.loading.what, "loading ends")

    async def differences() -> list[str]:
        fields = "Id, State, OwnerId, CurrentStepId"
        rows = await stage.query(
            f"SELECT {fields} FROM ActionCadenceTracker WHERE IsTrackerActive = true LIMIT 2000"
        )
        wrong = []
        for row in rows:
            shown = stage.desk.tracker(row["Id"])
            told = (shown.state, shown.owner_id, shown.current_step_id) if shown else None
            if told != (row["State"], row["OwnerId"], row["CurrentStepId"] or ""):
                wrong.append(row["Id"])
        return wrong

    wrong: list[str] = []
    for _ in range(40):
        wrong = await differences()
        if not wrong:
            break
        await asyncio.sleep(0.25)
    stage.check(not wrong, f"{len(wrong)} rows differ from the org: {wrong[:3]}")
    await stage.control("/settings", {"colleagues": True})
    await stage.open_screen(5, "activityList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("11-activity")
    await stage.open_screen(4, "outboxList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("12-outbox")
    return "every active tracker equals a fresh read"


async def palette(stage: Stage) -> str:
    """Every command can be found by Ctrl+K."""
    stage.hands.press(stage.window, Qt.Key.Key_K, control=True)
    await stage.until(lambda: stage.hands.there("paletteField"), "the palette opens")
    await stage.pictures.take("13-palette")
    from PySide6.QtWidgets import QLineEdit

    field = stage.hands.find(QLineEdit, "paletteField")
    stage.hands.press(field, Qt.Key.Key_Escape)
    await stage.until(lambda: not stage.hands.there("paletteField"), "the palette closes")
    return f"{len(stage.window.book.commands)} commands"


JOURNEYS: tuple[tuple[str, Callable[[Stage], Awaitable[str]]], ...] = (
    ("Sign in", sign_in),
    ("Lists fill", lists_fill),
    ("Filter as you type", filter_list),
    ("Filter, sort, scroll it all", work_the_list),
    ("Add three, one refused", enroll_three),
    ("Log a call", log_call),
    ("A colleague's change", live_change),
    ("Pause and resume", pause_and_resume),
    ("Event stream cut and back", stream_cut),
    ("Board equals the org", board_equals_org),
    ("Command palette", palette),
)
