"""Runs without a person: a statement signed with the app's key, made anew after a refusal, and plain words for a no."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import BadFile, OrgRefused, SignedOut
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.salesforce.assertion import SignedStatement, audiences, read_key
from cadence_desk.salesforce.connect import AccessPlan, OrgConnection, open_org
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.tokens import TokenEndpoint, TokenGrant
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from cadence_desk.settings.environment import Environment
from tests.contract.client_org import MemorySecrets, SystemClock, SystemEntropy
from tests.unit.salesforce.org_fakes import FakeClock

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org


class ShiftedClock(SystemClock):
    def __init__(self, seconds: float) -> None:
        self.seconds = seconds

    @override
    def wall(self) -> float:
        return super().wall() + self.seconds


def opened(org: Org, seconds: float = 0.0, **more: str) -> tuple[OrgConnection, MemorySecrets]:
    given = Environment.taken_from(
        {
            "CADENCE_DESK_JWT_KEY_FILE": org.ready["jwt_key_file"],
            "CADENCE_DESK_JWT_CLIENT_ID": org.ready["jwt_client_id"],
            "CADENCE_DESK_JWT_USERNAME": org.ready["username"],
            "CADENCE_DESK_JWT_LOGIN_URL": org.ready["rest_url"],
            "CADENCE_DESK_EVENTS_ENDPOINT": org.ready["events_endpoint"],
            "CADENCE_DESK_EXTRA_CA": org.ready["ca_file"],
            **more,
        }
    ).org()
    assert given is not None
    secrets = MemorySecrets()
    access = AccessPlan(given=given.access)
    return (
        open_org(given.profile, secrets, ShiftedClock(seconds), SystemEntropy(), access=access),
        secrets,
    )


@pytest.mark.whole
def test_a_statement_lets_in_and_a_new_one_follows_a_refusal(org: Org) -> None:
    client, secrets = opened(org)
    found = client.gateway.identity()
    assert (str(found.user_id), found.username) == (org.me, org.ready["username"])
    after = org.now()
    org.control("/tokens", {"action": "expire"})
    assert client.gateway.task_statuses()
    asked = [one for one in org.history(after) if one["kind"] == "invocation" and one["purpose"] == "token"]
    assert len(asked) == 1
    assert secrets.kept == {}, "nothing is stored"


@pytest.mark.whole
@pytest.mark.parametrize(
    ("settings", "more", "seconds", "words"),
    [
        ({"approved_users": []}, {}, 0.0, "An admin has not approved this user"),
        ({}, {"CADENCE_DESK_JWT_USERNAME": "nobody@nowhere.example"}, 0.0, "An admin has not approved"),
        ({}, {"CADENCE_DESK_JWT_CLIENT_ID": "Unknown"}, 0.0, "does not know the app"),
        ({"app_installed": False}, {}, 0.0, "is not installed in this org"),
        ({"sign_in_ip_locked": True}, {}, 0.0, "from this network"),
        ({}, {}, -7200.0, "Your sign-in has ended"),
    ],
)
def test_a_no_is_told_in_plain_words(
    org: Org, settings: dict[str, Any], more: dict[str, str], seconds: float, words: str
) -> None:
    if settings:
        org.settings(**settings)
    client, _ = opened(org, seconds, **more)
    for _ in range(2):
        with pytest.raises(SignedOut, match=words):
            client.gateway.identity()


class Picky(TokenEndpoint):
    """Accepts statements for one audience only."""

    accepted = "https://acme.my.salesforce.com"
    seen: list[str]

    @override
    def exchange_statement(self, statement: str) -> TokenGrant:
        part = statement.split(".")[1]
        audience = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))["aud"]
        self.seen.append(audience)
        if audience != self.accepted:
            raise OrgRefused(server_code="invalid_grant", server_text="Audience validation failed")
        return TokenGrant(Secret("access"), "https://acme.my.salesforce.com")


def statement(key_file: str, url: str = "https://acme.my.salesforce.com") -> tuple[SignedStatement, Picky]:
    profile = OrgProfile("key", "A", url, "client", (), username="robot@acme.example")
    transport = Transport(profile, UsageMeter(FakeClock()))
    source = SignedStatement(profile, key_file, transport, SystemClock())
    endpoint = Picky(profile, transport)
    endpoint.seen = []
    source.endpoint = endpoint
    return source, endpoint


def make_key(folder: Path, size: int = 2048) -> str:
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(public_exponent=65537, key_size=size)
    file = folder / f"{size}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    return str(file)


def test_another_audience_is_tried_once(tmp_path: Path) -> None:
    source, endpoint = statement(make_key(tmp_path))
    assert source.next_grant().access_token == Secret("access")
    assert endpoint.seen == ["https://login.salesforce.com", "https://acme.my.salesforce.com"]
    endpoint.accepted = "nobody"
    with pytest.raises(SignedOut, match="login address"):
        source.next_grant()
    assert len(endpoint.seen) == 4


def test_audiences() -> None:
    assert audiences("https://login.salesforce.com") == ("https://login.salesforce.com",)
    assert audiences("https://test.salesforce.com") == ("https://test.salesforce.com",)
    assert audiences("https://a--b.sandbox.my.salesforce.com")[0] == "https://test.salesforce.com"
    assert audiences("https://a.my.salesforce.com")[0] == "https://login.salesforce.com"
    assert audiences("https://localhost:8443") == ("https://localhost:8443",)


def test_keys_that_cannot_be_used(tmp_path: Path) -> None:
    for content in (b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n"):
        file = tmp_path / "key.pem"
        file.write_bytes(content)
        with pytest.raises(BadFile) as caught:
            read_key(file)
        assert "QUJD" not in str(caught.value)
    with pytest.raises(BadFile, match="cannot be read"):
        read_key(tmp_path / "none.pem")
    small = tmp_path / "1024.pem"
    make_key(tmp_path, 1024)
    with pytest.raises(BadFile, match="2,048"):
        read_key(small)


def test_a_key_file_that_is_gone_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    source, endpoint = statement(str(tmp_path / "none.pem"))
    with pytest.raises(BadFile):
        source.next_grant()
    assert endpoint.seen == []
