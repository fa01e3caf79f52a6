"""Operations: the ten states, what may follow what, and the words on screen. Imports no other room.

The store's trigger and the engine both read TRANSITIONS; the screen reads STATE_WORDS and HOLD_WORDS.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from cadence_desk.domain.record_ids import RecordId


class OperationState(Enum):
    """Where one write stands."""

    DRAFT = "draft"
    QUEUED = "queued"
    SENDING = "sending"
    ACCEPTED = "accepted"
    SETTLED = "settled"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"
    NEEDS_REVIEW = "needs_review"
    CANCELLED = "cancelled"
    SUPERSEDED = "superseded"


_S = OperationState

TRANSITIONS: Mapping[OperationState, frozenset[OperationState]] = {
    _S.DRAFT: frozenset({_S.QUEUED, _S.CANCELLED}),
    _S.QUEUED: frozenset({_S.SENDING, _S.SETTLED, _S.CANCELLED, _S.SUPERSEDED}),
    _S.SENDING: frozenset({_S.ACCEPTED, _S.REFUSED, _S.QUEUED, _S.IN_DOUBT}),
    _S.ACCEPTED: frozenset({_S.SETTLED, _S.NEEDS_REVIEW}),
    _S.IN_DOUBT: frozenset({_S.SETTLED, _S.QUEUED, _S.NEEDS_REVIEW}),
    _S.NEEDS_REVIEW: frozenset({_S.SETTLED, _S.QUEUED, _S.CANCELLED, _S.SUPERSEDED}),
    _S.REFUSED: frozenset({_S.SUPERSEDED}),
    _S.SETTLED: frozenset(),
    _S.CANCELLED: frozenset(),
    _S.SUPERSEDED: frozenset(),
}
"""The only changes of state there are; a trigger in outbox.db holds them too."""

OPEN_STATES = frozenset({_S.QUEUED, _S.SENDING, _S.ACCEPTED, _S.IN_DOUBT, _S.NEEDS_REVIEW})

_PRECEDENCE = (
    _S.NEEDS_REVIEW,
    _S.IN_DOUBT,
    _S.REFUSED,
    _S.SENDING,
    _S.QUEUED,
    _S.DRAFT,
    _S.ACCEPTED,
    _S.SETTLED,
)

STATE_WORDS: Mapping[OperationState, str] = {
    _S.DRAFT: "Draft",
    _S.QUEUED: "Waiting",
    _S.SENDING: "Sending",
    _S.ACCEPTED: "Saved by Salesforce",
    _S.SETTLED: "Confirmed",
    _S.REFUSED: "Refused",
    _S.IN_DOUBT: "In doubt: checking with Salesforce",
    _S.NEEDS_REVIEW: "Needs review",
    _S.CANCELLED: "Canceled",
    _S.SUPERSEDED: "Superseded",
}


UNKEPT_WORDS: Mapping[OperationState, str] = {
    _S.DRAFT: "Draft, until you quit",
    _S.QUEUED: "Not saved yet",
}
"""In place of the words above for what this computer does not keep longer than its session."""


class Hold(Enum):
    """Why a queued operation waits."""

    NONE = ""
    OFFLINE = "offline"
    SIGNED_OUT = "signed_out"
    ORG_LIMIT = "org_limit"
    RUN_HOLDING = "run_holding"
    SCHEDULED = "scheduled"
    UNDO_WINDOW = "undo_window"
    BEHIND = "behind"
    SAFE_MODE = "safe_mode"
    NOT_ALLOWED = "not_allowed"


HOLD_WORDS: Mapping[Hold, str] = {
    Hold.NONE: "",
    Hold.OFFLINE: "offline",
    Hold.SIGNED_OUT: "signed out",
    Hold.ORG_LIMIT: "the org's limit",
    Hold.RUN_HOLDING: "the run is on hold",
    Hold.SCHEDULED: "scheduled",
    Hold.UNDO_WINDOW: "can be undone",
    Hold.BEHIND: "behind an earlier change",
    Hold.SAFE_MODE: "safe mode",
    Hold.NOT_ALLOWED: "not allowed",
}


class Kind(Enum):
    """What an operation does; the engine's KINDS registry holds all knowledge of each."""

    LOG_CALL = "log_call"
    COMPLETE_STEP = "complete_step"
    COMPLETE_CALL = "complete_call"
    """Logs the call and completes the step through the original brief's action, where the org lists it."""
    SKIP_STEP = "skip_step"
    ENROLL = "enroll"
    REMOVE = "remove"
    PAUSE = "pause"
    RESUME = "resume"
    CHANGE_ASSIGNEE = "change_assignee"
    SET_DISPOSITION = "set_disposition"
    ADD_TASK = "add_task"
    DELETE_TASK = "delete_task"
    """Takes a logged call or a follow-up task back."""


KIND_WORDS: Mapping[Kind, str] = {
    Kind.LOG_CALL: "Log call",
    Kind.COMPLETE_STEP: "Complete step",
    Kind.COMPLETE_CALL: "Log call and complete step",
    Kind.SKIP_STEP: "Skip step",
    Kind.ENROLL: "Add to cadence",
    Kind.REMOVE: "Remove from cadence",
    Kind.PAUSE: "Pause",
    Kind.RESUME: "Resume",
    Kind.CHANGE_ASSIGNEE: "Change assignee",
    Kind.SET_DISPOSITION: "Set cadence disposition",
    Kind.ADD_TASK: "Add follow-up task",
    Kind.DELETE_TASK: "Delete task",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """One write, stored before it is sent.

    Attributes:
        op_id: UUIDv7; the idempotency key for all attempts.
        intent_id: the press that made it; several operations may share it, in the order of `seq`.
        payload: what is asked, JSON-ready; personal text lives only here and in server_text.
        expect: fields the org should show when it is done, JSON-ready.
        evidence: what was seen: ids created, where the target went next.
        created, sent, next_try: wall seconds; 0.0 means not yet.
        owner_boot_id: the process that is sending it.
        kept: False for a text that this computer keeps until its session ends and no longer: it is not saved before
            Salesforce has answered, and no word on screen may say so.
    """

    op_id: str
    intent_id: str
    seq: int
    kind: Kind
    target_id: RecordId
    state: OperationState
    payload: Mapping[str, object]
    cadence_id: str = ""
    subject_id: str = ""
    lane: str = "interactive"
    hold: Hold = Hold.NONE
    attempt: int = 0
    checks: int = 0
    created: float = 0.0
    sent: float = 0.0
    next_try: float = 0.0
    owner_boot_id: str = ""
    server_id: str = ""
    server_code: str = ""
    server_text: str = ""
    expect: Mapping[str, object] | None = None
    evidence: Mapping[str, object] | None = None
    run_id: str = ""
    row_no: int = 0
    follows: str = ""
    kept: bool = True

    @property
    def words(self) -> str:
        """The state as shown on screen, with the reason of a wait or a refusal."""
        word = STATE_WORDS[self.state]
        if not self.kept and self.state in UNKEPT_WORDS:
            word = UNKEPT_WORDS[self.state]
        if self.state is OperationState.QUEUED and self.hold is not Hold.NONE:
            return f"{word}: {HOLD_WORDS[self.hold]}"
        if self.state is OperationState.REFUSED and self.server_text:
            return f"{word}: {self.server_text}"
        return word


def leading_state(states: Iterable[OperationState]) -> OperationState:
    """Return the state that a row with several operations shows.

    Canceled and superseded show only when nothing else is left. Raises ValueError for an empty input.
    """
    seen = set(states)
    for state in _PRECEDENCE:
        if state in seen:
            return state
    if _S.CANCELLED in seen:
        return _S.CANCELLED
    if _S.SUPERSEDED in seen:
        return _S.SUPERSEDED
    raise ValueError("no states given")
