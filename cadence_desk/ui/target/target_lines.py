"""What the detail side says about a person, as lines. Pure but for badges; called by TargetPanel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import step_word
from cadence_desk.domain.choices import HOLD_WAYS
from cadence_desk.domain.operations import KIND_WORDS, OperationState
from cadence_desk.ui.kit.line_list import Line
from cadence_desk.ui.kit.moments import moment_word, wall_word
from cadence_desk.ui.kit.state_badges import operation_badge, step_badge, tracker_badge
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.people import Person
    from cadence_desk.domain.trackers import StepTracker, Tracker

_REASONS = {
    "NoMoreSteps": "no more steps",
    "ManuallyRemoved": "removed by hand",
    "AutomaticallyExited": "left by a rule",
    "AutomaticallyExitedDeletedStep": "its step was deleted",
    "AutomaticallyExitedInvalidParentStep": "its step is no longer reached",
    "LeadConverted": "the lead was converted",
    "DaisyChained": "went on to the next cadence",
    "AutomaticallyCompleted": "automatically",
    "ManuallyCompleted": "by hand",
    "ManuallySkipped": "skipped",
}


def reason_word(reason: str) -> str:
    """Return a completion reason in words; an unknown one is shown as it is."""
    return _REASONS.get(reason, reason)


def contact_flags(person: Person) -> str:
    """Return what forbids to contact the person; empty when nothing does."""
    flags = (
        (person.do_not_call, "Do not call"),
        (person.email_opt_out, "Opted out of email"),
        (person.email_bounced, "Email bounced"),
        (person.is_converted, "Converted"),
        (person.is_deleted, "Deleted in Salesforce"),
    )
    return "  ·  ".join(word for applies, word in flags if applies)


def contact_rows(person: Person) -> list[tuple[str, str]]:
    """Return labels and values of the contact data that is there."""
    place = ", ".join(part for part in (person.city, person.country) if part)
    rows = (
        ("Phone", person.phone),
        ("Mobile", person.mobile),
        ("Email", person.email),
        ("City", place),
        ("Status", person.status),
        ("Owner", person.owner_name),
    )
    return [(name, value) for name, value in rows if value]


def tracker_lines(trackers: Sequence[Tracker]) -> list[Line]:
    """Return one line per tracker."""
    return [_tracker_line(tracker) for tracker in trackers]


def _tracker_line(tracker: Tracker) -> Line:
    if tracker.is_active:
        parts = [tracker.current_step_title or step_word(tracker.current_step_type), tracker.owner_name]
        if tracker.scheduled_resume is not None:
            parts.append(f"resumes {moment_word(tracker.scheduled_resume)}")
    else:
        parts = [
            tracker.error_message,
            f"ended: {reason_word(tracker.completion_reason)}" if tracker.completion_reason else "",
            tracker.completion_disposition,
        ]
    return Line(
        key=tracker.id,
        title=tracker.cadence_name or tracker.cadence_id,
        detail="  ·  ".join(part for part in parts if part),
        badge=tracker_badge(tracker.state),
    )


def operation_lines(operations: Sequence[Operation]) -> list[Line]:
    """Return one line per own change, newest first."""
    lines = []
    for operation in operations:
        refused = operation.state is OperationState.REFUSED
        detail = operation.words if refused or operation.state is OperationState.IN_DOUBT else ""
        if operation.state is OperationState.QUEUED:
            detail = HOLD_WAYS.get(operation.hold, "")
        lines.append(
            Line(
                key=operation.op_id,
                title=KIND_WORDS[operation.kind],
                detail=detail or wall_word(operation.created),
                badge=operation_badge(operation),
                tone=Tone.BAD if refused else None,
            )
        )
    return lines


def step_lines(steps: Sequence[StepTracker], cadences: Mapping[str, str]) -> list[Line]:
    """Return one merged timeline of all steps."""
    lines = []
    for step in steps:
        if step.is_open:
            when = f"due {moment_word(step.due)}" if step.due is not None else ""
        else:
            when = moment_word(step.completion_date)
        parts = [step.error_code, step_word(step.type), reason_word(step.completion_reason), when]
        if len(set(cadences.values())) > 1:
            parts.append(cadences.get(step.tracker_id, ""))
        lines.append(
            Line(
                key=step.id,
                title=step.title or step_word(step.type),
                detail="  ·  ".join(part for part in parts if part),
                badge=step_badge(step.state),
                tone=Tone.BAD if step.error_code else None,
            )
        )
    return lines
