"""Create, read, change, delete; upsert; what changed."""

from typing import Any

import pytest

from tests.unit.practice.rest.served import VERSION, ServedOrg


def _refusal(api: ServedOrg, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[int, str]:
    answer = api.ask(method, path, json=body)
    return answer.status_code, answer.json()[0]["errorCode"]


def test_a_task_lives_its_life(api: ServedOrg) -> None:
    lead = api.some_id("Lead")
    body = {"Subject": "Call", "WhoId": lead[:15], "TaskSubtype": "Call", "CallDurationInSeconds": 61}
    created = api.ask("POST", "/sobjects/Task/", json=body)
    assert created.status_code == 201
    task = created.json()["id"]
    assert created.json() == {"id": task, "success": True, "errors": []}
    assert created.headers["Location"] == f"{VERSION}/sobjects/Task/{task}"
    read = api.get(f"/sobjects/Task/{task}")
    assert (read["WhoId"], read["Status"], read["IsClosed"]) == (lead, "Not Started", False)
    changed = api.ask("PATCH", f"/sobjects/Task/{task}", json={"Status": "Completed", "Description": "x\ny"})
    assert (changed.status_code, changed.content) == (204, b"")
    chosen = api.get(f"/sobjects/Task/{task}?fields=isclosed,Description")
    assert set(chosen) == {"attributes", "Id", "IsClosed", "Description"}
    assert chosen["IsClosed"] is True
    assert api.ask("HEAD", f"/sobjects/Task/{task}").status_code == 200
    assert api.ask("DELETE", f"/sobjects/Task/{task}").status_code == 204
    assert _refusal(api, "GET", f"/sobjects/Task/{task}") == (404, "ENTITY_IS_DELETED")
    assert _refusal(api, "PATCH", f"/sobjects/Task/{task}", {}) == (404, "ENTITY_IS_DELETED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Nothing": 1}, "INVALID_FIELD"),
        ({"CompletedDateTime": "2026-11-24T10:00:00Z"}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"ActionCadenceStepTrackerId": None}, "INVALID_FIELD_FOR_INSERT_UPDATE"),
        ({"CallType": "Sideways"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"TaskSubtype": "Cadence"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"),
        ({"CallDisposition": "x" * 256}, "STRING_TOO_LONG"),
        ({"WhoId": "nonsense"}, "MALFORMED_ID"),
        ({"WhoId": "001000000000001AAA"}, "FIELD_INTEGRITY_EXCEPTION"),
        ({"WhoId": "00Q000000000001EAA"}, "INVALID_CROSS_REFERENCE_KEY"),
        ({"ActivityDate": "tomorrow"}, "JSON_PARSER_ERROR"),
        ({"Status": None}, "REQUIRED_FIELD_MISSING"),
    ],
)
def test_bad_values_are_refused(api: ServedOrg, body: dict[str, Any], code: str) -> None:
    assert _refusal(api, "POST", "/sobjects/Task", body) == (400, code)


def test_create_only_fields_cannot_be_changed(api: ServedOrg) -> None:
    task = api.ask("POST", "/sobjects/Task", json={"Subject": "a"}).json()["id"]
    refused = _refusal(api, "PATCH", f"/sobjects/Task/{task}", {"TaskSubtype": "Call"})
    assert refused == (400, "INVALID_FIELD_FOR_INSERT_UPDATE")
    assert _refusal(api, "PATCH", f"/sobjects/Task/{task}", {"Id": task})[0] == 400


def test_missing_fields_are_named(api: ServedOrg) -> None:
    answer = api.ask("POST", "/sobjects/Lead", json={"FirstName": "Kim"})
    assert answer.status_code == 400
    assert answer.json()[0]["errorCode"] == "REQUIRED_FIELD_MISSING"
    assert answer.json()[0]["fields"] == ["LastName", "Company"]


@pytest.mark.parametrize(
    ("sobject", "body"),
    [
        ("Lead", {"LastName": "Kim", "Company": "A"}),
        ("Contact", {"LastName": "Kim"}),
        ("Account", {"Name": "A"}),
        ("Opportunity", {"Name": "O", "StageName": "Prospecting", "CloseDate": "2026-12-31"}),
    ],
)
def test_people_and_companies_can_be_created(api: ServedOrg, sobject: str, body: dict[str, str]) -> None:
    created = api.ask("POST", f"/sobjects/{sobject}", json=body)
    assert created.status_code == 201
    read = api.get(f"/sobjects/{sobject}/{created.json()['id']}")
    assert read["OwnerId"] == api.user_id


def test_missing_records_and_bad_ids(api: ServedOrg) -> None:
    nobody = "00Q000000000001EAA"
    assert _refusal(api, "GET", f"/sobjects/Lead/{nobody}") == (404, "NOT_FOUND")
    assert _refusal(api, "PATCH", f"/sobjects/Lead/{nobody}", {}) == (404, "INVALID_CROSS_REFERENCE_KEY")
    assert _refusal(api, "DELETE", f"/sobjects/Lead/{nobody}") == (404, "INVALID_CROSS_REFERENCE_KEY")
    assert _refusal(api, "GET", "/sobjects/Lead/abc") == (400, "MALFORMED_ID")
    assert _refusal(api, "GET", "/sobjects/Nothing/abc") == (404, "NOT_FOUND")


@pytest.mark.parametrize(
    "sobject", ["ActionCadence", "ActionCadenceStep", "ActionCadenceTracker", "ActionCadenceStepTracker"]
)
def test_the_cadence_family_is_read_only(api: ServedOrg, sobject: str) -> None:
    prefix = api.get(f"/sobjects/{sobject}/describe")["keyPrefix"]
    one = f"{prefix}000000000001"
    expected = (400, "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY")
    assert _refusal(api, "POST", f"/sobjects/{sobject}", {}) == expected
    assert _refusal(api, "PATCH", f"/sobjects/{sobject}/{one}", {}) == expected
    assert _refusal(api, "DELETE", f"/sobjects/{sobject}/{one}") == expected


def test_conditional_reads_and_writes(api: ServedOrg) -> None:
    lead = f"/sobjects/Lead/{api.some_id('Lead')}"
    long_ago, later = "Mon, 01 Jan 2024 00:00:00 GMT", "Fri, 01 Jan 2027 00:00:00 GMT"
    assert api.ask("GET", lead, headers={"If-Modified-Since": later}).status_code == 304
    assert api.ask("GET", lead, headers={"If-Modified-Since": long_ago}).status_code == 200
    stale = api.ask("PATCH", lead, json={"Title": "a"}, headers={"If-Unmodified-Since": long_ago})
    assert stale.status_code == 412
    fresh = api.ask("PATCH", lead, json={"Title": "a"}, headers={"If-Unmodified-Since": later})
    assert fresh.status_code == 204
    broken = api.ask("PATCH", lead, json={"Title": "a"}, headers={"If-Unmodified-Since": "yesterday"})
    assert broken.status_code == 400


def test_upsert_creates_once_then_updates(api: ServedOrg) -> None:
    address = "/sobjects/Task/CD_Op_Id__c/key-1"
    first = api.ask("PATCH", address, json={"Subject": "a"})
    again = api.ask("PATCH", address, json={"Subject": "b"})
    assert (first.status_code, first.json()["created"]) == (201, True)
    assert (again.status_code, again.json()["created"], again.json()["id"]) == (
        200,
        False,
        first.json()["id"],
    )
    old = api.ask("PATCH", f"/services/data/v45.0{address}", json={"Subject": "c"})
    assert (old.status_code, old.content) == (204, b"")
    assert api.get(address)["Subject"] == "c"
    assert _refusal(api, "PATCH", address, {"CD_Op_Id__c": "key-1"}) == (400, "INVALID_FIELD")
    assert _refusal(api, "PATCH", "/sobjects/Task/CD_Op_Id__c/other?updateOnly=true", {})[0] == 404
    assert _refusal(api, "PATCH", "/sobjects/Task/Subject/b", {}) == (404, "NOT_FOUND")
    assert api.ask("DELETE", address).status_code == 204
    assert _refusal(api, "GET", address) == (404, "NOT_FOUND")


def test_a_taken_key_is_a_duplicate_value(api: ServedOrg) -> None:
    body = {"Subject": "a", "CD_Op_Id__c": "key-2"}
    assert api.ask("POST", "/sobjects/Task", json=body).status_code == 201
    assert _refusal(api, "POST", "/sobjects/Task", body) == (400, "DUPLICATE_VALUE")


def test_updated_and_deleted_name_ids(api: ServedOrg) -> None:
    task = api.ask("POST", "/sobjects/Task", json={"Subject": "a"}).json()["id"]
    span = {"start": "2026-11-20T00:00:00+00:00", "end": "2026-12-30T00:00:00+00:00"}
    assert task in api.get("/sobjects/Task/updated/", params=span)["ids"]
    api.ask("DELETE", f"/sobjects/Task/{task}")
    assert task not in api.get("/sobjects/Task/updated", params=span)["ids"]
    assert [one["id"] for one in api.get("/sobjects/Task/deleted", params=span)["deletedRecords"]] == [task]
    backward = {"start": span["end"], "end": span["start"]}
    assert api.ask("GET", "/sobjects/Task/updated", params=backward).status_code == 400
    assert api.ask("GET", "/sobjects/Task/updated").status_code == 400


def test_commits_carry_user_and_origin(api: ServedOrg) -> None:
    headers = {"Sforce-Call-Options": "client=cadence-desk"}
    api.ask("POST", "/sobjects/Task", json={"Subject": "a"}, headers=headers)
    commit = next(one for one in reversed(api.org.history.after(0)) if one["kind"] == "commit")
    assert commit["user_id"] == api.user_id
    assert commit["origin"] == "com/salesforce/api/rest/66.0;client=cadence-desk"
