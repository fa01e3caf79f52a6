"""The story of one operation: what was asked, what was seen, what happened when, in plain words. Pure.

Imports domain. Made by the desk; shown by the window and printed by the command line.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.choices import CALL_KINDS
from cadence_desk.domain.operations import KIND_WORDS, STATE_WORDS, Operation, OperationState

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from cadence_desk.domain.choices import Choice


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a story: what it is, and what it says."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One change of state. `before` is None for the first, and the same as `after` for a note."""

    at: float
    before: OperationState | None
    after: OperationState
    why: str

    @property
    def words(self) -> str:
        """The change in words."""
        if self.before is self.after:
            return self.why
        why = f": {self.why}" if self.why else ""
        return f"{STATE_WORDS[self.after]}{why}"


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that can be told of one operation.

    Attributes:
        name: whom it is about.
        means: what its state means, and what happens by itself.
        protection: what keeps it from being done twice.
        choices: what may be decided now.
        no_undo: why it cannot be taken back, in words; empty when it can, or nothing was done.
    """

    operation: Operation
    name: str
    means: str
    protection: str
    asked: Sequence[Fact]
    seen: Sequence[Fact]
    history: Sequence[Moment]
    choices: Sequence[Choice]
    no_undo: str = ""
    touches: Sequence[Operation] = field(default_factory=tuple)
    """The other parts of the same press that are not over."""

    @property
    def title(self) -> str:
        """What was asked, in two or three words."""
        return KIND_WORDS[self.operation.kind]


_OVER = frozenset({OperationState.SETTLED, OperationState.CANCELLED, OperationState.SUPERSEDED})

_ASKED: Mapping[str, str] = {
    "result": "Call result",
    "notes": "Note",
    "duration": "Duration",
    "subject": "Subject",
    "day": "Day",
    "due": "Due",
    "follow_up": "Follow-up task",
    "cadence_name": "Cadence",
    "start_step": "Start at step",
    "assignee_id": "Assignee",
    "related_to_id": "Related record",
    "resume_at": "Resume by itself on",
    "disposition": "Cadence disposition",
    "reason": "Reason",
}
_NOT_ASKED = frozenset({"step_id", "replaces", "was_refused", "doubt", "target_type", "closed"})

_SEEN: Mapping[str, str] = {
    "task_id": "Task",
    "status": "Task status",
    "tracker_id": "Tracker",
    "state": "Tracker state",
    "owner": "Assignee",
    "step": "Step",
    "reason": "Step ended as",
    "next": "Went on to",
    "state_before": "Tracker state before",
    "owner_before": "Assignee before",
    "step_before": "Step before",
    "disposition_before": "Cadence disposition before",
    "org_time": "Salesforce's clock at the send",
    "unsure_since": "Sent for the first time",
    "resent_at": "Sent again by you",
    "dropped_at": "Dropped from view",
}
_NOT_SEEN = frozenset({"own_task", "trackers_before", "doubted_at", "unreadable", "unreadable_key"})
_TIMES = frozenset({"org_time", "unsure_since", "resent_at", "dropped_at"})
_REPS = frozenset({"assignee_id", "owner", "owner_before"})


def asked_facts(operation: Operation, name_of: Callable[[str], str]) -> list[Fact]:
    """Return what was asked for, in plain words; an unknown field is shown by its own name."""
    payload = operation.payload
    found = []
    if operation.cadence_id and not payload.get("cadence_name"):
        found.append(Fact("Cadence", name_of(operation.cadence_id)))
    for key in [*_ASKED, *(key for key in payload if key not in _ASKED)]:
        text = _text(key, payload.get(key), name_of)
        if text and key not in _NOT_ASKED:
            found.append(Fact(_ASKED.get(key, key), text))
    if operation.kind in CALL_KINDS and operation.state in _OVER and "notes" not in payload:
        found.append(Fact("Note", "No longer kept on this computer: it is in Salesforce, or was given up."))
    return found


def seen_facts(operation: Operation, name_of: Callable[[str], str]) -> list[Fact]:
    """Return what Salesforce said and what was read there; words of the server are kept letter by letter."""
    evidence = dict(operation.evidence or {})
    found = []
    if operation.server_text:
        found.append(Fact("Salesforce said", operation.server_text))
    if operation.server_code:
        found.append(Fact("Code", operation.server_code))
    if operation.server_id and operation.server_id not in evidence.values():
        found.append(Fact("Record", operation.server_id))
    for key in [*_SEEN, *(key for key in evidence if key not in _SEEN)]:
        text = _text(key, evidence.get(key), name_of)
        if text and key not in _NOT_SEEN:
            found.append(Fact(_SEEN.get(key, key), text))
    if operation.attempt:
        found.append(Fact("Sent", "once" if operation.attempt == 1 else f"{operation.attempt} times"))
    return found


def _text(key: str, value: object, name_of: Callable[[str], str]) -> str:
    if value is None or value in ("", 0, 0.0):
        return ""
    if key == "duration" and isinstance(value, int):
        return f"{value // 60}:{value % 60:02} minutes"
    if key in _TIMES and isinstance(value, int | float):
        return local_time(value)
    if key in _REPS:
        return name_of(str(value))
    if key == "resume_at":
        return _moment(str(value))
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values() if part)
    return str(value)


def _moment(text: str) -> str:
    try:
        return local_time(datetime.fromisoformat(text).timestamp())
    except ValueError:
        return text


def local_time(seconds: float) -> str:
    """Return wall seconds as local date and time."""
    return f"{datetime.fromtimestamp(seconds, tz=UTC).astimezone():%Y-%m-%d %H:%M:%S}"
