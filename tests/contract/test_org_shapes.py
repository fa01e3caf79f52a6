"""Every shape an org may have: in each the journeys pass, or are refused in plain words; none crashes, none guesses.

One practice org for all, reshaped by its control surface; the desk is the one that bootstrap builds. Shown by 1.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, ClassVar

import pytest
from typing_extensions import override

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.refusals import RefusalCode, Verdict
from tests.desk.practice_org import Org
from tests.desk.rig import CALLS_FIRST, FAST, Rig, until

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Mapping
    from pathlib import Path

    from cadence_desk.domain.trackers import Tracker

pytestmark = pytest.mark.whole
OPTIONS = replace(FAST, silence_seconds=1.0, sweep_seconds=30.0)
S = OperationState


@dataclass(frozen=True)
class Shape:
    """One org. `refuses` names the journeys it cannot do; all others must pass."""

    name: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    refuses: frozenset[str] = frozenset()
    feed: tuple[FeedState, ...] = (FeedState.LIVE,)


def hides(*names: str) -> dict[str, list[str]]:
    return {"hidden_fields": list(names)}


def refuses(*names: str) -> frozenset[str]:
    return frozenset(names)


T, ST = "ActionCadenceTracker", "ActionCadenceStepTracker"
ALL = refuses("enroll", "log call", "pause", "change")
ANY_FEED = (FeedState.LIVE, FeedState.POLLING)
SHAPES = (
    Shape("the documented contract"),
    Shape("the contract of the original brief", {"contract": "brief"}),
    Shape("failed actions answer 200", {"action_failure_status": 200}),
    Shape("partial save is off", {"partial_save": False}),
    Shape(
        "partial save is off, and failures answer 200", {"partial_save": False, "action_failure_status": 200}
    ),
    Shape("several cadences per person are not allowed", {"multiple_cadences": False}),
    Shape("no person accounts", {"person_accounts": False}),
    Shape("the key of operations is an external id that may repeat", {"operation_key": "external"}),
    Shape("the key of operations is a plain field", {"operation_key": "plain"}),
    Shape("no field for the key of operations", {"operation_key": "absent"}),
    Shape("steps make no task", {"task_logging": False}),
    Shape("steps make no task, and no key", {"task_logging": False, "operation_key": "absent"}),
    Shape("closing the task completes the step", {"complete_step_on_task_close": True}),
    Shape("completing a step ignores the call", {"manual_complete_reads_call": False}),
    Shape("call results lead to no branch", {"disposition_branching": False}),
    Shape("API 60 to 64 only", {"oldest_api": 60, "newest_api": 64}),
    Shape("API 66 only", {"oldest_api": 66, "newest_api": 66}),
    Shape("trackers take their time", {"initializing_ms": 2500, "processing_ms": 1500}),
    Shape("no change events", {"selected_entities": []}, feed=ANY_FEED),
    Shape("no events of trackers", {"selected_entities": ["Task", "Lead", "Contact"]}, feed=ANY_FEED),
    Shape("the user may not see all records", {"view_all_users": []}, feed=(FeedState.POLLING,)),
    Shape("sessions are locked to an address", {"events_ip_locked": True}, feed=(FeedState.POLLING,)),
    Shape("the allowance of events is used up", {"event_delivery_limit": 0}, feed=(FeedState.POLLING,)),
    Shape("Setup is hidden", {"setup_visible": False}),
    Shape(
        "brief contract, no task, no events, no key",
        {
            "contract": "brief",
            "task_logging": False,
            "selected_entities": [],
            "operation_key": "absent",
        },
        feed=ANY_FEED,
    ),
    Shape("trackers without the active flag", hides(f"{T}.IsTrackerActive")),
    Shape(
        "trackers without dispositions", hides(f"{T}.CompletionDisposition", f"{T}.ScheduledResumeDateTime")
    ),
    Shape("trackers without their reasons", hides(f"{T}.CompletionReason", f"{T}.ErrorMessage")),
    Shape(
        "steps without dates",
        hides(f"{ST}.DueDateTime", f"{ST}.CompletionDate", f"{ST}.ScheduledStartDateTime"),
    ),
    Shape("steps without codes", hides(f"{ST}.ErrorCode", f"{ST}.CompletionReason")),
    Shape(
        "people without addresses", hides("Lead.Email", "Contact.Email", "Lead.City", "Contact.MailingCity")
    ),
    Shape("people without consent", hides("Lead.DoNotCall", "Contact.DoNotCall", "Lead.HasOptedOutOfEmail")),
    Shape("people without cadence fields", hides("Lead.ActionCadenceId", "Contact.ActionCadenceId")),
    Shape("contacts without account", hides("Contact.AccountId")),
    Shape("tasks without the link to the step", hides("Task.ActionCadenceStepTrackerId")),
    Shape(
        "tasks without duration and type",
        hides("Task.CallDurationInSeconds", "Task.CallType", "Task.TaskSubtype"),
    ),
    Shape("call results are hidden", {"hidden_objects": ["CallDisposition", "CallDispositionCategory"]}),
    Shape(
        "scripts and permission sets are hidden",
        {
            "hidden_objects": ["CallTemplate", "PermissionSet", "PermissionSetAssignment"],
        },
    ),
    Shape("tasks may not be written", {"read_only_objects": ["Task"]}, refuses("log call")),
    Shape("no action to add", {"unavailable_actions": ["assignTargetToSalesCadence"]}, refuses("enroll")),
    Shape("no action to pause", {"unavailable_actions": ["pauseSalesCadenceTracker"]}, refuses("pause")),
    Shape("tracker limit reached", {"tracker_limit": 1}, refuses("enroll")),
)


PLAIN = (
    "SELECT Id FROM Lead WHERE IsConverted = false AND DoNotCall = false AND HasOptedOutOfEmail = false "
    "AND EmailBouncedDate = null AND Email != null AND Phone != null AND ActionCadenceId = null ORDER BY Id"
)


class ShapedRig(Rig):
    """A desk whose test picks people before anything is hidden."""

    plain: ClassVar[list[str]] = []

    @override
    def free(self, count: int) -> list[str]:
        known = [one for one in self.plain if self.desk.person(one) and not self.desk.trackers_of(one)]
        found = [one for one in known if one not in self.org.used][:count]
        assert len(found) == count, "the world has too few people for this test"
        self.org.used.update(found)
        return found

    @override
    async def log(self, tracker: Tracker, notes: str = "", number: int = 0) -> str:
        draft = await self.desk.calls.begin(tracker.target_id, tracker.current_step_id)
        results = self.desk.call_results()
        draft.result, draft.notes = results[number].text if results else "", notes
        return await self.desk.calls.save(draft)


@pytest.fixture(scope="module")
def running_org() -> Iterator[Org]:
    org = Org.start("--people", "700")
    org.settings_before |= {"initializing_ms": 100, "processing_ms": 50}
    ShapedRig.plain = [str(row["Id"]) for row in org.query(PLAIN)]
    yield org
    org.stop()


@pytest.fixture
def org(running_org: Org) -> Iterator[Org]:
    running_org.reset()
    running_org.version = "66.0"
    yield running_org
    running_org.reset()


class Journeys:
    """What a person does in every org; each returns why the org said no, or nothing when it was done."""

    def __init__(self, rig: Rig, shape: Shape, trackers: list[Tracker]) -> None:
        self.rig, self.org, self.shape = rig, rig.org, shape
        self.called, self.paused = trackers
        (self.fresh,) = rig.free(1)
        self.changed = next(str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q")))

    async def enroll(self) -> str:
        """Add two people, of whom one is in the cadence already; exactly the other is added."""
        rig = self.rig
        wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
        rows = await rig.desk.enrollment.preview([self.fresh, str(self.called.target_id)], wish)
        assert rows[1].verdict is Verdict.REFUSED
        assert rows[1].code is RefusalCode.ALREADY_IN_THIS_CADENCE
        await rig.desk.enrollment.start(rows, wish)
        return await self._end(self.fresh, lambda: len(self._runs(self.fresh)) == 1)

    async def log_call(self) -> str:
        """Log a call on a step: one closed task with the notes, and the step is over."""
        tracker, notes = self.called, f"Shape: {self.shape.name}"
        await self.rig.log(tracker, notes)
        return await self._end(str(tracker.target_id), lambda: self._called_once(tracker, notes))

    async def pause(self) -> str:
        """Pause and resume."""
        tracker = self.paused
        await self.rig.desk.moves.pause([tracker.id])
        told = await self._end(str(tracker.target_id), lambda: self._state(tracker) == "Paused")
        if told:
            return told
        await until(lambda: self._shown(tracker) == "Paused", "the list shows the pause", 20)
        await self.rig.desk.moves.resume([tracker.id])
        return await self._end(str(tracker.target_id), lambda: self._state(tracker) == "Running")

    async def change(self) -> str:
        """A colleague's change arrives, live or by polling."""
        title = f"Changed in {self.shape.name}"[:80]
        await asyncio.to_thread(self.org.edit, "Lead", self.changed, Company=title)  # noqa: TID251 - a colleague's hands

        def arrived() -> bool:
            person = self.rig.desk.person(self.changed)
            return person is not None and person.account_name == title

        await until(arrived, "the change arrives", 40)
        return ""

    # ------------------------------------------------------------ looking

    async def _end(self, target: str, done: Callable[[], bool]) -> str:
        """Wait for the end of what was asked; it is done in the org, or refused with words, and nothing in between."""
        ended = await self.rig.ended(target, seconds=30)
        refused = [one for one in ended if one.state is S.REFUSED]
        if refused:
            assert all(one.server_text for one in refused), "a refusal has words"
            assert {one.state for one in ended} <= {S.REFUSED, S.CANCELLED, S.SETTLED}
            return refused[0].server_text
        assert {one.state for one in ended} == {S.SETTLED}, [(one.kind, one.words) for one in ended]
        await until(done, f"the org shows what was confirmed: {[one.kind.value for one in ended]}", 10)
        return ""

    def _runs(self, target: str) -> list[dict[str, Any]]:
        cadence = self.rig.cadence(CALLS_FIRST)
        rows = self.org.query(
            f"SELECT Id, State FROM {T} WHERE TargetId = '{target}' AND ActionCadenceId = '{cadence}'"
        )
        return [row for row in rows if row["State"] not in {"Complete", "Error"}]

    def _called_once(self, tracker: Tracker, notes: str) -> bool:
        where = f"WhoId = '{tracker.target_id}' AND IsClosed = true"
        tasks = self.org.query(f"SELECT Id, Description FROM Task WHERE {where}")
        step = self.org.one(ST, tracker.current_step_id, "State")["State"]
        return len([one for one in tasks if notes in str(one["Description"])]) == 1 and step == "Completed"

    def _state(self, tracker: Tracker) -> str:
        return str(self.org.one(T, tracker.id, "State")["State"])

    def _shown(self, tracker: Tracker) -> str:
        found = self.rig.desk.tracker(tracker.id)
        return found.state if found is not None else ""


async def told(journey: Coroutine[Any, Any, str]) -> str:
    """Run a journey; a refusal that was raised counts as its words."""
    try:
        return await journey
    except DeskError as error:
        return error.message


async def in_shape(org: Org, home: Path, shape: Shape) -> dict[str, str]:
    rig = ShapedRig(org, home, OPTIONS)
    try:
        await rig.desk.start()
        await rig.sign_in()
        await rig.at_rest(*shape.feed, seconds=30)
        assert rig.desk.people.count > 100
        assert rig.desk.trackers.count > 10
        org.settings(tracker_limit=150_000)
        journeys = Journeys(rig, shape, await rig.running(2))
        org.settings(**shape.settings)
        names = {
            "enroll": journeys.enroll,
            "log call": journeys.log_call,
            "pause": journeys.pause,
            "change": journeys.change,
        }
        results = await asyncio.gather(*(told(journey()) for journey in names.values()))
        return dict(zip(names, results, strict=True))
    finally:
        await rig.desk.stop()


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.name.replace(" ", "_"))
def test_journeys(org: Org, tmp_path: Path, shape: Shape) -> None:
    org.version = f"{shape.settings.get('newest_api', 66)}.0"
    org.settings(**shape.settings)
    results = asyncio.run(in_shape(org, tmp_path, shape))
    refused = {name: words for name, words in results.items() if words}
    assert set(refused) == shape.refuses, refused
    assert all(len(words.split()) > 2 for words in refused.values()), "a sentence, not a code"


def test_there_are_enough_shapes() -> None:
    assert len(SHAPES) >= 24
    assert len({shape.name for shape in SHAPES}) == len(SHAPES)


# ---------------------------------------------------------------- orgs that let nobody work


def test_a_user_without_a_license_sees_why(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        org.settings(unlicensed_users=[org.me])
        rig = ShapedRig(org, tmp_path, OPTIONS)
        try:
            await rig.desk.start()
            await rig.sign_in()
            await rig.feed(*ANY_FEED, seconds=30)
            assert rig.desk.people.count > 100
            for kind in (Kind.ENROLL, Kind.PAUSE, Kind.RESUME, Kind.REMOVE):
                assert "does not offer" in rig.desk.why_not(kind)
            assert any("Sales Engagement" in note for note in rig.desk.capabilities.notes)
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())


async def said_no(rig: Rig) -> str:
    """Sign in to an org that answers nothing; returns what the desk says of it."""
    try:
        await rig.sign_in()
    except DeskError as error:
        return f"{error.message} {error.hint} {error.server_text}"
    await rig.feed(FeedState.STALE, FeedState.BROKEN)
    return rig.desk.feed.detail


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"oldest_api": 50, "newest_api": 59}, "no API version"),
        ({"api_enabled": False}, "API"),
        ({"api_daily_limit": 0}, "limit"),
    ],
)
def test_an_org_that_answers_nothing_is_told_in_words(
    org: Org, tmp_path: Path, settings: dict[str, Any], words: str
) -> None:
    async def scenario() -> None:
        org.settings(**settings)
        rig = ShapedRig(org, tmp_path, OPTIONS)
        try:
            await rig.desk.start()
            told = await said_no(rig)
            assert words.lower() in told.lower()
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())
