"""Add to cadence and remove from cadence. The tracker is never written by DML: both go through the actions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from typing_extensions import override

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
    text_of,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.trackers import Tracker

SKEW = timedelta(minutes=2)
"""Room for the difference between this clock and the org's."""


class EnrollKind(OperationKind):
    """Adds one target to one cadence."""

    kind = Kind.ENROLL

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        known = gateway.trackers_of([operation.target_id], active_only=True)
        # The guard is IsTrackerActive, never State = 'Active', which is no tracker state
        # (Object Reference, ActionCadenceTracker: State).
        same = [tracker for tracker in known if tracker.cadence_id == operation.cadence_id]
        if same:
            return Prepared(
                refusal="Already in this cadence.",
                refusal_code="ALREADY_IN_THIS_CADENCE",
                evidence={"tracker_id": same[0].id},
            )
        return Prepared()

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        inputs = []
        for operation in operations:
            values: dict[str, object] = {
                "salesCadenceNameOrId": operation.cadence_id,
                "targetId": operation.target_id,
                "userId": text_of(operation, "assignee_id"),
                # Only orgs that speak the original brief's contract ask for these two.
                "cadenceName": text_of(operation, "cadence_name"),
                "sObjectName": text_of(operation, "target_type"),
            }
            for name, key in (("startStepNameOrId", "start_step"), ("relatedToId", "related_to_id")):
                if text_of(operation, key):
                    values[name] = text_of(operation, key)
            inputs.append(values)
        return sent_parts(gateway.run_action("assignTargetToSalesCadence", inputs))

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        # Any state counts: a run can be over before it is read, and a second one must not be started.
        since = datetime.fromtimestamp(operation.sent, tz=UTC) - SKEW
        found = [
            tracker
            for tracker in gateway.trackers_of([operation.target_id], active_only=False)
            if tracker.cadence_id == operation.cadence_id
            and (tracker.created is None or tracker.created >= since)
        ]
        if not found:
            return Checked(Finding.ABSENT)
        newest = max(found, key=_created)
        return Checked(
            Finding.PRESENT,
            {"tracker_id": newest.id, "state": newest.state, "step": newest.current_step_title},
        )

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.REMOVE

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.PARTLY, "emails that went out stay sent; the run stays in the history"


class RemoveKind(OperationKind):
    """Ends one run, always by tracker id."""

    kind = Kind.REMOVE

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return Prepared(refusal="The tracker no longer exists.", refusal_code="NOT_FOUND")
        return Prepared(done=not tracker.is_active, evidence={"step_before": tracker.current_step_title})

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        inputs = []
        for operation in operations:
            values: dict[str, object] = {
                "actionCadenceTrackerId": operation.subject_id,
                "completionReasonCode": "ManuallyRemoved",
                "shouldApplyUserContext": False,
            }
            if text_of(operation, "disposition"):
                values["completionDisposition"] = text_of(operation, "disposition")
            inputs.append(values)
        return sent_parts(gateway.run_action("removeTargetFromSalesCadence", inputs))

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        tracker = one_tracker(gateway, operation)
        if tracker is None or not tracker.is_active:
            return Checked(Finding.PRESENT, {"state": tracker.state if tracker else "deleted"})
        return Checked(Finding.ABSENT)

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.ENROLL

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.PARTLY, "adding again makes a new tracker; counters move and emails stay sent"


def one_tracker(gateway: OrgGateway, operation: Operation) -> Tracker | None:
    """Read the tracker an operation is about."""
    found = gateway.read_trackers([RecordId(operation.subject_id)])
    return found[0] if found else None


def _created(tracker: Tracker) -> float:
    return tracker.created.timestamp() if tracker.created else 0.0
