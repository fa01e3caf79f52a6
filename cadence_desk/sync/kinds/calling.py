"""Log call, follow-up task, and the original brief's one action that does both where the org lists it.

A call becomes a Task: the one the step generated when there is one, else a new one under the operation's key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.errors import OrgRefused
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
from cadence_desk.sync.org_time import sent_since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway

OWN_TASK = "own_task"
"""Evidence: the call goes onto the task that the platform made for the step."""


class LogCallKind(OperationKind):
    """Writes the call into a Task."""

    kind = Kind.LOG_CALL

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        written = _find(gateway, operation)
        own = bool(evidence_of(operation, OWN_TASK))
        if written is not None and (not own or _matches(written, operation)):
            # A task under our key was written by an earlier attempt: whatever it says now is somebody's later edit.
            return Prepared(done=True, evidence={"task_id": written.id})
        if written is not None and not written.is_closed:
            return Prepared(evidence={"task_id": written.id, OWN_TASK: "1"})
        step_id = text_of(operation, "step_id")
        if step_id:
            # The platform may have made the task itself (setting enableTaskLoggingPref): look before creating another.
            tasks = [task for task in gateway.tasks_of_step(RecordId(step_id)) if not task.is_closed]
            if tasks:
                return Prepared(evidence={"task_id": tasks[0].id, OWN_TASK: "1"})
        return Prepared(evidence={"task_id": "", OWN_TASK: ""})

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        return [self._send_one(gateway, operation) for operation in operations]

    def _send_one(self, gateway: OrgGateway, operation: Operation) -> Sent:
        values = _task_values(gateway, operation)
        task_id = evidence_of(operation, "task_id")
        try:
            if task_id:
                gateway.update_task(RecordId(task_id), values)
                return Sent(ok=True, server_id=task_id, evidence={"task_id": task_id})
            values |= {"WhoId": operation.target_id, "TaskSubtype": "Call"}
            created = gateway.create_task(values, operation.op_id)
        except OrgRefused as error:
            return Sent(ok=False, code=error.server_code, message=error.server_text or error.message)
        return Sent(ok=True, server_id=created, evidence={"task_id": created})

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        task = _find(gateway, operation)
        if task is None:
            return Checked(Finding.ABSENT)
        if _matches(task, operation):
            return Checked(Finding.PRESENT, {"task_id": task.id, "status": task.status})
        if evidence_of(operation, OWN_TASK) and not task.is_closed:
            return Checked(Finding.ABSENT)
        return Checked(Finding.AMBIGUOUS, why="the task was changed by someone else")

    @override
    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        return keyed or bool(evidence_of(operation, OWN_TASK))

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


def _find(gateway: OrgGateway, operation: Operation) -> CallTask | None:
    task_id = evidence_of(operation, "task_id") or operation.server_id
    if task_id:
        return gateway.read_task(RecordId(task_id))
    if not operation.attempt:
        return None  # never sent: nothing can be there under its key
    return gateway.find_task(operation.op_id, operation.target_id, sent_since(operation))


def _task_protection(*, keyed: bool) -> str:
    return PROTECTION_WORDS[Protection.KEY if keyed else Protection.REVIEW]


def _matches(task: CallTask, operation: Operation) -> bool:
    return (
        task.is_closed and task.call_result == text_of(operation, "result") and _same_notes(task, operation)
    )


def _same_notes(task: CallTask, operation: Operation) -> bool:
    # The org may normalize line ends and trim: compare what a reader sees.
    return task.notes.split() == text_of(operation, "notes").split()


def _task_values(gateway: OrgGateway, operation: Operation) -> dict[str, object]:
    closed = [status for status in gateway.task_statuses() if status.is_closed]
    if not closed:
        raise OrgRefused("This org has no closed task status.", hint="Ask an admin to add one.")
    status = next((status for status in closed if status.is_default), closed[0])
    values: dict[str, object] = {
        "Status": status.value,
        "CallDisposition": text_of(operation, "result"),
        "CallType": "Outbound",
        "CallDurationInSeconds": number_of(operation, "duration"),
        "Description": text_of(operation, "notes"),
        "ActivityDate": text_of(operation, "day"),
    }
    if text_of(operation, "subject"):
        values["Subject"] = text_of(operation, "subject")
    return values
