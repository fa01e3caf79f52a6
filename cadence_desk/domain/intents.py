"""What a person can ask for. An intent owns one or more operations. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.domain.calls import FollowUp
    from cadence_desk.domain.record_ids import RecordId


@dataclass(frozen=True, slots=True)
class LogCall:
    """Log a call; with a step tracker the step is completed too."""

    target_id: RecordId
    result: str
    notes: str = ""
    duration_seconds: int = 0
    subject: str = "Call"
    step_tracker_id: RecordId | None = None
    follow_up: FollowUp | None = None
    op_key: str = ""


@dataclass(frozen=True, slots=True)
class Enroll:
    """Add one target to one cadence."""

    target_id: RecordId
    cadence_id: RecordId
    assignee_id: RecordId
    cadence_name: str = ""
    target_type: str = ""
    start_step: str = ""
    related_to_id: RecordId | None = None


@dataclass(frozen=True, slots=True)
class Remove:
    """End one run: always by tracker."""

    tracker_id: RecordId
    target_id: RecordId
    disposition: str = ""


@dataclass(frozen=True, slots=True)
class Pause:
    """Pause the target's runs; `tracker_id` is the one seen when it was asked for."""

    target_id: RecordId
    tracker_id: RecordId
    resume_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Resume:
    """Resume the target's paused runs."""

    target_id: RecordId
    tracker_id: RecordId


@dataclass(frozen=True, slots=True)
class ChangeAssignee:
    """Hand the target's runs to another rep; the step is kept."""

    target_id: RecordId
    tracker_id: RecordId
    assignee_id: RecordId


@dataclass(frozen=True, slots=True)
class CompleteStep:
    """Mark the current step as done."""

    step_tracker_id: RecordId
    target_id: RecordId
    tracker_id: RecordId


@dataclass(frozen=True, slots=True)
class SkipStep:
    """Skip the current step."""

    step_tracker_id: RecordId
    target_id: RecordId
    tracker_id: RecordId
    reason: str = ""


@dataclass(frozen=True, slots=True)
class SetDisposition:
    """Set the cadence disposition of one tracker."""

    tracker_id: RecordId
    target_id: RecordId
    disposition: str


@dataclass(frozen=True, slots=True)
class AddTask:
    """Create a follow-up task."""

    target_id: RecordId
    follow_up: FollowUp
    op_key: str = ""


Intent: TypeAlias = (
    LogCall
    | Enroll
    | Remove
    | Pause
    | Resume
    | ChangeAssignee
    | CompleteStep
    | SkipStep
    | SetDisposition
    | AddTask
)
