"""The process tier of the rig: schedules, kills, odd starts, many calls and the pulled cable, as one `Tier`.

`run` is called by the rig's front; `replay` plays one seed again: the same orders, fates and boundary.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.torture.process.cable import pulled_cable
from tests.torture.process.evidence import BROKEN, DOUBLED, LOST, UNEQUAL, Evidence
from tests.torture.process.kills import JOURNEYS, LONG, SHORT, KillRun, long_kill, short_kill
from tests.torture.process.nursery import Nursery
from tests.torture.process.odd_starts import ODD, ODD_STARTS, odd_start
from tests.torture.process.org_keeper import OrgKeeper
from tests.torture.process.schedules import run_schedule
from tests.torture.process.volume import many_calls
from tests.torture.report import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CALLS, CABLE = 4_000_000, 5_000_000
"""Seeds: CALLS + number of calls (+ 500,000 without the key), CABLE."""
UNKEYED = 500_000
ROW_KILL, ROW_LOST_ANSWER, ROW_LINK = 35, 12, 20
TELL_EVERY = 20
MOST_WORDS = 2500


@dataclass
class _Work:
    """What the parts of one run share."""

    keeper: OrgKeeper
    nursery: Nursery
    tell: Callable[[str], None]
    deadline: float
    tier: Tier = field(default_factory=lambda: Tier("process"))

    @property
    def late(self) -> bool:
        """Whether the time is over."""
        return time.monotonic() > self.deadline

    def take(self, seed: int, evidence: Evidence) -> None:
        """Count one piece of evidence; a failing one is told with the command that plays it again."""
        tier = self.tier
        tier.schedules += 1
        tier.kills += evidence.kills
        tier.lost += sum(1 for one in evidence.findings if one.kind == LOST)
        tier.doubled += sum(1 for one in evidence.findings if one.kind == DOUBLED)
        tier.unequal += sum(1 for one in evidence.findings if one.kind == UNEQUAL)
        for row, runs in evidence.rows.items():
            tier.met(row, runs, bad=bool(evidence.findings))
        if evidence.findings:
            words = "; ".join(str(one) for one in evidence.findings)[:MOST_WORDS]
            course = f" [{', '.join(evidence.course)}]" if evidence.course else ""
            tier.fail(seed, words + course)
            self.tell(f"process seed {seed} failed: {words}")
            self.tell(f"again with: python3 packaging/dev.py torture --replay process:{seed}")


def run(
    schedules: int, kills: int, calls: int, seed: int, deadline: float, tell: Callable[[str], None]
) -> Tier:
    """Play so many schedules and kills; stops at the deadline (monotonic seconds).

    `calls` is how many calls are logged while answers are lost; with it comes everything else that is played once,
    and with 0 none of it.
    """
    began = time.monotonic()
    work = _Work(OrgKeeper(), Nursery(""), tell, deadline)
    try:
        _schedules(work, schedules, seed)
        _kills(work, kills, seed)
        if calls:
            for number in range(len(ODD_STARTS)):
                work.take(ODD + number, odd_start(work.keeper, work.nursery, ODD + number))
            _large(work, calls)
    finally:
        work.nursery.close()
        work.keeper.close()
    if work.keeper.deaths:
        work.tier.fail(0, f"{work.keeper.deaths} practice orgs ended by themselves")
    work.tier.seconds = time.monotonic() - began
    return work.tier


def replay(seed: int, tell: Callable[[str], None]) -> Tier:
    """Play one seed again."""
    work = _Work(OrgKeeper(), Nursery(), tell, float("inf"))
    try:
        _again(work, seed)
    finally:
        work.nursery.close()
        work.keeper.close()
    return work.tier


def _again(work: _Work, seed: int) -> None:
    if seed >= CABLE:
        _cable(work)
    elif seed >= CALLS:
        keyed = seed < CALLS + UNKEYED
        _calls(work, seed - CALLS - (0 if keyed else UNKEYED), keyed=keyed)
    elif seed >= ODD:
        work.take(seed, odd_start(work.keeper, work.nursery, seed))
    elif seed >= SHORT:
        killing = KillRun(work.keeper, work.nursery)
        play = long_kill if seed >= LONG else short_kill
        _take_kill(work, seed, play(killing, seed))
        killing.close()
    else:
        work.take(seed, run_schedule(work.keeper, work.nursery, seed))


def _schedules(work: _Work, schedules: int, seed: int) -> None:
    for number in range(schedules):
        if work.late:
            work.tell(f"the time was over after {number} of {schedules} process schedules")
            return
        work.take(seed + number, _schedule(work, seed + number))
        if number % TELL_EVERY == TELL_EVERY - 1:
            work.tell(f"{number + 1} of {schedules} process schedules, {work.tier.kills} kills in them")


def _schedule(work: _Work, seed: int) -> Evidence:
    """Play one; once more when the org itself died under it."""
    evidence = run_schedule(work.keeper, work.nursery, seed)
    if work.keeper.is_dead:
        work.tell(f"the practice org ended by itself during seed {seed}: played again")
        evidence = run_schedule(work.keeper, work.nursery, seed)
    return evidence


# ---------------------------------------------------------------- kills


def _kills(work: _Work, kills: int, seed: int) -> None:
    """Every boundary of the short journeys when there are kills enough, else some of each; the rest in long ones."""
    if not kills:
        return
    killing = KillRun(work.keeper, work.nursery)
    done = 0
    try:
        for one in _chosen(killing, kills, seed):
            if work.late:
                work.tell(f"the time was over after {done} of {kills} kills")
                return
            play = long_kill if one >= LONG else short_kill
            evidence = play(killing, one)
            done += evidence.kills
            _take_kill(work, one, evidence)
            if one % TELL_EVERY == 0:
                work.tell(f"{done} of {kills} kills")
            if done >= kills:
                return
    finally:
        killing.close()


def _chosen(killing: KillRun, kills: int, seed: int) -> Iterator[int]:
    """Yield seeds of kills: boundaries of the short journeys, as evenly as the number allows, then long ones."""
    lengths = [killing.length(journey) for journey in JOURNEYS]
    every = [
        SHORT + journey * 1000 + at for journey, length in enumerate(lengths) for at in range(1, length + 1)
    ]
    shorts = min(len(every), kills - kills // 5)
    for number in range(shorts):
        yield every[(number * len(every) + seed % len(every)) // shorts % len(every)]
    number = LONG + seed % 100_000
    while True:
        yield number
        number += 1


def _take_kill(work: _Work, seed: int, evidence: Evidence) -> None:
    evidence.rows[ROW_KILL] += max(evidence.kills, 1)
    work.take(seed, evidence)
    work.tier.schedules -= 1  # a kill is counted as a kill
    work.tier.fault_points += evidence.kills


# ---------------------------------------------------------------- what is played once


def _large(work: _Work, calls: int) -> None:
    for keyed in (True, False):
        if not work.late:
            _calls(work, calls, keyed=keyed)
    if not work.late:
        _cable(work)


def _calls(work: _Work, calls: int, *, keyed: bool) -> None:
    seed = CALLS + calls + (0 if keyed else UNKEYED)
    try:
        volume = many_calls(work.nursery, calls, keyed=keyed, tell=work.tell)
    except Exception as trouble:  # noqa: BLE001 - whatever went wrong belongs to this seed
        work.take(seed, _failed(trouble))
        return
    evidence = volume.evidence or Evidence()
    evidence.rows[ROW_LOST_ANSWER] += volume.lost_answers
    work.tier.outcomes.append(str(volume))
    work.take(seed, evidence)


def _cable(work: _Work) -> None:
    try:
        evidence, words = pulled_cable(work.nursery)
    except Exception as trouble:  # noqa: BLE001 - whatever went wrong belongs to this seed
        work.take(CABLE, _failed(trouble))
        return
    evidence.rows[ROW_LINK] += 1
    work.tier.outcomes.append(words)
    work.take(CABLE, evidence)


def _failed(trouble: Exception) -> Evidence:
    evidence = Evidence()
    evidence.find(BROKEN, f"{type(trouble).__name__}: {trouble}")
    return evidence
