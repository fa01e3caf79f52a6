"""When everything is compared: at night, by lot, not twice, and soon where nights never come."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from cadence_desk.sync.comparison import calls_to_compare
from cadence_desk.sync.nightly import LastWhole, next_comparison

ZONE = timezone(timedelta(hours=-5))


def at(day: int, hour: float) -> datetime:
    return datetime(2026, 11, day, tzinfo=ZONE) + timedelta(hours=hour)


@pytest.mark.parametrize(
    ("last", "now", "lot", "due"),
    [
        (at(23, 9), at(23, 18), 0.0, at(24, 1)),
        (at(23, 9), at(23, 18), 0.5, at(24, 3)),
        (at(23, 9), at(23, 18), 1.0, at(24, 5)),
        (at(23, 9), at(24, 3), 0.5, at(24, 4)),  # begun late: within what is left of the night
        (at(24, 2), at(24, 3), 0.5, at(25, 3)),  # done in this night
        (at(23, 20), at(23, 22), 0.5, at(25, 3)),  # read whole in the evening: not again in this night
        (at(24, 2), at(24, 12), 0.25, at(25, 2)),
        (at(20, 2), at(24, 9), 0.5, at(24, 9.5)),  # never open at night: within the hour
        (None, at(24, 9), 0.25, at(24, 9.25)),
    ],
)
def test_when(last: datetime | None, now: datetime, lot: float, due: datetime) -> None:
    assert next_comparison(last, now, lot) == due


def test_no_two_desks_need_the_same_time() -> None:
    times = {next_comparison(at(23, 9), at(23, 18), lot / 100) for lot in range(100)}
    assert len(times) == 100


@pytest.mark.parametrize(
    ("rows", "calls"),
    [((0, 0, 0, 0), 4), ((10_000, 0, 5_000, 5_000), 12), ((100_000, 0, 50_000, 50_000), 101), ((2_001,), 2)],
)
def test_what_it_costs(rows: tuple[int, ...], calls: int) -> None:
    assert calls_to_compare(*rows) == calls


def test_it_is_told_in_a_sentence() -> None:
    assert LastWhole(0.0).words.startswith("Everything was last read from Salesforce on 0")
    assert LastWhole(0.0, 0).words.endswith(": nothing differed.")
    assert LastWhole(0.0, 1).words.endswith(": 1 record differed.")
    assert LastWhole(0.0, 1_200).words.endswith(": 1,200 records differed.")
