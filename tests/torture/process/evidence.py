"""What a schedule leaves behind for the checker: what was acknowledged, what was claimed, what was found on the way."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

if TYPE_CHECKING:
    from tests.torture.process.ledger import Ledger
    from tests.torture.process.nursery import Journal

LOST, DOUBLED, UNEQUAL, BROKEN = "lost", "doubled", "unequal", "broken"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as promised."""

    kind: str
    words: str

    @override
    def __str__(self) -> str:
        return f"{self.kind}: {self.words}"


@dataclass
class Evidence:
    """Everything of one schedule but the org's own history."""

    since: int = 0
    """The newest entry of the org's history before the schedule."""
    targets: list[str] = field(default_factory=list)
    notes: dict[str, str] = field(default_factory=dict)
    """Acknowledged calls: operation to note."""
    adds: list[str] = field(default_factory=list)
    """People whose add to the cadence was acknowledged, once per add."""
    drafts: dict[str, set[str]] = field(default_factory=dict)
    """Drafts that were typed and neither saved nor discarded: person to the texts it may have."""
    journals: list[Journal] = field(default_factory=list)
    """One per life of the desk."""
    operations: list[dict[str, Any]] = field(default_factory=list)
    """What the desk itself says at the end, with the texts that only it can read."""
    kept_drafts: list[dict[str, str]] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    computers: int = 1
    """How many desks worked for this user at once: what one of them asked for another may have done."""
    kills: int = 0
    reviews: int = 0
    rows: Counter[int] = field(default_factory=Counter)
    course: list[str] = field(default_factory=list)
    """What happened, in order: printed with a failure."""

    def find(self, kind: str, words: str) -> None:
        """Remember something that is not as promised."""
        self.findings.append(Finding(kind, words))

    def check_promises(self, ledger: Ledger) -> None:
        """Compare what was acknowledged and claimed so far with the file, as a crash or an end left it."""
        if ledger.wrong:
            self.find(BROKEN, f"the outbox is damaged: {ledger.wrong}")
        for op_id in self.notes:
            row = ledger.rows.get(op_id)
            if row is None or "queued" not in row.audit:
                self.find(LOST, f"a saved note is not in the outbox: {op_id}")
        added = Counter(row.target_id for row in ledger.of_kind("enroll"))
        for target, count in Counter(self.adds).items():
            if added[target] < count:
                self.find(LOST, f"an acknowledged add of {target} is not in the outbox")
        for journal in self.journals:
            self._check_claims(journal, ledger)

    def _check_claims(self, journal: Journal, ledger: Ledger) -> None:
        claims: dict[str, list[str]] = {}
        for op_id, state in journal.told:
            claims.setdefault(op_id, []).append(state)
        for op_id, states in claims.items():
            row = ledger.rows.get(op_id)
            audit = iter(row.audit if row else ())
            if not all(state in audit for state in states):
                kept = " > ".join(row.audit) if row else "nothing"
                self.find(UNEQUAL, f"the screen said {' > '.join(states)}, the file has {kept}: {op_id}")
