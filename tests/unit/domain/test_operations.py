"""The ten states: what may follow what, what a row shows, what stands on screen."""

from __future__ import annotations

import pytest

from cadence_desk.domain.operations import (
    HOLD_WORDS,
    KIND_WORDS,
    OPEN_STATES,
    STATE_WORDS,
    TRANSITIONS,
    Hold,
    Kind,
    OperationState,
    leading_state,
)
from tests.unit.store.desk_files import operation

S = OperationState


def test_every_state_hold_and_kind_has_its_words() -> None:
    assert set(TRANSITIONS) == set(STATE_WORDS) == set(S)
    assert set(HOLD_WORDS) == set(Hold)
    assert set(KIND_WORDS) == set(Kind)


def test_what_may_follow_what() -> None:
    ends = {state for state, after in TRANSITIONS.items() if not after}
    assert ends == {S.SETTLED, S.CANCELLED, S.SUPERSEDED}
    assert TRANSITIONS[S.REFUSED] == {S.SUPERSEDED}
    assert S.QUEUED not in TRANSITIONS[S.ACCEPTED], "what the org has is never sent again"
    assert TRANSITIONS[S.SENDING].isdisjoint({S.SETTLED, S.CANCELLED, S.SUPERSEDED, S.NEEDS_REVIEW})
    withdrawn = {S.CANCELLED, S.SUPERSEDED}
    for state in (S.SENDING, S.ACCEPTED, S.IN_DOUBT):
        assert TRANSITIONS[state].isdisjoint(withdrawn), "the org may have it already"
    assert OPEN_STATES.isdisjoint(ends | {S.DRAFT, S.REFUSED})


def test_from_every_state_an_end_can_be_reached() -> None:
    for state in S:
        seen, waiting = set(), [state]
        while waiting:
            one = waiting.pop()
            if one not in seen:
                seen.add(one)
                waiting.extend(TRANSITIONS[one])
        assert seen & {S.SETTLED, S.CANCELLED, S.SUPERSEDED}


def test_a_row_shows_the_state_that_needs_most_attention() -> None:
    order = [S.NEEDS_REVIEW, S.IN_DOUBT, S.REFUSED, S.SENDING, S.QUEUED, S.DRAFT, S.ACCEPTED, S.SETTLED]
    for place, state in enumerate(order):
        assert leading_state([*order[place:], S.CANCELLED, S.SUPERSEDED]) is state
    assert leading_state([S.SUPERSEDED, S.CANCELLED]) is S.CANCELLED
    assert leading_state([S.SUPERSEDED]) is S.SUPERSEDED
    with pytest.raises(ValueError, match="no states"):
        leading_state([])


def test_words_carry_the_reason() -> None:
    assert operation("1", state=S.QUEUED).words == "Waiting"
    assert operation("1", state=S.QUEUED, hold=Hold.OFFLINE).words == "Waiting: offline"
    assert operation("1", state=S.REFUSED, server_text="No.").words == "Refused: No."
    assert operation("1", state=S.REFUSED).words == "Refused"
    assert operation("1", state=S.SETTLED, hold=Hold.OFFLINE, server_text="No.").words == "Confirmed"
