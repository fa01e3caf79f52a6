"""The session sends the live token and nothing else's, stays in bounds and tells how far it came."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING

import pytest
import requests
import truststore

from cadence_desk.domain.errors import Executed, InternalError, ProxyProblem, Untrusted
from cadence_desk.salesforce import http_adapter
from cadence_desk.salesforce.errors import translate_exception
from cadence_desk.salesforce.exchange import Phase, begin
from cadence_desk.salesforce.http_adapter import BodyTooLarge, OrgAdapter, OrgHTTP, origin_of
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.trust import TrustRoots
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import Asked, FakeClock, Reply, profile, serving

if TYPE_CHECKING:
    from pathlib import Path

LIMITS = {"Sforce-Limit-Info": "api-usage=18/5000; api-bursts=1/750", "Date": "Tue, 24 Nov 2026 08:00:00 GMT"}


class Token:
    """A token that can change."""

    def __init__(self) -> None:
        self.text = "one"

    def __call__(self) -> tuple[Secret, int]:
        return Secret(self.text), 7


def make(origin: str, token: Token | None = None) -> tuple[OrgHTTP, UsageMeter]:
    meter = UsageMeter(FakeClock())
    return Transport(profile(origin), meter).session(origin, token), meter


def test_the_token_of_the_moment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login someone password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    token = Token()
    with serving(lambda _: Reply(headers=LIMITS)) as server:
        session, meter = make(server.origin, token)
        exchange = begin("people")
        session.get(server.origin + "/a", headers={"X-PrettyPrint": "1"})
        token.text = "two"
        session.get(server.origin + "/b", headers={"Authorization": "Bearer unused"})

    sent = [asked.headers for asked in server.asked]
    assert [headers["Authorization"] for headers in sent] == ["Bearer one", "Bearer two"]
    assert all(headers["Sforce-Call-Options"] == "client=CadenceDesk" for headers in sent)
    assert not any("X-PrettyPrint" in headers for headers in sent)
    assert (exchange.phase, exchange.generation, exchange.status) == (Phase.COMPLETE, 7, 200)
    usage = meter.usage()
    assert (usage.used, usage.limit, usage.by_purpose) == (18, 5000, {"people": 2})
    now = meter.server_now()
    assert now is not None
    assert now.isoformat() == "2026-11-24T08:00:00+00:00"


def test_the_token_never_goes_elsewhere() -> None:
    with serving(lambda _: Reply()) as server:
        session, _ = make(server.origin, Token())
        with pytest.raises(InternalError):
            session.get(server.origin.replace("127.0.0.1", "localhost") + "/")
        assert server.asked == []


def test_redirects_are_answers() -> None:
    with serving(lambda _: Reply(302, headers={"Location": "/elsewhere"})) as server:
        session, _ = make(server.origin, Token())
        answer = session.get(server.origin + "/")
        assert answer.status_code == 302
        assert len(server.asked) == 1


def test_an_endless_body_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http_adapter, "BODY_LIMIT", 1000)
    with serving(lambda _: Reply(body=b"x" * 200_000)) as server:
        session, _ = make(server.origin)
        with pytest.raises(BodyTooLarge):
            session.get(server.origin + "/")


def test_a_body_that_ends_early_is_noticed() -> None:
    with serving(lambda _: Reply(body=b"[1", headers={"Content-Length": "50"})) as server:
        session, _ = make(server.origin)
        exchange = begin("x", write=True)
        with pytest.raises(requests.exceptions.ChunkedEncodingError):
            session.get(server.origin + "/")
        assert exchange.phase is Phase.ANSWERED


def test_a_dropped_connection_was_sent() -> None:
    with serving(lambda _: None) as server:
        session, _ = make(server.origin)
        exchange = begin("x", write=True)
        with pytest.raises(requests.ConnectionError):
            session.post(server.origin + "/", json={})
        assert exchange.phase is Phase.SENT
        exchange = begin("x")
        with pytest.raises(requests.ConnectionError):
            session.get(server.origin + "/")
        assert exchange.phase is Phase.SENT


def test_a_closed_port_is_not_reached() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        origin = f"http://127.0.0.1:{unused.getsockname()[1]}"
    session, _ = make(origin)
    exchange = begin("x", write=True)
    with pytest.raises(requests.ConnectionError):
        session.get(origin + "/")
    assert exchange.phase is Phase.CONNECTING


def test_a_line_that_speaks_no_tls_is_not_connected() -> None:
    with serving(lambda _: Reply()) as server:
        origin = server.origin.replace("http:", "https:")
        session, _ = make(origin)
        exchange = begin("x", write=True)
        with pytest.raises(requests.exceptions.SSLError):
            session.get(origin + "/")
        assert exchange.phase is Phase.CONNECTING


def test_dripping_bytes_run_into_the_deadline() -> None:
    released = threading.Event()

    def drip(_: Asked) -> Reply:
        released.wait(20)
        return Reply()

    with serving(drip) as server:
        meter = UsageMeter(FakeClock())
        adapter = OrgAdapter(truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT), meter, deadline=0.2)
        session = OrgHTTP(adapter, {}, None)
        exchange = begin("x", write=True)
        with pytest.raises(requests.ConnectionError):
            session.get(server.origin + "/")
        released.set()
        assert exchange.phase is Phase.SENT


def test_each_thread_has_its_own_session() -> None:
    transport = Transport(profile("http://127.0.0.1:1"), UsageMeter(FakeClock()))
    here = transport.session("http://127.0.0.1:1")
    there: list[OrgHTTP] = []
    thread = threading.Thread(target=lambda: there.append(transport.session("http://127.0.0.1:1")))
    thread.start()
    thread.join()
    assert transport.session("http://127.0.0.1:1") is here
    assert there[0] is not here


def test_a_proxy_of_the_environment_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://127.0.0.1:3128")
    monkeypatch.delenv("no_proxy", raising=False)
    transport = Transport(profile("https://localhost:1"), UsageMeter(FakeClock()))
    assert transport.session("https://a.my.salesforce.com").proxies == {"https": "http://127.0.0.1:3128"}
    assert transport.session("https://localhost:1").proxies == {}


@pytest.mark.parametrize(("status", "words"), [(407, "user name and password"), (403, "did not let")])
def test_a_proxy_that_refuses(monkeypatch: pytest.MonkeyPatch, status: int, words: str) -> None:
    with serving(lambda _: Reply(status)) as server:
        monkeypatch.setenv("https_proxy", server.origin)
        monkeypatch.delenv("no_proxy", raising=False)
        session = Transport(profile(), UsageMeter(FakeClock())).session("https://a.my.salesforce.com")
        exchange = begin("x", write=True)
        with pytest.raises(requests.RequestException) as caught:
            session.post("https://a.my.salesforce.com/services", json={})
    told = translate_exception(caught.value, exchange)
    assert isinstance(told, ProxyProblem)
    assert told.executed is Executed.NO
    assert told.server_code == f"HTTP {status}"
    assert words in told.message
    assert told.hint
    assert [asked.method for asked in server.asked] == ["CONNECT"]


def test_roots_of_one_profile(tmp_path: Path) -> None:
    extra = tmp_path / "extra.pem"
    extra.write_text("-----BEGIN CERTIFICATE-----\nmarker\n-----END CERTIFICATE-----\n")
    assert b"marker" in TrustRoots(str(extra)).pem()
    assert b"marker" not in TrustRoots().pem()
    assert TrustRoots().pem().count(b"BEGIN CERTIFICATE") > 50
    context = TrustRoots().context()
    assert context.verify_mode is ssl.CERT_REQUIRED
    assert context.minimum_version is ssl.TLSVersion.TLSv1_2
    for broken in (str(extra), str(tmp_path / "absent.pem")):
        with pytest.raises(Untrusted):
            TrustRoots(broken).context()
    with pytest.raises(Untrusted):
        TrustRoots(str(tmp_path / "absent.pem")).pem()


def test_origins() -> None:
    assert origin_of("HTTPS://A.my.salesforce.com/x?y") == origin_of("https://a.my.salesforce.com:443")
    assert origin_of("https://a") != origin_of("http://a")
