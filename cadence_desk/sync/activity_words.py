"""What the activity feed says about a reported change. Pure; called by the projection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.changes import ChangeType
from cadence_desk.domain.trackers import state_word

if TYPE_CHECKING:
    from cadence_desk.domain.changes import ChangeEvent
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.tracker_table import TrackerWords

_COMPLETION_WORDS = {
    "NoMoreSteps": "reached the end of",
    "ManuallyRemoved": "was removed from",
    "AutomaticallyExited": "left by an exit rule:",
    "LeadConverted": "was converted and left",
    "DaisyChained": "moved on from",
}


def tracker_words(tracker: Tracker, before: Tracker | None, names: TrackerWords) -> str:
    """Return one line for a tracker change; empty when nothing a person cares about changed."""
    who, cadence = names.target or "Someone", names.cadence or "a cadence"
    if before is None:
        return f"{who} was added to {cadence}"
    moved = _state_words(tracker, before, who, cadence)
    if moved:
        return moved
    if before.owner_id != tracker.owner_id:
        return f"{who} was handed to {names.assignee or 'another rep'} in {cadence}"
    if before.completion_disposition != tracker.completion_disposition and tracker.completion_disposition:
        return f"{who}: cadence disposition {tracker.completion_disposition}"
    return ""


def _state_words(tracker: Tracker, before: Tracker, who: str, cadence: str) -> str:
    state = tracker.state
    if before.state == state or state in {"Processing", "Initializing"}:
        return ""
    if state == "Complete":
        return f"{who} {_COMPLETION_WORDS.get(tracker.completion_reason, 'completed')} {cadence}"
    if state == "Paused":
        return f"{who} was paused in {cadence}"
    if state == "Error":
        return f"{who} has an error in {cadence}"
    if state == "Running":
        return f"{who} was resumed in {cadence}" if before.state == "Paused" else ""
    return f"{who} is now {state_word(state)} in {cadence}"


def step_words(step: StepTracker, before: StepTracker | None, who: str) -> str:
    """Return one line for a step change; empty when nothing a person cares about changed."""
    name = who or "Someone"
    title = step.title or "a step"
    if before is None and step.state == "Active":
        return f"{name} reached {title}"
    if before is not None and before.state != step.state:
        if step.state == "Completed":
            skipped = step.completion_reason == "ManuallySkipped"
            return f"{name}: {title} was {'skipped' if skipped else 'completed'}"
        if step.state == "Error":
            return f"{name}: {title} has a step error ({step.error_code or 'no code'})"
    return ""


def call_words(event: ChangeEvent, who: str) -> str:
    """Return one line for a reported task; empty unless it is a call with a result."""
    result = event.values.get("CallDisposition")
    if event.type in {ChangeType.CREATE, ChangeType.UPDATE} and isinstance(result, str) and result:
        return f"{who or 'Someone'}: call logged, {result}"
    return ""
