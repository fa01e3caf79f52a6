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
            return f"{self.bug}: NOT FOUND in {self.seconds:.0f} s"
        return f"{self.bug}: found by run {self.runs} after {self.seconds:.1f} s ({self.words})"


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


def find_all(tell: Callable[[str], None]) -> list[Found]:
    """Look for every planted mistake."""
    found = []
    for bug in BUGS:
        found.append(find(bug))
        tell(str(found[-1]))
    return found
