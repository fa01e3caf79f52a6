"""requests-oauthlib and oauthlib, unedited: authorization code with PKCE, refresh, revoke, over https."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.interop.conftest import StandAloneOrg

pytestmark = pytest.mark.interop
oauthlib = pytest.importorskip("requests_oauthlib", reason="requests-oauthlib is not installed")


@pytest.fixture
def session(org: StandAloneOrg) -> Iterator[Any]:
    with oauthlib.OAuth2Session(
        org["client_id"],
        redirect_uri=org.ready["redirect_uris"][0],
        scope=["api", "refresh_token", "openid"],
        pkce="S256",
    ) as session:
        session.verify = org["ca_file"]
        session.trust_env = False
        yield session


def test_sign_in_refresh_and_revoke(org: StandAloneOrg, session: Any) -> None:
    oauth = org["rest_url"] + "/services/oauth2"
    address, _state = session.authorization_url(f"{oauth}/authorize")
    # the app listens on http for its redirect, which this library accepts only for an https address
    back = org.press(address).replace("http://", "https://", 1)
    token = session.fetch_token(f"{oauth}/token", authorization_response=back, include_client_id=True)
    assert token["id_token"].count(".") == 2
    limits = f"{token['instance_url']}/services/data/v66.0/limits"
    assert session.get(limits, timeout=20).status_code == 200
    fresh = session.refresh_token(f"{oauth}/token", client_id=org["client_id"])
    assert fresh["access_token"] != token["access_token"]
    identity = session.get(f"{oauth}/userinfo", timeout=20).json()
    assert identity["user_id"] == org["user_id"]
    revoked = session.post(
        f"{oauth}/revoke", data={"token": token["refresh_token"]}, timeout=20, withhold_token=True
    )
    assert revoked.status_code == 200
    assert session.get(limits, timeout=20).status_code == 401
