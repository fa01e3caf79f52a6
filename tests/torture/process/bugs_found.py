"""Switches each planted mistake in and lets the process tier look for it: schedules and kills, until one shows it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from typing_extensions import override

from tests.torture.process.evidence import BROKEN
from tests.torture.process.kills import JOURNEYS, SHORT, KillRun, short_kill
from tests.torture.process.nursery import Nursery
from tests.torture.process.org_keeper import OrgKeeper
from tests.torture.process.planted import BUGS
from tests.torture.process.schedules import run_schedule
from tests.torture.report import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.torture.process.evidence import Evidence

MOST = 300
_UNKEYED, _ADDING = 1, 6


@dataclass(frozen=True)
class Found:
    """How a mistake was found; `runs` is 0 when it was not."""

    bug: str
    runs: int
    seconds: float
    words: str

    @override
    def __str__(self) -> str:
        if not self.runs:
            return f"NOT FOUND  whole process, {self.bug}, in {self.seconds:.0f} s"
        return (
            f"found by run {self.runs:>4} in {self.seconds:5.1f} s  whole process, {self.bug}: {self.words}"
        )


def find(bug: str, most: int = MOST, *, first: int = 0) -> Found:
    """Look for one mistake with schedules and kills in turn."""
    began = time.monotonic()
    keeper, nursery = OrgKeeper(), Nursery(bug)
    try:
        for number, evidence in enumerate(_runs(keeper, nursery, first, most), start=1):
            told = [one for one in evidence.findings if one.kind != BROKEN]
            if told:
                return Found(bug, number, time.monotonic() - began, str(told[0])[:160])
    finally:
        nursery.close()
        keeper.close()
    return Found(bug, 0, time.monotonic() - began, "")


def _runs(keeper: OrgKeeper, nursery: Nursery, first: int, most: int) -> Iterator[Evidence]:
    killing = KillRun(keeper, nursery)
    try:
        for number in range(most // 2):
            journey = (_UNKEYED, _ADDING)[number % 2]
            at = 1 + number // 2 * 3 % killing.length(JOURNEYS[journey])
            yield short_kill(killing, SHORT + journey * 1000 + at)
            yield run_schedule(keeper, nursery, first + number)
    finally:
        killing.close()


def run(*, deadline: float, tell: Callable[[str], None]) -> Tier:
    """Look for every planted mistake; one that is not found is a failure."""
    tier, began = Tier("planted"), time.monotonic()
    for number, bug in enumerate(BUGS):
        if time.monotonic() > deadline:
            tier.fail(number, f"{bug}: no time was left to look for it")
            continue
        found = find(bug)
        tier.schedules += found.runs
        tier.outcomes.append(str(found))
        tell(str(found))
        if not found.runs:
            tier.fail(number, f"{bug}: not found by whole processes")
    tier.seconds = time.monotonic() - began
    return tier
