"""What a tier of the torture rig found, the table by fault row, and the one line a person looks for.

A tier fills one `Tier` and hands it to `python -m tests.torture`; numbers are what ran, never what was planned.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

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
        self.seconds = max(self.seconds, other.seconds)
        self.failing += other.failing
        self.rows += other.rows
        self.bad_rows += other.bad_rows
        self.outcomes += other.outcomes

    @property
    def is_well(self) -> bool:
        """Say whether everything ended as it should."""
        return not (self.lost or self.doubled or self.unequal or self.failing or +self.bad_rows)
