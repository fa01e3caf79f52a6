"""Queries over a seeded practice org: every object and every visible field can be asked for."""

from collections.abc import Iterator

import pytest

from cadence_desk.practice.org.world import PracticeOrg
from cadence_desk.practice.soql.runner import QueryPage, QueryRunner


@pytest.fixture(scope="module")
def org() -> Iterator[PracticeOrg]:
    built = PracticeOrg.create(people=50, seed=1, start_ms=1_795_514_400_000, speed=0)
    yield built
    built.store.close()


def ask(org: PracticeOrg, soql: str) -> QueryPage:
    return QueryRunner(org).run(
        soql, user_id=org.default_user_id, all_rows=False, batch_size=2000, version="68.0"
    )


def test_all_people_are_there(org: PracticeOrg) -> None:
    leads = ask(org, "SELECT COUNT() FROM Lead WHERE IsConverted = false").total_size
    contacts = ask(org, "SELECT COUNT() FROM Contact").total_size
    assert leads + contacts >= 50
    names = [record["Name"].lower() for record in ask(org, "SELECT Name FROM Contact ORDER BY Name").records]
    assert len(names) == contacts


def test_every_field_of_every_object_can_be_read_and_counted(org: PracticeOrg) -> None:
    for entity in org.catalog.objects:
        page = ask(org, f"SELECT FIELDS(ALL) FROM {entity.name} LIMIT 200")
        assert all(list(record) == ["attributes", *entity.fields] for record in page.records)
        wanted = ask(org, f"SELECT COUNT() FROM {entity.name}").total_size
        assert page.total_size == min(wanted, 200)


def test_every_relationship_can_be_walked(org: PracticeOrg) -> None:
    for entity in org.catalog.objects:
        ways = [
            f"{field.relationship_name}.Id"
            for field in entity.fields.values()
            if field.relationship_name and any(org.catalog.find(name) for name in field.reference_to)
        ]
        children = [f"(SELECT Id FROM {one.name} ORDER BY Id LIMIT 1)" for one in entity.child_relationships]
        ask(org, f"SELECT {', '.join(['Id', *ways, *children])} FROM {entity.name}")


def test_every_filterable_field_compares_with_null_and_sorts(org: PracticeOrg) -> None:
    for entity in org.catalog.objects:
        for field in entity.fields.values():
            if field.filterable and not field.compound_of:
                ask(
                    org,
                    f"SELECT COUNT() FROM {entity.name} WHERE {field.name} = null OR {field.name} != null",
                )
            if field.sortable and not field.compound_of:
                ask(org, f"SELECT Id FROM {entity.name} ORDER BY {field.name} DESC LIMIT 1")


def test_the_command_lines_question_about_the_organization(org: PracticeOrg) -> None:
    asked = "SELECT Name, InstanceName, IsSandbox, TrialExpirationDate, NamespacePrefix, OrganizationType FROM Organization"
    page = ask(org, asked)
    assert page.total_size == 1
    assert (
        page.records[0]["attributes"]["url"]
        == f"/services/data/v68.0/sobjects/Organization/{org.organization_id}"
    )


def test_open_trackers_with_all_that_a_list_shows(org: PracticeOrg) -> None:
    asked = (
        "SELECT Id, TargetId, Target.Type, Target.Name, OwnerId, Owner.Name, State, IsTrackerActive, ActionCadence.Name,"
        " CurrentStepId, CurrentStep.StepTitle, CurrentStep.StepType, ScheduledResumeDateTime, ErrorMessage"
        " FROM ActionCadenceTracker WHERE IsTrackerActive = true ORDER BY Id"
    )
    records = ask(org, asked).records
    rows = org.store.rows(
        'SELECT "Id", "TargetId", "TargetId__type" AS kind, "CurrentStepId" FROM "ActionCadenceTracker"'
        ' WHERE "IsTrackerActive" = 1 AND "IsDeleted" = 0 ORDER BY "Id"'
    )
    assert rows
    assert [(one["Id"], one["TargetId"], one["Target"]["Type"], one["CurrentStepId"]) for one in records] == [
        tuple(row.values()) for row in rows
    ]
    for one in records:
        target = org.store.read(one["Target"]["Type"], one["TargetId"])
        assert target is not None
        assert one["Target"]["Name"] == target["Name"]
        step = one["CurrentStepId"] and org.store.read("ActionCadenceStepTracker", one["CurrentStepId"])
        assert (one["CurrentStep"] or {}).get("StepTitle") == (step and step["StepTitle"])
