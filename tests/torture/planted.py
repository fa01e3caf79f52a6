"""`torture --planted-bugs`: known mistakes are switched in one by one, and each has to be found."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING

import pytest

from tests.torture.planted_bugs import BUGS
from tests.torture.report import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CASES = 2000


def run(*, numbers: Sequence[int], deadline: float, tell: Callable[[str], None]) -> Tier:
    """Switch in some of the mistakes, by number; one that is not found is a failure."""
    tier, began = Tier("planted"), time.monotonic()
    logging.lastResort = None  # a desk with a mistake in it complains
    for number in numbers:
        bug, at = BUGS[number], time.monotonic()
        if at > deadline:
            tier.fail(number, f"{bug.name}: no time was left to look for it")
            continue
        with pytest.MonkeyPatch.context() as patch:
            bug.plant(patch)
            found = bug.finder(CASES)
        seconds = time.monotonic() - at
        if found is None:
            tier.fail(number, f"{bug.name}: not found")
            told = f"NOT FOUND  {bug.name}"
        else:
            tier.schedules += found.cases
            told = f"found by case {found.cases:>4} in {seconds:5.1f} s  {bug.name}: {found.words}"
        tier.outcomes.append(told)
        tell(told)
    tier.seconds = time.monotonic() - began
    return tier
