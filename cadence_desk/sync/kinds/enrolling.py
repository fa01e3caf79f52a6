"""Add to cadence and remove from cadence. The tracker is never written by DML: both go through the actions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.record_ids import LEAD, RecordId, key_prefix
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
    sent_parts,
    text_of,
)
from cadence_desk.sync.org_time import sent_since

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.trackers import Tracker

BEFORE = "trackers_before"
"""Evidence: the target's trackers in this cadence before the send; one that is not among them is the effect."""


class EnrollKind(OperationKind):
    """Adds one target to one cadence."""

    kind = Kind.ENROLL
    looks_ahead = True

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return self.needs_after(operation)

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        return LookUp(targets=(operation.target_id,))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        known = _in_cadence(gateway, operation)
        running = [tracker for tracker in known if is_running(tracker)]
        if running:
            return Prepared(
                refusal="Already in this cadence.",
                refusal_code="ALREADY_IN_THIS_CADENCE",
                evidence={"tracker_id": running[0].id},
            )
        return Prepared(evidence={BEFORE: [tracker.id for tracker in known]})

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
        since = sent_since(operation)
        before = (operation.evidence or {}).get(BEFORE)
        known = before if isinstance(before, list | tuple) else ()
        found = [
            tracker
            for tracker in _in_cadence(gateway, operation)
            if tracker.id not in known and (tracker.created is None or tracker.created >= since)
        ]
        if not found:
            return Checked(Finding.ABSENT)
        newest = max(found, key=_created)
        return Checked(
            Finding.PRESENT,
            {"tracker_id": newest.id, "state": newest.state, "step": newest.current_step_title},
        )

    @override
    def protection(self, *, keyed: bool) -> str:
        return "Salesforce refuses a second run in the same cadence while one is active, and all runs are looked at first."

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.REMOVE

    @override
    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        tracker = now.tracker(evidence_of(operation, "tracker_id"))
        if tracker is None:
            return "Its tracker is no longer there."
        if not tracker.is_active:
            return "The run is over already."
        if tracker.owner_id != text_of(operation, "assignee_id"):
            return f"{tracker.owner_name or 'Somebody else'} works it now: it was handed over since."
        step = evidence_of(operation, "step")
        if step and tracker.current_step_title != step:
            return f"It has moved on since, to “{tracker.current_step_title or tracker.state}”."
        words = f"Remove from {tracker.cadence_name or 'the cadence'}; emails that went out stay sent"
        return Inverse(Kind.REMOVE, tracker.id, {"disposition": ""}, words, (tracker.id,))

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.PARTLY, "emails that went out stay sent; the run stays in the history"


class RemoveKind(OperationKind):
    """Ends one run, always by tracker id."""

    kind = Kind.REMOVE

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return self.needs_after(operation)

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        return LookUp(trackers=(RecordId(operation.subject_id),))

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return Prepared(refusal="The tracker no longer exists.", refusal_code="NOT_FOUND")
        before = {"step_before": tracker.current_step_title, "owner_before": tracker.owner_id}
        return Prepared(done=not tracker.is_active, evidence=before)

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
    def protection(self, *, keyed: bool) -> str:
        return "It ends one tracker and no other: a second removal finds it ended."

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.ENROLL

    @override
    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        tracker = now.tracker(operation.subject_id)
        if tracker is None:
            return "Its tracker is no longer there."
        if any(one.is_active and one.cadence_id == tracker.cadence_id for one in now.trackers):
            return "It is in this cadence again."
        if now.cadence is None or not now.cadence.is_active:
            return "The cadence takes nobody now."
        assignee = evidence_of(operation, "owner_before") or tracker.owner_id
        title = evidence_of(operation, "step_before")
        steps = [one for one in now.cadence.steps if title and one.title == title and not one.is_orphan]
        step = steps[0] if len(steps) == 1 else None
        payload = {
            "assignee_id": assignee,
            "start_step": step.step_name if step is not None else "",
            "related_to_id": "",
            "cadence_name": now.cadence.name,
            "target_type": "Lead" if key_prefix(operation.target_id) == LEAD else "Contact",
        }
        where = f"at step “{title}”" if step is not None else "from its first step"
        words = f"Add to {now.cadence.name} again {where}; it is a new run, and emails stay sent"
        return Inverse(Kind.ENROLL, "", payload, words)

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.PARTLY, "adding again makes a new tracker; counters move and emails stay sent"


def is_running(tracker: Tracker) -> bool:
    """Return True when a tracker forbids another run in the same cadence.

    The guard is IsTrackerActive, never State = 'Active', which is no tracker state (Object Reference,
    ActionCadenceTracker: State, IsTrackerActive).
    """
    return tracker.is_active


def _in_cadence(gateway: OrgGateway, operation: Operation) -> list[Tracker]:
    found = gateway.trackers_of([operation.target_id], active_only=False)
    return [tracker for tracker in found if tracker.cadence_id == operation.cadence_id]


def one_tracker(gateway: OrgGateway, operation: Operation) -> Tracker | None:
    """Read the tracker an operation is about."""
    found = gateway.read_trackers([RecordId(operation.subject_id)])
    return found[0] if found else None


def _created(tracker: Tracker) -> float:
    return tracker.created.timestamp() if tracker.created else 0.0
