"""What a toast says about presses that were stored: where they stand now, and whether they can be taken back. Pure.

Imports domain. Called by the toast's follower.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import HOLD_WORDS, Hold, OperationState, leading_state

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cadence_desk.domain.operations import Operation

_S = OperationState
LONGEST_TEXT = 80
"""So much of Salesforce's own words fits into a toast; the outbox has them whole."""

UNDO = "Undo  (U)"
TAKE_BACK = "Take back …  (U)"

_ONE: Mapping[OperationState, str] = {
    _S.DRAFT: "not saved yet",
    _S.QUEUED: "waiting to be sent",
    _S.SENDING: "being sent to Salesforce …",
    _S.ACCEPTED: "saved by Salesforce, and read back now …",
    _S.SETTLED: "confirmed",
    _S.REFUSED: "refused",
    _S.IN_DOUBT: "in doubt, checking with Salesforce …",
    _S.NEEDS_REVIEW: "needs review (G, then O)",
    _S.CANCELLED: "canceled, nothing was sent",
    _S.SUPERSEDED: "replaced by a newer change",
}
_MANY: Mapping[OperationState, str] = {
    **_ONE,
    _S.QUEUED: "waiting",
    _S.SENDING: "being sent",
    _S.ACCEPTED: "saved",
    _S.IN_DOUBT: "in doubt",
    _S.NEEDS_REVIEW: "to review (G, then O)",
    _S.CANCELLED: "canceled",
    _S.SUPERSEDED: "replaced",
}
_OVER = frozenset({_S.SETTLED, _S.REFUSED, _S.NEEDS_REVIEW, _S.CANCELLED, _S.SUPERSEDED})
_BAD = frozenset({_S.REFUSED, _S.NEEDS_REVIEW, _S.IN_DOUBT})
_MOVING = frozenset({_S.SENDING, _S.ACCEPTED})
_CAN_GO_BACK = frozenset({_S.QUEUED, _S.ACCEPTED, _S.SETTLED})


@dataclass(frozen=True, slots=True)
class Standing:
    """Where some presses stand.

    Attributes:
        words: a sentence about it.
        over: nothing more happens by itself.
        moving: an answer is awaited just now, so that the words change soon.
        bad: a person should look at it.
        back: an opposite change, or a withdrawal, can still be asked for.
    """

    words: str
    over: bool = False
    moving: bool = False
    bad: bool = False
    back: bool = False


def standing(what: str, operations: Sequence[Operation], left: float) -> Standing:
    """Return where `what` stands; `left` are the seconds in which it can still be taken back unsent."""
    presses: dict[str, list[Operation]] = {}
    for one in operations:
        presses.setdefault(one.intent_id, []).append(one)
    if not presses:
        return Standing(f"{what}: waiting to be sent.", back=True)
    states = [leading_state(one.state for one in press) for press in presses.values()]
    counts = Counter(states)
    if left > 0:
        words = f"goes to Salesforce in {math.ceil(left)} s"
    elif len(counts) == 1:
        words = _words_of_one(states[0], operations)
    else:
        words = ", ".join(f"{counts[state]:,} {_MANY[state]}" for state in _MANY if counts[state])
    return Standing(
        f"{what}: {words}{'' if words.endswith(('…', '.')) else '.'}",
        over=all(state in _OVER for state in states),
        moving=any(state in _MOVING for state in states),
        bad=any(state in _BAD for state in states),
        back=any(state in _CAN_GO_BACK for state in states),
    )


def _words_of_one(state: OperationState, operations: Sequence[Operation]) -> str:
    """Return the words for presses that are all in one state, with why they wait or were refused."""
    found = [one for one in operations if one.state is state]
    if state is _S.QUEUED and not all(one.kept for one in found):
        return "on its way, and saved once Salesforce has answered"
    if state is _S.QUEUED and found and found[0].hold not in {Hold.NONE, Hold.UNDO_WINDOW}:
        return f"waiting: {HOLD_WORDS[found[0].hold]}"
    text = " ".join(found[0].server_text.split()) if found else ""
    if state is _S.REFUSED and text:
        return f"refused: {text[:LONGEST_TEXT]}{' …' if len(text) > LONGEST_TEXT else ''}"
    return _ONE[state]


def run_standing(what: str, ended: int, wanted: int, *, over: bool) -> Standing:
    """Return where an addition of many stands, of which this window holds no single press."""
    if over:
        return Standing(f"{what}: finished. What became of each: G, then M.", over=True)
    return Standing(f"{what}: {ended:,} of {wanted:,} done (G, then M).", moving=True)
