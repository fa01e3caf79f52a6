"""The world a new org has."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.practice.org.seeding.listviews import LIST_VIEWS
from cadence_desk.practice.org.seeding.staff import CATEGORIES
from cadence_desk.practice.org.world import PracticeOrg

START = 1_795_000_000_000


def _dump(org: PracticeOrg) -> list[str]:
    return [line for line in org.store.connection.iterdump() if "sqlite_stat" not in line]


def _count(org: PracticeOrg, where: str) -> Any:
    return org.store.value(f"SELECT COUNT(*) FROM {where}")


def test_the_same_plan_makes_the_same_world() -> None:
    one = PracticeOrg.create(people=80, seed=11, start_ms=START, speed=0)
    other = PracticeOrg.create(people=80, seed=11, start_ms=START, speed=0)
    third = PracticeOrg.create(people=80, seed=12, start_ms=START, speed=0)
    assert _dump(one) == _dump(other)
    assert _dump(one) != _dump(third)


@pytest.mark.parametrize("people", [0, 1, 50, 333])
def test_there_are_as_many_people_as_asked_for(people: int) -> None:
    org = PracticeOrg.create(people=people, seed=1, start_ms=START, speed=0)
    assert _count(org, '"Lead" WHERE IsConverted = 0') + _count(org, '"Contact"') == people


def test_the_users_are_those_the_documents_promise(org: PracticeOrg) -> None:
    users = org.users()
    assert users[0]["Id"] == org.default_user_id
    assert org.default_username == "avery.stone@practice.example"
    assert [(one["IsActive"], one["Licensed"]) for one in users] == [
        (True, True),
        (True, True),
        (True, True),
        (True, True),
        (True, False),
        (False, True),
    ]
    assert org.sees_all(org.default_user_id)
    assert not org.sees_all(org.cast.reps[1])
    assert org.may_receive_events(org.default_user_id, "ActionCadenceTracker")
    assert not org.may_receive_events(org.cast.unlicensed, "ActionCadenceTracker")
    assert not org.may_receive_events(org.cast.reps[1], "Task")
    org.settings.view_all_users.add(org.cast.unlicensed)
    assert org.may_receive_events(org.cast.unlicensed, "Task")
    assert not org.may_receive_events(org.cast.unlicensed, "ActionCadenceTracker")
    assert not org.may_receive_events(org.default_user_id, "Account")


def test_dispositions_map_to_the_five_categories(org: PracticeOrg) -> None:
    rows = org.store.rows(
        'SELECT d."Disposition", c."MasterLabel", c."DeveloperName" FROM "CallDisposition" d'
        ' JOIN "CallDispositionCategory" c ON c."Id" = d."DispositionCategoryId" ORDER BY d.rowid'
    )
    assert [row["Disposition"] for row in rows] == list(CATEGORIES)
    assert [row["MasterLabel"] for row in rows] == list(CATEGORIES)
    assert rows[0]["DeveloperName"] == "CallMeaningfulConnect"


def test_people_are_of_every_kind() -> None:
    org = PracticeOrg.create(people=2000, seed=5, start_ms=START, speed=0)
    for table in ("Lead", "Contact"):
        for condition in (
            "DoNotCall = 1",
            "HasOptedOutOfEmail = 1",
            "Email IS NULL",
            "Phone IS NULL",
            "EmailBouncedDate > 0",
        ):
            assert _count(org, f'"{table}" WHERE {condition}') > 0, (table, condition)
    names = " ".join(str(row["Name"]) for row in org.store.rows('SELECT "Name" FROM "Lead"'))
    for part in ("ليلى", "בן", "🌻", "<img src=x", "O'Brien", "美咲"):
        assert part in names
    assert _count(org, f"\"Lead\" WHERE OwnerId = '{org.cast.queue}'") > 0
    assert _count(org, '"Lead" WHERE IsConverted = 1 AND ConvertedContactId IS NOT NULL') > 0
    assert _count(org, '"Account" WHERE IsPersonAccount = 1') == 200
    outside = "\"Lead\" WHERE Email NOT LIKE '%.example.com' AND Email NOT LIKE '%.example.org'"
    assert _count(org, outside) == 0


def test_texts_fit_their_fields() -> None:
    org = PracticeOrg.create(people=3000, seed=5, start_ms=START, speed=0)
    for definition in org.catalog.objects:
        for field in definition.fields.values():
            if field.stored and field.length and field.type not in {"id", "reference"}:
                long = f'"{definition.name}" WHERE length("{field.name}") > {field.length}'
                assert _count(org, long) == 0, (definition.name, field.name)


def test_required_fields_are_filled(org: PracticeOrg) -> None:
    for definition in org.catalog.objects:
        for field in definition.fields.values():
            if field.stored and not field.nillable:
                assert _count(org, f'"{definition.name}" WHERE "{field.name}" IS NULL') == 0, (
                    definition.name,
                    field.name,
                )


def test_references_point_at_records(org: PracticeOrg) -> None:
    for definition in org.catalog.objects:
        for field in definition.fields.values():
            if field.type != "reference" or not field.stored:
                continue
            known = " UNION ".join(f'SELECT "Id" FROM "{name}"' for name in field.reference_to)
            loose = (
                f'"{definition.name}" WHERE "{field.name}" IS NOT NULL AND "{field.name}" NOT IN ({known})'
            )
            assert _count(org, loose) == 0, (definition.name, field.name)


def test_runs_are_under_way_in_every_state(org: PracticeOrg) -> None:
    states = {row["State"] for row in org.store.rows('SELECT DISTINCT "State" FROM "ActionCadenceTracker"')}
    assert states == {"Complete", "Error", "Initializing", "Paused", "Processing", "Running"}
    share = _count(org, '"ActionCadenceTracker" WHERE IsTrackerActive = 1') / 120
    assert 0.2 < share < 0.5


def test_a_bigger_world_has_errors_resumes_and_late_steps() -> None:
    org = PracticeOrg.create(people=3000, seed=2, start_ms=START, speed=0)
    assert _count(org, "\"ActionCadenceStepTracker\" WHERE State = 'Error' AND ErrorCode IS NULL") == 0
    codes = _count(
        org, '(SELECT DISTINCT "ErrorCode" FROM "ActionCadenceStepTracker" WHERE "ErrorCode" IS NOT NULL)'
    )
    assert codes > 10
    assert (
        _count(org, "\"ActionCadenceTracker\" WHERE State = 'Paused' AND ScheduledResumeDateTime IS NOT NULL")
        > 5
    )
    assert _count(org, f"\"ActionCadenceStepTracker\" WHERE State = 'Active' AND DueDateTime < {START}") > 50
    assert _count(org, f"\"ActionCadenceStepTracker\" WHERE State = 'Active' AND DueDateTime > {START}") > 50
    owners = _count(org, '(SELECT DISTINCT "OwnerId" FROM "ActionCadenceTracker")')
    assert owners == 6


def test_seeded_runs_are_consistent(org: PracticeOrg) -> None:
    open_states = "('Running','Paused')"
    sql = (
        '"ActionCadenceTracker" t LEFT JOIN "ActionCadenceStepTracker" s ON s."Id" = t."CurrentStepId"'
        f' WHERE t."State" IN {open_states} AND (s."Id" IS NULL OR s."ActionCadenceTrackerId" <> t."Id")'
    )
    assert _count(org, sql) == 0
    future = f'"ActionCadenceStepTracker" WHERE "CreatedDate" > {START} OR "CompletionDate" > {START}'
    assert _count(org, future) == 0
    active = (
        '"Lead" l WHERE l."ActiveTrackerCount" <> (SELECT COUNT(*) FROM "ActionCadenceTracker" t'
        ' WHERE t."TargetId" = l."Id" AND t."IsTrackerActive" = 1)'
    )
    assert _count(org, active) == 0
    calls = (
        '"ActionCadenceStepTracker" s WHERE s."StepType" = \'MakeACall\' AND s."State" = \'Active\' AND NOT EXISTS'
        ' (SELECT 1 FROM "Task" k WHERE k."ActionCadenceStepTrackerId" = s."Id" AND k."IsClosed" = 0)'
    )
    assert _count(org, calls) == 0


def test_seeded_runs_can_go_on(stage: Any) -> None:
    for days in range(20):
        stage.jump(86_400_000)
        assert stage.org.clock.now_ms() == START + (days + 1) * 86_400_000
    left = "\"ActionCadenceTracker\" WHERE \"State\" IN ('Initializing','Processing')"
    assert _count(stage.org, left) == 0
    waiting = '"ActionCadenceStepTracker" WHERE "StepType" = \'Wait\' AND "State" = \'Active\''
    assert _count(stage.org, waiting) == 0


def test_cadences_use_every_kind_of_step(org: PracticeOrg) -> None:
    kinds = {row["Type"] for row in org.store.rows('SELECT DISTINCT "Type" FROM "ActionCadenceStep"')}
    assert {
        "AutoSendAnEmail", "Branch", "CreateTask", "DaisyChain", "LinkedInConnection", "LinkedInMail", "ListenerBranch",
        "MakeACall", "Root", "SendAnEmail", "Wait",
    } == kinds  # fmt: skip
    states = {row["State"] for row in org.store.rows('SELECT DISTINCT "State" FROM "ActionCadence"')}
    assert {"Active", "Draft", "Inactive", "Error"} == states
    assert _count(org, '"ActionCadenceStep" WHERE "GraphState" = \'Retired\'') == 1


def test_list_views_are_records(org: PracticeOrg) -> None:
    rows = org.store.rows('SELECT "SobjectType", "Name", "DeveloperName" FROM "ListView" ORDER BY rowid')
    assert [tuple(row.values()) for row in rows] == list(LIST_VIEWS)
