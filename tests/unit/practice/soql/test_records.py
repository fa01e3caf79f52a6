"""What records look like: projection, nesting, order of keys, addresses, sub-queries."""

import pytest

from tests.unit.practice.soql.small_org import (
    ACME,
    ANA,
    BEN,
    CONTACTS,
    LEADS,
    QUEUE,
    STEPS,
    TRACKERS,
    WARM,
    Desk,
    record_id,
)

SERVICES = "/services/data/v62.0/sobjects"


def test_fields_stand_in_the_order_asked_and_in_the_catalogs_spelling(desk: Desk) -> None:
    record = desk.page(f"select rating, NAME, id, createddate from lead where id = '{LEADS[0]}'").records[0]
    assert list(record) == ["attributes", "Rating", "Name", "Id", "CreatedDate"]
    assert record == {
        "attributes": {"type": "Lead", "url": f"{SERVICES}/Lead/{LEADS[0]}"},
        "Rating": "Hot",
        "Name": "Zoe Zimmer",
        "Id": LEADS[0],
        "CreatedDate": "2026-11-24T10:00:00.000+0000",
    }


def test_only_what_was_asked_is_shown(desk: Desk) -> None:
    assert desk.records(f"SELECT DoNotCall FROM Lead WHERE Id = '{LEADS[1]}'") == [{"DoNotCall": True}]
    assert desk.records(f"SELECT Lead.Name FROM Lead WHERE Id = '{LEADS[4]}'") == [{"Name": "Bo_b"}]
    assert desk.records(f"SELECT l.Name FROM Lead l WHERE l.Id = '{LEADS[4]}'") == [{"Name": "Bo_b"}]


def test_a_polymorphic_parent(desk: Desk) -> None:
    asked = "SELECT Target.Name, Target.Type, Target.Id, Owner.Name, Owner.Type FROM ActionCadenceTracker"
    records = desk.page(f"{asked} WHERE Id IN ('{TRACKERS[0]}', '{TRACKERS[3]}') ORDER BY Id").records
    assert records[0]["Target"] == {
        "attributes": {"type": "Name", "url": f"{SERVICES}/Lead/{LEADS[0]}"},
        "Name": "Zoe Zimmer",
        "Type": "Lead",
        "Id": LEADS[0],
    }
    assert records[1]["Target"] == {
        "attributes": {"type": "Name", "url": f"{SERVICES}/Contact/{CONTACTS[1]}"},
        "Name": "Dan",
        "Type": "Contact",
        "Id": CONTACTS[1],
    }
    assert records[0]["Owner"]["attributes"]["url"] == f"{SERVICES}/User/{ANA}"
    assert [record["Owner"]["Type"] for record in records] == ["User", "Group"]
    assert records[1]["Owner"]["Name"] == "Inbound"


def test_parents_nest_and_an_empty_one_is_null(desk: Desk) -> None:
    asked = (
        "SELECT Name, Account.Owner.Alias, Account.Name, Account.BillingAddress FROM Contact ORDER BY Name"
    )
    carla, _, eve = desk.page(asked).records
    assert list(carla) == ["attributes", "Name", "Account"]
    assert carla["Account"]["attributes"] == {"type": "Account", "url": f"{SERVICES}/Account/{ACME}"}
    assert carla["Account"]["Owner"]["attributes"] == {"type": "User", "url": f"{SERVICES}/User/{ANA}"}
    assert carla["Account"]["Owner"]["Alias"] == "ana"
    assert carla["Account"]["BillingAddress"] == {
        "city": "Lyon",
        "country": "France",
        "geocodeAccuracy": None,
        "latitude": None,
        "longitude": None,
        "postalCode": None,
        "state": None,
        "street": None,
    }
    assert eve["Account"] is None


def test_an_address_without_parts_is_null(desk: Desk) -> None:
    assert desk.records("SELECT BillingAddress FROM Account WHERE Name = 'Bolt & Co'") == [
        {"BillingAddress": None}
    ]


def test_the_query_of_a_tracker_list(desk: Desk) -> None:
    asked = (
        "SELECT Id, TargetId, State, IsTrackerActive, ActionCadence.Name, CurrentStepId, CurrentStep.StepTitle,"
        " ScheduledResumeDateTime FROM ActionCadenceTracker"
        f" WHERE IsTrackerActive = true AND TargetId IN ('{LEADS[0]}', '{LEADS[1]}')"
    )
    assert desk.records(asked) == [
        {
            "Id": TRACKERS[0],
            "TargetId": LEADS[0],
            "State": "Running",
            "IsTrackerActive": True,
            "ActionCadence": {"Name": "Warm leads"},
            "CurrentStepId": STEPS[1],
            "CurrentStep": {"StepTitle": "Step 1"},
            "ScheduledResumeDateTime": None,
        }
    ]


def test_a_sub_query_is_a_result_of_its_own(desk: Desk) -> None:
    asked = "SELECT Id, (SELECT StepTitle FROM ActionCadenceStepTrackers ORDER BY CreatedDate DESC LIMIT 1)"
    records = desk.page(f"{asked} FROM ActionCadenceTracker ORDER BY Id").records
    assert [record["ActionCadenceStepTrackers"]["records"][0]["StepTitle"] for record in records] == [
        "Step 1",
        "Step 2",
        "Step 3",
        "Step 4",
    ]
    assert records[0]["ActionCadenceStepTrackers"] == {
        "totalSize": 1,
        "done": True,
        "records": [
            {
                "attributes": {
                    "type": "ActionCadenceStepTracker",
                    "url": f"{SERVICES}/ActionCadenceStepTracker/{STEPS[1]}",
                },
                "StepTitle": "Step 1",
            }
        ],
    }


def test_a_sub_query_filters_and_may_be_null(desk: Desk) -> None:
    done = "(SELECT StepTitle, ActionCadence.Name FROM ActionCadenceStepTrackers WHERE State = 'Completed')"
    records = desk.records(f"SELECT {done} FROM ActionCadenceTracker ORDER BY Id")
    shown = {"StepTitle": "Step 0", "ActionCadence": {"Name": "Warm leads"}}
    assert records[0] == {"ActionCadenceStepTrackers": {"totalSize": 1, "done": True, "records": [shown]}}
    assert records[1] == {"ActionCadenceStepTrackers": None}


def test_sub_queries_nest(desk: Desk) -> None:
    inner = "(SELECT State, (SELECT StepTitle FROM ActionCadenceStepTrackers ORDER BY Id) FROM ActionCadenceTrackers)"
    found = desk.records(f"SELECT Name, {inner} FROM Lead WHERE Id = '{LEADS[0]}'")[0]
    tracker = found["ActionCadenceTrackers"]["records"][0]
    titles = [step["StepTitle"] for step in tracker["ActionCadenceStepTrackers"]["records"]]
    assert (tracker["State"], titles) == ("Running", ["Step 0", "Step 1"])


def test_type_of(desk: Desk) -> None:
    asked = "SELECT TYPEOF Who WHEN Lead THEN Company, Rating WHEN Contact THEN AccountId ELSE Name END FROM Task ORDER BY Id"
    lead, contact = desk.page(asked).records
    assert lead["Who"] == {
        "attributes": {"type": "Lead", "url": f"{SERVICES}/Lead/{LEADS[0]}"},
        "Company": "Initech",
        "Rating": "Hot",
    }
    assert contact["Who"] == {
        "attributes": {"type": "Contact", "url": f"{SERVICES}/Contact/{CONTACTS[0]}"},
        "AccountId": ACME,
    }
    only_leads = (
        "SELECT TYPEOF Who WHEN Lead THEN Company ELSE Name, Type END FROM Task WHERE Subject = 'Write'"
    )
    assert desk.records(only_leads) == [{"Who": {"Name": "Carla", "Type": "Contact"}}]


def test_who_and_what(desk: Desk) -> None:
    asked = "SELECT Who.Name, Who.Type, What.Name FROM Task ORDER BY Subject"
    assert desk.records(asked) == [
        {"Who": {"Name": "Zoe Zimmer", "Type": "Lead"}, "What": None},
        {"Who": {"Name": "Carla", "Type": "Contact"}, "What": {"Name": "Acme"}},
    ]


@pytest.mark.parametrize("group", ["ALL", "standard"])
def test_all_fields(desk: Desk, group: str) -> None:
    record = desk.records(f"SELECT FIELDS({group}) FROM Lead WHERE Id = '{LEADS[0]}' LIMIT 200")[0]
    lead = desk.org.catalog.require("Lead")
    assert list(record) == list(lead.fields)


def test_custom_fields_only(desk: Desk) -> None:
    asked = f"SELECT FIELDS(CUSTOM) FROM Task WHERE Id = '{record_id('00T', 1)}' LIMIT 1"
    assert desk.records(asked) == [{"CD_Op_Id__c": None}]


def test_hidden_fields_are_left_out_of_all_fields(own_desk: Desk) -> None:
    own_desk.org.settings.hidden_fields.add("Lead.Rating")
    record = own_desk.records("SELECT FIELDS(ALL) FROM Lead LIMIT 1")[0]
    assert "Rating" not in record
    assert "Name" in record


def test_a_field_added_at_run_time_can_be_queried(own_desk: Desk) -> None:
    fields = own_desk.org.catalog.require("Lead").fields
    added = type(fields["Rating"])("Score__c", "Score", "int")
    own_desk.org.catalog.add_field("Lead", added)
    assert own_desk.records("SELECT Score__c FROM Lead WHERE Score__c = null LIMIT 1") == [{"Score__c": None}]


def test_labels_and_formats(desk: Desk) -> None:
    asked = f"SELECT toLabel(Status), FORMAT(NumberOfEmployees) FROM Lead WHERE Id = '{LEADS[0]}'"
    assert desk.records(asked) == [{"Status": "Open - Not Contacted", "NumberOfEmployees": "10"}]


@pytest.mark.parametrize(
    ("order", "numbers"),
    [
        ("Name", [1, 4, 2, 3, 0]),
        ("Name DESC", [0, 3, 2, 4, 1]),
        ("NumberOfEmployees", [2, 0, 3, 1, 4]),
        ("NumberOfEmployees DESC", [2, 4, 1, 0, 3]),
        ("NumberOfEmployees DESC NULLS LAST, Name", [4, 1, 3, 0, 2]),
        ("NumberOfEmployees ASC NULLS LAST, Name DESC", [0, 3, 1, 4, 2]),
        ("Rating", [1, 4, 0, 3, 2]),
        ("Owner.Name, Id DESC", [1, 0, 4, 2, 3]),
        ("DoNotCall DESC, CreatedDate", [3, 1, 4, 2, 0]),
    ],
)
def test_order(desk: Desk, order: str, numbers: list[int]) -> None:
    assert desk.values(f"SELECT Id FROM Lead ORDER BY {order}") == [LEADS[number] for number in numbers]


def test_limit_and_offset(desk: Desk) -> None:
    assert desk.values("SELECT Id FROM Lead ORDER BY Id LIMIT 2") == LEADS[:2]
    assert desk.values("SELECT Id FROM Lead ORDER BY Id LIMIT 2 OFFSET 3") == LEADS[3:5]
    assert desk.values("SELECT Id FROM Lead ORDER BY Id OFFSET 4") == LEADS[4:5]
    assert desk.page("SELECT Id FROM Lead LIMIT 0").total_size == 0


def test_words_of_the_language_are_names_where_a_name_is_due(desk: Desk) -> None:
    assert desk.values("SELECT Name FROM Group WHERE Type = 'Queue' ORDER BY Type") == ["Inbound"]
    assert desk.values("SELECT Group.Name FROM Group") == ["Inbound"]
    assert desk.values("SELECT Name FROM ActionCadence LIMIT 1 FOR VIEW") == ["Warm leads"]
    assert desk.values("SELECT Id FROM Group WITH SECURITY_ENFORCED LIMIT 1 FOR REFERENCE") == [QUEUE]


def test_calculated_fields(desk: Desk) -> None:
    asked = f"SELECT ActiveTargets, TotalTargets FROM ActionCadence WHERE Id = '{WARM}' AND ActiveTargets = 2"
    assert desk.records(asked) == [{"ActiveTargets": 2, "TotalTargets": 3}]
    overdue = "SELECT StepTitle FROM ActionCadenceStepTracker WHERE SecondsOverdue > 0"
    assert desk.values(overdue) == ["Step 1"]


def test_user_paths(desk: Desk) -> None:
    asked = f"SELECT Owner.Username, Owner.IsActive FROM Lead WHERE OwnerId = '{BEN}' LIMIT 1"
    assert desk.records(asked) == [{"Owner": {"Username": "ben@example.com", "IsActive": False}}]
