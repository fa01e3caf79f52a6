"""Delete task: takes a logged call or a follow-up task back, as long as it is as it was written.

Addressed by the task's id; the org keeps it in the recycle bin for some days (Salesforce help, Recycle Bin).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.errors import NotAvailable, OrgRefused
from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.kinds.kind import (
    Checked,
    Finding,
    Inverse,
    OperationKind,
    Prepared,
    Reversibility,
    Sent,
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway

_GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})


class DeleteTaskKind(OperationKind):
    """Deletes one task that this desk made."""

    kind = Kind.DELETE_TASK

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return self.needs_after(operation)

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        return LookUp(tasks=(RecordId(operation.subject_id),))

    @override
    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        return True

    @override
    def protection(self, *, keyed: bool) -> str:
        return "It deletes one task and no other: a second time there is nothing left to delete."

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        task = gateway.read_task(RecordId(operation.subject_id))
        if task is None:
            return Prepared(done=True)
        if not is_as_written(task, operation.payload):
            return Prepared(refusal="The task was changed since.", refusal_code="TASK_CHANGED")
        return Prepared()

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        return [self._send_one(gateway, operation) for operation in operations]

    @staticmethod
    def _send_one(gateway: OrgGateway, operation: Operation) -> Sent:
        try:
            gateway.delete_task(RecordId(operation.subject_id))
        except (OrgRefused, NotAvailable) as error:
            if error.server_code not in _GONE:
                return Sent(ok=False, code=error.server_code, message=error.server_text or error.message)
        return Sent(ok=True)

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        task = gateway.read_task(RecordId(operation.subject_id))
        return Checked(Finding.PRESENT if task is None else Finding.ABSENT)

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return None

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.PARTLY, "the task can be restored from Salesforce's recycle bin"


def deletion(task: CallTask, written: Mapping[str, object], words: str) -> Inverse:
    """Return the deletion of a task, remembering how it was written."""
    return Inverse(Kind.DELETE_TASK, task.id, written, words)


def is_as_written(task: CallTask, written: Mapping[str, object]) -> bool:
    """Return True when nobody changed what this desk wrote: result, note, subject, and whether it is done."""
    notes, subject = str(written.get("notes") or ""), str(written.get("subject") or "")
    return (
        task.is_closed == bool(written.get("closed"))
        and task.call_result == str(written.get("result") or "")
        and task.notes.split() == notes.split()
        and (not subject or task.subject == subject)
    )


def written_by(operation: Operation, *, closed: bool) -> dict[str, object]:
    """Return how an operation wrote its task."""
    told = {name: text_of(operation, name) for name in ("result", "notes", "subject")}
    return {**told, "closed": closed}
