"""One renewal for all, stored before used, and an end that stays an end."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import AnswerUnreadable, Executed, KeyStoreLocked, SignedOut, Unreachable
from cadence_desk.salesforce.rest import RestClient
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.salesforce.stored_token import StoredToken
from cadence_desk.salesforce.tokens import TokenEndpoint, TokenGrant, ids_in
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import Asked, FakeClock, FakeSecrets, Reply, profile, serving

if TYPE_CHECKING:
    from collections.abc import Callable

IDENTITY = "https://login.salesforce.com/id/00D7Q000000UfwdUAC/0057Q000000UfwdQAC"


class FakeEndpoint(TokenEndpoint):
    """Hands out numbered tokens; can be made to fail or to take its time."""

    def __init__(self, instance: str, transport: Transport) -> None:
        super().__init__(profile(instance), transport)
        self.instance = instance
        self.refreshed: list[str] = []
        self.error: Exception | None = None
        self.before: Callable[[], None] = lambda: None

    @override
    def refresh(self, token: Secret) -> TokenGrant:
        self.before()
        self.refreshed.append(token.reveal())
        if self.error is not None:
            raise self.error
        number = len(self.refreshed)
        return TokenGrant(Secret(f"access {number}"), self.instance, IDENTITY, Secret(f"refresh {number}"))

    @override
    def revoke(self, token: Secret) -> bool:
        return self.error is None


def make(
    instance: str = "https://a.my.salesforce.com", secrets: FakeSecrets | None = None
) -> tuple[OrgSession, FakeEndpoint, Transport]:
    one = profile(instance)
    transport = Transport(one, UsageMeter(FakeClock()))
    kept = secrets or stored("refresh 0")
    source = StoredToken(one, kept, transport)
    endpoint = source.endpoint = FakeEndpoint(instance, transport)
    return OrgSession(one, source), endpoint, transport


def stored(token: str) -> FakeSecrets:
    secrets = FakeSecrets()
    secrets.kept["test/refresh-token"] = json.dumps({"refresh_token": token})
    return secrets


def token_in(secrets: FakeSecrets) -> Any:
    return json.loads(secrets.kept["test/refresh-token"])["refresh_token"]


def test_a_hundred_refused_calls_make_one_refresh() -> None:
    gate = threading.Barrier(100)

    def answer(asked: Asked) -> Reply:
        if asked.headers["Authorization"] == "Bearer access 1":
            gate.wait(20)  # all hundred are refused before the first may renew
            return Reply(
                401, b'[{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]'
            )
        return Reply(body=b'["fine"]')

    with serving(answer) as server:
        session, endpoint, transport = make(server.origin)
        session.renew()
        rest = RestClient(session, transport)
        with ThreadPoolExecutor(100) as pool:
            found = list(pool.map(lambda _: rest.get_absolute("/x", "test"), range(100)))

    assert found == [["fine"]] * 100
    assert endpoint.refreshed == ["refresh 0", "refresh 1"]
    assert len(server.asked) == 200


def test_refusals_in_a_row_end_it() -> None:
    body = b'[{"errorCode": "INVALID_SESSION_ID", "message": "Session expired or invalid"}]'
    with serving(lambda _: Reply(401, body)) as server:
        session, endpoint, transport = make(server.origin)
        with pytest.raises(SignedOut):
            RestClient(session, transport).get_absolute("/x", "test")
    assert len(server.asked) == 3
    assert len(endpoint.refreshed) == 3


def test_what_a_refresh_does_not_cure_is_not_refreshed() -> None:
    body = b'[{"errorCode": "INVALID_SESSION_ID", "message": "This session is not valid for use with the REST API"}]'
    with serving(lambda _: Reply(401, body)) as server:
        session, endpoint, transport = make(server.origin)
        with pytest.raises(SignedOut):
            RestClient(session, transport).get_absolute("/x", "test")
    assert len(server.asked) == 1
    assert len(endpoint.refreshed) == 1


def test_the_new_token_is_stored_before_it_is_used() -> None:
    secrets = stored("refresh 0")
    session, endpoint, _ = make(secrets=secrets)
    seen: list[tuple[Any, int]] = []
    write = secrets.write

    def watched(name: str, value: str) -> None:
        seen.append((json.loads(value)["refresh_token"], session._generation))
        write(name, value)

    secrets.write = watched  # type: ignore[method-assign]
    session.renew()
    assert seen == [("refresh 1", 0)]
    assert session._generation == 1
    assert token_in(secrets) == "refresh 1"
    assert session.user_id == "0057Q000000UfwdQAC"
    assert endpoint.refreshed == ["refresh 0"]


def test_another_process_may_have_rotated_the_token() -> None:
    secrets = stored("refresh 0")
    session, endpoint, _ = make(secrets=secrets)
    session.renew()
    secrets.kept = stored("rotated elsewhere").kept
    session.renew()
    assert endpoint.refreshed == ["refresh 0", "rotated elsewhere"]


def test_a_locked_key_store_does_not_end_the_session() -> None:
    secrets = stored("refresh 0")
    session, endpoint, _ = make(secrets=secrets)

    def refuse(name: str, value: str) -> None:
        raise KeyStoreLocked

    secrets.write = refuse  # type: ignore[method-assign]
    session.renew()
    assert isinstance(session.source, StoredToken)
    assert session.source.unsaved
    assert session.access_token().reveal() == "access 1"
    assert endpoint.refreshed == ["refresh 0"]
    before = dict(secrets.kept)
    session.source.store_again()
    assert session.source.unsaved, "it is still locked"
    del secrets.write
    session.source.store_again()
    assert not vars(session.source)["unsaved"]
    assert secrets.kept != before
    assert endpoint.refreshed == ["refresh 0"], "storing asks nobody"


def test_an_end_stays_an_end_without_asking_again() -> None:
    session, endpoint, _ = make()
    endpoint.error = SignedOut()
    for _ in range(3):
        with pytest.raises(SignedOut):
            session.access_token()
    assert len(endpoint.refreshed) == 1
    endpoint.error = None
    session.use(TokenGrant(Secret("new"), "https://b.my.salesforce.com", IDENTITY, Secret("r")))
    assert session.access_token().reveal() == "new"
    assert session.instance_url == "https://b.my.salesforce.com"


def test_a_broken_line_can_be_tried_again() -> None:
    session, endpoint, _ = make()
    endpoint.error = Unreachable()
    with pytest.raises(Unreachable) as caught:
        session.renew()
    assert caught.value.executed is Executed.NO
    endpoint.error = None
    session.renew()
    assert session.access_token().reveal() == "access 2"


def test_those_who_wait_share_the_failure() -> None:
    session, endpoint, _ = make()
    endpoint.error = Unreachable()
    waiting = threading.Barrier(5)
    started = threading.Event()
    endpoint.before = lambda: (started.set(), waiting.wait(10))  # type: ignore[func-returns-value, assignment]

    def renew(number: int) -> type[BaseException] | None:
        if number:
            started.wait(10)
            threading.Timer(0.2, waiting.wait, args=(10,)).start()  # lets the flight end once all have joined
        try:
            session.renew()
        except Unreachable:
            return Unreachable
        return None

    with ThreadPoolExecutor(5) as pool:
        assert list(pool.map(renew, range(5))) == [Unreachable] * 5
    assert len(endpoint.refreshed) == 1


def test_nobody_is_signed_in() -> None:
    session, endpoint, _ = make(secrets=FakeSecrets())
    assert not session.source.present()
    with pytest.raises(SignedOut):
        session.bearer()
    assert endpoint.refreshed == []
    broken = FakeSecrets()
    broken.kept["test/refresh-token"] = "[1"
    assert not make(secrets=broken)[0].source.present()


@pytest.mark.parametrize("error", [None, Unreachable()])
def test_signing_out_forgets_even_when_revoking_fails(error: Exception | None) -> None:
    secrets = stored("refresh 0")
    session, endpoint, _ = make(secrets=secrets)
    session.renew()
    endpoint.error = error
    assert session.sign_out() is (error is None)
    assert secrets.kept == {}
    with pytest.raises(SignedOut):
        session.access_token()


def test_where_a_token_may_go() -> None:
    endpoint = make("https://localhost:8443")[1]
    assert endpoint.checked_instance("https://x.my.salesforce.com/") == "https://x.my.salesforce.com"
    assert endpoint.checked_instance("https://localhost:9/") == "https://localhost:9"
    for bad in (
        "http://x.my.salesforce.com",
        "https://salesforce.com.evil.example",
        "https://evilsalesforce.com",
    ):
        with pytest.raises(AnswerUnreadable):
            endpoint.checked_instance(bad)


def test_identity_urls() -> None:
    assert ids_in(IDENTITY) == ("00D7Q000000UfwdUAC", "0057Q000000UfwdQAC")
    with pytest.raises(AnswerUnreadable):
        ids_in("")


def test_secrets_are_not_shown() -> None:
    secret = Secret("token-4711")
    grant = TokenGrant(secret, "https://a", IDENTITY, secret)
    for text in (repr(secret), str(secret), f"{secret}", repr(grant), repr([secret])):
        assert "4711" not in text
    assert secret == Secret("token-4711")
    assert secret != "token-4711"
    assert bool(secret)


def test_an_org_that_moved_is_found_by_a_renewal_and_no_redirect_is_followed() -> None:
    with serving(lambda _: Reply(body=b'["fine"]')) as new:
        moved = Reply(301, headers={"Location": f"{new.origin}/elsewhere"})
        with serving(lambda _: moved) as old:
            session, endpoint, transport = make(old.origin)
            rest = RestClient(session, transport)
            session.renew()
            endpoint.instance = new.origin
            assert rest.get_absolute("/x", "test") == ["fine"]
            assert len(old.asked) == 1
    assert [asked.path for asked in new.asked] == ["/x"]
    assert len(endpoint.refreshed) == 2


@pytest.mark.parametrize("place", ["https://evil.example/x", "http://127.0.0.1.evil.example/", "nonsense"])
def test_a_redirect_to_a_stranger_is_told_and_nothing_is_renewed(place: str) -> None:
    with serving(lambda _: Reply(302, headers={"Location": place})) as server:
        session, endpoint, transport = make(server.origin)
        with pytest.raises(AnswerUnreadable) as caught:
            RestClient(session, transport).get_absolute("/x", "test")
    assert "nothing was sent there" in caught.value.hint
    assert len(server.asked) == 1
    assert len(endpoint.refreshed) == 1
