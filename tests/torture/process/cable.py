"""The cable is pulled for ten minutes under load; on return the lists equal a fresh read and nothing is lost or twice."""

from __future__ import annotations

import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from tests.desk.gate import Gate
from tests.torture.process.checker import check
from tests.torture.process.evidence import UNEQUAL
from tests.torture.process.ledger import read_ledger
from tests.torture.process.org_keeper import OrgKeeper, board_of
from tests.torture.process.stage import Stage

if TYPE_CHECKING:
    from tests.torture.process.evidence import Evidence
    from tests.torture.process.nursery import Nursery

MINUTES = 10
BEATS = 120
"""The ten minutes pass in so many slices; in each the desk may try to come back and colleagues go on working."""
EDITS = 4
WORK = 12
AGREES_WITHIN = 30.0


def pulled_cable(nursery: Nursery, people: int = 400) -> tuple[Evidence, str]:
    """Pull the cable while the desk has work and the org changes all the time; returns the findings and a sentence."""
    keeper = OrgKeeper(people)
    try:
        standing = keeper.people(WORK)
        added = keeper.people(WORK)
        gates = [Gate(port) for port in keeper.org.ports]
        try:
            return _play(keeper, nursery, standing, added, gates)
        finally:
            for gate in gates:
                gate.close()
    finally:
        keeper.close()


def _play(
    keeper: OrgKeeper, nursery: Nursery, standing: list[str], added: list[str], gates: list[Gate]
) -> tuple[Evidence, str]:
    org = keeper.org
    profile = org.profile(ports=(gates[0].port, gates[1].port))
    stage = Stage(keeper, nursery, "cable", keeper.home(), profile)
    stage.evidence.targets, stage.evidence.since = [*standing, *added], org.now()
    try:
        keeper.stand_at_a_call(standing)
        stage.start()
        stage.order("knows", targets=standing)
        org.settings(colleagues=True, colleague_seconds=1)
        _work(stage, standing[: WORK // 2], added[: WORK // 2])
        for gate in gates:
            gate.shut()
        _work(stage, standing[WORK // 2 :], [])
        changes = _ten_minutes(stage, keeper)
        org.settings(colleagues=False)
        for gate in gates:
            gate.open()
        stage.settle()
        seconds = _agrees(stage, org)
        stage.drain({})
        stage.end()
        check(stage.evidence, read_ledger(stage.home), org)
    finally:
        stage.close()
    states = Counter(row.state for row in read_ledger(stage.home).rows.values())
    told = ", ".join(f"{count} {state}" for state, count in sorted(states.items()))
    return (
        stage.evidence,
        f"cable pulled for {MINUTES} minutes, {changes} commits meanwhile: {seconds}; {told}",
    )


def _work(stage: Stage, standing: list[str], added: list[str]) -> None:
    for target in standing:
        notes = f"call with {target}"
        stage.evidence.notes[stage.order("log", target=target, notes=notes)["op_id"]] = notes
    if added:
        said = stage.order("enroll", targets=added, cadence=stage.keeper.cadence)
        stage.evidence.adds += [target for target, verdict in said if verdict.startswith("Will add")]


def _ten_minutes(stage: Stage, keeper: OrgKeeper) -> int:
    """Let the minutes pass; returns how often the org changed."""
    org, before = keeper.org, keeper.org.now()
    for beat in range(BEATS):
        stage.pass_time(60.0 * MINUTES / BEATS)
        for number in range(EDITS):
            target = stage.evidence.targets[(beat * EDITS + number) % len(stage.evidence.targets)]
            sobject = "Lead" if target.startswith("00Q") else "Contact"
            org.edit(sobject, target, Title=f"Title {beat} {number}")
        stage.desk.listen(0.01)
    return sum(1 for one in org.history(before) if one["kind"] == "commit")


def _agrees(stage: Stage, org: Any) -> str:
    """Wait until the lists are what a fresh read of the org says; returns how long that took."""
    began = time.monotonic()
    while True:
        shown, told = stage.desk.order("whole_board"), _whole(org)
        if shown == told:
            size = f"{len(told['people'])} people, {len(told['trackers'])} trackers, {len(told['steps'])} open steps"
            return f"the lists equal a fresh read of {size}"
        if time.monotonic() > began + AGREES_WITHIN:
            stage.evidence.find(UNEQUAL, _difference(shown, told))
            return "the lists differ"
        stage.pass_time(1.0)
        stage.desk.listen(0.1)


def _whole(org: Any) -> dict[str, Any]:
    leads = org.query("SELECT Id FROM Lead WHERE IsConverted = false")
    contacts = org.query("SELECT Id FROM Contact")
    whole: dict[str, Any] = {"people": {}, "trackers": {}, "steps": {}}
    ids = [one["Id"] for one in (*leads, *contacts)]
    for start in range(0, len(ids), 200):
        for name, part in board_of(org, ids[start : start + 200]).items():
            whole[name] |= part
    return whole


def _difference(shown: dict[str, Any], told: dict[str, Any]) -> str:
    wrong = [
        f"{name} {one}: {shown[name].get(one)} instead of {expected.get(one)}"
        for name, expected in told.items()
        for one in sorted(expected.keys() | shown[name].keys())
        if expected.get(one) != shown[name].get(one)
    ]
    return "; ".join(wrong[:6])
