"""A stream asks only for what there is room for, keeps itself open and notices silence."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from cadence_desk.salesforce.flow import ROOM_SECONDS, Flow
from tests.unit.salesforce.org_fakes import FakeClock

if TYPE_CHECKING:
    import pytest


def make(room: int, clock: FakeClock | None = None) -> tuple[Flow, list[int], FakeClock]:
    space = [room]
    time = clock or FakeClock()
    return Flow(lambda: space[0], time.monotonic, 300.0), space, time


def test_at_most_a_hundred_and_at_least_one() -> None:
    assert make(1000)[0].first() == 100
    assert make(30)[0].first() == 30
    assert make(0)[0].first() == 1


def test_more_is_asked_for_below_half() -> None:
    flow, _, _ = make(1000)
    flow.first()
    flow.received(49)
    flow.received(1)
    assert flow.next() == 50


def test_only_free_space_is_asked_for() -> None:
    flow, space, _ = make(60)
    flow.first()
    space[0] = 20
    flow.received(50)
    assert flow.next() == 10


def test_a_full_inbox_waits_until_the_server_would_close() -> None:
    flow, space, clock = make(5)
    flow.first()
    space[0] = 0
    flow.received(5)
    clock.now += 46
    assert flow.next() == 1


def test_room_that_appears_is_used() -> None:
    flow, space, _ = make(5)
    flow.first()
    space[0] = 0
    flow.received(5)
    asked: list[int] = []
    thread = threading.Thread(target=lambda: asked.append(flow.next()), daemon=True)
    thread.start()
    space[0] = 80
    flow.received(0)
    thread.join(10)
    assert asked == [80]


def test_room_that_appears_is_found_although_nothing_comes(monkeypatch: pytest.MonkeyPatch) -> None:
    flow, space, _ = make(5)
    flow.first()
    space[0] = 0
    flow.received(5)
    waits: list[float | None] = []

    def wait(seconds: float | None = None) -> bool:
        waits.append(seconds)
        space[0] = 80
        return False

    monkeypatch.setattr(flow._condition, "wait", wait)
    assert flow.next() == 80
    assert waits == [ROOM_SECONDS]


def test_silence_ends_it() -> None:
    flow, _, clock = make(100)
    flow.first()
    clock.now += 299
    flow.received(0)
    clock.now += 301
    assert flow.next() == 0
    assert flow.silent


def test_closing_ends_the_wait() -> None:
    flow, _, _ = make(100)
    flow.first()
    asked: list[int] = []
    thread = threading.Thread(target=lambda: asked.append(flow.next()), daemon=True)
    thread.start()
    flow.close()
    thread.join(10)
    assert asked == [0]
    assert not flow.silent
