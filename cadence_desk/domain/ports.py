"""Ports: what the engine needs from outside, as protocols. Implemented by salesforce, settings and small fakes.

Every OrgGateway method blocks and is called inside a lane, never on the loop thread.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from concurrent.futures import Future
    from datetime import datetime

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallResult, CallScript, CallTask, TaskStatus
    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.errors import DeskError
    from cadence_desk.domain.lookups import LookedUp, LookUp, StepTaskWrite
    from cadence_desk.domain.orgs import ApiUsage, Capabilities, Identity, OrgProfile
    from cadence_desk.domain.people import ListView, Person, Rep
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import StepTracker, Tracker

T = TypeVar("T")


class Clock(Protocol):
    """Time. `wall` is Unix seconds, `monotonic` never goes back."""

    def wall(self) -> float:
        """Return Unix seconds."""

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back."""


class Entropy(Protocol):
    """Randomness."""

    def token(self, size: int) -> bytes:
        """Return `size` random bytes."""

    def uniform(self, low: float, high: float) -> float:
        """Return a number between low and high."""


class SecretStore(Protocol):
    """Small secrets by name; every method may block on a prompt and raise SecretError."""

    @property
    def durable(self) -> bool:
        """False when what is stored ends with the session."""

    def read(self, name: str) -> str | None:
        """Return the secret or None."""

    def write(self, name: str, value: str) -> None:
        """Store the secret."""

    def delete(self, name: str) -> None:
        """Forget the secret; absent is fine."""


class KeptSignIn(Protocol):
    """A stored sign-in that may live in memory only, because the secret store did not take its successor."""

    @property
    def unsaved(self) -> bool:
        """True while what is stored is spent, and the next start would ask to sign in."""

    def store_again(self) -> None:
        """Try to store it once more; blocks, raises nothing when it cannot be done yet."""


class LaneName(Enum):
    """The named lanes of blocking calls (at most 4 workers per user in all)."""

    INTERACTIVE = "interactive"
    BULK = "bulk"
    READ = "read"
    KEYS = "keys"


class Lanes(Protocol):
    """Runs blocking calls in named daemon threads."""

    def run(self, lane: LaneName, call: Callable[[], T]) -> Future[T]:
        """Queue a call and return its future."""

    def close(self, timeout: float) -> None:
        """Stop taking calls and wait at most `timeout` seconds for the running ones."""


@dataclass(frozen=True, slots=True)
class ActionOutcome:
    """One element of an action's answer, in input order."""

    ok: bool
    code: str = ""
    message: str = ""
    outputs: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class ActionAnswer:
    """A whole answer. `mixed` is True when some elements failed: its successes may have been rolled back."""

    outcomes: tuple[ActionOutcome, ...]
    server_date: datetime | None = None

    @property
    def mixed(self) -> bool:
        """True when the answer holds both successes and failures."""
        return len({outcome.ok for outcome in self.outcomes}) > 1


class PeopleScope(Enum):
    """Which people a snapshot covers."""

    MINE = "mine"
    ALL = "all"


class RecordStamp(NamedTuple):
    """A record's id and when it last changed; None where the org does not show that."""

    id: RecordId
    modified: datetime | None


class SessionGateway(Protocol):
    """Who is signed in, what can be used, and the meter. All methods block; all raise DeskError."""

    def identity(self) -> Identity:
        """Return who is signed in."""

    def capabilities(self) -> Capabilities:
        """Describe actions and objects and return what can be used."""

    def server_now(self) -> datetime:
        """Return the org's own time, from the Date of its last answer or a cheap call."""

    def usage(self) -> ApiUsage:
        """Return the API meter."""

    def renew(self) -> None:
        """Renew the session now (single flight). Raises SignedOut when that is over."""

    def sign_out(self) -> bool:
        """Revoke and forget the tokens; return False when the org did not confirm the revoke."""


class RecordGateway(Protocol):
    """People, trackers and steps, in pages and by id. All methods block; all raise DeskError."""

    def people_pages(self, scope: PeopleScope, since: datetime | None = None) -> Iterator[list[Person]]:
        """Yield people in pages, oldest change first when `since` is given (SystemModstamp >= since)."""

    def tracker_pages(
        self, since: datetime | None = None, *, active_only: bool = False
    ) -> Iterator[list[Tracker]]:
        """Yield trackers in pages."""

    def step_pages(
        self, since: datetime | None = None, *, open_only: bool = False
    ) -> Iterator[list[StepTracker]]:
        """Yield step trackers in pages."""

    def stamp_pages(self, entity: str, scope: PeopleScope) -> Iterator[list[RecordStamp]]:
        """Yield id and time of change of every record that a whole read of this entity shows (of steps the open ones)."""

    def read_people(self, ids: Sequence[RecordId]) -> list[Person]:
        """Read leads and contacts by id (any number; chunked); a deleted one comes with is_deleted, unknown ones are left out."""

    def read_accounts_as_people(self, ids: Sequence[RecordId]) -> list[Person]:
        """Read person accounts by account id, as the people they are; business accounts are left out."""

    def read_trackers(self, ids: Sequence[RecordId]) -> list[Tracker]:
        """Read trackers by id (any number; chunked)."""

    def read_steps(self, ids: Sequence[RecordId]) -> list[StepTracker]:
        """Read step trackers by id (any number; chunked)."""

    def trackers_of(self, target_ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        """Read the trackers of some targets; active means IsTrackerActive."""

    def steps_of(self, tracker_ids: Sequence[RecordId]) -> list[StepTracker]:
        """Read all step trackers of some trackers, oldest first."""

    def deleted_since(self, entity: str, since: datetime) -> list[RecordId]:
        """Return ids deleted since then (getDeleted)."""

    def read_ahead(
        self, scope: PeopleScope, since: datetime, deleted: Sequence[str], deleted_since: datetime
    ) -> None:
        """Ask by one call, where that can be, for what the pages since that time and the deletions of some objects hold."""

    def forget_ahead(self) -> None:
        """Drop what was read ahead and not asked for. Does not block."""


class ReferenceGateway(Protocol):
    """What changes rarely: cadences, call results, statuses, reps, list views. All methods block; all raise DeskError."""

    def cadences(self) -> list[Cadence]:
        """Return all cadences with their live structure."""

    def call_results(self) -> list[CallResult]:
        """Return the call results in the org's order, with the outcome each maps to."""

    def task_statuses(self, *, anew: bool = False) -> list[TaskStatus]:
        """Return the org's task statuses, remembered for a while unless they are wanted anew."""

    def reps(self) -> list[Rep]:
        """Return users who may be assignees; `can_work` is None where permissions cannot be read."""

    def list_views(self) -> list[ListView]:
        """Return the user's list views of leads and contacts."""

    def people_of_view(self, view: ListView) -> list[RecordId]:
        """Return the ids a list view holds, in its order."""


class WorkGateway(Protocol):
    """Actions and tasks: the only ways anything is written. All methods block; all raise DeskError."""

    def run_action(self, name: str, inputs: Sequence[Mapping[str, object]]) -> ActionAnswer:
        """Run an action. Inputs use the documented names; the adapter maps them to what the org describes."""

    def tasks_of_step(self, step_id: RecordId) -> list[CallTask]:
        """Return the tasks that carry this step tracker's link."""

    def find_task(self, op_key: str, who_id: RecordId, since: datetime) -> CallTask | None:
        """Return the task written under this key: by the unique key field, else by marker among recent own tasks."""

    def read_task(self, task_id: RecordId) -> CallTask | None:
        """Read one task; None when it is gone."""

    def create_task(self, values: Mapping[str, object], op_key: str) -> RecordId:
        """Create a task under a key: upsert where the org has the unique key field, else create with a marker."""

    @property
    def expects_step_tasks(self) -> bool:
        """True when the last step that was looked at had a task of the platform's, and one call can find and write it."""

    @property
    def ids_at_once(self) -> int:
        """About how many ids one call looks up."""

    def look_up(self, wanted: LookUp) -> LookedUp:
        """Read several things at once, by one call where the org takes that."""

    def update_step_task(
        self, step_id: RecordId, task_id: RecordId | None, values: Mapping[str, object]
    ) -> StepTaskWrite:
        """Write into a step's own open task and read the step after it; without an id the request finds the task itself."""

    def delete_task(self, task_id: RecordId) -> None:
        """Delete one task; a missing one is refused."""

    def call_script(self, step_id: RecordId) -> CallScript | None:
        """Return the script the org selects for a call step, as plain text; None when there is none."""


class OrgGateway(SessionGateway, RecordGateway, ReferenceGateway, WorkGateway, Protocol):
    """Everything the engine asks of an org. All methods block; all raise DeskError."""


class DescribeMemory(Protocol):
    """Describes that outlive a start, so that unchanged ones cost no body. Long texts: called inside a lane."""

    def recall(self, text: str) -> None:
        """Take the place of what is kept; an empty or odd text forgets everything."""

    def remembered(self) -> str:
        """Return what is kept, as a text for the cache file; empty when there is nothing."""


class FeedSink(Protocol):
    """Where a feed delivers; called on feed threads, must not block."""

    def feed_started(self, topic: str) -> None:
        """The server has taken the stream on: what happens from now on will be delivered."""

    def feed_events(self, topic: str, events: Sequence[ChangeEvent], mark: bytes) -> None:
        """Events of one response, in order, with the mark to store once they are applied."""

    def feed_alive(self, topic: str, mark: bytes) -> None:
        """A keepalive with its newer mark."""

    def feed_ended(self, topic: str, error: DeskError | None, *, mark_unusable: bool) -> None:
        """The stream is over; `mark_unusable` says that the stored mark cannot be resumed from."""


class FeedHandle(Protocol):
    """A running subscription."""

    def stop(self, timeout: float) -> None:
        """Cancel and join at most `timeout` seconds."""


class ChangeFeed(Protocol):
    """Opens subscriptions to change events."""

    def open(self, topic: str, mark: bytes | None, sink: FeedSink) -> FeedHandle:
        """Subscribe in a thread: from after `mark`, or from now when it is None."""


class SignInFlow(Protocol):
    """Gets a session for a profile."""

    def resume(self, profile: OrgProfile) -> Identity | None:
        """Renew from a stored refresh token; None when there is none. Blocks."""

    def sign_in(
        self, profile: OrgProfile, open_page: Callable[[str], None], cancelled: Callable[[], bool]
    ) -> Identity:
        """Run the browser flow: hands the authorize address to `open_page` and waits. Blocks."""
