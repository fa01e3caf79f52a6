"""Trackers and step trackers: one target's run in one cadence, and each step it reached. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.domain.record_ids import RecordId

ENDED_STATES = frozenset({"Complete", "Error"})
"""Tracker states that are not active (Object Reference, ActionCadenceTracker: State, IsTrackerActive)."""

OPEN_STEP_STATES = frozenset({"Active", "InProgress", "Queued", "Scheduled", "Paused", "Error"})
"""Step tracker states in which the step is not over (Object Reference, ActionCadenceStepTracker: State)."""

CLOSED_STEP_STATES = frozenset({"Completed", "Cancelled"})

STATE_WORDS = {
    "Running": "Running",
    "Paused": "Paused",
    "Initializing": "Starting",
    "Processing": "Processing",
    "Complete": "Complete",
    "Error": "Error",
}


def state_word(state: str) -> str:
    """Return the screen word of a tracker state; an unknown value is shown as it is."""
    return STATE_WORDS.get(state, state)


@dataclass(frozen=True, slots=True)
class Tracker:
    """One target's run in one cadence (ActionCadenceTracker).

    Attributes:
        is_active: the org's IsTrackerActive; where the field is missing, state is neither Complete nor Error.
        owner_id: the assignee, a user or a queue.
        modified: SystemModstamp in UTC.
        last_modified: LastModifiedDate in UTC, the stamp that change events carry.
    """

    id: RecordId
    target_id: RecordId
    cadence_id: RecordId
    state: str
    is_active: bool
    target_type: str = ""
    target_name: str = ""
    cadence_name: str = ""
    owner_id: str = ""
    owner_name: str = ""
    current_step_id: str = ""
    current_step_title: str = ""
    current_step_type: str = ""
    last_completed_step_id: str = ""
    completion_reason: str = ""
    completion_disposition: str = ""
    error_message: str = ""
    scheduled_resume: datetime | None = None
    created: datetime | None = None
    modified: datetime | None = None
    last_modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class StepTracker:
    """One step that a tracker reached (ActionCadenceStepTracker)."""

    id: RecordId
    tracker_id: RecordId
    state: str
    type: str
    title: str
    target_id: str = ""
    cadence_id: str = ""
    cadence_step_id: str = ""
    completion_reason: str = ""
    completion_date: datetime | None = None
    due: datetime | None = None
    error_code: str = ""
    created: datetime | None = None
    modified: datetime | None = None
    last_modified: datetime | None = None

    @property
    def is_open(self) -> bool:
        """True while the step can still be completed or skipped; unknown states count as open."""
        return self.state not in CLOSED_STEP_STATES
