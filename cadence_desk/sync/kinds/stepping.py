"""Complete step and skip step: sendSalesCadenceEvent, addressed to one step tracker (Actions Developer Guide)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.kinds.kind import (
    Checked,
    Finding,
    OperationKind,
    Prepared,
    Reversibility,
    Sent,
    sent_parts,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.trackers import StepTracker


class _StepKind(OperationKind):
    event_type = ""
    starts_from_open_step = True

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return LookUp(steps=(RecordId(operation.subject_id),))

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        # Where the target went next stands on its tracker.
        return LookUp(steps=(RecordId(operation.subject_id),), targets=(operation.target_id,))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        step = one_step(gateway, operation.subject_id)
        if step is None:
            return Prepared(refusal="The step no longer exists.", refusal_code="NOT_FOUND")
        if step.is_open:
            return Prepared()
        return Prepared(done=True, evidence={"step": step.title, **where_next(gateway, step)})

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        inputs = [
            {"recordId": operation.subject_id, "eventType": self.event_type} for operation in operations
        ]
        return sent_parts(gateway.run_action("sendSalesCadenceEvent", inputs))

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        step = one_step(gateway, operation.subject_id)
        if step is None:
            return Checked(Finding.AMBIGUOUS, why="the step is gone")
        if step.is_open:
            return Checked(Finding.ABSENT)
        return Checked(
            Finding.PRESENT,
            {"step": step.title, "reason": step.completion_reason, **where_next(gateway, step)},
        )

    @override
    def protection(self, *, keyed: bool) -> str:
        return "It ends one step and no other: once that step is closed, it is not sent again."

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return None

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.NOT, "a finished step cannot be opened again"


class CompleteStepKind(_StepKind):
    """Marks the step as done."""

    kind = Kind.COMPLETE_STEP
    event_type = "ManualComplete"


class SkipStepKind(_StepKind):
    """Skips the step."""

    kind = Kind.SKIP_STEP
    event_type = "Skip"


def one_step(gateway: OrgGateway, step_id: str) -> StepTracker | None:
    """Read one step tracker."""
    found = gateway.read_steps([RecordId(step_id)])
    return found[0] if found else None


def where_next(gateway: OrgGateway, step: StepTracker) -> dict[str, object]:
    """Return where the target went after a step, as the org reports it."""
    trackers = gateway.read_trackers([step.tracker_id])
    if not trackers:
        return {}
    tracker = trackers[0]
    if not tracker.is_active:
        return {"next": f"the run ended: {tracker.completion_reason or tracker.state}"}
    if tracker.current_step_id == step.id:
        return {}
    return {"next": tracker.current_step_title or tracker.current_step_type}
