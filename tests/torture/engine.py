"""The engine tier: the real engine in one process, the pure model org, a virtual clock, one seeded day after another."""

from __future__ import annotations

import logging
import time
import traceback
from typing import TYPE_CHECKING

from tests.torture.checker import DoubledError, LostError, UnequalError
from tests.torture.report import Tier
from tests.torture.schedules import FORCED, Schedule, play

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LONGEST_WORDS = 400
TURNS = 2
"""How often each fault is made certain."""


def forced_seeds() -> range:
    """Return the seeds that make each fault certain."""
    return range(-TURNS * len(FORCED), 0)


def run(seeds: Iterable[int], deadline: float, tell: Callable[[str], None]) -> Tier:
    """Play schedules until the deadline (monotonic); what fails is counted and goes on with the next."""
    tier, began = Tier("engine"), time.monotonic()
    logging.getLogger("cadence_desk").propagate = True
    logging.lastResort = None  # warnings of thousands of bad days are no news
    for seed in seeds:
        if time.monotonic() > deadline:
            break
        count(tier, seed, tell)
    tier.seconds = time.monotonic() - began
    return tier


def count(tier: Tier, seed: int, tell: Callable[[str], None]) -> None:
    """Play one schedule and count how it went."""
    tier.schedules += 1
    schedule, bad = Schedule(seed), 0
    try:
        play(schedule)
    except Exception as error:  # noqa: BLE001 - whatever it is, the seed is told
        bad = 1
        tier.lost += isinstance(error, LostError)
        tier.doubled += isinstance(error, DoubledError)
        tier.unequal += isinstance(error, UnequalError)
        words = f"{type(error).__name__}: {error}"[:LONGEST_WORDS]
        tier.fail(seed, words)
        tell(f"engine:{seed} failed: {words}")
    for row, runs in schedule.work.rows().items():
        tier.met(row, runs, bad=bad)


def replay(seed: int, tell: Callable[[str], None]) -> bool:
    """Play one schedule again and tell what happens; returns True when it ends well."""
    schedule = Schedule(seed)
    try:
        told = play(schedule)
    except Exception:  # noqa: BLE001 - the whole story is what a person asks for here
        tell("".join(traceback.format_exc()))
        tell(f"steps: {' '.join(schedule.steps)}")
        for one in schedule.work.operations():
            tell(
                f"  {one.kind.value} {one.target_id}: {one.words} ({one.state.value}, attempt {one.attempt})"
            )
        return False
    tell(f"steps: {' '.join(schedule.steps)}\nwell; table of events: {told}")
    return True
