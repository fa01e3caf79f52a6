"""What the model org holds and how it changes: people, cadences, trackers, steps, tasks. In memory, in one thread at a time."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.cadences import Cadence, CadenceStep
from cadence_desk.domain.calls import CallTask
from cadence_desk.domain.changes import ChangeEvent, ChangeType
from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.record_ids import RecordId, checksum
from cadence_desk.domain.trackers import StepTracker, Tracker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.engine.virtual_time import SteeredClock

TRACKER, STEP, TASK, LEAD = "ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead"
OPEN_RUN = frozenset({"Running", "Paused", "Processing", "Initializing"})


def record_id(prefix: str, number: int) -> RecordId:
    """Return a well-formed id."""
    short = f"{prefix}{number:012d}"
    return RecordId(short + checksum(short))


CADENCE = record_id("77C", 1)
OTHER_CADENCE = record_id("77C", 2)
ME = record_id("005", 1)
COLLEAGUE = record_id("005", 2)


def lead(number: int) -> RecordId:
    return record_id("00Q", number)


def cadence(identity: RecordId, name: str, *titles: str) -> Cadence:
    """Return an active cadence whose steps are calls, or waits where the title says so."""
    steps = tuple(
        CadenceStep(
            record_id("8HS", int(identity[3:15]) * 100 + number),
            identity,
            f"step_{number}",
            title,
            "Wait" if title.startswith("Wait") else "MakeACall",
            parent_step_name=f"step_{number - 1}" if number else "",
        )
        for number, title in enumerate(titles)
    )
    return Cadence(identity, name, "Active", steps=steps)


@dataclass
class ModelWorld:
    """The records of the org, changed only by committed writes."""

    clock: SteeredClock
    has_key_field: bool = False
    makes_step_tasks: bool = False
    people: dict[str, Person] = field(default_factory=dict)
    cadences: dict[str, Cadence] = field(default_factory=dict)
    trackers: dict[str, Tracker] = field(default_factory=dict)
    steps: dict[str, StepTracker] = field(default_factory=dict)
    tasks: dict[str, CallTask] = field(default_factory=dict)
    deleted: list[tuple[str, str, float]] = field(default_factory=list)
    late: list[tuple[float, Callable[[], object]]] = field(default_factory=list)
    tell: Callable[[str, list[ChangeEvent]], None] = lambda _topic, _events: None
    created: Counter[str] = field(default_factory=Counter)
    inactive_users: set[str] = field(default_factory=set)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _number: int = 100
    _commits: int = 0

    # ------------------------------------------------------------ time

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.clock.org_time(), tz=UTC)

    def catch_up(self) -> None:
        """Carry out what a request left running when its client gave up."""
        due = [one for one in self.late if one[0] <= self.clock.org_time()]
        self.late = [one for one in self.late if one[0] > self.clock.org_time()]
        for _, commit in sorted(due, key=lambda one: one[0]):
            commit()

    # ------------------------------------------------------------ making and changing records

    def new_id(self, prefix: str) -> RecordId:
        self._number += 1
        return record_id(prefix, self._number)

    def add_lead(self, number: int, **values: object) -> Person:
        name = f"Person {number}"
        given: dict[str, object] = {
            "email": f"p{number}@example.org", "phone": f"+49 30 {number}", "owner_id": ME, **values,
        }  # fmt: skip
        person = Person(lead(number), PersonKind.LEAD, name, modified=self.now(), **given)  # type: ignore[arg-type]
        self.people[person.id] = person
        return person

    def enroll(self, target: str, cadence_id: str, owner: str = ME, start: str = "") -> Tracker:
        known = self.cadences[cadence_id]
        person = self.people[target]
        tracker = Tracker(
            self.new_id("0qB"), RecordId(target), RecordId(cadence_id), "Running", is_active=True,
            target_type="Lead", target_name=person.name, cadence_name=known.name, owner_id=owner,
            owner_name="", created=self.now(), modified=self.now(), last_modified=self.now(),
        )  # fmt: skip
        self.created[f"{target}|{cadence_id}"] += 1
        self.trackers[tracker.id] = tracker
        first = next((one for one in known.steps if one.step_name == start), known.steps[0])
        step = self._reach(tracker, first)
        self.trackers[tracker.id] = tracker = replace(tracker, **_at(step))  # type: ignore[arg-type]
        self._report(TRACKER, tracker.id, ChangeType.CREATE, _tracker_values(tracker))
        return tracker

    def _reach(self, tracker: Tracker, planned: CadenceStep) -> StepTracker:
        step = StepTracker(
            self.new_id("8HF"), tracker.id, "Active", planned.type, planned.title, target_id=tracker.target_id,
            cadence_id=tracker.cadence_id, cadence_step_id=planned.id, created=self.now(), modified=self.now(),
            due=self.now(), last_modified=self.now(),
        )  # fmt: skip
        self.steps[step.id] = step
        self._report(STEP, step.id, ChangeType.CREATE, _step_values(step))
        if self.makes_step_tasks and planned.type == "MakeACall":
            self.put_task(CallTask(self.new_id("00T"), who_id=tracker.target_id, subject=step.title,
                                   status="Open", step_tracker_id=step.id, created=self.now()))  # fmt: skip
        return step

    def change_tracker(self, tracker_id: str, **values: object) -> Tracker:
        changed = replace(
            self.trackers[tracker_id], modified=self.now(), last_modified=self.now(), **values  # type: ignore[arg-type]
        )  # fmt: skip
        changed = replace(changed, is_active=changed.state in OPEN_RUN)
        before = _tracker_values(self.trackers[tracker_id])
        self.trackers[tracker_id] = changed
        self._report(TRACKER, tracker_id, ChangeType.UPDATE, _difference(before, _tracker_values(changed)))
        return changed

    def change_step(self, step_id: str, **values: object) -> None:
        step = self.steps[step_id]
        changed = replace(step, modified=self.now(), last_modified=self.now(), **values)  # type: ignore[arg-type]
        self.steps[step_id] = changed
        self._report(STEP, step_id, ChangeType.UPDATE, _difference(_step_values(step), _step_values(changed)))

    def finish_step(self, step_id: str, reason: str) -> None:
        """Close a step and move its tracker on: to the next step, or to its end."""
        step = self.steps[step_id]
        closed = replace(
            step, state="Completed", completion_reason=reason, completion_date=self.now(), modified=self.now(),
            last_modified=self.now(),
        )  # fmt: skip
        self.steps[step_id] = closed
        self._report(STEP, step_id, ChangeType.UPDATE, _difference(_step_values(step), _step_values(closed)))
        tracker = self.trackers[step.tracker_id]
        titles = list(self.cadences[tracker.cadence_id].steps)
        place = next(number for number, one in enumerate(titles) if one.id == step.cadence_step_id)
        if place + 1 < len(titles):
            following = self._reach(tracker, titles[place + 1])
            self.change_tracker(tracker.id, **_at(following), last_completed_step_id=step_id)
        else:
            self.change_tracker(tracker.id, state="Complete", completion_reason="NoMoreSteps")

    def put_task(self, task: CallTask) -> CallTask:
        kind = ChangeType.UPDATE if task.id in self.tasks else ChangeType.CREATE
        if kind is ChangeType.CREATE and task.op_key:
            self.created[task.op_key] += 1
        task = replace(task, modified=self.now())
        self.tasks[task.id] = task
        values = {"WhoId": task.who_id, "CallDisposition": task.call_result or None}
        self._report(TASK, task.id, kind, {name: value for name, value in values.items() if value})
        return task

    def change_person(self, person_id: str, **values: object) -> None:
        self.people[person_id] = replace(self.people[person_id], modified=self.now(), **values)  # type: ignore[arg-type]
        names = {
            "title": "Title",
            "email": "Email",
            "phone": "Phone",
            "status": "Status",
            "owner_id": "OwnerId",
        }
        told = {names[name]: value for name, value in values.items() if name in names}
        self._report(LEAD, person_id, ChangeType.UPDATE, {**told, **({} if told else {"LastName": "x"})})

    def report_created(self, person_id: str) -> None:
        self._report(LEAD, person_id, ChangeType.CREATE, {"OwnerId": self.people[person_id].owner_id})

    def delete(self, entity: str, identity: str) -> None:
        shelf: Any = {TRACKER: self.trackers, STEP: self.steps, TASK: self.tasks, LEAD: self.people}[entity]
        del shelf[identity]
        self.deleted.append((entity, identity, self.clock.org_time()))
        self._report(entity, identity, ChangeType.DELETE, {})

    def _report(self, entity: str, identity: str, kind: ChangeType, values: Mapping[str, object]) -> None:
        self._commits += 1
        millis = int(self.clock.org_time() * 1000)
        told = {**values, "LastModifiedDate": millis} if kind is not ChangeType.DELETE else {}
        event = ChangeEvent(
            event_id=f"event-{self._commits}", entity=entity, record_id=identity, type=kind, commit_ms=millis,
            commit_number=self._commits, sequence=1, changed=frozenset(told),
            nulled=frozenset(name for name, value in told.items() if value is None), values=told,
        )  # fmt: skip
        self.tell(f"/data/{entity}ChangeEvent", [event])

    # ------------------------------------------------------------ questions of the tests

    def active(self, target: str, cadence_id: str = CADENCE) -> list[Tracker]:
        return [
            one for one in self.trackers.values()
            if one.target_id == target and one.cadence_id == cadence_id and one.is_active
        ]  # fmt: skip

    def calls(self, target: str) -> list[CallTask]:
        return [one for one in self.tasks.values() if one.who_id == target and one.is_closed]

    def doubles(self) -> list[str]:
        """Return keys under which more than one record was ever made."""
        return sorted(key for key, count in self.created.items() if count > 1)


def _at(step: StepTracker) -> dict[str, object]:
    return {"current_step_id": step.id, "current_step_title": step.title, "current_step_type": step.type}


def task_of(values: Mapping[str, object], before: CallTask) -> CallTask:
    """Return a task with the values a client wrote."""
    names = {"Subject": "subject", "Status": "status", "CallDisposition": "call_result", "Description": "notes",
             "CallDurationInSeconds": "duration_seconds", "WhoId": "who_id"}  # fmt: skip
    found = {names[name]: value for name, value in values.items() if name in names}
    task = replace(before, **found)  # type: ignore[arg-type]
    due = values.get("ActivityDate")
    return replace(
        task,
        is_closed=task.status == "Completed",
        due=date.fromisoformat(str(due)) if due else before.due,
    )


def _millis(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp() * 1000)


def _tracker_values(one: Tracker) -> dict[str, object]:
    return {
        "State": one.state, "OwnerId": one.owner_id, "ActionCadenceId": one.cadence_id, "TargetId": one.target_id,
        "CurrentStepId": one.current_step_id or None, "CompletionReason": one.completion_reason or None,
        "CompletionDisposition": one.completion_disposition or None, "CreatedDate": _millis(one.created),
        "LastCompletedStepId": one.last_completed_step_id or None,
    }  # fmt: skip


def _step_values(one: StepTracker) -> dict[str, object]:
    return {
        "State": one.state, "StepType": one.type, "StepTitle": one.title, "ActionCadenceTrackerId": one.tracker_id,
        "TargetId": one.target_id, "ActionCadenceId": one.cadence_id, "ActionCadenceStepId": one.cadence_step_id,
        "CompletionReason": one.completion_reason or None, "DueDateTime": _millis(one.due),
        "CreatedDate": _millis(one.created),
    }  # fmt: skip


def _difference(before: Mapping[str, object], after: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in after.items() if before.get(name) != value}
