"""The authorization code flow over HTTP: the page, the redirect, the exchange, the errors."""

import base64
import hashlib
import html
import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from tests.unit.practice.rest.served import ServedOrg

DESK_REDIRECT = "http://localhost:56420/OauthRedirect"
TOOLS_REDIRECT = "http://localhost:1717/OauthRedirect"
VERIFIER = "v" * 64
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).decode().rstrip("=")
ASKED = {
    "response_type": "code",
    "client_id": "PracticeDesk",
    "redirect_uri": DESK_REDIRECT,
    "scope": "api refresh_token openid",
    "state": "st&te",
    "code_challenge": CHALLENGE,
    "code_challenge_method": "S256",
}


def _page(api: ServedOrg, **changes: str | None) -> requests.Response:
    asked = {name: value for name, value in {**ASKED, **changes}.items() if value is not None}
    return api.ask("GET", "/services/oauth2/authorize", params=asked)


def _press(api: ServedOrg, page: requests.Response, **button: str) -> dict[str, str]:
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)
    assert ticket
    form = {"ticket": html.unescape(ticket.group(1)), **button}
    answer = api.ask("POST", "/services/oauth2/authorize", data=form)
    assert answer.status_code == 302
    return _returned(answer)


def _returned(answer: requests.Response) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def _token(api: ServedOrg, **form: str) -> requests.Response:
    return api.ask("POST", "/services/oauth2/token", data=form)


def _exchange(api: ServedOrg, code: str, **changes: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "client_id": "PracticeDesk",
        "redirect_uri": DESK_REDIRECT,
        "code_verifier": VERIFIER,
    }
    return _token(api, **{**form, **changes})


def _signed_in(api: ServedOrg) -> dict[str, Any]:
    code = _press(api, _page(api), user_id=api.user_id)["code"]
    grant: dict[str, Any] = _exchange(api, code).json()
    return grant


def test_the_page_names_every_active_user(api: ServedOrg) -> None:
    page = _page(api)
    assert page.status_code == 200
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "form-action 'self' http://localhost:56420" in page.headers["Content-Security-Policy"]
    names = [str(one["Username"]) for one in api.org.users() if one["IsActive"]]
    assert all(name in page.text for name in names)
    assert "finley.haddad" not in page.text
    hinted = _page(api, login_hint=names[2])
    assert hinted.text.index(names[2]) < hinted.text.index(names[0])


def test_a_sign_in_ends_with_tokens(api: ServedOrg) -> None:
    back = _press(api, _page(api), user_id=api.user_id)
    assert back["state"] == "st&te"
    answer = _exchange(api, back["code"])
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    grant = answer.json()
    assert grant["token_type"] == "Bearer"
    assert grant["scope"] == ASKED["scope"]
    assert grant["instance_url"] == api.base
    assert grant["id"] == f"{api.base}/id/{api.org.organization_id}/{api.user_id}"
    assert grant["issued_at"].isdigit()
    assert "expires_in" not in grant
    assert {"access_token", "refresh_token", "signature", "id_token"} <= grant.keys()
    api.session.headers["Authorization"] = f"Bearer {grant['access_token']}"
    assert api.ask("GET", "/limits").status_code == 200


def test_addresses_follow_the_host_the_client_used(api: ServedOrg) -> None:
    api.base = api.base.replace("127.0.0.1", "localhost")
    assert _signed_in(api)["instance_url"] == api.base


def test_denial_goes_back_to_the_app(api: ServedOrg) -> None:
    back = _press(api, _page(api), deny="1")
    assert (back["error"], back["state"]) == ("access_denied", "st&te")


def test_a_ticket_works_once(api: ServedOrg) -> None:
    page = _page(api)
    _press(api, page, user_id=api.user_id)
    with pytest.raises(AssertionError):
        _press(api, page, user_id=api.user_id)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"client_id": "Nobody"}, "invalid_client_id"),
        ({"redirect_uri": "http://localhost:56420/oauthredirect"}, "redirect_uri_mismatch"),
        ({"redirect_uri": "http://localhost:56420/OauthRedirect/"}, "redirect_uri_mismatch"),
        ({"redirect_uri": TOOLS_REDIRECT}, "redirect_uri_mismatch"),
        ({"redirect_uri": '"><script>'}, "redirect_uri_mismatch"),
    ],
)
def test_untrusted_requests_get_a_page_not_a_redirect(
    api: ServedOrg, changes: dict[str, str], error: str
) -> None:
    answer = _page(api, **changes)
    assert answer.status_code == 400
    assert f"error={error}" in answer.text
    assert "<script>" not in answer.text


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unsupported_response_type"),
        ({"scope": "api everything"}, "invalid_scope"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
    ],
)
def test_later_errors_go_back_to_the_app(api: ServedOrg, changes: dict[str, str], error: str) -> None:
    answer = _page(api, **changes)
    assert answer.status_code == 302
    back = _returned(answer)
    assert (back["error"], back["state"]) == (error, "st&te")
    assert back["error_description"]


def test_the_long_verifier_of_jsforce_is_accepted(api: ServedOrg) -> None:
    verifier = "v" * 171
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    code = _press(api, _page(api, code_challenge=challenge), user_id=api.user_id)["code"]
    assert _exchange(api, code, code_verifier=verifier).status_code == 200


def test_a_missing_method_means_s256(api: ServedOrg) -> None:
    code = _press(api, _page(api, code_challenge_method=None), user_id=api.user_id)["code"]
    assert _exchange(api, code).status_code == 200


def test_tools_may_leave_the_challenge_out(api: ServedOrg) -> None:
    tools = {"client_id": "PracticeTools", "redirect_uri": TOOLS_REDIRECT}
    page = _page(api, code_challenge=None, code_challenge_method=None, scope=None, state=None, **tools)
    back = _press(api, page, user_id=api.user_id)
    assert "state" not in back
    answer = _exchange(api, back["code"], client_secret="whatever", **tools)
    assert answer.status_code == 200
    assert "refresh_token" in answer.json()


def test_a_code_works_once(api: ServedOrg) -> None:
    code = _press(api, _page(api), user_id=api.user_id)["code"]
    assert _exchange(api, code).status_code == 200
    again = _exchange(api, code)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "w" * 64}, "invalid_grant"),
        ({"code_verifier": "short"}, "invalid_grant"),
        ({"redirect_uri": "http://localhost:58728/OauthRedirect"}, "redirect_uri_mismatch"),
        ({"client_id": "PracticeTools"}, "invalid_grant"),
        ({"client_id": "Nobody"}, "invalid_client_id"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
    ],
)
def test_a_wrong_exchange_is_refused(api: ServedOrg, changes: dict[str, str], error: str) -> None:
    code = _press(api, _page(api), user_id=api.user_id)["code"]
    answer = _exchange(api, code, **changes)
    assert (answer.status_code, answer.json()["error"]) == (400, error)
    assert answer.json()["error_description"]


def test_refresh_rotates_for_the_desk(api: ServedOrg) -> None:
    grant = _signed_in(api)
    form = {"grant_type": "refresh_token", "client_id": "PracticeDesk"}
    first = _token(api, refresh_token=grant["refresh_token"], **form).json()
    assert first["refresh_token"] != grant["refresh_token"]
    assert first["instance_url"] == api.base
    reused = _token(api, refresh_token=grant["refresh_token"], **form)
    assert (reused.status_code, reused.json()["error"]) == (400, "invalid_grant")
    api.session.headers["Authorization"] = f"Bearer {first['access_token']}"
    assert api.ask("GET", "/limits").status_code == 401


def test_rotation_is_a_setting_of_the_org(api: ServedOrg) -> None:
    api.org.settings.rotate_refresh_tokens = False
    grant = _signed_in(api)
    form = {
        "grant_type": "refresh_token",
        "client_id": "PracticeDesk",
        "refresh_token": grant["refresh_token"],
    }
    for _ in range(2):
        answer = _token(api, **form)
        assert answer.status_code == 200
        assert "refresh_token" not in answer.json()


def test_client_credentials_are_for_tools(api: ServedOrg) -> None:
    form = {"grant_type": "client_credentials", "client_secret": "s"}
    answer = _token(api, client_id="PracticeTools", **form)
    assert answer.status_code == 200
    assert "refresh_token" not in answer.json()
    assert _token(api, client_id="PracticeDesk", **form).json()["error"] == "invalid_grant"
    basic = api.ask(
        "POST",
        "/services/oauth2/token",
        data={"grant_type": "client_credentials"},
        auth=("PracticeTools", "s"),
    )
    assert basic.status_code == 200


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_revocation_ends_a_grant(api: ServedOrg, method: str) -> None:
    grant = _signed_in(api)
    place = {"params" if method == "GET" else "data": {"token": grant["refresh_token"]}}
    assert api.ask(method, "/services/oauth2/revoke", **place).status_code == 200
    api.session.headers["Authorization"] = f"Bearer {grant['access_token']}"
    assert api.ask("GET", "/limits").status_code == 401
    again = api.ask(method, "/services/oauth2/revoke", **place)
    assert (again.status_code, again.json()["error"]) == (400, "invalid_token")


def test_introspection_tells_what_a_token_is_worth(api: ServedOrg) -> None:
    grant = _signed_in(api)
    found = api.ask("POST", "/services/oauth2/introspect", data={"token": grant["access_token"]}).json()
    assert found["active"] is True
    assert (found["client_id"], found["username"]) == ("PracticeDesk", api.org.default_username)
    other = api.ask("POST", "/services/oauth2/introspect", data={"token": "nothing"}).json()
    assert other == {"active": False}
