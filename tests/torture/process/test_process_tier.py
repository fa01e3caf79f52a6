"""The process tier in small: some schedules and deaths are well, and each planted mistake is seen at a known place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.torture.process.evidence import BROKEN
from tests.torture.process.kills import JOURNEYS, SHORT, KillRun, short_kill
from tests.torture.process.nursery import Nursery
from tests.torture.process.odd_starts import ODD, ODD_STARTS, odd_start
from tests.torture.process.org_keeper import OrgKeeper
from tests.torture.process.plans import plan_of
from tests.torture.process.planted import BUGS
from tests.torture.process.run import replay
from tests.torture.process.schedules import run_schedule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.torture.process.evidence import Evidence, Finding

pytestmark = pytest.mark.whole
LATE_COMMIT = 2
"""A schedule without the key in which the commit comes late."""
ABSENT = 10
"""Another one."""
WITHOUT_THE_KEY = SHORT + 1000
KNOWN = {
    "naive_retry": LATE_COMMIT,
    "absence_is_proof": LATE_COMMIT,
    "sending_is_queued_on_start": WITHOUT_THE_KEY + 16,
    "accepted_before_commit": WITHOUT_THE_KEY + 17,
    "saved_before_commit": WITHOUT_THE_KEY + 7,
}

AGAIN = {"absence_is_proof": (ABSENT, LATE_COMMIT) * 4}


@pytest.fixture(scope="module")
def keeper() -> Iterator[OrgKeeper]:
    kept = OrgKeeper()
    yield kept
    kept.close()
    assert kept.deaths == 0, "a practice org ended by itself"


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    opened = Nursery()
    yield opened
    opened.close()


def play(keeper: OrgKeeper, nursery: Nursery, seed: int) -> Evidence:
    if seed < SHORT:
        return run_schedule(keeper, nursery, seed)
    killing = KillRun(keeper, nursery)
    try:
        return short_kill(killing, seed)
    finally:
        killing.close()


@pytest.mark.parametrize("seed", sorted({*KNOWN.values(), ABSENT}))
def test_what_shows_a_mistake_is_well_without_it(keeper: OrgKeeper, nursery: Nursery, seed: int) -> None:
    evidence = play(keeper, nursery, seed)
    assert [str(one) for one in evidence.findings] == []
    assert evidence.kills == 1 or seed < SHORT


def looks(keeper: OrgKeeper, wrong: Nursery, bug: str) -> Iterator[list[Finding]]:
    """Yield what each look shows: whether a late commit is missed can hang on which of two threads comes first."""
    for seed in (KNOWN[bug], *AGAIN.get(bug, ())):
        yield [one for one in play(keeper, wrong, seed).findings if one.kind != BROKEN]


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_a_planted_mistake_is_found(keeper: OrgKeeper, bug: str) -> None:
    wrong = Nursery(bug)
    try:
        found = next((told for told in looks(keeper, wrong, bug) if told), [])
    finally:
        wrong.close()
    assert found, f"{bug} was not seen"


def test_a_journey_has_boundaries_on_both_sides_of_every_commit_and_send(
    keeper: OrgKeeper, nursery: Nursery
) -> None:
    killing = KillRun(keeper, nursery)
    try:
        names = killing.boundaries(JOURNEYS[0])
    finally:
        killing.close()
    commits = [one for one in names if one.endswith("commit of the outbox")]
    assert commits[::2] == ["before a commit of the outbox"] * (len(commits) // 2)
    assert commits[1::2] == ["after a commit of the outbox"] * (len(commits) // 2)
    sends = [one for one in names if "bytes" in one or "answer" in one]
    assert len(commits) >= 12
    assert len(sends) >= 8


@pytest.mark.parametrize("number", range(len(ODD_STARTS)), ids=lambda number: ODD_STARTS[number][1].__name__)
def test_an_odd_start(keeper: OrgKeeper, nursery: Nursery, number: int) -> None:
    assert [str(one) for one in odd_start(keeper, nursery, ODD + number).findings] == []


def test_a_seed_is_played_again_by_its_number() -> None:
    words: list[str] = []
    tier = replay(WITHOUT_THE_KEY + 16, words.append)
    assert (tier.name, tier.kills, tier.lost, tier.doubled) == ("process", 1, 0, 0)
    assert tier.is_well, tier.failing
    assert tier.rows[35] == 1
    assert words == []


def test_plans_are_the_same_every_time_and_late_commits_are_frequent() -> None:
    plans = [plan_of(seed) for seed in range(200)]
    assert plans == [plan_of(seed) for seed in range(200)]
    late = [plan for plan in plans if any(step.parts.get("fate") == "commit_late" for step in plan.steps)]
    assert len(late) > 60
