"""Date literals such as TODAY or LAST_N_DAYS:30 as half-open spans of days, counted from org time in UTC.

Imports nothing of ours. Called by the filter compiler. Weeks start on Sunday, as for the locale en_US.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY_MS = 86_400_000
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """Days from `first` up to, not including, `after`."""

    first: date
    after: date

    @property
    def first_ms(self) -> int:
        """The first moment, in epoch milliseconds."""
        return (self.first - _EPOCH).days * _DAY_MS

    @property
    def after_ms(self) -> int:
        """The first moment past the period, in epoch milliseconds."""
        return (self.after - _EPOCH).days * _DAY_MS


def _days(day: date, step: int) -> date:
    return day + timedelta(days=step)


def _weeks(day: date, step: int) -> date:
    return day - timedelta(days=(day.weekday() + 1) % 7) + timedelta(weeks=step)


def _months(day: date, step: int) -> date:
    count = day.year * 12 + day.month - 1 + step
    return date(count // 12, count % 12 + 1, 1)


def _quarters(day: date, step: int) -> date:
    return _months(_months(day, -((day.month - 1) % 3)), 3 * step)


def _years(day: date, step: int) -> date:
    return date(day.year + step, 1, 1)


_UNITS: dict[str, Callable[[date, int], date]] = {
    "DAY": _days,
    "WEEK": _weeks,
    "MONTH": _months,
    "QUARTER": _quarters,
    "YEAR": _years,
}
_NAMED = {"TODAY": ("DAY", 0, 1), "YESTERDAY": ("DAY", -1, 0), "TOMORROW": ("DAY", 1, 2)}
_NAMED |= {f"THIS_{unit}": (unit, 0, 1) for unit in _UNITS if unit != "DAY"}
_NAMED |= {f"LAST_{unit}": (unit, -1, 0) for unit in _UNITS if unit != "DAY"}
_NAMED |= {f"NEXT_{unit}": (unit, 1, 2) for unit in _UNITS if unit != "DAY"}


def period(word: str, count: int | None, now_ms: int) -> Period | None:
    """Return the span a date literal names, None when there is no such literal.

    LAST_N_DAYS and LAST_90_DAYS include today, NEXT_N_DAYS starts tomorrow (SOQL and SOSL Reference, Date Formats).

    Raises:
        OverflowError: the span lies outside the calendar.
    """
    today = datetime.fromtimestamp(now_ms / 1000, UTC).date()
    if word in {"LAST_90_DAYS", "NEXT_90_DAYS"} and count is None:
        word, count = word.replace("90", "N"), 90
    if count is None:
        named = _NAMED.get(word)
        return None if named is None else _span(today, *named)
    return _counted(today, word, count)


def _span(today: date, unit: str, first: int, after: int) -> Period:
    step = _UNITS[unit]
    try:
        return Period(step(today, first), step(today, after))
    except ValueError as error:
        raise OverflowError(str(error)) from error


def _counted(today: date, word: str, count: int) -> Period | None:
    for unit in _UNITS:
        spans = {
            f"LAST_N_{unit}S": (-count, 1 if unit == "DAY" else 0),
            f"NEXT_N_{unit}S": (1, count + 1),
            f"{_ago(unit)}_AGO": (-count, 1 - count),
        }
        if word in spans:
            return _span(today, unit, *spans[word])
    return None


def _ago(unit: str) -> str:
    return f"N_{unit}S"


def moment_ms(text: str) -> int | None:
    """Return a date and time literal in epoch milliseconds, None when it is no real date and time."""
    try:
        moment = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    return int(moment.timestamp() * 1000)


def day_text(text: str) -> str | None:
    """Return a date literal as the store keeps dates, None when there is no such day."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return None


def rendered_moment(epoch_ms: int) -> str:
    """Return epoch milliseconds as the REST API writes dates with times: 2026-11-24T10:00:00.000+0000."""
    seconds, rest = divmod(epoch_ms, 1000)
    moment = datetime.combine(_EPOCH, time(), UTC) + timedelta(seconds=seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest:03d}+0000"
