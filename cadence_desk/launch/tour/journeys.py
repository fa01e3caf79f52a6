"""The journeys, in the order they are driven. Each ends with a check against the org's own records."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.orgs import WayIn
from cadence_desk.launch.tour.casting import callable_person, enroll_cast, running_tracker, with_call_step
from cadence_desk.launch.tour.dialogs import enroll_selected, log_call_of_selected, tracker_action
from cadence_desk.launch.tour.news import NO_CONTROL, live_change, paused_by_colleague
from cadence_desk.launch.tour.records import NOTE, check_call
from cadence_desk.launch.tour.scale import work_the_list
from cadence_desk.launch.tour.stage import JourneyFailed

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from cadence_desk.domain.operations import Operation
    from cadence_desk.launch.tour.stage import Stage

_ENDED = {
    OperationState.SETTLED,
    OperationState.REFUSED,
    OperationState.NEEDS_REVIEW,
    OperationState.CANCELLED,
}
_WIDE = " LIMIT 2000"
STREAM_PATIENCE = 45.0


async def sign_in(stage: Stage) -> str:
    """Press Sign in and play the browser, or come in by the token that was given; the identity is the org's."""
    by_browser = stage.desk.profile.way_in is WayIn.BROWSER
    if by_browser:
        button = await stage.until(
            lambda: stage.hands.find(QPushButton, "signInButton"), "the sign-in button shows"
        )
        await stage.pictures.take("01-sign-in")
        stage.hands.click(button)
    await stage.until(lambda: stage.desk.sign_in.state == "signed_in" or _said_no(stage), "signed in", 60)
    identity = stage.desk.identity
    stage.check(stage.desk.sign_in.state == "signed_in", f"not signed in: {_said_no(stage)}")
    stage.check(identity is not None, "nobody is signed in")
    users = await stage.query(
        f"SELECT Id, Username FROM User WHERE Id = '{identity.user_id if identity else ''}'"
    )
    stage.check(
        users and identity and users[0]["Username"] == identity.username, "the org knows another user"
    )
    way = "authorization code with PKCE over https" if by_browser else "the access token from the environment"
    return f"as {identity.display_name if identity else ''}, {way}"


def _said_no(stage: Stage) -> str:
    """Return the banner that says why there is no session; empty while nothing is wrong."""
    banners = [one for one in stage.window.frame.bar.banners() if one.code.startswith("CD-")]
    return banners[0].accessibleName() if banners else ""


async def lists_fill(stage: Stage) -> str:
    """People, trackers and cadences come in and equal the org's own counts."""
    stage.begin_measuring()
    await stage.until(_follows(stage), "the connection chip says Live", 240)
    await stage.until(lambda: not stage.desk.loading.what, "loading ends", 240)
    expected = await _same_count(stage)
    stage.people = stage.people or expected
    stage.contract = stage.contract or _contract(stage)
    active = await count_active(stage)
    await stage.open_screen(1, "peopleTable")
    await stage.until(lambda: stage.rows("peopleTable") == expected, "the People list shows them all", 60)
    await stage.at_rest("peopleTable")
    stage.measured("fill")
    await stage.pictures.take("02-people")
    await stage.open_screen(2, "trackersTable")
    if active:
        await stage.until(lambda: stage.rows("trackersTable") > 0, "the Trackers list shows rows")
    await stage.pictures.take("03-trackers")
    await stage.open_screen(3, "cadencesList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("04-cadences")
    shown = sum(1 for value in stage.desk.trackers.facet("active") if value == "1")
    return f"{expected:,} people, {shown:,} active trackers (org: {active:,}); {stage.desk.feed.words}"


def _contract(stage: Stage) -> str:
    """Return which shape the org's actions have: only one of the two lists this name."""
    names = {one.casefold() for one in stage.desk.capabilities.actions}
    return "brief" if "completeactioncadencestep" in names else "documented"


def _follows(stage: Stage) -> Callable[[], bool]:
    """Return whether the desk follows the org; where no stream comes up, reading alone will do after a while."""
    began = time.monotonic()

    def follows() -> bool:
        state = stage.desk.feed.state
        patient = not stage.oracle.steers and time.monotonic() - began > STREAM_PATIENCE
        return state in {FeedState.LIVE, FeedState.POLLING} or (patient and state is FeedState.STALE)

    return follows


async def _same_count(stage: Stage) -> int:
    """Return how many people there are, once the desk lists as many; the org may be at work meanwhile."""
    expected = -1
    for _ in range(120):
        expected = await _count_people(stage)
        if stage.desk.people.count == expected:
            return expected
        await asyncio.sleep(0.5)
    raise JourneyFailed(f"{stage.desk.people.count:,} people are listed, the org has {expected:,}")


async def _count_people(stage: Stage) -> int:
    count = 0
    if await stage.has("Lead"):
        unconverted = " WHERE IsConverted = false" if await stage.has("Lead", "IsConverted") else ""
        count += int((await stage.query(f"SELECT COUNT(Id) n FROM Lead{unconverted}"))[0]["n"])
    if await stage.has("Contact"):
        count += int((await stage.query("SELECT COUNT(Id) n FROM Contact"))[0]["n"])
    return count


async def count_active(stage: Stage) -> int:
    """Return how many active trackers the org has for this user; 0 where they cannot be seen."""
    if not await stage.has("ActionCadenceTracker", "IsTrackerActive"):
        return 0
    found = await stage.query("SELECT COUNT(Id) n FROM ActionCadenceTracker WHERE IsTrackerActive = true")
    return int(found[0]["n"])


async def filter_list(stage: Stage) -> str:
    """Filter as you type; the hits are those that the org finds too."""
    await stage.open_screen(1, "peopleTable")
    words = (text.split()[-1] for text in stage.desk.people.texts("name") if text.strip())
    word = next((one for one in words if one.isascii() and one.isalpha() and len(one) > 2), "")
    stage.need("" if word else "nobody in this org has a name that can be searched for")
    await stage.search("peopleTable", word)
    hay = stage.desk.people.haystack()
    alive = stage.desk.people.alive()
    expected = sum(1 for slot, text in enumerate(hay) if alive[slot] and word.casefold() in text)
    await stage.until(lambda: stage.rows("peopleTable") == expected, f"{expected} rows match {word}")
    open_leads = " AND IsConverted = false" if await stage.has("Lead", "IsConverted") else ""
    like = f"SELECT Id FROM Lead WHERE Name LIKE '%{word}%'{open_leads} LIMIT 200"
    found = await stage.query(like) if await stage.has("Lead") else []
    ids = set(stage.desk.people.ids())
    stage.check(all(one["Id"] in ids for one in found), "the org finds people that the list lacks")
    shown = stage.rows("peopleTable")
    await stage.pictures.take("05-filter")
    await stage.search("peopleTable", "")
    return f"“{word}”: {shown} of {stage.desk.people.count:,}"


async def enroll_three(stage: Stage) -> str:
    """Add three people to a cadence; one is already in it and is refused with its reason."""
    stage.need(stage.desk.why_not(Kind.ENROLL))
    cast = await enroll_cast(stage)
    everybody = [*cast.free, *([cast.taken] if cast.taken else [])]
    await stage.open_screen(1, "peopleTable")
    for number, one in enumerate(everybody):
        await stage.select("peopleTable", one, more=number > 0)
    words = await enroll_selected(stage, cast.cadence.name, len(cast.free), refused=bool(cast.taken))
    ids = ", ".join(f"'{one}'" for one in everybody)
    where = f"ActionCadenceId = '{cast.cadence.id}' AND IsTrackerActive = true AND TargetId IN ({ids})"
    rows = await stage.query(f"SELECT TargetId FROM ActionCadenceTracker WHERE {where}")
    counts = {one: sum(1 for row in rows if row["TargetId"] == one) for one in everybody}
    stage.check(
        all(count == 1 for count in counts.values()), f"the org holds {list(counts.values())} runs per target"
    )
    await stage.until(
        lambda: all(stage.desk.trackers_of(one) for one in cast.free), "the new trackers are listed", 120
    )
    return f"{cast.cadence.name}: {words}"


async def log_call(stage: Stage) -> str:
    """Log a call on a call step by keys; the step is completed and the branch is shown as the org reports it."""
    stage.need(stage.desk.why_not(Kind.LOG_CALL))
    stage.need("" if await stage.has("Task") else "your user cannot see tasks in this org")
    target = await with_call_step(stage)
    step_id = next((str(one.current_step_id) for one in stage.desk.trackers_of(target) if one.is_active), "")
    target = target or await callable_person(stage)
    stage.need("" if target else "there is nobody in this org who may be called")
    results = stage.desk.call_results()
    await stage.open_screen(1, "peopleTable")
    await stage.select("peopleTable", target)
    note = f"{NOTE} {target[-6:]}"
    before = {one.op_id for one in stage.desk.operations_of(target)}
    await log_call_of_selected(stage, str(min(2, len(results))) if results else "", note)
    done = await _ended(stage, target, {Kind.LOG_CALL, Kind.COMPLETE_STEP, Kind.COMPLETE_CALL}, before)
    bad = [one for one in done if one.state is not OperationState.SETTLED]
    stage.check(not bad, f"not confirmed: {[one.words for one in bad]}")
    wanted = results[min(2, len(results)) - 1].text if results else ""
    await check_call(stage, target, note, wanted)
    completed = any(one.kind in {Kind.COMPLETE_STEP, Kind.COMPLETE_CALL} for one in done)
    if completed:
        step = await stage.query(f"SELECT State FROM ActionCadenceStepTracker WHERE Id = '{step_id}'")
        stage.check(step[0]["State"] == "Completed", "the step is not completed in the org")
    await asyncio.sleep(0.3)
    await stage.pictures.take("08-after-call")
    where = next(
        (str((one.evidence or {}).get("next", "")) for one in done if (one.evidence or {}).get("next")), ""
    )
    ended = (
        f"step completed; next: {where or 'as the org reports'}" if completed else "logged, no step was due"
    )
    return f"{wanted or 'Call'} confirmed; {ended}"


async def _ended(
    stage: Stage, target: str, kinds: set[Kind], before: Collection[str] = ()
) -> list[Operation]:
    def ended() -> list[Operation]:
        known = (one for one in stage.desk.operations_of(target) if one.op_id not in before)
        found = [one for one in known if one.kind in kinds]
        return found if found and all(one.state in _ENDED for one in found) else []

    return await stage.until(ended, "Salesforce confirms it", 60)


async def pause_and_resume(stage: Stage) -> str:
    """Pause and resume by key; both confirmed by the org."""
    stage.need(stage.desk.why_not(Kind.PAUSE) or stage.desk.why_not(Kind.RESUME))
    tracker_id = await running_tracker(stage)
    tracker = stage.desk.tracker(tracker_id)
    stage.need("" if tracker else "nobody is in a running cadence in this org")
    target = str(tracker.target_id) if tracker else ""
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
    stage.need("" if stage.oracle.steers else NO_CONTROL)
    await stage.control("/stream", {"action": "close_door"})
    await stage.until(lambda: stage.desk.feed.state is FeedState.STALE, "the chip says Stale")
    words = stage.desk.feed.words
    await stage.pictures.take("10-stale")
    chosen = [await paused_by_colleague(stage) for _ in range(3)]
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
    if stage.oracle.steers:
        await stage.control("/settings", {"colleagues": False})
    await stage.until(lambda: not stage.desk.loading.what, "loading ends")
    seen = await stage.has("ActionCadenceTracker", "IsTrackerActive", "CurrentStepId")
    wrong = await _wait_for_equality(stage) if seen else []
    read_anew = bool(wrong) and not stage.oracle.steers
    if read_anew:  # an org that sends no events for trackers is read when somebody asks for it
        stage.hands.press(stage.window, Qt.Key.Key_F5)
        wrong = await _wait_for_equality(stage)
    stage.check(not wrong, f"{len(wrong)} rows differ from the org: {wrong[:3]}")
    if stage.oracle.steers:
        await stage.control("/settings", {"colleagues": True})
    await stage.open_screen(5, "activityList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("11-activity")
    await stage.open_screen(4, "outboxList")
    await asyncio.sleep(0.2)
    await stage.pictures.take("12-outbox")
    stage.need("" if seen else "your user cannot see cadence trackers in this org")
    return "every active tracker equals a fresh read" + (", once F5 was pressed" if read_anew else "")


async def _wait_for_equality(stage: Stage) -> list[str]:
    """Return which trackers still differ from the org after a while."""
    pause = 0.25 if stage.desk.feed.state is FeedState.LIVE else 2.0
    for _ in range(59):
        if not await _differences(stage):
            return []
        await asyncio.sleep(pause)
    return await _differences(stage)


async def _differences(stage: Stage) -> list[str]:
    fields = "Id, State, OwnerId, CurrentStepId"
    wrong = []
    for row in await stage.query(
        f"SELECT {fields} FROM ActionCadenceTracker WHERE IsTrackerActive = true{_WIDE}"
    ):
        shown = stage.desk.tracker(row["Id"])
        told = (shown.state, shown.owner_id, shown.current_step_id) if shown else None
        if told != (row["State"], row["OwnerId"], row["CurrentStepId"] or ""):
            wrong.append(row["Id"])
    return wrong


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
