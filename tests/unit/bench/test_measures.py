"""What the lines of the benchmark are made of: each measure sees what it is there to see."""

from __future__ import annotations

import sqlite3
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.bench.figures import Spread
from tests.bench.file_work import FileWork, file_work
from tests.bench.growth import line, slope
from tests.bench.lane_times import LaneTimes
from tests.bench.tour_stalls import stall_line
from tests.bench.window_at_rest import of_a_minute

if TYPE_CHECKING:
    from pathlib import Path

SIZES = (1_000, 10_000, 100_000, 500_000)


def touched(path: Path) -> None:
    with sqlite3.connect(path / "a.db") as link:
        link.execute("SELECT 1").fetchone()
    link.close()
    (path / "a.txt").write_text("x", encoding="ascii")


def test_files_touched_by_the_thread_that_is_looked_at_are_seen(tmp_path: Path) -> None:
    with file_work() as work:
        touched(tmp_path)
    assert work.sqlite_calls >= 4
    assert work.file_calls >= 1
    assert work.seconds > 0


def test_files_touched_by_another_thread_are_not_its_own(tmp_path: Path) -> None:
    other = threading.Thread(target=touched, args=(tmp_path,))
    with file_work() as work:
        other.start()
        other.join()
    assert (work.sqlite_calls, work.file_calls, work.seconds) == (0, 0, 0.0)
    assert (tmp_path / "a.txt").exists()


def test_the_hook_is_gone_afterwards(tmp_path: Path) -> None:
    with file_work() as work:
        pass
    touched(tmp_path)
    assert work.sqlite_calls == FileWork().sqlite_calls


def test_the_busiest_lane_says_what_calls_must_take() -> None:
    times = LaneTimes()
    for thread, calls in {"bulk-1": 6, "interactive-1": 4, "interactive-2": 4, "read-1": 2}.items():
        times.calls[thread] = [(0.0, 0.5)] * calls
    assert (times.count, times.workers, times.latency) == (16, 4, 0.5)
    assert times.least_seconds() == pytest.approx(3.0), "six calls of the one bulk worker, not eight by two"
    assert LaneTimes().least_seconds() == 0.0


@pytest.mark.parametrize(("power", "bound"), [(0.0, 0.01), (1.0, 1.01), (2.0, 2.01)])
def test_the_exponent_is_that_of_the_power(power: float, bound: float) -> None:
    assert power - 0.01 <= slope(SIZES, [7.0 * size**power for size in SIZES]) <= bound


def spreads(*values: float) -> list[Spread]:
    return [Spread((value * 0.9, value, value * 1.2)) for value in values]


def test_growth_of_the_last_step_is_not_hidden_by_what_everything_costs() -> None:
    values = [100.0, 100.0, 101.0, 101.0 * 25]
    assert slope(SIZES, values) == pytest.approx(2.0)
    assert not line("filter", SIZES, spreads(*values)).ok


def test_growth_is_told_with_the_figures_of_each_size() -> None:
    found = line("live", SIZES, spreads(50.0, 50.0, 50.0, 50.0)).to_json()
    assert (found["value"], found["ok"], found["repeats"]) == (pytest.approx(0.0), True, 3)
    assert [(one["people"], one["median"], one["max"]) for one in found["table"]] == [
        (size, 50.0, 60.0) for size in SIZES
    ]


def tour_report(busiest: float, long: tuple[float, ...] = ()) -> dict[str, Any]:
    return {
        "people": 200,
        "journeys": [{"ok": True}, {"ok": False}],
        "meters": {
            "busiest_callback": ["tour", busiest],
            "callbacks_over_50_ms": [["follower", one] for one in long],
            "silence_p99_ms": 20.0,
            "silence_worst_ms": 90.0,
            "beats": 400,
        },
    }


def test_a_callback_that_took_too_long_is_the_longest_though_the_figures_began_anew_since() -> None:
    found = stall_line([tour_report(12.0, (71.5,))], [20.0])
    assert (found.value, found.ok) == (71.5, False)
    assert "1 of 2 journeys" in found.spread


def test_the_worst_of_all_tours_is_judged_and_not_the_ratio() -> None:
    tours = [tour_report(busiest) for busiest in (30.0, 49.0, 31.0)]
    found = stall_line(tours, [60.0, 62.0, 61.0])
    assert (found.value, found.ok, found.reference_value) == (49.0, True, 61.0)
    assert found.ratio == pytest.approx(31 / 61)
    assert not stall_line([*tours, tour_report(1.0, (51.0,))], [600.0] * 4).ok


def test_what_a_window_at_rest_uses_is_the_whole_time_and_not_the_middle_look() -> None:
    found = of_a_minute(Spread((100.0, 100.0, 100.0, 100.0, 100.0, 100.0, 4_000.0)), Spread((1.0,) * 7), 10)
    assert found.value == pytest.approx(4_600 / 7)
    assert not found.ok
    assert (found.judged, found.ours and max(found.ours.values)) == ("value", 4_000.0)
