"""Runs: one execution of a plan over many rows, its states, its rows and the hash that names the plan.

Imports domain. The store's guard reads RUN_TRANSITIONS, the screen RUN_WORDS; every row of the plan ends in one bin.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import KIND_WORDS, Hold, Kind
from cadence_desk.domain.refusals import REASONS, PlanRow, RefusalCode, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from cadence_desk.domain.operations import Operation


class RunState(Enum):
    """Where a run stands."""

    PLANNED = "planned"
    RUNNING = "running"
    HOLDING = "holding"
    FINISHED = "finished"
    STOPPED = "stopped"


_R = RunState

RUN_TRANSITIONS: Mapping[RunState, frozenset[RunState]] = {
    _R.PLANNED: frozenset({_R.RUNNING, _R.HOLDING, _R.FINISHED, _R.STOPPED}),
    _R.RUNNING: frozenset({_R.HOLDING, _R.FINISHED, _R.STOPPED}),
    _R.HOLDING: frozenset({_R.RUNNING, _R.FINISHED, _R.STOPPED}),
    _R.FINISHED: frozenset(),
    _R.STOPPED: frozenset(),
}
"""The only changes of a run's state there are; a trigger in outbox.db holds them too."""

RUN_WORDS: Mapping[RunState, str] = {
    _R.PLANNED: "About to begin",
    _R.RUNNING: "Running",
    _R.HOLDING: "On hold",
    _R.FINISHED: "Finished",
    _R.STOPPED: "Stopped",
}

OPEN_RUNS = frozenset({_R.PLANNED, _R.RUNNING, _R.HOLDING})
BULK_FROM = 10
"""From this many rows on a run is probed, can be undone before its first send, and uses the bulk lane."""
WANTED = frozenset({Verdict.WILL_ADD, Verdict.WILL_ADD_WITH_WARNING})
"""Rows of a plan that become operations; all others are skipped, with the reason."""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a plan.

    Attributes:
        wish: what is asked for every row, by id; nothing personal.
        hold: why it is on hold: ORG_LIMIT ends by itself, RUN_HOLDING by a person.
        why: the reason of a hold or a stop, in a sentence without personal text.
        rows, wanted: how many rows came in, and how many of them become operations.
        outcomes, receipt: how many ends of rows the chain holds, and its last link.
    """

    run_id: str
    kind: Kind
    plan_hash: str
    state: RunState
    wish: Mapping[str, object]
    created: float
    rows: int
    wanted: int
    started: float = 0.0
    ended: float = 0.0
    hold: Hold = Hold.NONE
    why: str = ""
    outcomes: int = 0
    receipt: str = ""

    @property
    def is_bulk(self) -> bool:
        """True for a run that is probed and can be undone before it begins: other changes enter the outbox at once."""
        return self.kind is Kind.ENROLL and self.wanted >= BULK_FROM

    @property
    def is_listed(self) -> bool:
        """True for a run that a person may want to look at and steer: a small addition only while it is on hold."""
        return self.is_bulk or self.kind is not Kind.ENROLL or self.state is RunState.HOLDING

    @property
    def title(self) -> str:
        """What it does, in words."""
        name = str(self.wish.get("cadence_name") or "")
        return f"{KIND_WORDS[self.kind]}: {name}" if name else KIND_WORDS[self.kind]

    @property
    def words(self) -> str:
        """The state as shown on screen, with its reason."""
        return f"{RUN_WORDS[self.state]}: {self.why}" if self.why else RUN_WORDS[self.state]


@dataclass(frozen=True, slots=True)
class RunPlan:
    """A run with its rows, in the order they came in: row number 1 is the first."""

    run: Run
    rows: Sequence[PlanRow] = field(repr=False)


def plan_hash(kind: Kind, wish: Mapping[str, object], rows: Iterable[PlanRow]) -> str:
    """Return the name of a plan: the same targets, wish and verdicts give the same hash, whoever is named how."""
    digest = hashlib.sha256()
    digest.update(json.dumps([kind.value, dict(sorted(wish.items()))], separators=(",", ":")).encode())
    for row in rows:
        digest.update(json.dumps(clear_row(row), separators=(",", ":")).encode())
    return digest.hexdigest()


def clear_row(row: PlanRow) -> list[object]:
    """Return what of a row is not personal: target, verdict, code, warnings."""
    code = row.code.value if row.code else ""
    return [str(row.target_id), row.verdict.name, code, [one.value for one in row.warnings]]


def stored_row(clear: Sequence[object], name: str, detail: str) -> PlanRow:
    """Return the row that `clear_row` told of. Raises ValueError, KeyError or TypeError for anything else."""
    target, verdict, code, warnings = clear
    if not isinstance(warnings, list):
        raise TypeError("warnings are a list")
    return PlanRow(
        str(target),
        name,
        Verdict[str(verdict)],
        RefusalCode(code) if code else None,
        detail,
        tuple(RefusalCode(one) for one in warnings),
    )


def next_link(link: str, number: int, operation: Operation) -> str:
    """Return the next link of a run's receipt: the hash over the one before and the end of one row."""
    told = [
        link, number, operation.row_no, operation.seq, operation.target_id, operation.state.value,
        operation.server_id, operation.server_code,
    ]  # fmt: skip
    return hashlib.sha256(json.dumps(told, separators=(",", ":")).encode()).hexdigest()


def why_skipped(row: PlanRow) -> tuple[str, str]:
    """Return code and words of a row that was never to become an operation."""
    if row.code is not None:
        return row.code.value, row.words
    if row.verdict is Verdict.WILL_WAIT and row.warnings:
        return row.warnings[0].value, REASONS[row.warnings[0]].meaning
    return "", row.detail or row.words
