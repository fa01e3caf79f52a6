"""May a call be repeated at once, after how long, how often: three pure rules. May import domain. Read by rest.

A write is never repeated here, whatever became of it: the engine reads back first. Longer pauses are the engine's, too;
here a lane waits, so only what a moment mends is repeated.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import AnswerLost, OrgBusy

if TYPE_CHECKING:
    from cadence_desk.domain.errors import DeskError

LONGEST_ASKED = 900.0
"""A server may ask to stay away this long at most; more is taken as this much."""


@dataclass(frozen=True, slots=True)
class RetryRules:
    """The rules of calls to the org.

    Attributes:
        lost: how often a read is repeated whose answer was lost.
        busy: how often a read is repeated that the org was too busy for.
        longest: longest pause in seconds; whoever asks for more is not waited for here.
    """

    lost: int = 2
    busy: int = 1
    longest: float = 2.0

    def may(self, error: DeskError, *, write: bool) -> bool:
        """Return True when the same call may be repeated at once."""
        return not write and self.often(error) > 0 and error.retry_after <= self.longest

    def long(self, repeats: int, error: DeskError) -> float:
        """Return the pause in seconds before the next repetition, after so many."""
        asked = max(error.retry_after, 0.0)
        own = 0.0 if repeats == 0 and isinstance(error, AnswerLost) else 0.25 * 2.0**repeats
        return min(max(own, asked), self.longest)

    def often(self, error: DeskError) -> int:
        """Return how often a read that met this error is repeated at most."""
        if isinstance(error, AnswerLost):
            return self.lost
        return self.busy if isinstance(error, OrgBusy) and error.server_code == "UNABLE_TO_LOCK_ROW" else 0


def asked_seconds(header: str, now: datetime | None = None) -> float:
    """Return how long a Retry-After header asks to wait: seconds or a date (RFC 9110, 10.2.3); 0 for none."""
    text = header.strip()
    if text.isdecimal():
        return min(float(text[:9]), LONGEST_ASKED)
    try:
        until = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return 0.0
    if until.tzinfo is None:
        return 0.0
    left = (until - (now or datetime.now(UTC))).total_seconds()
    return min(max(left, 0.0), LONGEST_ASKED)
