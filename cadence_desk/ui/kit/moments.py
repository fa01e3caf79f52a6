"""Times and lengths in words, as screens show them. Pure; called by screens and dialogs."""

from __future__ import annotations

from datetime import datetime


def clock_word(seconds: float) -> str:
    """Return a call's length as m:ss, or h:mm:ss from one hour on."""
    whole = max(0, int(seconds))
    hours, rest = divmod(whole, 3600)
    minutes, left = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def seconds_of(text: str) -> int | None:
    """Return the seconds of a typed length (90, 1:30, 1:02:03); None when it is not one."""
    parts = text.strip().split(":")
    if not text.strip():
        return 0
    if len(parts) > 3 or not all(part.isascii() and part.isdigit() for part in parts):
        return None
    total = 0
    for part in parts:
        total = total * 60 + int(part)
    return total if total <= 24 * 3600 else None


def moment_word(moment: datetime | None, now: datetime | None = None) -> str:
    """Return a local time: today by the hour, this year by the day, else with the year."""
    if moment is None:
        return ""
    local = moment.astimezone()
    today = (now or datetime.now(tz=local.tzinfo)).astimezone()
    if local.date() == today.date():
        return f"today {local:%H:%M}"
    if local.year == today.year:
        return f"{local.day} {local:%b} {local:%H:%M}"
    return f"{local.day} {local:%b %Y}"


def wall_word(seconds: float) -> str:
    """Return wall seconds as a local time; empty for none."""
    if not seconds:
        return ""
    return moment_word(datetime.fromtimestamp(seconds).astimezone())


def count_word(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"
