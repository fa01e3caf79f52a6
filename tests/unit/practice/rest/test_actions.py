"""Actions: list, describe, invoke; statuses and shapes of results."""

from typing import Any

import pytest

from tests.unit.practice.rest.served import VERSION, ServedOrg

ASSIGN = "/actions/standard/assignTargetToSalesCadence"
DOCUMENTED = {
    "assignTargetToSalesCadence",
    "removeTargetFromSalesCadence",
    "pauseSalesCadenceTracker",
    "resumeSalesCadenceTracker",
    "changeSalesCadenceTargetAssignee",
    "modifyCadenceTrackerAttributes",
    "sendSalesCadenceEvent",
    "selectTemplateForSalesCadenceStepTracker",
}


def _free_lead(api: ServedOrg) -> str:
    body = {"LastName": "Kim", "Company": "A", "Email": "kim@a.example", "Phone": "1"}
    return str(api.ask("POST", "/sobjects/Lead", json=body).json()["id"])


def _cadence(api: ServedOrg) -> str:
    return api.some_id("ActionCadence", "WHERE State = 'Active' AND Type = 'Standard'")


def _good_and_bad(api: ServedOrg) -> list[dict[str, str]]:
    good = {"targetId": _free_lead(api), "salesCadenceNameOrId": _cadence(api)}
    return [good, {**good, "salesCadenceNameOrId": "No such cadence"}]


def test_the_documented_actions_are_listed(api: ServedOrg) -> None:
    assert api.get("/actions/")["standard"] == f"{VERSION}/actions/standard"
    found = {one["name"]: one for one in api.get("/actions/standard/")["actions"]}
    assert found.keys() >= DOCUMENTED
    assert found["sendSalesCadenceEvent"]["url"] == f"{VERSION}/actions/standard/sendSalesCadenceEvent"
    assert api.get("/actions/custom") == {"actions": []}


def test_each_action_describes_its_inputs(api: ServedOrg) -> None:
    for name in DOCUMENTED:
        described = api.get(f"/actions/standard/{name}")
        assert described["name"] == name
        assert {"inputs", "outputs", "label", "description", "standard", "type"} <= described.keys()
    inputs = {one["name"]: one for one in api.get(ASSIGN)["inputs"]}
    assert [name for name, one in inputs.items() if one["required"]] == ["salesCadenceNameOrId", "targetId"]
    assert inputs["targetId"]["maxOccurs"] == 1


def test_the_brief_contract_lists_its_own_actions(api: ServedOrg) -> None:
    before = api.ask("GET", ASSIGN)
    api.org.settings.patch({"contract": "brief"})
    since = {"If-Modified-Since": before.headers["Last-Modified"]}
    described = api.ask("GET", ASSIGN, headers=since)
    assert described.status_code == 200
    assert {"sObjectName", "cadenceName"} <= {one["name"] for one in described.json()["inputs"]}
    assert api.ask("GET", "/actions/standard/completeActionCadenceStep").status_code == 200


def test_success_is_name_and_flag_only(api: ServedOrg) -> None:
    answer = api.ask("POST", ASSIGN, json={"inputs": _good_and_bad(api)[:1]})
    assert answer.status_code == 200
    assert answer.json() == [{"actionName": "assignTargetToSalesCadence", "isSuccess": True}]


@pytest.mark.parametrize("status", [400, 200])
def test_a_mixed_result_has_the_configured_status(api: ServedOrg, status: int) -> None:
    api.org.settings.action_failure_status = status
    answer = api.ask("POST", ASSIGN, json={"inputs": _good_and_bad(api)})
    assert answer.status_code == status
    good, bad = answer.json()
    assert good["isSuccess"] is True
    text = bad["errors"][0]["message"]
    assert bad["errors"] == [{"statusCode": "UNKNOWN_EXCEPTION", "message": text, "fields": []}]
    assert bad["outputValues"] == {"error": text}


@pytest.mark.parametrize(
    "body", [{}, {"inputs": []}, {"inputs": {}}, {"inputs": ["a"]}, {"inputs": [{"nonsense": 1}]}]
)
def test_a_bad_request_is_an_error_not_a_result(api: ServedOrg, body: dict[str, Any]) -> None:
    answer = api.ask("POST", ASSIGN, json=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_API_INPUT")


def test_too_many_inputs_are_refused(api: ServedOrg) -> None:
    answer = api.ask("POST", ASSIGN, json={"inputs": [{"targetId": "x"}] * 201})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "INVALID_API_INPUT")


def test_unknown_actions_are_not_found(api: ServedOrg) -> None:
    for method in ("GET", "POST"):
        answer = api.ask(method, "/actions/standard/completeActionCadenceStep", json={"inputs": [{}]})
        assert (answer.status_code, answer.json()[0]["errorCode"]) == (404, "NOT_FOUND")


def test_a_user_without_the_feature_sees_no_actions(api: ServedOrg) -> None:
    user = next(one for one in api.org.users() if one["IsActive"] and not one["Licensed"])
    api.session.headers["Authorization"] = f"Bearer {api.tokens.issue_session(str(user['Id']))}"
    assert api.get("/actions/standard") == {"actions": []}


def test_actions_work_inside_a_batch(api: ServedOrg) -> None:
    body = {
        "batchRequests": [
            {"method": "POST", "url": f"v66.0{ASSIGN}", "richInput": {"inputs": _good_and_bad(api)[:1]}}
        ]
    }
    found = api.ask("POST", "/composite/batch", json=body).json()
    assert found["results"][0]["result"][0]["isSuccess"] is True
