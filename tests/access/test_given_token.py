"""A token from the environment: whose it is, where it may go, and a plain end when it is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import AnswerUnreadable, SignedOut, Unreachable, Untrusted
from cadence_desk.domain.orgs import WayIn
from cadence_desk.salesforce.connect import AccessPlan, OrgConnection, open_org
from cadence_desk.salesforce.given_token import GivenToken
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from cadence_desk.settings.environment import Environment
from tests.contract.client_org import MemorySecrets, SystemClock, SystemEntropy
from tests.unit.salesforce.org_fakes import Asked, FakeClock, Reply, profile, serving

if TYPE_CHECKING:
    from tests.desk.practice_org import Org

IDENTITY = "https://login.salesforce.com/id/00D7Q000000UfwdUAC/0057Q000000UfwdQAC"


def source(origin: str, token: str = "00D!given") -> GivenToken:
    return GivenToken(Secret(token), origin, Transport(profile(origin), UsageMeter(FakeClock())))


def test_userinfo_says_whose_it_is_and_a_token_that_was_good_may_be_over() -> None:
    over = False

    def answer(asked: Asked) -> Reply:
        assert asked.headers["Authorization"] == "Bearer 00D!given"
        return Reply(401) if over else Reply(body=f'{{"sub": "{IDENTITY}"}}'.encode())

    with serving(answer) as server:
        one = source(server.origin)
        assert one.next_grant().identity_url == IDENTITY
        assert one.next_grant().identity_url == IDENTITY, "the event bus alone may have refused it"
        over = True
        with pytest.raises(SignedOut, match="does not accept the access token") as caught:
            one.next_grant()
        assert "CADENCE_DESK_ACCESS_TOKEN" in caught.value.hint
    assert {one.path for one in server.asked} == {"/services/oauth2/userinfo"}


def test_a_forgotten_token_is_not_asked_about() -> None:
    with serving(lambda _: Reply(body=b"{}")) as server:
        one = source(server.origin)
        assert one.forget()
        with pytest.raises(SignedOut):
            one.next_grant()
    assert not server.asked


@pytest.mark.parametrize("reply", [Reply(401), Reply(403, b"Bad_OAuth_Token")])
def test_a_token_that_is_over(reply: Reply) -> None:
    with serving(lambda _: reply) as server, pytest.raises(SignedOut):
        source(server.origin).next_grant()


def test_a_scope_without_userinfo_is_asked_otherwise() -> None:
    def answer(asked: Asked) -> Reply:
        if asked.path.endswith("userinfo"):
            return Reply(403, b"Missing_Scope")
        return Reply(body=f'{{"identity": "{IDENTITY}"}}'.encode())

    with serving(answer) as server:
        assert source(server.origin).next_grant().identity_url == IDENTITY


def test_an_org_that_cannot_be_reached_is_asked_again() -> None:
    with serving(lambda _: None) as server:
        one = source(server.origin)
    with pytest.raises(Unreachable):
        one.next_grant()


def test_a_token_goes_to_its_own_host_only() -> None:
    with serving(lambda _: Reply(302, b"", {"Location": "https://elsewhere.example/"})) as server:
        with pytest.raises(AnswerUnreadable, match="302"):
            source(server.origin).next_grant()
        assert len(server.asked) == 1


def test_no_cookie_is_kept_and_no_other_host_is_asked() -> None:
    with serving(lambda _: Reply(headers={"Set-Cookie": "sid=kept; Path=/"})) as server:
        one = replace(profile(server.origin), way_in=WayIn.TOKEN)
        transport = Transport(one, UsageMeter(FakeClock()))
        for _ in range(2):
            transport.session(server.origin).get(server.origin)
        assert [asked.headers.get("Cookie") for asked in server.asked] == [None, None]
    port = int(server.origin.rpartition(":")[2])
    for url in ("https://acme.my.salesforce.com", f"http://localhost:{port}", f"http://127.0.0.1:{port + 1}"):
        with pytest.raises(Untrusted, match="does not belong"):
            transport.session(url)


# ---------------------------------------------------------------- the whole client


def opened(org: Org, **more: str) -> OrgConnection:
    given = Environment.taken_from(
        {
            "CADENCE_DESK_ACCESS_TOKEN": org.ready["access_token"],
            "CADENCE_DESK_INSTANCE_URL": org.ready["rest_url"],
            "CADENCE_DESK_EVENTS_ENDPOINT": org.ready["events_endpoint"],
            "CADENCE_DESK_EXTRA_CA": org.ready["ca_file"],
            **more,
        }
    ).org()
    assert given is not None
    access = AccessPlan(given=given.access)
    return open_org(given.profile, MemorySecrets(), SystemClock(), SystemEntropy(), access=access)


@pytest.mark.whole
def test_org_and_user_come_from_the_token(org: Org) -> None:
    client = opened(org)
    found = client.gateway.identity()
    assert (str(found.user_id), found.username) == (org.me, org.ready["username"])
    assert client.gateway.task_statuses(anew=True)

    org.control("/tokens", {"action": "expire"})
    for _ in range(3):
        with pytest.raises(SignedOut, match="from the environment"):
            client.gateway.task_statuses(anew=True)


@pytest.mark.whole
def test_without_the_authority_nothing_is_sent(org: Org) -> None:
    with pytest.raises(Untrusted):
        opened(org, CADENCE_DESK_EXTRA_CA="").gateway.identity()
