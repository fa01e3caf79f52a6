"""The desk as the window uses it: protocols, so that a small fake can stand in. Types only, nothing runs.

Implemented by cadence_desk.desk; imported by every screen under TYPE_CHECKING.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from PySide6.QtCore import QObject

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallResult, CallScript, FollowUp
    from cadence_desk.domain.changes import Activity, Change, FeedState
    from cadence_desk.domain.choices import Choice
    from cadence_desk.domain.notices import Notice
    from cadence_desk.domain.operations import Kind, Operation, OperationState
    from cadence_desk.domain.orgs import ApiUsage, Capabilities, Identity, OrgProfile
    from cadence_desk.domain.people import ListView, Person, Rep
    from cadence_desk.domain.planning.run import Run
    from cadence_desk.domain.protection import Protection
    from cadence_desk.domain.readiness.checks import Check
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.domain.stories import Story
    from cadence_desk.domain.tables import ColumnTable
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.domain.undo import UndoRow


class FeedFace(Protocol):
    """How the live connection stands."""

    @property
    def state(self) -> FeedState:
        """The state behind the chip."""

    @property
    def since(self) -> float:
        """Wall seconds since when."""

    @property
    def detail(self) -> str:
        """Why, in a sentence; may be empty."""

    @property
    def words(self) -> str:
        """The chip's words."""


class LoadingFace(Protocol):
    """What is being loaded; `what` is empty when idle."""

    @property
    def what(self) -> str:
        """What it is."""

    @property
    def done(self) -> int:
        """How many came."""

    @property
    def total(self) -> int:
        """How many are expected; 0 means unknown."""


class EventsFace(Protocol):
    """Where changes are announced."""

    def subscribe(self, callback: Callable[[Change], None], /) -> Callable[[], None]:
        """Call back on each change until the returned function is called."""


class SignInFace(Protocol):
    """Signing in and out."""

    @property
    def state(self) -> str:
        """signed_out, signing_in or signed_in."""

    async def begin(self, open_page: Callable[[str], None], /) -> None:
        """Run the browser flow."""

    def cancel(self) -> None:
        """Give up waiting for the browser."""

    async def sign_out(self) -> str:
        """Sign out; return a sentence when something could not be done."""


class DraftFace(Protocol):
    """A call being logged."""

    @property
    def intent_id(self) -> str:
        """Its intent."""

    @property
    def target_id(self) -> str:
        """Whom it is about."""

    @property
    def step_tracker_id(self) -> str | None:
        """The step that is completed with it."""

    @property
    def was_refused(self) -> str:
        """Why the org refused this text before; empty when it did not."""

    @property
    def doubt(self) -> str:
        """Why an earlier call with this text may be in the org already; empty when it cannot be."""

    result: str
    notes: str
    duration_seconds: int
    subject: str
    follow_up: FollowUp | None


class CallsFace(Protocol):
    """Logging calls."""

    async def begin(self, target_id: str, step_tracker_id: str | None, /) -> Any:
        """Return a durable draft."""

    def drafts(self) -> Sequence[Any]:
        """Return unfinished drafts."""

    async def keep(self, draft: Any, /) -> None:
        """Save what was typed."""

    def keep_at_once(self, draft: Any, /) -> bool:
        """Save what was typed before returning, within a second; False when that failed."""

    async def save(self, draft: Any, /) -> str:
        """Queue it; return the intent."""

    async def discard(self, draft: Any, /) -> None:
        """Drop it."""

    async def edit_again(self, op_id: str, /) -> Any:
        """Return a draft with the text of a refused or unclear call."""

    def draft_of(self, op_id: str, /) -> Any:
        """Return an unfinished draft."""

    async def script(self, step_tracker_id: str, /) -> CallScript | None:
        """Return the step's script."""


class EnrollResultFace(Protocol):
    """One row of a running addition."""

    @property
    def target_id(self) -> str:
        """Whom."""

    @property
    def name(self) -> str:
        """The target's name."""

    @property
    def words(self) -> str:
        """Where it stands, in words."""

    @property
    def state(self) -> OperationState | None:
        """Where it stands; None for rows that were not started."""

    @property
    def code(self) -> str:
        """The refusal code, if any."""


class EnrollRunFace(Protocol):
    """A running addition."""

    @property
    def run(self) -> Run:
        """The run as stored."""

    @property
    def run_id(self) -> str:
        """Its id."""

    @property
    def finished(self) -> bool:
        """True when no row is open."""

    @property
    def can_be_undone(self) -> bool:
        """True while it waits before its first send."""

    @property
    def count(self) -> int:
        """How many rows came in."""

    def first_intent(self) -> str:
        """Return the intent that takes it back."""

    def counts(self) -> Mapping[OperationState | None, int]:
        """Return how many rows are in which state; None for those not sent at all."""

    def result(self, index: int, /) -> EnrollResultFace:
        """Return how one row stands."""

    def results(self) -> Sequence[EnrollResultFace]:
        """Return one result per row."""


class EnrollmentFace(Protocol):
    """Adding to cadences."""

    async def preview(
        self, target_ids: Sequence[str], wish: Any, told: Callable[[int, int], None] | None = None, /
    ) -> list[PlanRow]:
        """Return what would happen to each target; tell how many have been looked at, of how many."""

    async def start(self, rows: Sequence[PlanRow], wish: Any, /) -> Any:
        """Store a run with every row; return it."""


class RunsFace(Protocol):
    """Runs of many rows."""

    def in_short(self) -> Sequence[tuple[Run, int]]:
        """Return every run with the number of its rows that have ended, newest first."""

    async def view(self, run_id: str, /) -> Any:
        """Return a run with its rows."""

    async def hold(self, run_id: str, /) -> None:
        """Send nothing more until it is resumed."""

    async def resume(self, run_id: str, /) -> None:
        """Go on."""

    async def stop(self, run_id: str, /) -> None:
        """End it."""

    async def write_report(self, run_id: str, folder: Path, /) -> Sequence[Path]:
        """Write the four files of its ledger."""


class MovesFace(Protocol):
    """Actions on trackers; each returns intents after they are stored."""

    def touched(self, kind: Kind, tracker_id: str, /) -> list[Tracker]:
        """Return every active tracker the action may touch."""

    async def pause(self, tracker_ids: Sequence[str], /, resume_at: datetime | None = None) -> Sequence[str]:
        """Pause."""

    async def resume(self, tracker_ids: Sequence[str], /) -> Sequence[str]:
        """Resume."""

    async def remove(self, tracker_ids: Sequence[str], disposition: str, /) -> Sequence[str]:
        """Remove from the cadence."""

    async def change_assignee(self, tracker_ids: Sequence[str], user_id: str, /) -> Sequence[str]:
        """Hand over."""

    async def complete_step(self, tracker_ids: Sequence[str], /) -> Sequence[str]:
        """Complete the current step."""

    async def skip_step(self, tracker_ids: Sequence[str], reason: str, /) -> Sequence[str]:
        """Skip the current step."""

    async def set_disposition(self, tracker_ids: Sequence[str], disposition: str, /) -> Sequence[str]:
        """Set the cadence disposition."""

    def results(self, intent_ids: Sequence[str], /) -> Sequence[Operation]:
        """Return the operations of these presses as they stand now."""

    def undo_left(self, intent_ids: Sequence[str], /) -> float:
        """Return for how many seconds any of these can still be taken back."""

    def undoable(self) -> list[str]:
        """Return the intents that can still be taken back."""

    def reversibility(self, kind: Kind, /) -> tuple[str, str]:
        """Return whether the action can be taken back, and what stays."""

    async def undo(self, intent_ids: Sequence[str], /) -> int:
        """Cancel those still in their undo window; return how many."""


class DecidedFace(Protocol):
    """What came of a decision."""

    @property
    def count(self) -> int:
        """How many changes it moved."""

    @property
    def words(self) -> str:
        """A sentence about it."""


class OutboxFace(Protocol):
    """What waits, is in doubt or needs review, and what may be decided."""

    @property
    def protection(self) -> Protection:
        """How strongly this org keeps a call from being written twice."""

    def listed(self) -> list[Operation]:
        """Return everything that is shown."""

    def name_of(self, record_id: str, /) -> str:
        """Return a name, or the id."""

    def touched(self, choice: Choice, op_ids: Sequence[str], /) -> list[Operation]:
        """Return what a choice moves."""

    async def story(self, op_id: str, /) -> Story:
        """Tell everything about one change."""

    async def decide(self, choice: Choice, op_ids: Sequence[str], reason: str = "", /) -> Any:
        """Carry a choice out; return a DecidedFace."""


class UndoingFace(Protocol):
    """Undo of what went out already."""

    async def plan(self, intent_ids: Sequence[str], /) -> list[UndoRow]:
        """Return what an undo would do."""

    async def start(self, rows: Sequence[UndoRow], /) -> list[str]:
        """Do it; return the intents of the opposite changes."""


class ReadinessFace(Protocol):
    """What this org lets this user do, checked on demand."""

    @property
    def checks(self) -> Sequence[Check]:
        """The lines of the last run."""

    @property
    def at(self) -> float:
        """Wall seconds of the last run."""

    @property
    def running(self) -> bool:
        """True while it is checked."""

    async def run(self, told: Callable[[str, int, int], None] | None = None, /) -> Sequence[Check]:
        """Check; tell what is being asked, how many steps are done and how many there are."""

    def cancel(self) -> None:
        """Stop after the question that is being asked."""


class DeskStateFace(Protocol):
    """How things stand."""

    @property
    def profile(self) -> OrgProfile:
        """Which org."""

    @property
    def identity(self) -> Identity | None:
        """Who is signed in."""

    @property
    def opening(self) -> bool:
        """True while files are being opened: rows may be there, work has to wait."""

    @property
    def capabilities(self) -> Capabilities | None:
        """What the org offers."""

    @property
    def people(self) -> ColumnTable:
        """The People list."""

    @property
    def trackers(self) -> ColumnTable:
        """The Trackers list."""

    @property
    def events(self) -> EventsFace:
        """Changes."""

    @property
    def feed(self) -> FeedFace:
        """The live connection."""

    @property
    def secrets_word(self) -> str:
        """A plain word about the key store; empty when all is well."""

    @property
    def notices(self) -> Sequence[Notice]:
        """What a person has to know about files and keys."""

    def lost_at_quit(self) -> int:
        """Return how many changes would be lost now, because this computer keeps no texts."""

    @property
    def trouble(self) -> str:
        """Why nothing can be saved on this computer; empty when everything can."""

    @property
    def loading(self) -> LoadingFace:
        """What is being loaded."""

    @property
    def sign_in(self) -> SignInFace:
        """Signing in."""

    def activity(self) -> Sequence[Activity]:
        """Return what the org reported, newest first."""

    @property
    def runs(self) -> RunsFace:
        """Runs of many rows."""

    def usage(self) -> ApiUsage:
        """Return the API meter."""

    def why_not(self, kind: Kind, /) -> str:
        """Return why a command cannot be used; empty when it can."""


class DeskWorkFace(Protocol):
    """What a person can do."""

    @property
    def calls(self) -> CallsFace:
        """Logging calls."""

    @property
    def enrollment(self) -> EnrollmentFace:
        """Adding to cadences."""

    @property
    def moves(self) -> MovesFace:
        """Actions on trackers."""

    @property
    def outbox(self) -> OutboxFace:
        """What waits, and what may be decided about it."""

    @property
    def undoing(self) -> UndoingFace:
        """Undo of what went out already."""

    @property
    def readiness(self) -> ReadinessFace:
        """What this org lets this user do."""


class DeskFace(DeskStateFace, DeskWorkFace, Protocol):
    """Everything a screen may ask."""

    def person(self, target_id: str, /) -> Person | None:
        """Return a person."""

    def tracker(self, tracker_id: str, /) -> Tracker | None:
        """Return a tracker."""

    def trackers_of(self, target_id: str, /) -> list[Tracker]:
        """Return a person's trackers, active first."""

    def current_step(self, tracker_id: str, /) -> StepTracker | None:
        """Return where a tracker stands now."""

    def operations_of(self, target_id: str, /) -> list[Operation]:
        """Return a person's operations, newest first."""

    def open_operations(self) -> list[Operation]:
        """Return the outbox, newest first."""

    async def step_history(self, target_id: str, /) -> list[StepTracker]:
        """Return all steps of a person, newest first."""

    def cadences(self) -> list[Cadence]:
        """Return the cadences."""

    def reps(self) -> list[Rep]:
        """Return the reps."""

    def call_results(self) -> list[CallResult]:
        """Return the call results in order."""

    def dispositions(self) -> list[str]:
        """Return the cadence dispositions."""

    async def list_views(self) -> list[ListView]:
        """Return the list views."""

    async def people_of_view(self, view: ListView, /) -> frozenset[str]:
        """Return whom a list view holds."""

    async def refresh(self) -> None:
        """Catch up now."""

    @property
    def last_whole(self) -> str:
        """When everything was read or compared last, in a sentence."""

    async def read_everything(self) -> str:
        """Read every list in full; return a sentence about it."""


class TasksFace(Protocol):
    """The way a widget starts a coroutine: bridge.tasks.TaskRunner fits."""

    def start(
        self,
        owner: QObject,
        coro: Coroutine[Any, Any, object],
        *,
        name: str,
        then: str = "",
        failed: str = "",
        sender: Any = None,
    ) -> Any:
        """Run it; call the owner's method `then` with the value, or `failed` with a DeskError."""
