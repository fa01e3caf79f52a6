"""Date literals, counted from Tuesday 2026-11-24."""

from datetime import date

import pytest

from cadence_desk.practice.soql.periods import Period, moment_ms, period, rendered_moment
from tests.unit.practice.soql.small_org import NOW_MS

SPANS = [
    ("TODAY", None, "2026-11-24", "2026-11-25"),
    ("YESTERDAY", None, "2026-11-23", "2026-11-24"),
    ("TOMORROW", None, "2026-11-25", "2026-11-26"),
    ("THIS_WEEK", None, "2026-11-22", "2026-11-29"),
    ("LAST_WEEK", None, "2026-11-15", "2026-11-22"),
    ("NEXT_WEEK", None, "2026-11-29", "2026-12-06"),
    ("THIS_MONTH", None, "2026-11-01", "2026-12-01"),
    ("LAST_MONTH", None, "2026-10-01", "2026-11-01"),
    ("NEXT_MONTH", None, "2026-12-01", "2027-01-01"),
    ("THIS_QUARTER", None, "2026-10-01", "2027-01-01"),
    ("LAST_QUARTER", None, "2026-07-01", "2026-10-01"),
    ("THIS_YEAR", None, "2026-01-01", "2027-01-01"),
    ("LAST_YEAR", None, "2025-01-01", "2026-01-01"),
    ("NEXT_YEAR", None, "2027-01-01", "2028-01-01"),
    ("LAST_90_DAYS", None, "2026-08-26", "2026-11-25"),
    ("NEXT_90_DAYS", None, "2026-11-25", "2027-02-23"),
    ("LAST_N_DAYS", 7, "2026-11-17", "2026-11-25"),
    ("LAST_N_DAYS", 0, "2026-11-24", "2026-11-25"),
    ("NEXT_N_DAYS", 1, "2026-11-25", "2026-11-26"),
    ("N_DAYS_AGO", 3, "2026-11-21", "2026-11-22"),
    ("LAST_N_WEEKS", 2, "2026-11-08", "2026-11-22"),
    ("NEXT_N_MONTHS", 2, "2026-12-01", "2027-02-01"),
    ("LAST_N_MONTHS", 12, "2025-11-01", "2026-11-01"),
    ("LAST_N_QUARTERS", 1, "2026-07-01", "2026-10-01"),
    ("N_YEARS_AGO", 1, "2025-01-01", "2026-01-01"),
]


@pytest.mark.parametrize(("word", "count", "first", "after"), SPANS)
def test_a_date_literal_is_a_span_of_days(word: str, count: int | None, first: str, after: str) -> None:
    assert period(word, count, NOW_MS) == Period(date.fromisoformat(first), date.fromisoformat(after))


@pytest.mark.parametrize(
    ("word", "count"), [("SOMEDAY", None), ("LAST_N_DAYS", None), ("TODAY", 3), ("LAST_N_CENTURIES", 1)]
)
def test_no_such_literal(word: str, count: int | None) -> None:
    assert period(word, count, NOW_MS) is None


def test_a_span_outside_the_calendar_overflows() -> None:
    for word in ("LAST_N_DAYS", "NEXT_N_YEARS", "N_MONTHS_AGO"):
        with pytest.raises(OverflowError):
            period(word, 10**12, NOW_MS)


def test_moments_in_milliseconds_and_back() -> None:
    day = Period(date(2026, 11, 24), date(2026, 11, 25))
    assert day.first_ms <= NOW_MS < day.after_ms
    assert moment_ms("2026-11-24T10:00:00Z") == NOW_MS
    assert moment_ms("2026-11-24T12:00:00.000+02:00") == NOW_MS
    assert moment_ms("2026-11-24T05:00:00-0500") == NOW_MS
    assert moment_ms("2026-11-24T25:00:00Z") is None
    assert rendered_moment(NOW_MS + 7) == "2026-11-24T10:00:00.007+0000"
    assert rendered_moment(-1000) == "1969-12-31T23:59:59.000+0000"
