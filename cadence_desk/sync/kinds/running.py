"""Pause, resume, change assignee and cadence disposition: they set a state of a run that goes on."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING

from typing_extensions import override

from cadence_desk.domain.lookups import LookUp
from cadence_desk.domain.operations import Kind
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.trackers import state_word
from cadence_desk.sync.kinds.enrolling import one_tracker
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

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.trackers import Tracker

_GONE = Prepared(refusal="The tracker no longer exists.", refusal_code="NOT_FOUND")
_OVER = Prepared(refusal="The run is already over.", refusal_code="ALREADY_ENDED")


class _RunKind(OperationKind):
    """An action that is addressed by target only: the tracker seen when it was asked for is remembered."""

    action = ""

    @override
    def needs_before(self, gateway: OrgGateway, operation: Operation) -> LookUp:
        return self.needs_after(operation)

    @override
    def needs_after(self, operation: Operation) -> LookUp:
        return LookUp(trackers=(RecordId(operation.subject_id),))

    @abstractmethod
    def wanted(self, tracker: Tracker, operation: Operation) -> bool:
        """Return True when the tracker is already as asked for."""

    def inputs(self, operation: Operation) -> dict[str, object]:
        """Return the action's inputs."""
        return {"targetId": operation.target_id}

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return _GONE
        if self.wanted(tracker, operation):
            return Prepared(done=True)
        if not tracker.is_active:
            return _OVER
        return Prepared(evidence={"state_before": tracker.state, "owner_before": tracker.owner_id})

    @override
    def send(self, gateway: OrgGateway, operations: Sequence[Operation]) -> list[Sent]:
        return sent_parts(
            gateway.run_action(self.action, [self.inputs(operation) for operation in operations])
        )

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return Checked(Finding.AMBIGUOUS, why="the tracker is gone")
        if self.wanted(tracker, operation):
            return Checked(Finding.PRESENT, {"state": tracker.state, "owner": tracker.owner_id})
        if not tracker.is_active:
            # Another run of the same target may be active now: never act on that one.
            return Checked(Finding.AMBIGUOUS, why="the run ended meanwhile")
        return Checked(Finding.ABSENT)

    @override
    def protection(self, *, keyed: bool) -> str:
        return "It sets a state: once Salesforce shows that state, it is not sent again."

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return None

    @override
    def inverse(self, operation: Operation, now: Surroundings) -> Inverse | str:
        tracker = now.tracker(operation.subject_id)
        if tracker is None:
            return "Its tracker is no longer there."
        if not self.wanted(tracker, operation):
            return self.changed_since(tracker)
        return self.opposite(operation, tracker, now)

    def changed_since(self, tracker: Tracker) -> str:
        """Return what somebody else made of it."""
        return f"It is {state_word(tracker.state)} now: it was changed since."

    @abstractmethod
    def opposite(self, operation: Operation, tracker: Tracker, now: Surroundings) -> Inverse | str:
        """Return what takes it back from a tracker that is still as it was left."""

    @override
    def reversibility(self, operation: Operation) -> tuple[Reversibility, str]:
        return Reversibility.REVERSIBLE, ""


class PauseKind(_RunKind):
    """Pauses the runs of a target."""

    kind = Kind.PAUSE
    action = "pauseSalesCadenceTracker"

    @override
    def wanted(self, tracker: Tracker, operation: Operation) -> bool:
        return tracker.state == "Paused"

    @override
    def inputs(self, operation: Operation) -> dict[str, object]:
        values: dict[str, object] = {"targetId": operation.target_id}
        if text_of(operation, "resume_at"):
            values["resumeTime"] = text_of(operation, "resume_at")
        return values

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.RESUME

    @override
    def opposite(self, operation: Operation, tracker: Tracker, now: Surroundings) -> Inverse | str:
        if not tracker.is_active:
            return "The run is over already."
        return Inverse(Kind.RESUME, tracker.id, {}, "Resume", _active(now))


class ResumeKind(_RunKind):
    """Resumes the paused runs of a target."""

    kind = Kind.RESUME
    action = "resumeSalesCadenceTracker"

    @override
    def wanted(self, tracker: Tracker, operation: Operation) -> bool:
        return tracker.is_active and tracker.state in {"Running", "Processing", "Initializing"}

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.PAUSE

    @override
    def opposite(self, operation: Operation, tracker: Tracker, now: Surroundings) -> Inverse | str:
        words = "Pause again, without a time of resumption"
        return Inverse(Kind.PAUSE, tracker.id, {"resume_at": ""}, words, _active(now))


class ChangeAssigneeKind(_RunKind):
    """Hands the runs of a target to another rep; the step is kept."""

    kind = Kind.CHANGE_ASSIGNEE
    action = "changeSalesCadenceTargetAssignee"

    @override
    def wanted(self, tracker: Tracker, operation: Operation) -> bool:
        return tracker.owner_id == text_of(operation, "assignee_id")

    @override
    def inputs(self, operation: Operation) -> dict[str, object]:
        return {"targetId": operation.target_id, "userId": text_of(operation, "assignee_id")}

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.CHANGE_ASSIGNEE

    @override
    def changed_since(self, tracker: Tracker) -> str:
        return f"{tracker.owner_name or 'Somebody else'} works it now: it was handed over since."

    @override
    def opposite(self, operation: Operation, tracker: Tracker, now: Surroundings) -> Inverse | str:
        before = evidence_of(operation, "owner_before")
        if not tracker.is_active:
            return "The run is over already."
        if not before:
            return "Who worked it before is not known."
        if len(_active(now)) > 1:
            return "This person is in several cadences by now: hand each of them back by itself."
        return Inverse(
            Kind.CHANGE_ASSIGNEE, tracker.id, {"assignee_id": before}, "Hand back to {assignee}", _active(now)
        )


class SetDispositionKind(_RunKind):
    """Sets the cadence disposition of one tracker, addressed by its id."""

    kind = Kind.SET_DISPOSITION
    action = "modifyCadenceTrackerAttributes"
    shares_record = True

    @override
    def may_resend_at_once(self, operation: Operation, *, keyed: bool) -> bool:
        return True

    @override
    def wanted(self, tracker: Tracker, operation: Operation) -> bool:
        return tracker.completion_disposition == text_of(operation, "disposition")

    @override
    def inputs(self, operation: Operation) -> dict[str, object]:
        return {
            "actionCadenceTrackerId": operation.subject_id,
            "completionDisposition": text_of(operation, "disposition"),
        }

    @override
    def prepare(self, gateway: OrgGateway, operation: Operation) -> Prepared:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return _GONE
        return Prepared(
            done=self.wanted(tracker, operation),
            evidence={"disposition_before": tracker.completion_disposition},
        )

    @override
    def verify(self, gateway: OrgGateway, operation: Operation) -> Checked:
        tracker = one_tracker(gateway, operation)
        if tracker is None:
            return Checked(Finding.AMBIGUOUS, why="the tracker is gone")
        return Checked(Finding.PRESENT if self.wanted(tracker, operation) else Finding.ABSENT)

    @override
    def invert(self, operation: Operation) -> Kind | None:
        return Kind.SET_DISPOSITION

    @override
    def changed_since(self, tracker: Tracker) -> str:
        return f"Its cadence disposition is “{tracker.completion_disposition or 'none'}” now: it was changed since."

    @override
    def opposite(self, operation: Operation, tracker: Tracker, now: Surroundings) -> Inverse | str:
        before = evidence_of(operation, "disposition_before")
        if not before:
            return "It had no cadence disposition before, and one cannot be taken away again."
        words = f"Set the cadence disposition back to “{before}”"
        return Inverse(Kind.SET_DISPOSITION, tracker.id, {"disposition": before}, words, (tracker.id,))


def _active(now: Surroundings) -> tuple[str, ...]:
    """Actions that take a target only may touch every active tracker of it."""
    return tuple(one.id for one in now.trackers if one.is_active)
