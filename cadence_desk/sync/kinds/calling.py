"""Log call, follow-up task, and the original brief's one action that does both where the org lists it.

A call becomes a Task: the one the step generated when there is one, else a new one under the operation's key.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.errors import AnswerUnreadable, Executed, OrgRefused
from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.protection import PROTECTION_WORDS, Protection
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.kinds.deleting import deletion, is_as_written, written_by
from cadence_desk.sync.kinds.kind import (
    Checked,
    Finding,
    Inverse,
    OperationKind,
    Prepared,
    Reversibility,
    Sent,
    Surroundings,
    evidence_of,
    number_of,
    sent_parts,
    text_of,
)
from cadence_desk.sync.kinds.stepping import one_step, where_next
from cadence_desk.sync.org_time import sent_org_time, sent_since

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway

OWN_TASK = "own_task"
"""Evidence: the call goes onto the task that the platform made for the step."""
SEEN = "1"
UNSEEN = "unseen"
"""Of OWN_TASK: that task was looked at before the send, or the same request was to find it and to write it."""


class LogCallKind(OperationKind):
    """Writes the call into a Task."""

    kind = Kind.LOG_CALL

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        steps = () if _goes_unseen(gateway, operation) else _step_of(operation)
        return LookUp(tasks=_task_of(operation), tasks_of_steps=steps, steps=steps)

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        tasks = _task_of(operation)
        return LookUp(tasks=tasks, tasks_of_steps=() if tasks else _step_of(operation))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        if _goes_unseen(gateway, operation):
            return Prepared(evidence={"task_id": "", OWN_TASK: UNSEEN})
        written = _find(gateway, operation)
        own = evidence_of(operation, OWN_TASK) == SEEN
        if written is not None and (not own or _matches(written, operation)):
            # A task under our key was written by an earlier attempt: whatever it says now is somebody's later edit.
            return Prepared(done=True, evidence=_evidence(written, operation))
        if written is not None and not written.is_closed:
            return Prepared(evidence=_evidence(written, operation))
        open_steps: tuple[str, ...] = ()
        for step_id in _step_of(operation):
            # The platform may have made the task itself (setting enableTaskLoggingPref): look before creating another.
            tasks = [task for task in gateway.tasks_of_step(step_id) if not task.is_closed]
            if tasks:
                return Prepared(evidence={"task_id": tasks[0].id, OWN_TASK: SEEN})
            step = one_step(gateway, step_id)
            open_steps = (step_id,) if step is not None and step.is_open else ()
        return Prepared(evidence={"task_id": "", OWN_TASK: ""}, open_steps=open_steps)

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        return [_told_anew(gateway, operation, self._send_one) for operation in operations]

    def _send_one(self, gateway: OrgGateway, operation: Operation, status: str) -> Sent:
        values = _task_values(operation, status)
        task_id = evidence_of(operation, "task_id")
        if task_id or evidence_of(operation, OWN_TASK):
            (step_id,) = _step_of(operation)
            written = gateway.update_step_task(step_id, RecordId(task_id) if task_id else None, values)
            if written.step_id != step_id:
                raise AnswerUnreadable("The answer is about another step.", executed=Executed.UNKNOWN)
            if written.task_id:
                open_steps = (step_id,) if written.step is not None and written.step.is_open else ()
                evidence = {"task_id": written.task_id, OWN_TASK: SEEN}
                return Sent(ok=True, server_id=written.task_id, evidence=evidence, open_steps=open_steps)
        values |= {"WhoId": operation.target_id, "TaskSubtype": "Call"}
        created = gateway.create_task(values, operation.op_id)
        return Sent(ok=True, server_id=created, evidence={"task_id": created, OWN_TASK: ""})

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        task = _find(gateway, operation)
        if task is None:
            return Checked(Finding.ABSENT, _left_open(gateway, operation))
        if _matches(task, operation):
            return Checked(Finding.PRESENT, {**_evidence(task, operation), "status": task.status})
        if evidence_of(operation, OWN_TASK) == SEEN and not task.is_closed:
            return Checked(Finding.ABSENT)
        return Checked(Finding.AMBIGUOUS, why="the task was changed by someone else")

    @override
    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        # A request that was to find its task may find one that is not there yet.
        own = evidence_of(operation, OWN_TASK)
        return own == SEEN or (keyed and own != UNSEEN)

    @override
    def protection(self, *, keyed: bool) -> str:
        return _task_protection(keyed=keyed)

    @override
    def invert(self, operation: Operation) -> Kind | None:
        mine = evidence_of(operation, "task_id") and not evidence_of(operation, OWN_TASK)
        return Kind.DELETE_TASK if mine else None

    @override
    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        if self.invert(operation) is None:
            return super().inverse(operation, now)
        task = now.tasks.get(evidence_of(operation, "task_id"))
        written = written_by(operation, closed=True)
        if task is None:
            return "Its task is no longer there."
        if "notes" not in operation.payload:
            return "Its text is no longer kept here, so it cannot be told whether somebody changed the task."
        if not is_as_written(task, written):
            return "Its task was changed since."
        stays = (
            "; the step that was completed with it stays completed" if text_of(operation, "step_id") else ""
        )
        return deletion(task, written, f"Delete the logged call{stays}")

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        if evidence_of(operation, OWN_TASK):
            return Reversibility.NOT, "the call is on the step's own task, and a finished step stays finished"
        return Reversibility.PARTLY, "the task can be deleted again; a step completed with it stays completed"


class CompleteCallKind(OperationKind):
    """The original brief's action: logs the call and completes the step in one request."""

    kind = Kind.COMPLETE_CALL

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return LookUp(steps=(RecordId(operation.subject_id),))

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        steps = (RecordId(operation.subject_id),)
        return LookUp(steps=steps, tasks_of_steps=steps, targets=(operation.target_id,))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        step = one_step(gateway, operation.subject_id)
        if step is None:
            return Prepared(refusal="The step no longer exists.", refusal_code="NOT_FOUND")
        if not step.is_open:
            return Prepared(refusal="The step is already finished.", refusal_code="STEP_CLOSED")
        return Prepared()

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        inputs = [
            {
                "ActionCadenceStepTrackerId": operation.subject_id,
                "callResult": text_of(operation, "result"),
                "callDisposition": text_of(operation, "result"),
                "notes": text_of(operation, "notes"),
                "callDurationInSeconds": number_of(operation, "duration"),
            }
            for operation in operations
        ]
        return sent_parts(gateway.run_action("completeActionCadenceStep", inputs))

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        step = one_step(gateway, operation.subject_id)
        if step is None:
            return Checked(Finding.AMBIGUOUS, why="the step is gone")
        if step.is_open:
            return Checked(Finding.ABSENT)
        tasks = gateway.tasks_of_step(RecordId(operation.subject_id))
        ours = next((task for task in tasks if _matches(task, operation)), None)
        if ours is not None:
            return Checked(
                Finding.PRESENT, {"step": step.title, "task_id": ours.id, **where_next(gateway, step)}
            )
        # Finished, and our call is not on it: someone else finished it, or the note did not arrive.
        return Checked(Finding.AMBIGUOUS, why="the step is finished but the call is not on its task")

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return None

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.NOT, "a finished step cannot be opened again"


class AddTaskKind(OperationKind):
    """Creates the follow-up task."""

    kind = Kind.ADD_TASK

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return LookUp(tasks=_task_of(operation))

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        return LookUp(tasks=_task_of(operation))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        found = _find(gateway, operation)
        return Prepared(done=found is not None, evidence={"task_id": found.id} if found else {})

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        parts = []
        for operation in operations:
            values: dict[str, object] = {
                "Subject": text_of(operation, "subject"),
                "ActivityDate": text_of(operation, "due"),
                "WhoId": operation.target_id,
            }
            try:
                created = gateway.create_task(values, operation.op_id)
            except OrgRefused as error:
                parts.append(
                    Sent(ok=False, code=error.server_code, message=error.server_text or error.message)
                )
                continue
            parts.append(Sent(ok=True, server_id=created, evidence={"task_id": created}))
        return parts

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        found = _find(gateway, operation)
        return Checked(Finding.PRESENT, {"task_id": found.id}) if found else Checked(Finding.ABSENT)

    @override
    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        return keyed

    @override
    def protection(self, *, keyed: bool) -> str:
        return _task_protection(keyed=keyed)

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.DELETE_TASK if evidence_of(operation, "task_id") else None

    @override
    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        task = now.tasks.get(evidence_of(operation, "task_id"))
        written = written_by(operation, closed=False)
        if task is None:
            return "The task is no longer there."
        if "subject" not in operation.payload:
            return "Its text is no longer kept here, so it cannot be told whether somebody changed the task."
        if not is_as_written(task, written):
            return "The task is done already." if task.is_closed else "The task was changed since."
        return deletion(task, written, "Delete the follow-up task")

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.REVERSIBLE, "the task can be deleted in Salesforce"


def _goes_unseen(gateway: OrgGateway, operation: Operation) -> bool:
    """Return True when one request is to find the step's own task and to write it: only a first attempt, unasked."""
    return not operation.attempt and bool(_step_of(operation)) and gateway.expects_step_tasks


def _step_of(operation: Operation) -> tuple[RecordId, ...]:
    step_id = text_of(operation, "step_id")
    return (RecordId(step_id),) if step_id else ()


def _task_of(operation: Operation) -> tuple[RecordId, ...]:
    task_id = evidence_of(operation, "task_id") or operation.server_id
    return (RecordId(task_id),) if task_id else ()


def _find(gateway: OrgGateway, operation: Operation) -> CallTask | None:
    for task_id in _task_of(operation):
        return gateway.read_task(task_id)
    if not operation.attempt:
        return None  # never sent: nothing can be there under its key
    if evidence_of(operation, OWN_TASK) == UNSEEN:
        tasks = [task for step_id in _step_of(operation) for task in gateway.tasks_of_step(step_id)]
        for task in tasks:
            # An earlier call on this step may say the same word for word: only what was written since is ours.
            if _matches(task, operation) and (task.modified is None or task.modified >= _sent_at(operation)):
                return task
    return gateway.find_task(operation.op_id, operation.target_id, sent_since(operation))


def _evidence(task: CallTask, operation: Operation) -> dict[str, object]:
    """Return which task it is; where nobody had looked before the send, also whether it is the step's own."""
    if evidence_of(operation, OWN_TASK) != UNSEEN:
        return {"task_id": task.id}
    return {"task_id": task.id, OWN_TASK: SEEN if task.step_tracker_id in _step_of(operation) else ""}


def _left_open(gateway: OrgGateway, operation: Operation) -> dict[str, object]:
    """Return the step's own task that an unseen request was to write, as it is still open."""
    if evidence_of(operation, OWN_TASK) != UNSEEN:
        return {}
    tasks = [task for step_id in _step_of(operation) for task in gateway.tasks_of_step(step_id)]
    # One that came after the send was not found by it: then a new task may yet be created, so this says nothing.
    before = _sent_at(operation)
    left = [task.id for task in tasks if not task.is_closed and task.created and task.created < before]
    return {"task_id": left[0], OWN_TASK: SEEN} if left else {}


def _sent_at(operation: Operation) -> datetime:
    """Return the org's time just before the last send, in whole seconds as its records tell theirs."""
    at = sent_org_time(operation)
    return sent_since(operation) if at is None else datetime.fromtimestamp(int(at), tz=UTC)


def _task_protection(*, keyed: bool) -> str:
    return PROTECTION_WORDS[Protection.KEY if keyed else Protection.REVIEW]


def _matches(task: CallTask, operation: Operation) -> bool:
    return (
        task.is_closed and task.call_result == text_of(operation, "result") and _same_notes(task, operation)
    )


def _same_notes(task: CallTask, operation: Operation) -> bool:
    # The org may normalize line ends and trim: compare what a reader sees.
    return task.notes.split() == text_of(operation, "notes").split()


def _told_anew(
    gateway: OrgGateway, operation: Operation, write: Callable[[OrgGateway, Operation, str], Sent]
) -> Sent:
    """Write with the org's closed status; a refusal may mean that the remembered one was renamed meanwhile."""
    status = _closed_status(gateway, anew=False)
    try:
        return write(gateway, operation, status)
    except OrgRefused as error:
        refusal = error
        now = _closed_status(gateway, anew=True)
    if now != status:
        try:
            return write(gateway, operation, now)
        except OrgRefused as error:
            refusal = error
    return Sent(ok=False, code=refusal.server_code, message=refusal.server_text or refusal.message)


def _closed_status(gateway: OrgGateway, *, anew: bool) -> str:
    closed = [status for status in gateway.task_statuses(anew=anew) if status.is_closed]
    if not closed:
        raise OrgRefused("This org has no closed task status.", hint="Ask an admin to add one.")
    return next((status for status in closed if status.is_default), closed[0]).value


def _task_values(operation: Operation, status: str) -> dict[str, object]:
    values: dict[str, object] = {
        "Status": status,
        "CallDisposition": text_of(operation, "result"),
        "CallType": "Outbound",
        "CallDurationInSeconds": number_of(operation, "duration"),
        "Description": text_of(operation, "notes"),
        "ActivityDate": text_of(operation, "day"),
    }
    if text_of(operation, "subject"):
        values["Subject"] = text_of(operation, "subject")
    return values
