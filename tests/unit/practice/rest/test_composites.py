"""Composite, batch and collections: order, references, all or none, limits."""

from typing import Any

from tests.unit.practice.rest.served import VERSION, ServedOrg


def _part(name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
    part = {"method": method, "url": VERSION + path, "referenceId": name}
    return part if body is None else {**part, "body": body}


def _composite(api: ServedOrg, *parts: dict[str, Any], all_or_none: bool = False) -> list[dict[str, Any]]:
    answer = api.ask("POST", "/composite/", json={"allOrNone": all_or_none, "compositeRequest": parts})
    assert answer.status_code == 200
    found: list[dict[str, Any]] = answer.json()["compositeResponse"]
    return found


def _task(**fields: Any) -> dict[str, Any]:
    return {"attributes": {"type": "Task"}, **fields}


def test_later_parts_use_earlier_answers(api: ServedOrg) -> None:
    lead, task, query = _composite(
        api,
        _part("lead", "POST", "/sobjects/Lead", {"LastName": "Kim", "Company": "A"}),
        _part("task", "POST", "/sobjects/Task", {"WhoId": "@{lead.id}", "Subject": "for @{lead.id}"}),
        _part("query", "GET", "/query?q=SELECT+Subject+FROM+Task+WHERE+WhoId='@{lead.id}'"),
    )
    assert [lead["httpStatusCode"], task["httpStatusCode"], query["httpStatusCode"]] == [201, 201, 200]
    assert query["body"]["records"][0]["Subject"] == f"for {lead['body']['id']}"
    assert lead["httpHeaders"]["Location"].endswith(lead["body"]["id"])
    assert [one["referenceId"] for one in (lead, task, query)] == ["lead", "task", "query"]


def test_a_failed_reference_halts_only_what_needs_it(api: ServedOrg) -> None:
    bad, needs, free = _composite(
        api,
        _part("bad", "POST", "/sobjects/Lead", {}),
        _part("needs", "POST", "/sobjects/Task", {"WhoId": "@{bad.id}"}),
        _part("free", "POST", "/sobjects/Task", {"Subject": "x"}),
    )
    assert [one["httpStatusCode"] for one in (bad, needs, free)] == [400, 400, 201]
    assert needs["body"][0]["errorCode"] == "PROCESSING_HALTED"


def test_all_or_none_undoes_everything(api: ServedOrg) -> None:
    before = api.get("/query", params={"q": "SELECT COUNT() FROM Lead"})["totalSize"]
    good, bad, never = _composite(
        api,
        _part("good", "POST", "/sobjects/Lead", {"LastName": "Kim", "Company": "A"}),
        _part("bad", "POST", "/sobjects/Lead", {}),
        _part("never", "POST", "/sobjects/Task", {}),
        all_or_none=True,
    )
    assert [one["body"][0]["errorCode"] for one in (good, bad, never)] == [
        "PROCESSING_HALTED",
        "REQUIRED_FIELD_MISSING",
        "PROCESSING_HALTED",
    ]
    assert api.get("/query", params={"q": "SELECT COUNT() FROM Lead"})["totalSize"] == before


def test_all_or_none_commits_as_one_transaction(api: ServedOrg) -> None:
    answers = _composite(
        api,
        _part("a", "POST", "/sobjects/Task", {"Subject": "a"}),
        _part("b", "POST", "/sobjects/Task", {"Subject": "b"}),
        all_or_none=True,
    )
    assert [one["httpStatusCode"] for one in answers] == [201, 201]
    commit = [one for one in api.org.history.after(0) if one["kind"] == "commit"][-1]
    assert len(commit["changes"]) == 2


def test_a_composite_counts_one_call_and_has_limits(api: ServedOrg) -> None:
    _composite(api, *(_part(f"p{number}", "GET", "/limits") for number in range(25)))
    assert api.ask("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=2/100000"
    for parts in (
        [_part(f"p{number}", "GET", "/limits") for number in range(26)],
        [_part(f"p{number}", "GET", "/query?q=x") for number in range(6)],
        [_part("same", "GET", "/limits")] * 2,
        [],
    ):
        assert api.ask("POST", "/composite", json={"compositeRequest": parts}).status_code == 400


def test_actions_belong_into_a_batch_not_a_composite(api: ServedOrg) -> None:
    (refused,) = _composite(api, _part("a", "GET", "/actions/standard"))
    assert refused["httpStatusCode"] == 400
    body = {
        "batchRequests": [
            {"method": "GET", "url": "v66.0/actions/standard"},
            {"method": "GET", "url": "v66.0/sobjects/Nothing/describe"},
            {"method": "POST", "url": "v66.0/sobjects/Task", "richInput": {"Subject": "a"}},
            {"method": "GET", "url": "v99.0/limits"},
        ]
    }
    found = api.ask("POST", "/composite/batch", json=body).json()
    assert found["hasErrors"] is True
    assert [one["statusCode"] for one in found["results"]] == [200, 404, 201, 404]
    assert api.ask("GET", "/limits").headers["Sforce-Limit-Info"] == "api-usage=6/100000"
    halted = api.ask("POST", "/composite/batch", json={**body, "haltOnError": True}).json()
    assert [one["statusCode"] for one in halted["results"]] == [200, 404, 412, 412]


def test_collections_save_what_they_can(api: ServedOrg) -> None:
    records = [_task(Subject="a"), {"attributes": {"type": "Lead"}}, _task(Subject="b")]
    answer = api.ask("POST", "/composite/sobjects", json={"allOrNone": False, "records": records})
    good, bad, other = answer.json()
    assert [good["success"], bad["success"], other["success"]] == [True, False, True]
    assert bad["errors"][0]["statusCode"] == "REQUIRED_FIELD_MISSING"
    change = [_task(id=good["id"], Subject="c"), _task(id="00T000000000001EAA", Subject="d")]
    first, second = api.ask("PATCH", "/composite/sobjects", json={"records": change}).json()
    assert (first["success"], second["errors"][0]["statusCode"]) == (True, "INVALID_CROSS_REFERENCE_KEY")
    read = api.get(f"/composite/sobjects/Task?ids={good['id']},00T000000000001EAA&fields=Subject")
    assert [one and one["Subject"] for one in read] == ["c", None]
    gone = api.ask("DELETE", f"/composite/sobjects?ids={good['id']},{other['id']}").json()
    assert [one["success"] for one in gone] == [True, True]


def test_collections_can_be_all_or_none(api: ServedOrg) -> None:
    records = [_task(Subject="kept?"), _task(CallType="Sideways")]
    answer = api.ask("POST", "/composite/sobjects", json={"allOrNone": True, "records": records})
    assert answer.status_code == 200
    codes = [one["errors"][0]["statusCode"] for one in answer.json()]
    assert codes == ["ALL_OR_NONE_OPERATION_ROLLED_BACK", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST"]
    assert api.rows("SELECT Id FROM Task WHERE Subject = 'kept?'") == []


def test_collections_upsert_by_key_and_have_limits(api: ServedOrg) -> None:
    body = {"records": [_task(CD_Op_Id__c="k1", Subject="a"), _task(CD_Op_Id__c="k2", Subject="b")]}
    first = api.ask("PATCH", "/composite/sobjects/Task/CD_Op_Id__c", json=body).json()
    again = api.ask("PATCH", "/composite/sobjects/Task/CD_Op_Id__c", json=body).json()
    assert [one["created"] for one in first] == [True, True]
    assert [(one["created"], one["id"]) for one in again] == [(False, one["id"]) for one in first]
    many = {"records": [_task(Subject="a")] * 201}
    assert api.ask("POST", "/composite/sobjects", json=many).status_code == 400
    mixed = [_task(Subject="a"), {"attributes": {"type": "Lead"}, "LastName": "a", "Company": "b"}] * 6
    assert api.ask("POST", "/composite/sobjects", json={"records": mixed}).status_code == 400
    assert api.ask("POST", "/composite/sobjects", json={"records": "none"}).status_code == 400
