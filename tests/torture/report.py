"""What a tier of the torture rig found, the table by fault row, and the one line a person looks for.

A tier fills one `Tier` and hands it to `python -m tests.torture`; numbers are what ran, never what was planned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

ROWS = range(1, 46)
"""The faults of the table in decisions/: every one has a number."""


@dataclass
class Tier:
    """One tier's numbers.

    `lost`, `doubled` and `unequal` count what went wrong in the org or in the ledger; a schedule in which anything
    at all went wrong also stands in `failing`, with the words of the failure.
    """

    name: str
    """Short, without spaces: `engine`, `process`, `disk`; a seed is replayed as `--replay NAME:SEED`."""
    schedules: int = 0
    kills: int = 0
    fault_points: int = 0
    """Numbered places at which a fault was put in on purpose: the k-th write, a snapshot, a position in a file."""
    lost: int = 0
    doubled: int = 0
    unequal: int = 0
    """Where the ledger said something else than the org."""
    seconds: float = 0.0
    failing: list[tuple[int, str]] = field(default_factory=list)
    """Seed and words, in the order found."""
    rows: Counter[int] = field(default_factory=Counter)
    """Runs by fault row: how often that fault was really met."""
    bad_rows: Counter[int] = field(default_factory=Counter)
    """Those runs that did not end as they should."""
    outcomes: list[str] = field(default_factory=list)
    """Sentences for the reader: figures of this tier that have no column."""

    def met(self, row: int, runs: int = 1, *, bad: int = 0) -> None:
        """Count runs of a fault row."""
        self.rows[row] += runs
        self.bad_rows[row] += bad

    def fail(self, seed: int, words: str) -> None:
        """Remember a failing seed."""
        self.failing.append((seed, words))

    def add(self, other: Tier) -> None:
        """Take in what another process of the same tier found."""
        for name in ("schedules", "kills", "fault_points", "lost", "doubled", "unequal"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.seconds += other.seconds  # of both hands together
        self.failing += other.failing
        self.rows += other.rows
        self.bad_rows += other.bad_rows
        self.outcomes += other.outcomes

    @property
    def is_well(self) -> bool:
        """Say whether everything ended as it should."""
        return not (self.lost or self.doubled or self.unequal or self.failing or +self.bad_rows)

    def as_json(self) -> dict[str, Any]:
        """Return what a file can hold."""
        return {**asdict(self), "rows": dict(self.rows), "bad_rows": dict(self.bad_rows)}


def tier_of(told: Mapping[str, Any]) -> Tier:
    """Return the tier that a file tells."""
    rows = {name: Counter({int(row): n for row, n in told[name].items()}) for name in ("rows", "bad_rows")}
    failing = [(int(seed), str(words)) for seed, words in told["failing"]]
    return Tier(**{**told, **rows, "failing": failing})


def merged(tiers: Iterable[Tier]) -> list[Tier]:
    """Return one tier per name, in the order in which the names came."""
    found: dict[str, Tier] = {}
    for tier in tiers:
        if tier.name in found:
            found[tier.name].add(tier)
        else:
            found[tier.name] = tier
    return list(found.values())


@dataclass
class Outcome:
    """The whole run."""

    tiers: list[Tier]
    faults: Mapping[int, str]
    """Names of the rows."""
    seconds: float = 0.0
    least: int = 0
    """Engine schedules below which a run shows too little."""

    def total(self, name: str) -> int:
        """Return the sum of one number over all tiers."""
        return sum(getattr(tier, name) for tier in self.tiers)

    def row(self, number: int) -> tuple[int, int, list[str]]:
        """Return how often a fault was met, how often that went wrong, and in which tiers."""
        where = [tier.name for tier in self.tiers if tier.rows[number]]
        runs = sum(tier.rows[number] for tier in self.tiers)
        return runs, sum(tier.bad_rows[number] for tier in self.tiers), where

    @property
    def is_well(self) -> bool:
        """Say whether nothing went wrong and every fault was met."""
        return (
            all(tier.is_well for tier in self.tiers)
            and all(self.row(number)[0] for number in ROWS)
            and self.of_engine >= self.least
        )

    @property
    def of_engine(self) -> int:
        """Return how many schedules the engine tier played."""
        return sum(tier.schedules for tier in self.tiers if tier.name == "engine")

    @property
    def last_line(self) -> str:
        """The line a person looks for."""
        counts = [self.total(name) for name in ("schedules", "kills", "fault_points", "lost", "doubled")]
        return "{:,} schedules, {:,} kills, {:,} fault points: {:,} lost, {:,} doubled".format(*counts)

    def lines(self) -> list[str]:
        """Return the report, line by line; the last one says it all."""
        lines = [
            "",
            "fault                                                                      runs  outcome",
        ]
        for number in ROWS:
            runs, bad, where = self.row(number)
            outcome = f"{bad} went wrong" if bad else "as it should" if runs else "was not met"
            lines.append(
                f"{number:>3} {self.faults[number][:66]:<66} {runs:>9,}  {outcome} ({', '.join(where)})"
            )
        lines.append("")
        for tier in self.tiers:
            word = "ok" if tier.is_well else "FAILED"
            lines.append(
                f"{tier.name}: {word}, {tier.schedules:,} schedules, {tier.kills:,} kills, {tier.fault_points:,} fault "
                f"points, {tier.unequal} unequal, {tier.seconds:.0f} s"
            )
            lines += [f"  {words}" for words in tier.outcomes]
            for seed, words in tier.failing:
                lines.append(
                    f"  {words}\n    again: python3 packaging/dev.py torture --replay {tier.name}:{seed}"
                )
        if self.of_engine < self.least:
            lines.append(
                f"FAILED: {self.of_engine:,} engine schedules were played, {self.least:,} are the least"
            )
        return [*lines, f"{self.seconds:.0f} s in all", self.last_line]

    def as_json(self) -> dict[str, Any]:
        """Return the same content for a file."""
        return {
            "line": self.last_line,
            "well": self.is_well,
            "seconds": self.seconds,
            "tiers": [tier.as_json() for tier in self.tiers],
            "rows": {
                number: {"fault": self.faults[number], "runs": runs, "went_wrong": bad, "tiers": where}
                for number in ROWS
                for runs, bad, where in [self.row(number)]
            },
        }
