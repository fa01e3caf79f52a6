"""Who a token speaks for, and the discovery document."""

import jwt

from cadence_desk.practice.auth.client_apps import TOOLS_APP
from cadence_desk.practice.auth.id_tokens import IdTokenSigner
from cadence_desk.practice.auth.tokens import TokenBook
from tests.unit.practice.rest.served import ServedOrg


def test_userinfo_names_the_user(api: ServedOrg) -> None:
    found = api.get("/services/oauth2/userinfo")
    assert found["user_id"] == api.user_id
    assert found["organization_id"] == api.org.organization_id
    assert found["preferred_username"] == api.org.default_username
    assert found["urls"]["rest"] == f"{api.base}/services/data/v{{version}}/"


def test_the_identity_address_answers_its_own_user_only(api: ServedOrg) -> None:
    own = f"/id/{api.org.organization_id}/{api.user_id}"
    token = api.tokens.issue_session(api.user_id)
    api.session.headers.pop("Authorization")
    assert api.get(f"{own}?format=json&oauth_token={token}")["username"] == api.org.default_username
    missing, bad = api.ask("GET", own), api.ask("GET", f"{own}?oauth_token=x")
    assert (missing.status_code, missing.text) == (403, "Missing_OAuth_Token")
    assert (bad.status_code, bad.text) == (403, "Bad_OAuth_Token")
    foreign = api.ask("GET", f"/id/00D000000000001/{api.user_id}?oauth_token={token}")
    assert (foreign.status_code, foreign.text) == (403, "Wrong_Org")
    other = api.ask("GET", f"/id/{api.org.organization_id}/005000000000001?oauth_token={token}")
    assert (other.status_code, other.text) == (403, "Bad_Id")


def test_discovery_points_at_this_host(api: ServedOrg) -> None:
    found = api.get("/.well-known/openid-configuration")
    assert found["issuer"] == api.base
    for name, value in found.items():
        if name.endswith("_endpoint"):
            assert value.startswith(f"{api.base}/services/oauth2/")
    assert found["code_challenge_methods_supported"] == ["S256"]


def test_identity_tokens_verify_with_the_published_key() -> None:
    signer = IdTokenSigner()
    grant = TokenBook("00D000000000001", lambda: 4_000_000_000_000).issue("u1", TOOLS_APP, "openid")
    token = signer.sign("http://localhost", "http://localhost/id/o/u1", grant)
    keys = jwt.PyJWKSet.from_dict(signer.key_document())
    claims = jwt.decode(
        token,
        keys["practice"].key,
        algorithms=["RS256"],
        audience=TOOLS_APP.client_id,
        options={"verify_iat": False},
    )
    assert claims["sub"] == "http://localhost/id/o/u1"
