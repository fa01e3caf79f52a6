"""The Trackers list: one row per run of a target in a cadence. Filled by the board, painted by the window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import step_word
from cadence_desk.domain.trackers import state_word
from cadence_desk.sync.columns import ColumnStore, Row, local_text, search_text

if TYPE_CHECKING:
    from cadence_desk.domain.trackers import StepTracker, Tracker

ACTIVE = 1
OPEN_OPERATION = 2
ATTENTION = 4
OVERDUE = 8
ERROR = 16
PAUSED = 32

_NEVER = float("inf")


@dataclass(frozen=True, slots=True)
class TrackerWords:
    """What a tracker's row shows beside the tracker itself."""

    target: str
    cadence: str
    assignee: str
    operation: str = ""
    marks: int = 0


class TrackerTable(ColumnStore):
    """Columns and facets of the Trackers list."""

    def __init__(self) -> None:
        super().__init__(
            {
                "target": "Target",
                "cadence": "Cadence",
                "step": "Current step",
                "state": "State",
                "assignee": "Assignee",
                "due": "Due",
                "overdue": "Overdue",
                "error": "Error",
                "changed": "Last change",
                "operation": "Your change",
            },
            keyed=("due", "overdue", "changed"),
            facets=("state", "active", "assignee", "cadence", "overdue", "error"),
        )

    def show(self, tracker: Tracker, step: StepTracker | None, words: TrackerWords, now: float) -> None:
        """Write a tracker's row; `step` is its current step where that is known, `now` wall seconds."""
        due = step.due if step is not None and step.is_open and tracker.is_active else None
        late = now - due.timestamp() if due is not None and tracker.state != "Paused" else 0.0
        error = (
            step.error_code if step is not None and step.state == "Error" else ""
        ) or tracker.error_message
        changed = tracker.modified
        self.put(
            tracker.id,
            Row(
                texts=(
                    words.target,
                    words.cadence,
                    current_step(tracker, step),
                    state_word(tracker.state),
                    words.assignee,
                    local_text(due),
                    late_words(late),
                    error,
                    local_text(changed, seconds=True),
                    words.operation,
                ),
                keys={
                    "due": due.timestamp() if due else _NEVER,
                    "overdue": -late,
                    "changed": changed.timestamp() if changed else 0.0,
                },
                facets={
                    "state": tracker.state,
                    "active": "1" if tracker.is_active else "0",
                    "assignee": words.assignee,
                    "cadence": words.cadence,
                    "overdue": "1" if late > 0 else "0",
                    "error": "1" if error else "0",
                },
                flags=_flags(tracker, late, error, words.marks),
                search=search_text(
                    words.target, words.cadence, current_step(tracker, step), words.assignee, error
                ),
            ),
        )


def current_step(tracker: Tracker, step: StepTracker | None) -> str:
    """Return the words for where the tracker stands; structural steps show their kind."""
    title = step.title if step is not None else tracker.current_step_title
    kind = step_word(step.type if step is not None else tracker.current_step_type)
    if not title:
        return kind
    return f"{title} ({kind})" if kind and kind.casefold() not in title.casefold() else title


def late_words(seconds: float) -> str:
    """Return how late a step is, in words; empty when it is not."""
    if seconds <= 0:
        return ""
    minutes = int(seconds // 60)
    if minutes < 60:
        return f"{max(minutes, 1)} min"
    hours = minutes // 60
    return f"{hours} h" if hours < 48 else f"{hours // 24} days"


def _flags(tracker: Tracker, late: float, error: str, marks: int) -> int:
    flags = marks
    if tracker.is_active:
        flags |= ACTIVE
    if late > 0:
        flags |= OVERDUE
    if error or tracker.state == "Error":
        flags |= ERROR
    if tracker.state == "Paused":
        flags |= PAUSED
    return flags
