"""Whatever people do in whatever order: the told changes rebuild the records, and runs stay in order."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.practice.org.world import PracticeOrg

if TYPE_CHECKING:
    from cadence_desk.practice.org.changes import CommittedTransaction

START = 1_795_000_000_000
ENTITIES = ("ActionCadenceTracker", "ActionCadenceStepTracker", "Task", "Lead", "Contact")
OPEN = ("Active", "InProgress", "Error", "Paused", "Queued", "Scheduled")


class Mirror:
    """Keeps a copy of the records by what commits tell and nothing else."""

    def __init__(self, org: PracticeOrg) -> None:
        self._org = org
        self.rows = {name: self._read(name) for name in ENTITIES}
        org.changes.subscribe(self._apply)

    def _read(self, name: str) -> dict[str, dict[str, object]]:
        names = ", ".join(
            f'"{column}"' for column in self._org.store.columns(self._org.catalog.require(name))
        )
        rows = self._org.store.rows(f'SELECT {names} FROM "{name}" WHERE "IsDeleted" = 0')
        return {str(row["Id"]): row for row in rows}

    def _apply(self, commit: CommittedTransaction) -> None:
        for change in commit.changes:
            rows = self.rows.get(change.entity)
            if rows is None:
                continue
            if change.change_type == "DELETE":
                del rows[change.record_id]
            elif change.change_type == "UPDATE":
                assert set(change.nulled_fields) <= set(change.changed_fields)
                told = {name: change.values[name] for name in change.changed_fields}
                rows[change.record_id].update(told)
                if "Name" in change.values:
                    rows[change.record_id]["Name"] = change.values["Name"]
            else:
                assert change.record_id not in rows
                rows[change.record_id] = dict(change.values)

    def check(self) -> None:
        """Compare with the records themselves."""
        for name in ENTITIES:
            assert self.rows[name] == self._read(name), name


def _check_runs(org: PracticeOrg) -> None:
    def none(sql: str) -> None:
        assert org.store.rows(sql) == []

    marks = ", ".join(f"'{one}'" for one in OPEN)
    none(
        f'SELECT "ActionCadenceTrackerId" FROM "ActionCadenceStepTracker" WHERE "State" IN ({marks}) AND "IsDeleted" = 0'
        " GROUP BY 1 HAVING COUNT(*) > 1"
    )
    none(
        'SELECT t."Id" FROM "ActionCadenceTracker" t LEFT JOIN "ActionCadenceStepTracker" s ON s."Id" = t."CurrentStepId"'
        f" WHERE t.\"IsDeleted\" = 0 AND t.\"State\" IN ('Running', 'Error') AND coalesce(s.\"State\", '') NOT IN ({marks})"
    )
    none(
        'SELECT s."Id" FROM "ActionCadenceStepTracker" s JOIN "ActionCadenceTracker" t ON t."Id" = s."ActionCadenceTrackerId"'
        f' WHERE t."State" = \'Complete\' AND s."State" IN ({marks})'
    )
    none(
        'SELECT "Id" FROM "ActionCadenceTracker" WHERE "IsTrackerActive" <> ("State" IN '
        "('Running', 'Paused', 'Processing', 'Initializing'))"
    )
    none(
        'SELECT "TargetId" FROM "ActionCadenceTracker" WHERE "IsTrackerActive" = 1 AND "IsDeleted" = 0'
        ' GROUP BY "TargetId", "ActionCadenceId" HAVING COUNT(*) > 1'
    )
    none(
        'SELECT l."Id" FROM "Lead" l WHERE l."IsDeleted" = 0 AND l."ActiveTrackerCount" <> (SELECT COUNT(*) FROM'
        ' "ActionCadenceTracker" t WHERE t."TargetId" = l."Id" AND t."IsTrackerActive" = 1 AND t."IsDeleted" = 0)'
    )


def _one_of(org: PracticeOrg, chance: random.Random, sql: str) -> str:
    rows = org.store.rows(sql)
    return str(chance.choice(rows)["Id"]) if rows else "00Q000000000001EAA"


def _move(org: PracticeOrg, chance: random.Random) -> None:
    user = chance.choice(org.cast.reps)
    target = _one_of(
        org,
        chance,
        'SELECT "Id" FROM "Lead" UNION ALL SELECT "Id" FROM "Account" WHERE "IsPersonAccount" = 1',
    )
    tracked = _one_of(
        org, chance, 'SELECT "TargetId" AS "Id" FROM "ActionCadenceTracker" WHERE "IsDeleted" = 0'
    )
    step = _one_of(
        org, chance, 'SELECT "Id" FROM "ActionCadenceStepTracker" WHERE "State" NOT IN (\'Completed\')'
    )
    cadence = chance.choice(tuple(org.cast.cadences))
    moves: list[tuple[str, dict[str, Any]]] = [
        ("assignTargetToSalesCadence", {"salesCadenceNameOrId": cadence, "targetId": target}),
        ("pauseSalesCadenceTracker", {"targetId": tracked}),
        ("resumeSalesCadenceTracker", {"targetId": tracked}),
        ("changeSalesCadenceTargetAssignee", {"targetId": tracked, "userId": chance.choice(org.cast.reps)}),
        ("sendSalesCadenceEvent", {"recordId": step, "eventType": "ManualComplete"}),
        ("sendSalesCadenceEvent", {"recordId": step, "eventType": "Skip"}),
        ("removeTargetFromSalesCadence", {"targetId": tracked, "completionReasonCode": "ManuallyRemoved"}),
    ]
    name, inputs = chance.choice(moves)
    org.settings.partial_save = chance.random() < 0.8
    broken = {"targetId": "x"} if "targetId" in inputs else {"recordId": "x"}
    org.run_action(name, [inputs, inputs | broken] if chance.random() < 0.3 else [inputs], user)
    if chance.random() < 0.03 and tracked.startswith("00Q"):
        with org.transaction(user) as work:
            work.delete("Lead", tracked)


@pytest.mark.parametrize("seed", range(8))
def test_changes_rebuild_the_records_and_runs_stay_in_order(seed: int) -> None:
    org = PracticeOrg.create(people=60, seed=seed, start_ms=START, speed=0)
    org.settings.task_logging = seed % 2 == 0
    org.settings.processing_ms = 0 if seed % 3 == 0 else 400
    mirror, chance = Mirror(org), random.Random(seed)
    for turn in range(300):
        _move(org, chance)
        org.clock.jump(chance.choice((0, 500, 60_000, 3_600_000, 40_000_000)))
        while not org.advance():
            pass
        if turn % 20 == 0:
            _check_runs(org)
    _check_runs(org)
    mirror.check()
