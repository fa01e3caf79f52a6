"""Waits run on a clock that nobody sets."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.operations import Hold, Kind, Operation, OperationState
from cadence_desk.sync.org_time import UNSURE
from cadence_desk.sync.waits import DOUBTED, LONGEST_WAIT, Waits
from tests.engine.model_world import lead
from tests.engine.virtual_time import SteeredClock

if TYPE_CHECKING:
    from cadence_desk.domain.record_ids import RecordId

RESEND = 660.0
DAY = 86_400.0


def queued(op_id: str, target: RecordId = lead(1), **fields: Any) -> Operation:  # noqa: B008 - a constant
    return Operation(op_id, op_id, 0, Kind.PAUSE, target, OperationState.QUEUED, {}, **fields)


@pytest.fixture
def clock() -> SteeredClock:
    return SteeredClock()


@pytest.fixture
def waits(clock: SteeredClock) -> Waits:
    return Waits(clock, RESEND)


@pytest.mark.parametrize("jump", [0.0, DAY, -DAY, 3600.0, -3600.0])
def test_a_clock_that_is_set_changes_no_wait(waits: Waits, clock: SteeredClock, jump: float) -> None:
    one = queued("a", next_try=clock.wall() + 60)
    waits.take([one])
    clock.shift += jump
    assert waits.left(one) == 60
    assert not waits.may_go(one)
    clock.advance(60)
    assert waits.may_go(one)


def test_a_time_of_another_clock_holds_nothing_for_long(waits: Waits, clock: SteeredClock) -> None:
    one = queued("a", next_try=clock.wall() + DAY)
    waits.take([one], loaded=True)
    assert waits.left(one) == LONGEST_WAIT


def test_of_several_doubtful_sends_the_last_is_waited_for(waits: Waits, clock: SteeredClock) -> None:
    first = queued("a", subject_id="step", evidence={UNSURE: clock.wall(), DOUBTED: clock.wall()})
    other, follower = queued("b", subject_id="step"), queued("c", follows="a")
    waits.take([first])
    clock.advance(300)
    waits.take([first])
    assert (waits.left(other), waits.left(follower)) == (RESEND - 300, RESEND - 300)
    waits.take([replace(first, evidence={UNSURE: clock.wall(), DOUBTED: clock.wall()})])
    assert (waits.left(other), waits.left(follower)) == (RESEND, RESEND)
    clock.shift -= DAY
    waits.take([replace(first, evidence={UNSURE: clock.wall(), DOUBTED: clock.wall()})], loaded=True)
    assert waits.left(other) == RESEND


def test_a_new_wait_counts_and_the_same_one_is_not_begun_again(waits: Waits, clock: SteeredClock) -> None:
    one = queued("a", next_try=clock.wall() + 60)
    waits.take([one])
    clock.advance(50)
    waits.take([one])
    assert waits.left(one) == 10
    waits.take([replace(one, next_try=clock.wall() + 300)])
    assert waits.left(one) == 300
    waits.take([replace(one, next_try=0.0)])
    assert not waits.left(one)


@pytest.mark.parametrize("jump", [0.0, DAY, -DAY])
def test_a_record_that_may_change_twice_is_left_alone(waits: Waits, clock: SteeredClock, jump: float) -> None:
    first = queued("a", subject_id="t1", evidence={DOUBTED: clock.wall()})
    waits.take([first])
    clock.shift += jump
    assert waits.left(queued("b", subject_id="t1")) == RESEND
    assert not waits.left(queued("b", subject_id="t2"))
    assert not waits.left(first), "the same again may go"
    assert not waits.left(queued("b", lead(2), subject_id="t1"))
    clock.advance(RESEND)
    assert not waits.left(queued("b", subject_id="t1"))


def test_of_an_earlier_process_only_the_rest_is_waited_for(waits: Waits, clock: SteeredClock) -> None:
    waits.take([queued("a", subject_id="t1", evidence={DOUBTED: clock.wall() - 600})], loaded=True)
    assert waits.left(queued("b", subject_id="t1")) == 60


@pytest.mark.parametrize("jump", [0.0, DAY, -DAY])
def test_what_follows_a_change_that_was_sent_twice_waits_for_it(
    waits: Waits, clock: SteeredClock, jump: float
) -> None:
    first = queued("a", subject_id="step", evidence={UNSURE: clock.wall()})
    waits.take([first])
    clock.shift += jump
    undo = queued("b", subject_id="task", follows="a")
    assert waits.left(undo) == RESEND
    assert not waits.left(queued("c", subject_id="step")), "another record's change does not wait"
    assert not waits.left(first)
    waits.take([replace(first, evidence={UNSURE: 0.0})])
    clock.advance(RESEND)
    assert not waits.left(undo)


@pytest.mark.parametrize("hold", Hold)
def test_what_only_time_holds_may_go(waits: Waits, clock: SteeredClock, hold: Hold) -> None:
    stuck = hold in {Hold.SIGNED_OUT, Hold.RUN_HOLDING, Hold.SAFE_MODE}
    assert waits.may_go(queued("a", hold=hold)) is not stuck
    later = queued("a", hold=hold, next_try=clock.wall() + 1)
    waits.take([later])
    assert not waits.may_go(later)
