"""Global describe, object describe, basic information, freshness."""

from typing import Any

from tests.unit.practice.rest.served import VERSION, ServedOrg

FIELD_KEYS = {
    "name",
    "label",
    "type",
    "soapType",
    "length",
    "precision",
    "scale",
    "digits",
    "nillable",
    "createable",
    "updateable",
    "filterable",
    "sortable",
    "groupable",
    "defaultedOnCreate",
    "restrictedPicklist",
    "dependentPicklist",
    "controllerName",
    "picklistValues",
    "referenceTo",
    "relationshipName",
    "nameField",
    "externalId",
    "unique",
    "idLookup",
    "compoundFieldName",
}


def _fields(api: ServedOrg, sobject: str) -> dict[str, dict[str, Any]]:
    return {one["name"]: one for one in api.get(f"/sobjects/{sobject}/describe/")["fields"]}


def test_the_global_describe_lists_objects_with_addresses(api: ServedOrg) -> None:
    found = api.get("/sobjects/")
    assert (found["encoding"], found["maxBatchSize"]) == ("UTF-8", 200)
    objects = {one["name"]: one for one in found["sobjects"]}
    assert objects["ActionCadenceTracker"]["keyPrefix"] == "0qB"
    assert objects["ActionCadenceTracker"]["createable"] is False
    assert objects["Task"]["createable"] is True
    assert objects["Lead"]["urls"]["describe"] == f"{VERSION}/sobjects/Lead/describe"
    assert "ScratchOrgInfo" not in objects


def test_a_describe_tells_every_field(api: ServedOrg) -> None:
    fields = _fields(api, "task")
    assert all(one.keys() >= FIELD_KEYS for one in fields.values())
    assert (fields["TaskSubtype"]["createable"], fields["TaskSubtype"]["updateable"]) == (True, False)
    assert fields["WhoId"]["referenceTo"] == ["Contact", "Lead"]
    assert fields["CallDisposition"]["length"] == 255
    assert fields["CallDisposition"]["label"] == "Call Result"
    assert fields["CD_Op_Id__c"]["externalId"] is True
    assert {"Inbound", "Outbound"} <= {one["value"] for one in fields["CallType"]["picklistValues"]}


def test_relationships_and_compounds_are_named(api: ServedOrg) -> None:
    tracker = api.get("/sobjects/ActionCadenceTracker/describe")
    children = {one["relationshipName"]: one["childSObject"] for one in tracker["childRelationships"]}
    assert children["ActionCadenceStepTrackers"] == "ActionCadenceStepTracker"
    lead = _fields(api, "Lead")
    assert lead["City"]["compoundFieldName"] == "Address"
    assert lead["FirstName"]["compoundFieldName"] == "Name"


def test_hidden_fields_are_gone_everywhere(api: ServedOrg) -> None:
    api.org.settings.hidden_fields.add("Lead.Title")
    assert "Title" not in _fields(api, "Lead")
    lead = api.some_id("Lead")
    assert "Title" not in api.get(f"/sobjects/Lead/{lead}")
    answer = api.ask("PATCH", f"/sobjects/Lead/{lead}", json={"Title": "x"})
    assert answer.json()[0]["errorCode"] == "INVALID_FIELD"


def test_unlisted_picklist_values_show_when_switched_on(api: ServedOrg) -> None:
    api.org.settings.unknown_picklists = {"ActionCadenceTracker.State": ["Hibernating"]}
    values = _fields(api, "ActionCadenceTracker")["State"]["picklistValues"]
    assert values[-1]["value"] == "Hibernating"


def test_metadata_is_not_sent_again_until_it_changes(api: ServedOrg) -> None:
    since = {"If-Modified-Since": api.ask("GET", "/sobjects").headers["Last-Modified"]}
    for path in ("/sobjects", "/sobjects/Lead/describe", "/actions/standard"):
        again = api.ask("GET", path, headers=since)
        assert (again.status_code, again.content) == (304, b"")
        assert "Sforce-Limit-Info" in again.headers
    api.org.settings.hidden_fields.add("Lead.Title")
    assert api.ask("GET", "/sobjects/Lead/describe", headers=since).status_code == 200


def test_an_unreadable_date_means_send_it(api: ServedOrg) -> None:
    answer = api.ask("GET", "/sobjects", headers={"If-Modified-Since": "whenever"})
    assert answer.status_code == 200


def test_unknown_objects_are_not_found(api: ServedOrg) -> None:
    answer = api.ask("GET", "/sobjects/ScratchOrgInfo/describe")
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_basic_information_and_recent_items(api: ServedOrg) -> None:
    task = api.ask("POST", "/sobjects/Task", json={"Subject": "Newest"}).json()["id"]
    found = api.get("/sobjects/Task/")
    assert found["objectDescribe"]["name"] == "Task"
    assert task in [one["Id"] for one in found["recentItems"]]
    recent = api.get("/recent?limit=1")
    assert len(recent) == 1
    assert api.ask("GET", "/recent?limit=all").status_code == 400
