"""Authlib, unedited: authorization code with PKCE, refresh, revoke, over https."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop.conftest import StandAloneOrg

pytestmark = pytest.mark.interop
authlib = pytest.importorskip("authlib.integrations.requests_client", reason="Authlib is not installed")


@pytest.fixture
def session(org: StandAloneOrg) -> Iterator[Any]:
    with authlib.OAuth2Session(
        org["client_id"],
        redirect_uri=org.ready["redirect_uris"][0],
        scope="api refresh_token",
        code_challenge_method="S256",
        token_endpoint_auth_method="none",
        token_endpoint=org["rest_url"] + "/services/oauth2/token",
    ) as session:
        session.verify = org["ca_file"]
        session.trust_env = False
        yield session


def test_sign_in_refresh_and_revoke(org: StandAloneOrg, session: Any) -> None:
    oauth = org["rest_url"] + "/services/oauth2"
    verifier = "a-verifier-of-enough-letters-0123456789-abcdefghij"
    address, state = session.create_authorization_url(f"{oauth}/authorize", code_verifier=verifier)
    back = org.press(address)
    token = session.fetch_token(authorization_response=back, state=state, code_verifier=verifier)
    assert token["scope"] == "api refresh_token"
    limits = f"{token['instance_url']}/services/data/v66.0/limits"
    assert session.get(limits, timeout=20).status_code == 200
    fresh = session.refresh_token(f"{oauth}/token")
    assert fresh["access_token"] != token["access_token"]
    assert session.get(limits, timeout=20).status_code == 200
    assert session.introspect_token(f"{oauth}/introspect", fresh["access_token"]).json()["active"] is True
    revoked = session.revoke_token(f"{oauth}/revoke", token["refresh_token"], token_type_hint="refresh_token")
    assert revoked.status_code == 200
    assert session.get(limits, timeout=20).status_code == 401


def test_one_refresh_token_serves_again_and_again(org: StandAloneOrg, session: Any) -> None:
    """The tools app does not rotate: a client that forgets what a refresh brought stays signed in."""
    oauth = org["rest_url"] + "/services/oauth2"
    verifier = "a-verifier-of-enough-letters-0123456789-abcdefghij"
    address, state = session.create_authorization_url(f"{oauth}/authorize", code_verifier=verifier)
    token = session.fetch_token(
        authorization_response=org.press(address), state=state, code_verifier=verifier
    )
    seen = {token["access_token"]}
    for _ in range(3):
        fresh = session.refresh_token(f"{oauth}/token", refresh_token=token["refresh_token"])
        assert fresh["refresh_token"] == token["refresh_token"]
        seen.add(fresh["access_token"])
        answer = session.get(f"{fresh['instance_url']}/services/data/v66.0/limits", timeout=20)
        assert answer.status_code == 200
    assert len(seen) == 4


def test_a_wrong_verifier_is_refused(org: StandAloneOrg, session: Any) -> None:
    address, state = session.create_authorization_url(
        org["rest_url"] + "/services/oauth2/authorize", code_verifier="v" * 50
    )
    back = org.press(address)
    with pytest.raises(Exception, match="invalid_grant"):
        session.fetch_token(authorization_response=back, state=state, code_verifier="w" * 50)
