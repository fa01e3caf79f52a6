"""An org in memory behind the OrgGateway port, with a fate for every request: lost, late, refused, busy, rolled back."""

from __future__ import annotations

import contextlib
from collections import Counter, deque
from dataclasses import dataclass, field, fields, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from cadence_desk.domain.calls import CallResult, CallScript, CallTask, TaskStatus
from cadence_desk.domain.errors import AnswerUnreadable, DeskError, OrgRefused, SignedOut, Unreachable
from cadence_desk.domain.lookups import LookedUp, LookUp, StepTaskWrite
from cadence_desk.domain.orgs import (
    ActionDescription,
    ActionInput,
    ApiUsage,
    Capabilities,
    FieldDescription,
    Identity,
    ObjectDescription,
)
from cadence_desk.domain.people import PersonKind, Rep
from cadence_desk.domain.ports import ActionAnswer, ActionOutcome, PeopleScope, RecordStamp
from cadence_desk.domain.record_ids import RecordId
from tests.engine.fates import WIRES, Fate, error_of
from tests.engine.model_actions import ACTIONS, refuse_target
from tests.engine.model_world import COLLEAGUE, ME, OPEN_RUN, ModelWorld, record_id, task_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.people import ListView, Person
    from cadence_desk.domain.trackers import StepTracker, Tracker

T = TypeVar("T")
IDENTITY = Identity(record_id("00D", 1), ME, "rep@example.org", "Robin Rep", "https://org.example")
PAGE = 100
LATE_SECONDS = 300.0


@dataclass
class ModelOrg:
    """Implements OrgGateway; `fates` are used up by writes, `read_errors` by reads."""

    world: ModelWorld
    user: Identity = IDENTITY
    contract: str = "documented"
    partial_save: bool = True
    fates: deque[Fate] = field(default_factory=deque)
    fate: Callable[[], Fate] = lambda: Fate.OK
    read_errors: deque[DeskError | None] = field(default_factory=deque)
    link_down: bool = False
    signed_out: bool = False
    daily: tuple[int, int] = (0, 0)
    """Calls used and allowed, as the org says; (0, 0) when it does not."""
    late_seconds: float = LATE_SECONDS
    steps_have_tasks: bool = False
    refused_targets: dict[str, tuple[str, str]] = field(default_factory=dict)
    calls: Counter[str] = field(default_factory=Counter)
    sent: list[tuple[str, int]] = field(default_factory=list)
    met: Counter[Fate] = field(default_factory=Counter)
    answers: dict[str, Any] = field(default_factory=dict)
    """The last answer of each sort of request: what a STALE one gets to see."""
    boundary: Callable[[str], None] = lambda _where: None
    """Called before a write reaches the org, and after its commit before the answer leaves."""
    before_read: Callable[[str], None] = lambda _what: None
    after_read: Callable[[str], None] = lambda _what: None
    before_write: Callable[[], object] = lambda: None
    takes_composites: bool = False
    """What changed and was deleted since a time is then answered by one call, as of that moment."""
    ahead: dict[str, Any] = field(default_factory=dict)
    ids_at_once: int = 1_000
    odd: set[str] = field(default_factory=set)
    """Records whose rows cannot be read where operations ask for them."""

    # ------------------------------------------------------------ requests and their fates

    def _read(self, what: str, answer: Callable[[], T]) -> T:
        if what in self.ahead:
            return self.ahead.pop(what)  # type: ignore[no-any-return]
        with self.world.lock:
            self.world.catch_up()
            self.calls[what] += 1
            self.before_read(what)
            self._stand_in_the_way()
            if self.read_errors and (error := self.read_errors.popleft()) is not None:
                raise error
            found = answer()
            self.after_read(what)
            return found if not self.odd or " all" in what or " since" in what else self._readable(found)

    def _readable(self, found: T) -> T:
        """Return what can be read of an answer; a look-up leaves out what holds an odd row."""
        if isinstance(found, LookedUp):
            gone = {one.name: None for one in fields(found) if self._is_odd(getattr(found, one.name))}
            return replace(found, **gone)
        if self._is_odd(found):
            raise AnswerUnreadable
        return found

    def _is_odd(self, found: object) -> bool:
        rows = found if isinstance(found, list) else [found]
        return any(getattr(row, "id", "") in self.odd for row in rows)

    def _stand_in_the_way(self) -> None:
        if self.link_down:
            raise Unreachable
        if self.signed_out:
            raise SignedOut

    def _write(self, what: str, size: int, commit: Callable[[], T]) -> T:
        self.before_write()
        with self.world.lock:
            self.world.catch_up()
            self.calls[what] += 1
            self._stand_in_the_way()
            fate = self.fates.popleft() if self.fates else self.fate()
            self.sent.append((what, size))
            self.met[fate] += 1
            self.boundary(f"before {what}")
            return self._meet(fate, what, commit)

    def _meet(self, fate: Fate, what: str, commit: Callable[[], T]) -> T:
        if fate is Fate.LATE:
            self.world.late.append((self.world.clock.org_time() + self.late_seconds, partial(_later, commit)))
            self.boundary(f"after {what}")
            raise error_of(fate)
        wire = WIRES.get(fate)
        if wire is None:
            answer = commit()
            self.boundary(f"after {what}")
            before, self.answers[what] = self.answers.get(what, answer), answer
            return before if fate is Fate.STALE else answer
        if wire.carried_out:
            _later(commit)
        self.boundary(f"after {what}")
        self.world.clock.advance(wire.seconds)
        raise error_of(fate)

    def run_action(self, name: str, inputs: Sequence[Mapping[str, object]]) -> ActionAnswer:
        assert self.capabilities_now().offers(name), name
        return self._write(name, len(inputs), lambda: self._carry_out(name, inputs))

    def _carry_out(self, name: str, inputs: Sequence[Mapping[str, object]]) -> ActionAnswer:
        """One outcome per input; where partial saving is off, one failure takes all others back."""
        kept = {part: getattr(self.world, part).copy() for part in ("trackers", "steps", "tasks", "created")}
        tell = self.world.tell
        told: list[tuple[str, list[ChangeEvent]]] = []
        self.world.tell = lambda topic, events: told.append((topic, events))
        outcomes = []
        for one in inputs:
            refusal = self.refused_targets.get(str(one.get("targetId", ""))) or ACTIONS[name](self.world, one)
            outcomes.append(ActionOutcome(refusal is None, *(refusal or ("", ""))))
        self.world.tell = tell
        if not self.partial_save and any(not one.ok for one in outcomes):
            for part, before in kept.items():
                setattr(self.world, part, before)
        else:
            for topic, events in told:
                tell(topic, events)
        return ActionAnswer(tuple(outcomes))

    def create_task(self, values: Mapping[str, object], op_key: str) -> RecordId:
        return self._write("create task", 1, lambda: self._create_task(values, op_key))

    def _create_task(self, values: Mapping[str, object], op_key: str) -> RecordId:
        known = [one for one in self.world.tasks.values() if one.op_key == op_key]
        if self.world.has_key_field and known:
            self.world.put_task(task_of(values, known[0]))
            return known[0].id
        refuse_target(self.world, str(values.get("WhoId", "")))
        empty = CallTask(self.world.new_id("00T"), op_key=op_key, status="Open", created=self.world.now())
        return self.world.put_task(task_of(values, empty)).id

    @property
    def expects_step_tasks(self) -> bool:
        return self.steps_have_tasks

    def update_step_task(
        self, step_id: RecordId, task_id: RecordId | None, values: Mapping[str, object]
    ) -> StepTaskWrite:
        what = "update task" if task_id else "find and update task"
        return self._write(what, 1, lambda: self._update_step_task(step_id, task_id, values))

    def _update_step_task(
        self, step_id: RecordId, task_id: RecordId | None, values: Mapping[str, object]
    ) -> StepTaskWrite:
        found = task_id or next((one.id for one in self._tasks_of([step_id]) if not one.is_closed), None)
        if found is not None:
            self._update_task(found, values)
        return StepTaskWrite(step_id, found or "", self.world.steps.get(step_id))

    def _tasks_of(self, step_ids: Sequence[str]) -> list[CallTask]:
        found = [one for one in self.world.tasks.values() if one.step_tracker_id in step_ids]
        self.steps_have_tasks = bool(found)
        return found

    def _update_task(self, task_id: str, values: Mapping[str, object]) -> None:
        known = self.world.tasks.get(task_id)
        if known is None:
            raise OrgRefused("gone", server_code="ENTITY_IS_DELETED", server_text="entity is deleted")
        self.world.put_task(task_of(values, known))

    def delete_task(self, task_id: RecordId) -> None:
        self._write("delete task", 1, lambda: self._delete_task(task_id))

    def _delete_task(self, task_id: str) -> None:
        if task_id not in self.world.tasks:
            raise OrgRefused("gone", server_code="ENTITY_IS_DELETED", server_text="entity is deleted")
        self.world.delete("Task", task_id)

    # ------------------------------------------------------------ reads

    def identity(self) -> Identity:
        return self.user

    def capabilities(self) -> Capabilities:
        return self._read("capabilities", self.capabilities_now)

    def capabilities_now(self) -> Capabilities:
        names = set(ACTIONS) - ({"completeActionCadenceStep"} if self.contract == "documented" else set())
        inputs = (ActionInput("targetId"), ActionInput("relatedToId"))
        fields = {"CompletionDisposition": _picklist("Success", "Bad Data")}
        task = {"CD_Op_Id__c": FieldDescription("CD_Op_Id__c", "Key", "string", createable=True,
                                                external_id=True, unique=True)}  # fmt: skip
        return Capabilities(
            "65.0",
            {name: ActionDescription(name, name, inputs) for name in sorted(names)},
            {
                "ActionCadence": ObjectDescription("ActionCadence", "Cadence", "77C", {}),
                "ActionCadenceTracker": ObjectDescription("ActionCadenceTracker", "Tracker", "0qB", fields),
                "CallDisposition": ObjectDescription("CallDisposition", "Result", "0hc", {}),
                "Task": ObjectDescription("Task", "Task", "00T", task if self.world.has_key_field else {}),
            },
        )

    def server_now(self) -> datetime:
        return self._read("time", self.world.now)

    def people_pages(self, scope: PeopleScope, since: datetime | None = None) -> Iterator[list[Person]]:
        return self._pages("people", lambda: self._people(scope, converted=since is not None), since)

    def _people(self, scope: PeopleScope, *, converted: bool) -> list[Person]:
        return [
            one for one in self.world.people.values()
            if (scope is PeopleScope.ALL or one.owner_id == ME) and (converted or not one.is_converted)
        ]  # fmt: skip

    def tracker_pages(
        self, since: datetime | None = None, *, active_only: bool = False
    ) -> Iterator[list[Tracker]]:
        return self._pages("trackers", lambda: [
            one for one in self.world.trackers.values() if one.is_active or not active_only
        ], since)  # fmt: skip

    def step_pages(
        self, since: datetime | None = None, *, open_only: bool = False
    ) -> Iterator[list[StepTracker]]:
        return self._pages("steps", lambda: [
            one for one in self.world.steps.values() if one.is_open or not open_only
        ], since)  # fmt: skip

    def _pages(self, what: str, rows: Callable[[], list[T]], since: datetime | None) -> Iterator[list[T]]:
        found = self._read(f"{what} {'since' if since else 'all'}", rows)
        if since is not None:
            found = [row for row in found if (stamp := getattr(row, "modified", None)) and stamp >= since]
        for start in range(0, len(found), PAGE):
            yield self._read(f"page of {what}", partial(list, found[start : start + PAGE]))

    def stamp_pages(self, entity: str, scope: PeopleScope) -> Iterator[list[RecordStamp]]:
        shown: list[Person | Tracker | StepTracker] = list(self.world.trackers.values())
        if entity == "ActionCadenceStepTracker":
            shown = [one for one in self.world.steps.values() if one.is_open]
        elif entity != "ActionCadenceTracker":
            shown = [
                one for one in self.world.people.values()
                if (one.kind is PersonKind.LEAD) is (entity == "Lead") and not one.is_converted
                and (scope is PeopleScope.ALL or one.owner_id == ME)
            ]  # fmt: skip
        stamps = self._read(
            f"stamps of {entity}", lambda: [RecordStamp(one.id, one.modified) for one in shown]
        )
        for start in range(0, len(stamps), PAGE):
            yield self._read(f"page of stamps of {entity}", partial(list, stamps[start : start + PAGE]))

    def read_people(self, ids: Sequence[RecordId]) -> list[Person]:
        return self._read("some people", lambda: _some(self.world.people, ids))

    def read_accounts_as_people(self, ids: Sequence[RecordId]) -> list[Person]:
        return self._read("accounts", lambda: [
            one for one in self.world.people.values() if one.account_id in ids
        ])  # fmt: skip

    def read_trackers(self, ids: Sequence[RecordId]) -> list[Tracker]:
        return self._read("some trackers", lambda: _some(self.world.trackers, ids))

    def read_steps(self, ids: Sequence[RecordId]) -> list[StepTracker]:
        return self._read("some steps", lambda: _some(self.world.steps, ids))

    def trackers_of(self, target_ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        return self._read("trackers of people", lambda: [
            one for one in self.world.trackers.values()
            if one.target_id in target_ids and (one.state in OPEN_RUN or not active_only)
        ])  # fmt: skip

    def steps_of(self, tracker_ids: Sequence[RecordId]) -> list[StepTracker]:
        return self._read("steps of trackers", lambda: [
            one for one in self.world.steps.values() if one.tracker_id in tracker_ids
        ])  # fmt: skip

    def deleted_since(self, entity: str, since: datetime) -> list[RecordId]:
        return self._read(f"deleted {entity}", lambda: self._deleted(entity, since))

    def _deleted(self, entity: str, since: datetime) -> list[RecordId]:
        return [
            RecordId(one)
            for kind, one, at in self.world.deleted
            if kind == entity and at >= since.timestamp()
        ]

    def read_ahead(
        self, scope: PeopleScope, since: datetime, deleted: Sequence[str], deleted_since: datetime
    ) -> None:
        if not self.takes_composites:
            return
        self.ahead = self._read("changes", lambda: {
            **{f"deleted {one}": self._deleted(one, deleted_since) for one in deleted},
            "people since": self._people(scope, converted=True),
            "trackers since": list(self.world.trackers.values()),
            "steps since": list(self.world.steps.values()),
        })  # fmt: skip

    def forget_ahead(self) -> None:
        self.ahead = {}

    def cadences(self) -> list[Cadence]:
        return self._read("cadences", lambda: list(self.world.cadences.values()))

    def call_results(self) -> list[CallResult]:
        return self._read("call results", lambda: [CallResult("Connected"), CallResult("No answer")])

    def task_statuses(self, *, anew: bool = False) -> list[TaskStatus]:
        return self._read(
            "statuses", lambda: [TaskStatus("Open", False, True), TaskStatus("Completed", True)]
        )

    def reps(self) -> list[Rep]:
        return self._read("reps", lambda: [Rep(ME, "Robin Rep"), Rep(COLLEAGUE, "Kim Colleague")])

    def list_views(self) -> list[ListView]:
        return self._read("list views", list)

    def people_of_view(self, view: ListView) -> list[RecordId]:
        return self._read("list view", list)

    def tasks_of_step(self, step_id: RecordId) -> list[CallTask]:
        return self._read("tasks of step", lambda: self._tasks_of([step_id]))

    def look_up(self, wanted: LookUp) -> LookedUp:
        return self._read("look-up", lambda: LookedUp(
            tasks=_some(self.world.tasks, wanted.tasks),
            tasks_of_steps=self._tasks_of(wanted.tasks_of_steps) if wanted.tasks_of_steps else [],
            steps=_some(self.world.steps, wanted.steps),
            trackers=_some(self.world.trackers, wanted.trackers),
            targets=[one for one in self.world.trackers.values() if one.target_id in wanted.targets],
        ))  # fmt: skip

    def find_task(self, op_key: str, who_id: RecordId, since: datetime) -> CallTask | None:
        def look() -> CallTask | None:
            found = [one for one in self.world.tasks.values() if one.op_key == op_key]
            if not self.world.has_key_field:
                found = [
                    one for one in found if one.who_id == who_id and one.created and one.created >= since
                ]
            return found[0] if found else None

        return self._read("task by key", look)

    def read_task(self, task_id: RecordId) -> CallTask | None:
        return self._read("task", lambda: self.world.tasks.get(task_id))

    def call_script(self, step_id: RecordId) -> CallScript | None:
        return self._read("script", lambda: CallScript("Opening", "Hello"))

    def usage(self) -> ApiUsage:
        return ApiUsage(*self.daily, by_purpose=dict(self.calls))

    def renew(self) -> None:
        self._read("renew", lambda: None)

    def sign_out(self) -> bool:
        self.signed_out = True
        return True


def _later(commit: Callable[[], object]) -> None:
    """Carry out what nobody waits for: a refusal is heard by nobody either."""
    with contextlib.suppress(DeskError):
        commit()


def _some(shelf: Mapping[str, T], ids: Sequence[RecordId]) -> list[T]:
    return [shelf[one] for one in ids if one in shelf]


def _picklist(*values: str) -> FieldDescription:
    return FieldDescription(
        "CompletionDisposition", "Disposition", "picklist", picklist=tuple((one, one) for one in values)
    )
