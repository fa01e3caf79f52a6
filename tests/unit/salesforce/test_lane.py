"""Lanes run calls in daemon threads, hand errors back and end in bounded time."""

from __future__ import annotations

import threading
from concurrent.futures import CancelledError

import pytest

from cadence_desk.domain.errors import InternalError, OrgBusy
from cadence_desk.domain.ports import LaneName
from cadence_desk.salesforce.lane import NamedLanes


def test_results_and_errors_come_back() -> None:
    lanes = NamedLanes()
    assert lanes.run(LaneName.READ, lambda: 5).result(10) == 5

    def fail() -> None:
        raise OrgBusy

    with pytest.raises(OrgBusy):
        lanes.run(LaneName.READ, fail).result(10)
    assert lanes.run(LaneName.READ, threading.current_thread).result(10).daemon
    lanes.close(5)


def test_a_lane_runs_as_many_at_once_as_it_has_workers() -> None:
    lanes = NamedLanes()
    both = threading.Barrier(2)
    futures = [lanes.run(LaneName.INTERACTIVE, lambda: both.wait(10)) for _ in range(2)]
    assert sorted(future.result(10) for future in futures) == [0, 1]
    names = {lanes.run(LaneName.BULK, threading.get_ident).result(10) for _ in range(5)}
    assert len(names) == 1
    lanes.close(5)


def test_calls_of_one_worker_keep_their_order() -> None:
    lanes = NamedLanes()
    done: list[int] = []

    def note(number: int) -> None:
        done.append(number)

    futures = [lanes.run(LaneName.READ, lambda number=number: note(number)) for number in range(20)]  # type: ignore[misc]
    for future in futures:
        future.result(10)
    assert done == list(range(20))
    lanes.close(5)


def test_closing_cancels_what_waits_and_does_not_wait_for_ever() -> None:
    lanes = NamedLanes()
    started, release = threading.Event(), threading.Event()

    def hang() -> None:
        started.set()
        release.wait(20)

    running = lanes.run(LaneName.BULK, hang)
    waiting = lanes.run(LaneName.BULK, hang)
    assert started.wait(10)
    lanes.close(0.01)
    with pytest.raises(CancelledError):
        waiting.result(10)
    assert not running.done()
    with pytest.raises(InternalError):
        lanes.run(LaneName.READ, lambda: 1).result(10)
    release.set()
    running.result(10)


def test_a_canceled_call_is_not_run() -> None:
    lanes = NamedLanes()
    started, release = threading.Event(), threading.Event()

    def hang() -> None:
        started.set()
        release.wait(20)

    lanes.run(LaneName.READ, hang)
    assert started.wait(10)
    ran: list[int] = []
    future = lanes.run(LaneName.READ, lambda: ran.append(1))
    assert future.cancel()
    release.set()
    lanes.run(LaneName.READ, lambda: None).result(10)
    assert ran == []
    lanes.close(5)
