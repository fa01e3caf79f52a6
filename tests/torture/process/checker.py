"""Compares the ledger with the practice org's own history: nothing lost, nothing twice, nothing claimed in vain.

Reads the outbox by plain sqlite3 and the org by plain requests; knows nothing of the desk's own opinion but the texts
of its notes, which nobody else can read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.desk.practice_org import quoted
from tests.torture.process.evidence import BROKEN, DOUBLED, LOST, UNEQUAL
from tests.torture.process.ledger import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.desk.practice_org import Org
    from tests.torture.process.evidence import Evidence
    from tests.torture.process.ledger import Ledger, Row

DONE = frozenset({"settled", "accepted"})
NOT_DONE = frozenset({"refused", "cancelled", "superseded", "draft", "queued"})
SLICE = 150
"""Ids in one query: an address may have some 8,000 characters."""
_ORDERED = {"pauseSalesCadenceTracker": "pause", "resumeSalesCadenceTracker": "resume"}


@dataclass(frozen=True)
class Effect:
    """One commit of the org that a request of a desk caused."""

    number: int
    action: str
    inputs: tuple[dict[str, Any], ...]
    changes: tuple[tuple[str, str, str], ...]
    """Entity, id and type."""


def effects_of(entries: Iterable[dict[str, Any]]) -> list[Effect]:
    """Return what requests of desks did, in the order of the commits."""
    asked: dict[str, dict[str, Any]] = {}
    found = []
    for entry in entries:
        if entry["kind"] == "invocation":
            asked[entry["request"]] = entry
        elif entry["kind"] == "commit" and entry["request"] in asked:
            request = asked[entry["request"]]
            body = request["body"] if isinstance(request["body"], dict) else {}
            inputs = body.get("inputs") or [body]
            changes = tuple((one["entity"], one["id"], one["type"]) for one in entry["changes"])
            found.append(Effect(entry["n"], request["path"].rsplit("/", 1)[-1], tuple(inputs), changes))
    return found


def check(evidence: Evidence, ledger: Ledger, org: Org) -> None:
    """Write every broken promise into the evidence."""
    evidence.check_promises(ledger)
    ledger = ledger.about(evidence.targets)
    effects = effects_of(org.history(evidence.since))
    _check_ends(evidence, ledger)
    _check_texts(evidence)
    _check_tasks(evidence, ledger, org)
    _check_adds(evidence, ledger, effects, org)
    _check_steps(evidence, ledger, org)
    _check_order(evidence, ledger, effects)
    evidence.reviews += sum(1 for row in ledger.rows.values() if row.state == "needs_review")


def _check_ends(evidence: Evidence, ledger: Ledger) -> None:
    held = {row.target_id for row in ledger.rows.values() if row.state == "needs_review"}
    for row in ledger.rows.values():
        waits_for_a_person = row.state == "queued" and row.target_id in held
        if row.state not in FINAL and not waits_for_a_person:
            evidence.find(BROKEN, f"{row.kind} {row.op_id} is still {row.state} after everything calmed down")


def _check_texts(evidence: Evidence) -> None:
    """The note of every acknowledged call and the text of every draft can still be read."""
    known = {one["op_id"]: one["notes"] for one in evidence.operations}
    for op_id, notes in evidence.notes.items():
        if known.get(op_id) != notes:
            evidence.find(LOST, f"the note of {op_id} reads {known.get(op_id)!r} instead of {notes!r}")
    kept = {one["target"]: one["notes"] for one in evidence.kept_drafts}
    for target, texts in evidence.drafts.items():
        if kept.get(target, "") not in texts:
            evidence.find(LOST, f"the draft for {target} reads {kept.get(target)!r} instead of {texts}")


def _check_tasks(evidence: Evidence, ledger: Ledger, org: Org) -> None:
    """Every call is one task or none; which of the two is what the ledger says."""
    fields = "Id, WhoId, Subject, Description, IsClosed, CD_Op_Id__c"
    tasks = rows_of(org, f"SELECT {fields} FROM Task WHERE WhoId", evidence.targets)
    by_note = Counter(one["Description"] for one in tasks if one["IsClosed"] and one["Description"])
    by_key = Counter(one["CD_Op_Id__c"].lower() for one in tasks if one["CD_Op_Id__c"])
    texts = {one["op_id"]: one for one in evidence.operations}
    for op_id, count in by_key.items():
        if count > 1:
            evidence.find(DOUBLED, f"{count} tasks bear the key of {op_id}")
    for row in ledger.rows.values():
        if row.kind in {"log_call", "complete_call"}:
            notes = texts[row.op_id]["notes"] if row.op_id in texts else ""
            _compare(evidence, row, by_note[notes], f"tasks with {notes!r}")
    _check_follow_ups(evidence, ledger, tasks)


def _check_follow_ups(evidence: Evidence, ledger: Ledger, tasks: list[dict[str, Any]]) -> None:
    by_subject = Counter(one["Subject"] for one in tasks)
    texts = {one["op_id"]: one for one in evidence.operations}
    for row in ledger.of_kind("add_task"):
        subject = texts[row.op_id]["subject"] if row.op_id in texts else ""
        _compare(evidence, row, by_subject[subject], f"tasks {subject!r}")


def _compare(evidence: Evidence, row: Row, found: int, what: str) -> None:
    """Compare one operation with how often its effect is there."""
    told = f"{row.kind} {row.op_id} is {row.state} ({' > '.join(row.audit)}); the org has {found} {what}"
    if found > 1:
        evidence.find(DOUBLED, told)
    elif found == 0 and row.state in DONE:
        evidence.find(LOST, told)
    elif found == 1 and row.state in NOT_DONE:
        evidence.find(UNEQUAL, told)


def _check_adds(evidence: Evidence, ledger: Ledger, effects: list[Effect], org: Org) -> None:
    """Each add makes at most one run; a confirmed one stands for a run that is there."""
    asked_for = "SELECT Id, TargetId, ActionCadenceId FROM ActionCadenceTracker WHERE TargetId"
    rows = rows_of(org, asked_for, evidence.targets)
    pair = {one["Id"]: (one["TargetId"], one["ActionCadenceId"]) for one in rows}
    made = [
        pair[record]
        for effect in effects
        for entity, record, change in effect.changes
        if (entity, change) == ("ActionCadenceTracker", "CREATE") and record in pair
    ]
    ours, there = Counter(made), Counter(pair.values())
    asked: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in ledger.of_kind("enroll"):
        asked[row.target_id, row.cadence_id].append(row)
    for where in asked.keys() | ours.keys():
        _compare_adds(evidence, asked[where], ours[where], there[where])


def _compare_adds(evidence: Evidence, asked: list[Row], ours: int, there: int) -> None:
    states = [row.state for row in asked]
    told = f"adds {[(row.op_id, ' > '.join(row.audit)) for row in asked]} made {ours} runs of {there}"
    good = sum(1 for row in asked if row.state in DONE)
    if ours > len(asked):
        evidence.find(DOUBLED, told)
    elif ours > good + states.count("needs_review"):
        evidence.find(UNEQUAL, told)
    elif good > there * evidence.computers:
        evidence.find(LOST, told)


def _check_steps(evidence: Evidence, ledger: Ledger, org: Org) -> None:
    """A step that the ledger calls done is not open any more; a tracker it calls removed does not run."""
    steps = [row for kind in ("complete_step", "skip_step") for row in ledger.of_kind(kind)]
    done = [row for row in steps if row.state in DONE]
    open_steps = _still(org, "ActionCadenceStepTracker", [row.subject_id for row in done], "State = 'Active'")
    for row in done:
        if row.subject_id in open_steps:
            evidence.find(LOST, f"{row.kind} {row.op_id} is {row.state}, but the step is open")
    removed = [row for row in ledger.of_kind("remove") if row.state in DONE]
    runs = _still(org, "ActionCadenceTracker", [row.subject_id for row in removed], "IsTrackerActive = true")
    for row in removed:
        if row.subject_id in runs:
            evidence.find(LOST, f"remove {row.op_id} is {row.state}, but the tracker runs")


def _still(org: Org, sobject: str, ids: list[str], condition: str) -> set[str]:
    return {row["Id"] for row in rows_of(org, f"SELECT Id FROM {sobject} WHERE {condition} AND Id", ids)}


def rows_of(org: Org, query: str, ids: Sequence[str]) -> list[dict[str, Any]]:
    """Read the rows whose last named field is one of so many ids, in as many requests as their address allows."""
    return [
        row
        for start in range(0, len(ids), SLICE)
        for row in org.query(f"{query} IN ({quoted(ids[start : start + SLICE])})")
    ]


def _check_order(evidence: Evidence, ledger: Ledger, effects: list[Effect]) -> None:
    """Pause and resume of one person took effect in the order they were asked for, none of them late again."""
    asked: dict[str, list[str]] = defaultdict(list)
    for row in ledger.rows.values():
        if row.kind in _ORDERED.values() and row.attempt:
            asked[row.target_id].append(row.kind)
    happened: dict[str, list[str]] = defaultdict(list)
    for effect in effects:
        if effect.action in _ORDERED:
            for target in {one.get("targetId", "") for one in effect.inputs}:
                happened[target].append(_ORDERED[effect.action])
    for target, order in happened.items():
        wanted = iter(asked[target])
        if not all(one in wanted for one in _without_repeats(order)):
            evidence.find(UNEQUAL, f"{target}: asked for {asked[target]}, the org did {order}")


def _without_repeats(order: list[str]) -> list[str]:
    return [one for number, one in enumerate(order) if number == 0 or order[number - 1] != one]
