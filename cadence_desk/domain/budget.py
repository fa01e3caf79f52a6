"""What may be spent of an org's daily calls, and what change events cost: pure rules. Imports no other room.

Read by the engine (what waits), the command line and the status bar (what is shown).
Sources: REST guide, API Request Limits (rolling 24 hours); Change Data Capture guide, Allocations.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import ApiUsage

RESERVED_PERCENT = 20
WORKDAY_HOURS = 10.0
"""How long a desk is taken to be open on a day."""
CALLS_PER_POLL = 9
"""One reading of what changed and what was deleted: a query or call per object (sync.snapshotter)."""
POLL_SECONDS = 120.0
"""Pause between two readings while nothing happens."""
ENOUGH_SECONDS = 600.0
"""A rate measured for less than this is a first guess."""


@dataclass(frozen=True, slots=True)
class Budget:
    """Which part of the org's daily calls is kept for what people do themselves."""

    reserved_percent: int = RESERVED_PERCENT

    def reserved(self, usage: ApiUsage) -> int:
        """Return how many calls a day are kept; 0 while the org has not told its limit."""
        return math.ceil(usage.limit * self.reserved_percent / 100)

    def left(self, usage: ApiUsage) -> int:
        """Return how many calls are left for reads in the background and for bulk work."""
        return max(usage.limit - self.reserved(usage) - usage.used, 0)

    def holds_background(self, usage: ApiUsage) -> bool:
        """Return True when only what is kept is left: bulk work and reads in the background wait."""
        return usage.limit > 0 and self.left(usage) == 0

    def words(self, usage: ApiUsage) -> str:
        """Return why something waits, in one sentence."""
        return (
            f"The org's daily API calls are nearly used up ({usage.used:,} of {usage.limit:,}): "
            f"the last {self.reserved_percent} % are kept for what you do yourself."
        )


@dataclass(frozen=True, slots=True)
class EventRate:
    """How many change events were delivered to this desk in how many seconds of following."""

    events: int = 0
    seconds: float = 0.0

    @property
    def per_day(self) -> float:
        """Deliveries of one desk on one day of work."""
        return self.events / self.seconds * 3600 * WORKDAY_HOURS if self.seconds > 0 else 0.0

    @property
    def is_sure(self) -> bool:
        """True when it was measured long enough to count on."""
        return self.seconds >= ENOUGH_SECONDS


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a number of desks would use on one day.

    Attributes:
        deliveries: change events delivered to all of them.
        allowance: deliveries that the org may have in 24 hours; 0 while unknown.
        polls: API calls if they all read by polling instead.
        calls: API calls that the org may have in 24 hours beside what is kept; 0 while unknown.
    """

    desks: int
    deliveries: int
    allowance: int
    polls: int
    calls: int

    @property
    def live_is_affordable(self) -> bool:
        """True when all desks may follow change events; also while the allowance is unknown."""
        return self.allowance <= 0 or self.deliveries <= self.allowance

    @property
    def polling_is_affordable(self) -> bool:
        """True when all desks may poll; also while the limit is unknown."""
        return self.calls <= 0 or self.polls <= self.calls

    @property
    def words(self) -> str:
        """What to do, in one or two sentences with the figures."""
        desks = f"{self.desks:,} desk{'' if self.desks == 1 else 's'}"
        need = f"{desks} would use about {self.deliveries:,} event deliveries a day"
        if self.allowance <= 0:
            return f"{need}. The org did not tell its allowance; it is 50,000, 25,000 or 10,000 by edition."
        if self.live_is_affordable:
            return f"{need} of {self.allowance:,}: live updates are affordable."
        told = f"{need}, but the org may have {self.allowance:,}: live updates are not affordable."
        polls = f"about {self.polls:,} API calls a day"
        if self.polling_is_affordable:
            return f"{told} Use polling (Settings, Updates): {polls}."
        return f"{told} Polling would take {polls} of {self.calls:,}: use it with longer pauses, or follow fewer changes."


def forecast(rate: EventRate, desks: int, allowance: int, usage: ApiUsage, budget: Budget) -> Forecast:
    """Return what so many desks would use on one day at a measured rate."""
    polls = desks * CALLS_PER_POLL * WORKDAY_HOURS * 3600 / POLL_SECONDS
    calls = usage.limit - budget.reserved(usage) if usage.limit else 0
    return Forecast(desks, math.ceil(rate.per_day * desks), allowance, math.ceil(polls), calls)


def meter_words(usage: ApiUsage, budget: Budget) -> str:
    """Return the meter's figures in sentences."""
    if usage.limit:
        kept = budget.reserved(usage)
        calls = f"{usage.used:,} of the org's {usage.limit:,} API calls of the last 24 hours are used; {kept:,} are kept."
    else:
        calls = f"This desk made {usage.calls:,} API calls; the org has not told its limit."
    rate = EventRate(usage.events, usage.followed_seconds)
    if not usage.followed_seconds:
        return calls
    guess = "" if rate.is_sure else ", a first guess"
    return f"{calls} {usage.events:,} change events were delivered to this desk: about {rate.per_day:,.0f} a day{guess}."
