"""A thousand calls while three answers in ten are lost after the commit: a thousand tasks, with and without the key."""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from tests.torture.process.checker import check, rows_of
from tests.torture.process.evidence import DOUBLED, LOST
from tests.torture.process.ledger import read_ledger
from tests.torture.process.org_keeper import OrgKeeper
from tests.torture.process.plans import ACTIONS, DESK, TOGETHER
from tests.torture.process.stage import Stage

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.torture.process.evidence import Evidence
    from tests.torture.process.ledger import Ledger
    from tests.torture.process.nursery import Nursery

SHARE = 0.3
AT_ONCE = 40
WRITES = (
    {**DESK, "method": "PATCH", "path": "*/sobjects/Task/*"},
    {**DESK, "method": "POST", "path": "*/sobjects/Task"},
    TOGETHER,
    ACTIONS,
)
PATIENCE = 900.0


@dataclass
class Volume:
    """What came of many calls."""

    calls: int
    keyed: bool
    seconds: float
    tasks: int = 0
    steps: int = 0
    states: Counter[str] = field(default_factory=Counter)
    lost_answers: int = 0
    evidence: Evidence | None = None

    @override
    def __str__(self) -> str:
        key = "with the unique key" if self.keyed else "without the key"
        states = ", ".join(f"{count} {state}" for state, count in sorted(self.states.items()))
        return (
            f"{self.calls} calls {key}, {self.lost_answers} answers lost after the commit: {self.tasks} tasks, "
            f"{self.steps} completed steps, operations {states}; {self.seconds:.0f} s"
        )


def many_calls(nursery: Nursery, calls: int, *, keyed: bool, tell: Callable[[str], None]) -> Volume:
    """Log so many calls, each with a person of its own, and hold what came of it against the org."""
    keeper = OrgKeeper(people=calls * 2 + 100)
    began = time.monotonic()
    try:
        people = keeper.people(calls)
        shape: dict[str, Any] = {
            "task_logging": False,
            "hidden_fields": [] if keyed else ["Task.CD_Op_Id__c"],
        }
        keeper.calm(**shape)
        stage = Stage(keeper, nursery, f"v{calls}{keyed}", keeper.home())
        stage.evidence.targets, stage.evidence.since = people, keeper.org.now()
        try:
            _play(stage, people, tell)
            return _judge(stage, Volume(calls, keyed, 0.0), began)
        finally:
            stage.close()
    finally:
        keeper.close()


def _play(stage: Stage, people: list[str], tell: Callable[[str], None]) -> None:
    org = stage.keeper.org
    stage.keeper.stand_at_a_call(people)
    stage.start()
    stage.order("knows", 60.0, targets=people)
    for match in WRITES:
        org.fate("commit_then_drop", match=match, times=0, share=SHARE)
    for start in range(0, len(people), AT_ONCE):
        _log(stage, people[start : start + AT_ONCE])
        stage.pass_time(1.0)
        if start % 200 == 0:
            tell(f"{start} of {len(people)} calls logged")
    _drain(stage)


def _log(stage: Stage, people: list[str]) -> None:
    asked = [
        (stage.desk.send("log", target=target, notes=f"call with {target}", number=0), target)
        for target in people
    ]
    for number, target in asked:
        stage.evidence.notes[stage.desk.answer(number)["op_id"]] = f"call with {target}"


def _drain(stage: Stage) -> None:
    """Let time pass under the same losses until every operation has an end."""
    end = time.monotonic() + PATIENCE
    quiet = 0
    while (status := stage.desk.order("status"))["open"]:
        assert time.monotonic() < end, status
        if status["busy"]:
            stage.desk.listen(0.05)
            quiet = 0
        else:
            quiet += 1
            stage.pass_time(min(2.0**quiet / 2, 120.0))
            stage.desk.listen(0.05)


def _judge(stage: Stage, volume: Volume, began: float) -> Volume:
    org, evidence = stage.keeper.org, stage.evidence
    volume.lost_answers = sum(
        1
        for one in org.history(evidence.since)
        if one["kind"] == "reply" and one.get("fate") == "commit_then_drop"
    )
    stage.drain({"task_logging": False})
    stage.end()
    ledger = read_ledger(stage.home)
    check(evidence, ledger, org)
    volume.states = Counter(row.state for row in ledger.rows.values())
    volume.tasks = len(rows_of(org, "SELECT Id FROM Task WHERE IsClosed = true AND WhoId", evidence.targets))
    steps = [row.subject_id for row in ledger.of_kind("complete_step")]
    completed = "SELECT Id FROM ActionCadenceStepTracker WHERE State = 'Completed' AND Id"
    volume.steps = len(rows_of(org, completed, steps))
    _compare(volume, evidence, ledger)
    volume.evidence, volume.seconds = evidence, time.monotonic() - began
    return volume


def _compare(volume: Volume, evidence: Evidence, ledger: Ledger) -> None:
    """With the key every call is one task and one step; without it at most one, and the rest waits for a person."""
    unsure = sum(1 for row in ledger.of_kind("log_call") if row.state == "needs_review")
    if volume.tasks > volume.calls:
        evidence.find(DOUBLED, str(volume))
    if volume.tasks < volume.calls - (0 if volume.keyed else unsure):
        evidence.find(LOST, str(volume))
    if volume.keyed and (volume.steps, volume.states["settled"]) != (volume.calls, 2 * volume.calls):
        evidence.find(LOST, str(volume))
