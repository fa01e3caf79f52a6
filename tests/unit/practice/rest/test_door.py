"""Versions, tokens, usage, content type, compression, errors: what every REST answer has in common."""

import gzip
import json

import pytest

from tests.unit.practice.rest.served import ServedOrg


def test_versions_need_no_token_and_carry_no_usage(api: ServedOrg) -> None:
    del api.session.headers["Authorization"]
    for path in ("/services/data", "/services/data/"):
        answer = api.ask("GET", path)
        assert answer.status_code == 200
        assert "Sforce-Limit-Info" not in answer.headers
        assert [one["version"] for one in answer.json()] == [f"{number}.0" for number in range(45, 69)]
        assert answer.json()[-1] == {"label": "Winter '27", "url": "/services/data/v68.0", "version": "68.0"}


@pytest.mark.parametrize("version", ["v45.0", "v51.0", "v68.0"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_every_version_has_a_resource_map(api: ServedOrg, version: str, slash: str) -> None:
    found = api.get(f"/services/data/{version}{slash}")
    assert found["query"] == f"/services/data/{version}/query"
    assert found["identity"] == f"{api.base}/id/{api.org.organization_id}/{api.user_id}"


@pytest.mark.parametrize(
    ("version", "status"), [("v30.0", 410), ("v31.0", 404), ("v44.0", 404), ("v69.0", 404), ("latest", 404)]
)
def test_other_versions_are_refused(api: ServedOrg, version: str, status: int) -> None:
    answer = api.ask("GET", f"/services/data/{version}/query")
    assert answer.status_code == status
    assert set(answer.json()[0]) == {"message", "errorCode"}


@pytest.mark.parametrize("scheme", ["Bearer", "OAuth", "bearer"])
def test_both_token_schemes_are_accepted(api: ServedOrg, scheme: str) -> None:
    token = api.tokens.issue_session(api.user_id)
    assert api.ask("GET", "/limits", headers={"Authorization": f"{scheme} {token}"}).status_code == 200


def test_a_token_may_stand_in_the_address(api: ServedOrg) -> None:
    del api.session.headers["Authorization"]
    token = api.tokens.issue_session(api.user_id)
    assert api.ask("GET", "/limits", params={"oauth_token": token}).status_code == 200


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer 00Dxx!nobody"}, {"Authorization": ""}])
def test_a_bad_token_is_an_invalid_session(api: ServedOrg, headers: dict[str, str]) -> None:
    answer = api.ask("GET", "/limits", headers=headers)
    assert answer.status_code == 401
    assert answer.json() == [{"message": "Session expired or invalid", "errorCode": "INVALID_SESSION_ID"}]


def test_usage_is_counted_and_limited(api: ServedOrg) -> None:
    first = api.ask("GET", "/limits")
    assert first.headers["Sforce-Limit-Info"] == "api-usage=1/100000"
    assert first.json()["DailyApiRequests"] == {"Max": 100_000, "Remaining": 99_999}
    api.org.settings.api_daily_limit = 1
    refused = api.ask("GET", "/limits")
    assert (refused.status_code, refused.json()[0]["errorCode"]) == (403, "REQUEST_LIMIT_EXCEEDED")
    api.org.clock.jump(25 * 3_600_000)
    assert api.ask("GET", "/limits").status_code == 200


def test_answers_are_json_with_a_character_set(api: ServedOrg) -> None:
    assert api.ask("GET", "/limits").headers["Content-Type"] == "application/json;charset=UTF-8"
    assert api.ask("GET", "/nothing").headers["Content-Type"] == "application/json;charset=UTF-8"


def test_gzip_is_spoken_both_ways(api: ServedOrg) -> None:
    plain = api.ask("GET", "/limits", headers={"Accept-Encoding": "identity"})
    packed = api.ask("GET", "/limits", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.json().keys() == plain.json().keys()
    body = gzip.compress(json.dumps({"LastName": "Übergröße", "Company": "Ø"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert api.ask("POST", "/sobjects/Lead", data=body, headers=headers).status_code == 201


def test_head_answers_without_a_body(api: ServedOrg) -> None:
    answer = api.ask("HEAD", "/actions/standard")
    assert (answer.status_code, answer.content) == (200, b"")


def test_unknown_paths_and_methods_are_told_apart(api: ServedOrg) -> None:
    missing = api.ask("GET", "/nothing/here")
    assert (missing.status_code, missing.json()[0]["errorCode"]) == (404, "NOT_FOUND")
    wrong = api.ask("DELETE", "/limits")
    assert (wrong.status_code, wrong.json()[0]["errorCode"]) == (405, "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize("path", ["//services/data/v66.0/limits", "/services/data//v66.0//limits/"])
def test_doubled_slashes_are_tolerated(api: ServedOrg, path: str) -> None:
    assert api.session.get(api.base + path, timeout=20).status_code == 200


def test_post_may_stand_for_another_method(api: ServedOrg) -> None:
    lead = api.some_id("Lead")
    answer = api.ask("POST", f"/sobjects/Lead/{lead}?_HttpMethod=PATCH", json={"Title": "Owner"})
    assert answer.status_code == 204


@pytest.mark.parametrize("body", ["{not json", "[]", ""])
def test_a_broken_body_is_a_parser_error(api: ServedOrg, body: str) -> None:
    answer = api.ask("POST", "/sobjects/Lead", data=body)
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (400, "JSON_PARSER_ERROR")


def test_a_foreign_host_name_is_refused(api: ServedOrg) -> None:
    answer = api.ask("GET", "/services/data", headers={"Host": "practice.example"})
    assert answer.status_code == 421


def test_expired_tokens_stop_working_at_once(api: ServedOrg) -> None:
    assert api.tokens.expire_all() == 1
    assert api.ask("GET", "/limits").status_code == 401


def test_an_address_has_a_length_limit(api: ServedOrg) -> None:
    fits = {"q": f"SELECT Id FROM Lead WHERE LastName = '{'x' * 3_900}' OR Title = '{'y' * 3_900}'"}
    assert api.ask("GET", "/query", params=fits).status_code == 200
    answer = api.ask("GET", "/query", params={"q": "x" * 17_000})
    assert (answer.status_code, answer.json()[0]["errorCode"]) == (414, "URI_TOO_LONG")
    answer = api.ask("GET", "/limits", headers={"X-Long": "x" * 17_000})
    assert answer.status_code == 431
