"""What a person may decide about an operation, by its state, and the words for it. Imports no other room.

The desk carries a choice out; window and command line show the same ones (house rules, transitions).
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import is_unreadable
from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState

if TYPE_CHECKING:
    from collections.abc import Mapping

_S = OperationState

DROPPED = "dropped_at"
"""Evidence of a refused operation that a person took out of the outbox view: when, in wall seconds."""

RESENT = "resent_at"
"""Evidence of an operation that a person had sent again: when, in wall seconds."""

CALL_KINDS = frozenset({Kind.LOG_CALL, Kind.COMPLETE_CALL})
"""Kinds whose text a person typed, so that it can be taken up again."""


class Choice(Enum):
    """One decision."""

    SETTLE = "settle"
    RESEND = "resend"
    DROP = "drop"
    EDIT = "edit"
    ASK_AGAIN = "ask_again"
    HIDE = "hide"
    CANCEL = "cancel"
    CANCEL_RUN = "cancel_run"
    CHECK_NOW = "check_now"
    UNDO = "undo"
    GO_ON = "go_on"
    DISCARD = "discard"


CHOICE_WORDS: Mapping[Choice, str] = {
    Choice.SETTLE: "It is in Salesforce",
    Choice.RESEND: "Send again",
    Choice.DROP: "Drop it",
    Choice.EDIT: "Edit and save again",
    Choice.ASK_AGAIN: "Ask again",
    Choice.HIDE: "Drop from view",
    Choice.CANCEL: "Cancel it",
    Choice.CANCEL_RUN: "Cancel all that wait of this run",
    Choice.CHECK_NOW: "Check now",
    Choice.UNDO: "Undo",
    Choice.GO_ON: "Go on writing",
    Choice.DISCARD: "Discard",
}

CHOICE_HINTS: Mapping[Choice, str] = {
    Choice.SETTLE: "You looked, and Salesforce has it: it counts as confirmed, and what waits behind it goes on.",
    Choice.RESEND: (
        "If Salesforce did carry it out unseen, it will be there twice. "
        "It is looked for once more first, and not sent while the first send may still be running."
    ),
    Choice.DROP: "It is not sent again. Whatever Salesforce has of it stays there.",
    Choice.EDIT: "A new change takes its place; the text is kept. Look in Salesforce first: the old one may be there.",
    Choice.ASK_AGAIN: "The same is asked for once more, as a new change.",
    Choice.HIDE: "It leaves this list; it was refused, so there is nothing in Salesforce to mend.",
    Choice.CANCEL: "It was not sent, and will not be.",
    Choice.CANCEL_RUN: "What of this run was not sent yet will not be. What was sent stays as it is.",
    Choice.CHECK_NOW: "Salesforce is read now; nothing is sent sooner than it is safe.",
    Choice.UNDO: "It is taken back by an opposite change, which you see before it is made.",
    Choice.GO_ON: "The call panel opens with your text.",
    Choice.DISCARD: "The text is forgotten.",
}

ASKED_FIRST = frozenset({
    Choice.SETTLE, Choice.RESEND, Choice.DROP, Choice.ASK_AGAIN, Choice.CANCEL_RUN, Choice.DISCARD,
})  # fmt: skip
"""Choices that cannot be taken back, or touch more than what is seen: a person confirms them."""

DANGEROUS = frozenset({Choice.RESEND, Choice.DROP, Choice.DISCARD})

_BY_STATE: Mapping[OperationState, tuple[Choice, ...]] = {
    _S.DRAFT: (Choice.GO_ON, Choice.DISCARD),
    _S.QUEUED: (Choice.CANCEL,),
    _S.SENDING: (),
    _S.ACCEPTED: (Choice.CHECK_NOW,),
    _S.IN_DOUBT: (Choice.CHECK_NOW,),
    _S.NEEDS_REVIEW: (Choice.SETTLE, Choice.RESEND, Choice.EDIT, Choice.DROP),
    _S.REFUSED: (Choice.EDIT, Choice.ASK_AGAIN, Choice.HIDE),
    _S.SETTLED: (Choice.UNDO,),
    _S.CANCELLED: (),
    _S.SUPERSEDED: (),
}


def is_dropped(operation: Operation) -> bool:
    """Return True for what a person took out of view: it was refused, and nothing tells of it any more but the history."""
    return operation.state is _S.REFUSED and bool((operation.evidence or {}).get(DROPPED))


def choices_of(operation: Operation) -> list[Choice]:
    """Return what a person may decide about an operation by its own state, most likely first."""
    if is_unreadable(operation):
        return [Choice.SETTLE, Choice.DROP] if operation.state is _S.NEEDS_REVIEW else []
    call = operation.kind in CALL_KINDS
    left_out = {Choice.ASK_AGAIN} if call else {Choice.EDIT, Choice.GO_ON, Choice.DISCARD}
    found = [one for one in _BY_STATE[operation.state] if one not in left_out]
    if operation.state is _S.QUEUED and operation.run_id:
        found.append(Choice.CANCEL_RUN)
    if is_dropped(operation):
        found.remove(Choice.HIDE)
    return found


UNREADABLE_MEANING = (
    "What this asked for was sealed with a key that is gone, so it cannot be sent any more. Look in Salesforce whether "
    "it is there, then close it here."
)


def meaning_of(operation: Operation) -> str:
    """Return what the state of an operation means, what happens by itself, and how to go on where nothing does."""
    if is_unreadable(operation):
        return UNREADABLE_MEANING
    waits = HOLD_MEANINGS.get(operation.hold, "") if operation.state is _S.QUEUED else ""
    return waits or STATE_MEANINGS[operation.state]


HOLD_MEANINGS: Mapping[Hold, str] = {
    Hold.SAFE_MODE: (
        "It is stored on this computer and was not carried out. Nothing is sent in safe mode: press “Leave safe mode” in "
        "the bar at the top, or Ctrl+K and “Leave safe mode”, and it goes out at once."
    ),
    Hold.NOT_ALLOWED: (
        "It is stored on this computer and was not carried out. Salesforce does not allow it to your user now: the API is "
        "switched off, or a permission or a license is missing. Ask a Salesforce admin. It is tried again now and then, "
        "when you sign in, and when you refresh (F5)."
    ),
}
"""Where a wait does not end by itself, or a person should know why."""

HOLD_WAYS: Mapping[Hold, str] = {
    Hold.SAFE_MODE: "leave safe mode to send it (Ctrl+K)",
    Hold.NOT_ALLOWED: "a permission or the API is off: ask an admin, then refresh (F5)",
}
"""How to go on, short enough for a row."""


STATE_MEANINGS: Mapping[OperationState, str] = {
    _S.DRAFT: "You have not saved this yet. The text is kept on this computer.",
    _S.QUEUED: "It is stored on this computer and was not carried out. It goes out by itself.",
    _S.SENDING: "It is on its way; the answer is awaited.",
    _S.ACCEPTED: "Salesforce said yes. It is read back now to be sure.",
    _S.SETTLED: "Salesforce was read, and has it.",
    _S.REFUSED: "Salesforce said no. Nothing was carried out.",
    _S.IN_DOUBT: (
        "It was sent, and no usable answer came. Salesforce is read to find out; nothing is sent again before that."
    ),
    _S.NEEDS_REVIEW: "Reading Salesforce did not tell whether it was carried out. Look there, then decide here.",
    _S.CANCELLED: "It was taken back before it was carried out, or dropped.",
    _S.SUPERSEDED: "A newer change took its place.",
}
