"""Org time: speed, jumps, pauses, and never backward."""

from __future__ import annotations

import pytest

from cadence_desk.practice.org.clock import VirtualClock


class Ticks:
    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


def test_time_runs_at_its_speed() -> None:
    ticks = Ticks()
    clock = VirtualClock(1_000_000, 10.0, ticks)
    ticks.now += 2
    assert clock.now_ms() == 1_020_000
    clock.set_speed(1)
    ticks.now += 2
    assert clock.now_ms() == 1_022_000


def test_a_pause_stands_still_and_a_jump_works_in_it() -> None:
    ticks = Ticks()
    clock = VirtualClock(0, 1.0, ticks)
    clock.pause()
    ticks.now += 5
    assert clock.now_ms() == 0
    clock.jump(3600_000)
    assert clock.now_ms() == 3600_000
    clock.resume()
    ticks.now += 1
    assert clock.now_ms() == 3601_000
    assert not clock.paused


def test_stored_moments_are_whole_seconds() -> None:
    assert VirtualClock(1_234_567, 0).now_s() == 1_234_000


def test_time_never_runs_backward() -> None:
    clock = VirtualClock(0, 0)
    with pytest.raises(ValueError, match="backward"):
        clock.jump(-1)
    with pytest.raises(ValueError, match="backward"):
        clock.set_speed(-1)
    with pytest.raises(ValueError, match="backward"):
        VirtualClock(0, -1)


def test_without_a_start_it_is_the_wall_clock() -> None:
    assert VirtualClock(None, 1.0).now_ms() > 1_700_000_000_000
