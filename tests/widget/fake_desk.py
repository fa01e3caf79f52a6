"""An in-memory desk: implements ui.kit.desk_face over a made-up world. Nothing is stored or sent."""

import asyncio
import dataclasses
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import Cadence
from cadence_desk.domain.calls import CallResult, CallScript, FollowUp
from cadence_desk.domain.changes import Activity, Change, FeedState
from cadence_desk.domain.operations import KIND_WORDS, Hold, Kind, Operation, OperationState
from cadence_desk.domain.orgs import ApiUsage, Banner, Capabilities, Identity, OrgProfile
from cadence_desk.domain.people import ListView, Person, Rep
from cadence_desk.domain.planning.enrolling import EnrollWish, Snapshot, plan_enrollment
from cadence_desk.domain.planning.run import Run, RunState
from cadence_desk.domain.readiness.checks import Check
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.refusals import PlanRow, Verdict
from cadence_desk.domain.trackers import StepTracker, Tracker
from cadence_desk.sync.people_table import PeopleTable
from cadence_desk.sync.tracker_table import TrackerTable, TrackerWords
from tests.widget.fake_moves import FakeMoves
from tests.widget.fake_outbox import FakeOutbox, FakeUndoing
from tests.widget.fake_runs import FakeResult, FakeRun, FakeRuns
from tests.widget.fake_world import DISPOSITIONS, NOW, RESULTS, World, made_id, make_world

if TYPE_CHECKING:
    import asyncio

    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.notices import Notice


class FakeEvents:
    """Announces changes."""

    def __init__(self) -> None:
        self._callbacks: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        self._callbacks.append(callback)
        return lambda: self._callbacks.remove(callback)

    def tell(self, change: Change) -> None:
        for callback in list(self._callbacks):
            callback(change)


@dataclass
class FakeFeed:
    """The live connection."""

    state: FeedState = FeedState.LIVE
    since: float = 0.0
    detail: str = ""
    words: str = "Live"


@dataclass
class FakeLoading:
    """What is being loaded."""

    what: str = ""
    done: int = 0
    total: int = 0


class FakeSignIn:
    """Signs in at once."""

    def __init__(self) -> None:
        self.state = "signed_in"
        self.pages: list[str] = []
        self.problem: DeskError | None = None

    async def begin(self, open_page: Callable[[str], None]) -> None:
        open_page("https://login.salesforce.com/authorize")
        if self.problem is not None:
            raise self.problem
        self.state = "signed_in"

    def cancel(self) -> None:
        self.state = "signed_out"

    async def sign_out(self) -> str:
        self.state = "signed_out"
        return ""


@dataclass
class FakeDraft:
    """A call being logged."""

    intent_id: str
    target_id: str
    step_tracker_id: str | None
    result: str = ""
    notes: str = ""
    duration_seconds: int = 0
    subject: str = "Call"
    follow_up: FollowUp | None = None
    was_refused: str = ""
    doubt: str = ""


class FakeCalls:
    """Keeps drafts in a list."""

    def __init__(self, desk: "FakeDesk") -> None:
        self._desk = desk
        self._drafts: list[FakeDraft] = []
        self.kept: list[FakeDraft] = []
        self.saved: list[FakeDraft] = []
        self.discarded: list[FakeDraft] = []
        self.problem: DeskError | None = None
        self.disk_problem: DeskError | None = None
        """Why nothing can be stored."""
        self.gate: asyncio.Event | None = None
        """Makes a save wait."""
        self.script_text = ""

    async def begin(self, target_id: str, step_tracker_id: str | None) -> FakeDraft:
        for draft in self._drafts:
            if draft.target_id == target_id:
                return draft
        self._need_disk()
        draft = FakeDraft(f"intent-{len(self.saved) + len(self._drafts)}", target_id, step_tracker_id)
        self._drafts.append(draft)
        return draft

    def drafts(self) -> Sequence[FakeDraft]:
        return list(self._drafts)

    def _need_disk(self) -> None:
        if self.disk_problem is not None:
            raise self.disk_problem

    async def keep(self, draft: FakeDraft) -> None:
        self._need_disk()
        self.kept.append(dataclasses.replace(draft))

    def keep_at_once(self, draft: FakeDraft) -> bool:
        if self.disk_problem is None:
            self.kept.append(dataclasses.replace(draft))
        return self.disk_problem is None

    async def save(self, draft: FakeDraft) -> str:
        if self.gate is not None:
            await self.gate.wait()
        self._need_disk()
        if self.problem is not None:
            raise self.problem
        self.saved.append(dataclasses.replace(draft))
        if draft in self._drafts:
            self._drafts.remove(draft)
        self._desk.add_operation(Kind.LOG_CALL, draft.target_id, OperationState.QUEUED)
        return draft.intent_id

    async def discard(self, draft: FakeDraft) -> None:
        self._need_disk()
        self.discarded.append(draft)
        self._drafts.remove(draft)

    async def edit_again(self, op_id: str) -> FakeDraft:
        draft = await self.begin(self._desk.operations[0].target_id, None)
        draft.notes, draft.doubt = "kept text", "The earlier call may be in Salesforce already."
        return draft

    def draft_of(self, op_id: str) -> FakeDraft:
        return self._drafts[0]

    async def script(self, step_tracker_id: str) -> CallScript | None:
        return CallScript("Introduction", self.script_text) if self.script_text else None


class FakeEnrollment:
    """Plans with the real planner, runs in memory."""

    def __init__(self, desk: "FakeDesk") -> None:
        self._desk = desk
        self.runs: list[FakeRun] = []
        self.wishes: list[object] = []
        self.problem: DeskError | None = None
        self.held: asyncio.Event | None = None
        """A preview that is not let go yet."""

    async def preview(
        self, target_ids: Sequence[str], wish: object, told: Callable[[int, int], None] | None = None
    ) -> list[PlanRow]:
        if told is not None:
            told(0, len(target_ids))
        if self.held is not None:
            await self.held.wait()
        if self.problem is not None:
            raise self.problem
        world = self._desk.world
        cadence = next(one for one in world.cadences if one.id == getattr(wish, "cadence_id", ""))
        assignee = next(one for one in world.reps if one.id == getattr(wish, "assignee_id", ""))
        trackers = {target: self._desk.trackers_of(target) for target in target_ids}
        snapshot = Snapshot(world.people, trackers)
        plan = EnrollWish(cadence, assignee, getattr(wish, "start_step", ""))
        return plan_enrollment(target_ids, plan, snapshot)

    async def start(self, rows: Sequence[PlanRow], wish: object) -> FakeRun:
        self.wishes.append(wish)
        wanted = sum(1 for row in rows if row.verdict is not Verdict.REFUSED)
        asked = {"cadence_name": "Outbound"}
        made = Run(f"run-{len(self.runs)}", Kind.ENROLL, "", RunState.PLANNED, asked, 0.0, len(rows), wanted)
        run = FakeRun(made)
        for row in rows:
            if row.verdict is Verdict.REFUSED:
                code = row.code.value if row.code else ""
                run.rows.append(FakeResult(str(row.target_id), row.name, row.words, None, code))
            else:
                run.rows.append(FakeResult(str(row.target_id), row.name))
        self.runs.append(run)
        return run


class FakeReadiness:
    """Finds what a test puts there."""

    def __init__(self) -> None:
        self.checks: Sequence[Check] = ()
        self.at = 0.0
        self.running = False
        self.found: list[Check] = []
        self.problem: DeskError | None = None
        self.runs = 0
        self.cancelled = 0

    async def run(self, told: Callable[[str, int, int], None] | None = None) -> Sequence[Check]:
        self.runs += 1
        if told is not None:
            told("Connection", 0, 2)
        if self.problem is not None:
            raise self.problem
        self.checks, self.at = tuple(self.found), NOW.timestamp()
        return self.checks

    def cancel(self) -> None:
        self.cancelled += 1


class FakeLists:
    """What the fake desk answers from its world."""

    world: World
    operations: list[Operation]
    feed_lines: list[Activity]
    views: list[ListView]
    refusals: dict[Kind, str]

    def person(self, target_id: str) -> Person | None:
        return self.world.people.get(target_id)

    def tracker(self, tracker_id: str) -> Tracker | None:
        return self.world.trackers.get(tracker_id)

    def trackers_of(self, target_id: str) -> list[Tracker]:
        index = getattr(self, "_by_target", None)
        if index is None:
            index = {}
            for one in self.world.trackers.values():
                index.setdefault(one.target_id, []).append(one.id)
            self._by_target: dict[str, list[str]] = index
        found = [self.world.trackers[one] for one in index.get(target_id, ())]
        return sorted(found, key=lambda one: not one.is_active)

    def current_step(self, tracker_id: str) -> StepTracker | None:
        steps = self.world.steps.get(self.world.trackers[tracker_id].target_id, [])
        return next((one for one in steps if one.tracker_id == tracker_id and one.is_open), None)

    def operations_of(self, target_id: str) -> list[Operation]:
        return [one for one in self.operations if one.target_id == target_id]

    def open_operations(self) -> list[Operation]:
        return list(self.operations)

    async def step_history(self, target_id: str) -> list[StepTracker]:
        return list(self.world.steps.get(target_id, []))

    def cadences(self) -> list[Cadence]:
        return self.world.cadences

    def reps(self) -> list[Rep]:
        return self.world.reps

    def call_results(self) -> list[CallResult]:
        return list(RESULTS)

    def dispositions(self) -> list[str]:
        return list(DISPOSITIONS)

    async def list_views(self) -> list[ListView]:
        return self.views

    async def people_of_view(self, view: ListView) -> frozenset[str]:
        return frozenset(list(self.world.people)[:10])

    def activity(self) -> Sequence[Activity]:
        return self.feed_lines

    def usage(self) -> ApiUsage:
        return ApiUsage(1_240, 15_000, {"people": 12, "trackers": 8, "writes": 3})

    def why_not(self, kind: Kind) -> str:
        return self.refusals.get(kind, "")


class FakeDesk(FakeLists):
    """The face of the desk."""

    def __init__(self, world: World | None = None) -> None:
        self.world = world or make_world()
        self.profile = OrgProfile(
            "practice", "Practice org", "https://localhost:1", "client", (), banner=Banner.TRAINING
        )
        self.identity: Identity | None = Identity(
            RecordId("00D000000000001AAA"),
            self.world.reps[0].id,
            "maya@example.com",
            "Maya Lindqvist",
            "https://x",
        )
        self.capabilities: Capabilities | None = Capabilities("67.0")
        self.people, self.trackers = PeopleTable(), TrackerTable()
        self.events, self.feed, self.loading = FakeEvents(), FakeFeed(), FakeLoading()
        self.secrets_word = ""
        self.opening = False
        self.notices: tuple[Notice, ...] = ()
        self.lost_at_quit = lambda: 0
        self.trouble = ""
        self.sign_in, self.calls = FakeSignIn(), FakeCalls(self)
        self.enrollment, self.moves = FakeEnrollment(self), FakeMoves(self)
        self.runs = FakeRuns(self.enrollment.runs)
        self.readiness = FakeReadiness()
        self.outbox, self.undoing = FakeOutbox(self), FakeUndoing()
        self.operations: list[Operation] = []
        self.feed_lines: list[Activity] = []
        self.refusals: dict[Kind, str] = {}
        self.views: list[ListView] = []
        self.started = 0
        for person in self.world.people.values():
            self.show_person(person)
        for tracker in self.world.trackers.values():
            self.show_tracker(tracker)

    async def start(self) -> None:
        self.started += 1

    async def stop(self) -> None:
        self.started -= 1

    def show_person(self, person: Person) -> None:
        names = [one.cadence_name for one in self.trackers_of(person.id) if one.is_active]
        self.people.show(person, names, person.owner_name, 0)

    def show_tracker(self, tracker: Tracker, words: str = "") -> None:
        steps = self.world.steps.get(tracker.target_id, [])
        step = next((one for one in steps if one.tracker_id == tracker.id and one.is_open), None)
        shown = TrackerWords(tracker.target_name, tracker.cadence_name, tracker.owner_name, words)
        self.trackers.show(tracker, step, shown, NOW.timestamp())

    async def refresh(self) -> None:
        self.started += 0

    last_whole = "Everything was last compared with Salesforce on 24 Nov 2026, 03:12: 3 records differed."

    async def read_everything(self) -> str:
        return f"It costs about 12 API calls; you can go on working. {self.last_whole}"

    # ------------------------------------------------------------ what tests do to it

    def add_operation(
        self, kind: Kind, target_id: str, state: OperationState, hold: Hold = Hold.NONE, text: str = ""
    ) -> Operation:
        number = len(self.operations) + 1
        made = Operation(
            f"op-{number}", f"intent-{number}", 0, kind, RecordId(target_id), state, {},
            hold=hold, created=NOW.timestamp() - number, server_text=text,
        )  # fmt: skip
        self.operations.insert(0, made)
        self.events.tell(Change(operations=True, ids=frozenset({target_id})))
        return made

    def put_operation(self, operation: Operation) -> None:
        """Replace an operation, and announce it."""
        self.operations = [operation if one.op_id == operation.op_id else one for one in self.operations]
        self.events.tell(Change(operations=True, ids=frozenset({operation.target_id})))

    def move_tracker(self, tracker_id: str, **fields: object) -> None:
        """Change a tracker as a colleague would, and announce it."""
        tracker = dataclasses.replace(self.world.trackers[tracker_id], **fields)  # type: ignore[arg-type]
        self.world.trackers[tracker_id] = tracker
        self.show_tracker(tracker)
        self.feed_lines.insert(
            0,
            Activity(
                NOW.timestamp(), f"{tracker.target_name}: {tracker.state}", tracker.target_id, tracker_id
            ),
        )
        self.events.tell(Change(trackers=True, ids=frozenset({tracker_id})))


def busy_desk() -> FakeDesk:
    """Return a desk with waiting work of every kind and a filled feed: for pictures."""
    desk = FakeDesk()
    targets = list(desk.world.people)
    states = (
        (Kind.LOG_CALL, OperationState.SETTLED, Hold.NONE, ""),
        (Kind.ENROLL, OperationState.REFUSED, Hold.NONE, "The target already has an active cadence tracker."),
        (Kind.COMPLETE_STEP, OperationState.IN_DOUBT, Hold.NONE, ""),
        (Kind.LOG_CALL, OperationState.QUEUED, Hold.OFFLINE, ""),
        (Kind.REMOVE, OperationState.QUEUED, Hold.UNDO_WINDOW, ""),
        (Kind.PAUSE, OperationState.SENDING, Hold.NONE, ""),
        (Kind.CHANGE_ASSIGNEE, OperationState.NEEDS_REVIEW, Hold.NONE, ""),
        (Kind.LOG_CALL, OperationState.ACCEPTED, Hold.NONE, ""),
    )
    for number, (kind, state, hold, text) in enumerate(states):
        desk.add_operation(kind, targets[number * 3], state, hold, text)
    for number, tracker in enumerate(list(desk.world.trackers.values())[:40]):
        text = (
            f"{tracker.target_name} moved to “{tracker.current_step_title}” in {tracker.cadence_name}",
            f"{tracker.target_name} was paused in {tracker.cadence_name} by a colleague",
            f"{tracker.target_name}: {KIND_WORDS[Kind.LOG_CALL].lower()} confirmed",
        )[number % 3]
        desk.feed_lines.append(
            Activity(
                NOW.timestamp() - number * 47, text, tracker.target_id, tracker.id, by_us=number % 3 == 2
            )
        )
        if number % 5 == 0:
            desk.show_tracker(
                tracker,
                ("Waiting: offline", "Confirmed", "In doubt: checking with Salesforce")[number // 5 % 3],
            )
    desk.views = [ListView(made_id("00B", 1), "Lead", "My open leads", "MyOpenLeads")]
    return desk
