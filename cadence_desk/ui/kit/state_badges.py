"""Which shape, word and color stands for each state of trackers, steps, operations, verdicts and the feed.

One table per kind of state; an unknown value is shown as it is. Called by every screen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.refusals import Verdict
from cadence_desk.domain.trackers import state_word
from cadence_desk.ui.kit.shapes import Badge, Shape
from cadence_desk.ui.kit.theme import Tone

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation

_TRACKER = {
    "Running": (Shape.PLAY, Tone.GOOD),
    "Paused": (Shape.BARS, Tone.WARN),
    "Initializing": (Shape.RING, Tone.INFO),
    "Processing": (Shape.ARROWS, Tone.INFO),
    "Complete": (Shape.CHECK, Tone.NEUTRAL),
    "Error": (Shape.TRIANGLE, Tone.BAD),
}

_STEP = {
    "Active": (Shape.PLAY, Tone.GOOD),
    "InProgress": (Shape.ARROWS, Tone.INFO),
    "Completed": (Shape.CHECK, Tone.NEUTRAL),
    "Cancelled": (Shape.CROSS, Tone.NEUTRAL),
    "Error": (Shape.TRIANGLE, Tone.BAD),
    "Paused": (Shape.BARS, Tone.WARN),
    "Queued": (Shape.RING, Tone.INFO),
    "Scheduled": (Shape.CLOCK, Tone.INFO),
}

_STEP_WORDS = {"InProgress": "In progress", "Cancelled": "Canceled"}

_OPERATION = {
    OperationState.DRAFT: (Shape.RING, Tone.NEUTRAL),
    OperationState.QUEUED: (Shape.CLOCK, Tone.WARN),
    OperationState.SENDING: (Shape.ARROWS, Tone.INFO),
    OperationState.ACCEPTED: (Shape.DOT, Tone.INFO),
    OperationState.SETTLED: (Shape.CHECK, Tone.GOOD),
    OperationState.REFUSED: (Shape.CROSS, Tone.BAD),
    OperationState.IN_DOUBT: (Shape.DIAMOND, Tone.WARN),
    OperationState.NEEDS_REVIEW: (Shape.TRIANGLE, Tone.BAD),
    OperationState.CANCELLED: (Shape.CROSS, Tone.NEUTRAL),
    OperationState.SUPERSEDED: (Shape.CROSS, Tone.NEUTRAL),
}

_OPERATION_SHORT = {OperationState.IN_DOUBT: "In doubt", OperationState.REFUSED: "Refused"}

_VERDICT = {
    Verdict.WILL_ADD: (Shape.CHECK, Tone.GOOD),
    Verdict.WILL_ADD_WITH_WARNING: (Shape.TRIANGLE, Tone.WARN),
    Verdict.WILL_WAIT: (Shape.CLOCK, Tone.INFO),
    Verdict.REFUSED: (Shape.CROSS, Tone.BAD),
    Verdict.UNKNOWN: (Shape.DIAMOND, Tone.NEUTRAL),
}

_FEED = {
    FeedState.LIVE: (Shape.DOT, Tone.GOOD),
    FeedState.CATCHING_UP: (Shape.ARROWS, Tone.INFO),
    FeedState.POLLING: (Shape.CLOCK, Tone.INFO),
    FeedState.STALE: (Shape.TRIANGLE, Tone.WARN),
    FeedState.SIGNED_OUT: (Shape.SQUARE, Tone.NEUTRAL),
    FeedState.BROKEN: (Shape.CROSS, Tone.BAD),
}

_CADENCE = {
    "Active": (Shape.PLAY, Tone.GOOD),
    "Draft": (Shape.RING, Tone.NEUTRAL),
    "Inactive": (Shape.SQUARE, Tone.NEUTRAL),
    "Error": (Shape.TRIANGLE, Tone.BAD),
}

_OTHER = (Shape.DIAMOND, Tone.NEUTRAL)


def tracker_badge(state: str) -> Badge:
    """Return the badge of a tracker state."""
    return Badge(state_word(state), *_TRACKER.get(state, _OTHER))


def step_badge(state: str) -> Badge:
    """Return the badge of a step state."""
    return Badge(_STEP_WORDS.get(state, state), *_STEP.get(state, _OTHER))


def operation_badge(operation: Operation) -> Badge:
    """Return the badge of an operation: its state, with the reason of a wait."""
    word = _OPERATION_SHORT.get(operation.state, operation.words)
    return Badge(word, *_OPERATION[operation.state])


def state_badge(state: OperationState, word: str) -> Badge:
    """Return a badge with an operation state's shape and any word."""
    return Badge(word, *_OPERATION[state])


def verdict_badge(verdict: Verdict) -> Badge:
    """Return the badge of a preview row."""
    return Badge(verdict.value, *_VERDICT[verdict])


def feed_badge(state: FeedState, words: str) -> Badge:
    """Return the badge of the connection chip."""
    return Badge(words, *_FEED[state])


def cadence_badge(state: str) -> Badge:
    """Return the badge of a cadence state."""
    return Badge(state, *_CADENCE.get(state, _OTHER))


def badge_of_words(words: str) -> Badge | None:
    """Return the badge for an operation's words, as the Trackers table holds them; None when empty."""
    if not words:
        return None
    for state, (shape, tone) in _OPERATION.items():
        if words.startswith(_LEADING[state]):
            return Badge(words, shape, tone)
    return Badge(words, *_OTHER)


_LEADING = {
    OperationState.DRAFT: "Draft",
    OperationState.QUEUED: "Waiting",
    OperationState.SENDING: "Sending",
    OperationState.ACCEPTED: "Saved by",
    OperationState.SETTLED: "Confirmed",
    OperationState.REFUSED: "Refused",
    OperationState.IN_DOUBT: "In doubt",
    OperationState.NEEDS_REVIEW: "Needs review",
    OperationState.CANCELLED: "Canceled",
    OperationState.SUPERSEDED: "Superseded",
}
