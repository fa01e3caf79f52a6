"""`cadence-desk budget`: what was used of an org's daily calls, what is kept, and what live updates would take.

Called by launch, which hands in how the profile is opened. Exit codes: 0, or 4 when nobody is signed in or the org
cannot be reached.
"""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.bootstrap.compose import build_reading_desk, usage_log
from cadence_desk.domain.budget import Budget, EventRate, Forecast, forecast
from cadence_desk.domain.errors import DeskError
from cadence_desk.domain.readiness.facts import Allowance

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.orgs import ApiUsage, Identity

EXIT_FINE, EXIT_NOT_THERE = 0, 4


@dataclass(frozen=True, slots=True)
class Report:
    """All figures of one org."""

    usage: ApiUsage
    budget: Budget
    by_purpose: Mapping[str, int]
    deliveries: Allowance | None
    rate: EventRate
    plan: Forecast

    def as_dict(self) -> dict[str, Any]:
        """Return the figures ready for JSON."""
        told = self.deliveries
        return {
            "calls": {
                "used": self.usage.used,
                "limit": self.usage.limit,
                "reserved": self.budget.reserved(self.usage),
                "reserved_percent": self.budget.reserved_percent,
                "left_for_background": self.budget.left(self.usage),
                "background_holds": self.budget.holds_background(self.usage),
                "by_purpose": dict(self.by_purpose),
            },
            "events": {
                "allowance": None if told is None else told.most,
                "left": None if told is None else told.left,
                "received": self.rate.events,
                "followed_seconds": round(self.rate.seconds),
                "per_desk_and_day": round(self.rate.per_day),
                "rate_is_sure": self.rate.is_sure,
            },
            "forecast": {
                "desks": self.plan.desks,
                "deliveries": self.plan.deliveries,
                "polling_calls": self.plan.polls,
                "live_is_affordable": self.plan.live_is_affordable,
                "polling_is_affordable": self.plan.polling_is_affordable,
                "words": self._advice(),
            },
        }

    def lines(self) -> list[str]:
        """Return the figures in words."""
        usage, kept = self.usage, self.budget.reserved(self.usage)
        told = self.deliveries
        found = [f"API calls of the last 24 hours: {usage.used:,} of {usage.limit:,}" if usage.limit else
                 "API calls: the org did not tell its limit"]  # fmt: skip
        found.append(f"  kept for what people do: {kept:,} ({self.budget.reserved_percent} %)")
        found.append(f"  left for reads in the background and bulk work: {self.budget.left(usage):,}")
        found += [f"  by this computer, {purpose}: {count:,}" for purpose, count in self.by_purpose.items()]
        found.append(
            "Event deliveries: the org does not tell its allowance to your user"
            if told is None
            else f"Event deliveries left of the last 24 hours: {told.left:,} of {told.most:,}"
        )
        found.append(
            f"  measured here: {self.rate.events:,} in {self.rate.seconds / 60:,.0f} minutes of following"
        )
        return [*found, self._advice()]

    def _advice(self) -> str:
        if self.rate.seconds <= 0:
            return "No events were followed on this computer yet: open the desk for an hour, then ask again."
        guess = "" if self.rate.is_sure else " (measured for less than ten minutes: a first guess)"
        return f"{self.plan.words}{guess}"


def budget(open_now: Callable[[], OpenProfile], *, desks: int, reserved_percent: int, as_json: bool) -> int:
    """Print the budget of an org. Raises DeskError when its profile cannot be opened."""
    opened = open_now()
    desk = build_reading_desk(opened)
    try:
        identity, deliveries = asyncio.run(_asked(desk))
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return EXIT_NOT_THERE
    calls, rate = usage_log(opened, identity)
    report = reported(desk.usage(), Budget(reserved_percent), calls, deliveries, rate, desks)
    if as_json:
        print(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        print("\n".join(report.lines()))
    return EXIT_FINE


def reported(
    usage: ApiUsage,
    kept: Budget,
    by_purpose: Mapping[str, int],
    deliveries: Allowance | None,
    rate: EventRate,
    desks: int,
) -> Report:
    """Return the report of these figures."""
    plan = forecast(rate, desks, 0 if deliveries is None else deliveries.most, usage, kept)
    return Report(usage, kept, by_purpose, deliveries, rate, plan)


async def _asked(desk: Desk) -> tuple[Identity, Allowance | None]:
    """Ask the org who is signed in and what is left; two calls."""
    try:
        identity = await desk.readiness.enter()
        limits = await desk.readiness.limits()
    finally:
        await desk.stop()
    return identity, limits.deliveries if isinstance(limits.deliveries, Allowance) else None
