"""The rig itself: seeds play the same day wherever they are played, and its table claims what ran and nothing else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.torture.__main__ import jobs_of_processes
from tests.torture.checker import DoubledError
from tests.torture.day import Hour, growth, troubles
from tests.torture.engine import count
from tests.torture.fault_rows import FAULT_ROWS, without_any_show
from tests.torture.jobs import offers
from tests.torture.report import ROWS, Outcome, Tier, merged, tier_of
from tests.torture.schedules import Schedule, play
from tests.torture.shown_by_tests import of_row

ROOT = Path(__file__).resolve().parents[2]
NAMES = {number: row.fault for number, row in FAULT_ROWS.items()}
SEEDS = (3, 11, 29)
TELL_HASHES = (
    "import logging; logging.lastResort = None\n"
    "from tests.torture.schedules import Schedule, play\n"
    f"print([play(Schedule(seed)) for seed in {SEEDS}])"
)


@pytest.mark.parametrize("seed", [*SEEDS, -1, -40])
def test_a_seed_plays_the_same_day_twice(seed: int) -> None:
    assert play(Schedule(seed)) == play(Schedule(seed))


def test_a_seed_plays_the_same_day_in_two_processes() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "0", "TZ": "UTC"}
    told = {
        subprocess.run(
            [sys.executable, "-c", TELL_HASHES],
            cwd=ROOT, env=environment, capture_output=True, text=True, check=True,
        ).stdout
        for _ in range(2)
    }  # fmt: skip
    assert len(told) == 1


def test_other_seeds_play_other_days() -> None:
    assert len({play(Schedule(seed)) for seed in SEEDS}) == len(SEEDS)


def test_every_fault_has_a_row_and_every_row_is_shown_somewhere() -> None:
    assert list(FAULT_ROWS) == list(ROWS)
    assert not without_any_show()
    assert all(offers(tier) for row in FAULT_ROWS.values() for tier in row.tiers)


@pytest.mark.parametrize("node", sorted({node for row in FAULT_ROWS.values() for node in row.tests}))
def test_a_test_that_shows_a_fault_is_there(node: str) -> None:
    path, _, name = node.partition("::")
    text = (ROOT / "tests" / path).read_text(encoding="utf-8")
    assert f"def {name}(" in text if name else "def test_" in text


def test_a_double_is_counted_with_its_seed_and_its_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    def doubled(schedule: Schedule) -> str:
        play(schedule)
        raise DoubledError("two tasks")

    monkeypatch.setattr("tests.torture.engine.play", doubled)
    told: list[str] = []
    tier = Tier("engine")
    count(tier, 3, told.append)
    assert (tier.schedules, tier.doubled, tier.failing) == (1, 1, [(3, "DoubledError: two tasks")])
    assert told == ["engine:3 failed: DoubledError: two tasks"]
    assert set(tier.rows) == set(+tier.bad_rows)


def whole(**fields: int) -> Tier:
    tier = Tier("engine", schedules=1200, kills=3, fault_points=7)
    for row in ROWS:
        tier.met(row, 2)
    for name, value in fields.items():
        setattr(tier, name, value)
    return tier


def test_the_last_line() -> None:
    outcome = Outcome([whole(), Tier("disk", fault_points=1)], NAMES)
    assert outcome.is_well
    assert outcome.lines()[-1] == "1,200 schedules, 3 kills, 8 fault points: 0 lost, 0 doubled"
    assert outcome.as_json()["line"] == outcome.last_line


@pytest.mark.parametrize("what", ["lost", "doubled", "unequal"])
def test_anything_wrong_fails_the_run(what: str) -> None:
    assert not Outcome([whole(**{what: 1})], NAMES).is_well


def test_a_row_that_was_not_met_or_went_wrong_fails_the_run() -> None:
    unmet, wrong = whole(), whole()
    del unmet.rows[20]
    wrong.met(20, bad=1)
    assert not Outcome([unmet], NAMES).is_well
    assert " 20 another network, a VPN that flaps" in "\n".join(Outcome([unmet], NAMES).lines())
    assert not Outcome([wrong], NAMES).is_well
    assert any("1 went wrong" in line for line in Outcome([wrong], NAMES).lines())


def test_a_failing_seed_is_told_as_the_command_that_plays_it_again() -> None:
    tier = whole()
    tier.fail(17, "LostError: a note")
    told = "\n".join(Outcome([tier], NAMES).lines())
    assert "python3 packaging/dev.py torture --replay engine:17" in told


def test_parts_of_a_tier_become_one_and_files_keep_everything() -> None:
    first, second = whole(), whole(lost=1)
    [together] = merged([tier_of(json.loads(json.dumps(first.as_json()))), second])
    assert (together.schedules, together.lost, together.rows[1]) == (2400, 1, 4)


def test_tests_count_by_row_and_skipped_ones_do_not() -> None:
    node = f"tests/{FAULT_ROWS[4].tests[0]}"
    results = {f"{node}[a]": "passed", f"{node}[b]": "failed", f"{node}[c]": "skipped", f"{node}x": "passed"}
    assert of_row(4, results) == (1, 1)


def test_a_day_that_grows_is_told() -> None:
    flat = [Hour(50.0 + number * 0.5, 1, 4, 10) for number in range(24)]
    steep = [Hour(50.0 + number * 2, 1, 4, 10) for number in range(24)]
    leaky = [*flat[:-1], Hour(61.5, 1, 4, 11)]
    assert growth(flat) == pytest.approx(0.5)
    assert not troubles(flat)
    assert troubles(steep) == ["memory grows by 2.00 MB an hour"]
    assert troubles(leaky) == ["handles were not constant: [10, 11]"]


def test_counters_of_rows_survive_a_file() -> None:
    assert tier_of(json.loads(json.dumps(whole().as_json()))).rows == Counter(dict.fromkeys(ROWS, 2))


def test_fewer_schedules_than_asked_for_fail_the_run() -> None:
    tier = Tier("engine", schedules=1999, rows=Counter(dict.fromkeys(ROWS, 1)))
    outcome = Outcome([tier], NAMES, least=2000)
    assert not outcome.is_well
    assert "FAILED: 1,999 engine schedules were played, 2,000 are the least" in outcome.lines()
    tier.schedules += 1
    assert outcome.is_well


@pytest.mark.parametrize(("schedules", "kills"), [(40, 30), (500, 500), (60, 0), (0, 7)])
def test_the_parts_of_the_process_tier_are_the_whole(schedules: int, kills: int) -> None:
    parts = [job.arguments for job in jobs_of_processes(schedules, kills, seed=5)]
    seeds = [seed for part in parts for seed in range(part["seed"], part["seed"] + part["schedules"])]
    assert sorted(seeds) == list(range(5, 5 + schedules))
    assert sum(part["kills"] for part in parts) == kills
    assert sum(part["calls"] > 0 for part in parts) == (1 if schedules else 0)
