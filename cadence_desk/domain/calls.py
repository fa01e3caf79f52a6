"""Call results, call outcomes, task statuses and the Task a call becomes. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from cadence_desk.domain.record_ids import RecordId

UNCATEGORIZED = "Uncategorized"
NOTE_LIMIT = 32_000
"""Characters of Task.Description (Field Reference, Task)."""


@dataclass(frozen=True, slots=True)
class CallResult:
    """What a rep picks after a call (CallDisposition), with the outcome it maps to."""

    text: str
    outcome: str = UNCATEGORIZED


@dataclass(frozen=True, slots=True)
class TaskStatus:
    """One status of the org (TaskStatus): its API value, whether it closes a task, whether it is the default."""

    value: str
    is_closed: bool
    is_default: bool = False


@dataclass(frozen=True, slots=True)
class CallTask:
    """A Task as read from the org."""

    id: RecordId
    who_id: str = ""
    subject: str = ""
    status: str = ""
    is_closed: bool = False
    call_result: str = ""
    duration_seconds: int | None = None
    notes: str = ""
    due: date | None = None
    owner_id: str = ""
    op_key: str = ""
    step_tracker_id: str = ""
    created: datetime | None = None
    modified: datetime | None = None


@dataclass(frozen=True, slots=True)
class CallScript:
    """The script of a call step's template, as plain text."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up task asked for in the same save."""

    subject: str
    due: date
