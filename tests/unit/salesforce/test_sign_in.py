"""The browser's way back: one exact request on localhost, for this sign-in only."""

from __future__ import annotations

import base64
import hashlib
import socket
import threading
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused, SignedOut
from cadence_desk.domain.orgs import Identity, OrgProfile
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.salesforce.loopback import LoopbackListener
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.salesforce.sign_in import LIFE_SECONDS, BrowserSignIn, authorize_url, read_answer
from cadence_desk.salesforce.stored_token import StoredToken
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter
from tests.unit.salesforce.org_fakes import FakeClock, FakeEntropy, FakeSecrets, profile

if TYPE_CHECKING:
    from collections.abc import Callable


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def ask(port: int, request: str, host: str = "127.0.0.1") -> str:
    with socket.create_connection((host, port), timeout=10) as line:
        line.sendall(request.encode())
        answer = b""
        while part := line.recv(4096):
            answer += part
        return answer.decode()


def get(port: int, target: str, host: str = "", method: str = "GET") -> str:
    return f"{method} {target} HTTP/1.1\r\nHost: {host or f'localhost:{port}'}\r\nUser-Agent: x\r\n\r\n"


class Waiting:
    """A listener that waits in a thread."""

    def __init__(self, *paths: str) -> None:
        self.port = free_port()
        self.listener = LoopbackListener(tuple(f"http://localhost:{self.port}{path}" for path in paths))
        self.found: list[object] = []
        self.over = threading.Event()
        self.thread = threading.Thread(target=self._wait, daemon=True)
        self.thread.start()

    def _wait(self) -> None:
        self.found.append(self.listener.wait(self.over.is_set))

    def end(self) -> object:
        self.over.set()
        self.thread.join(10)
        self.listener.close()
        return self.found[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_the_answer_is_taken_once(address: str) -> None:
    waiting = Waiting("/OauthRedirect")
    answer = ask(waiting.port, get(waiting.port, "/OauthRedirect?code=c%3D1&state=s"), address)
    assert waiting.end() == {"code": "c=1", "state": "s"}
    assert answer.startswith("HTTP/1.1 200 OK")
    assert "Referrer-Policy: no-referrer" in answer
    assert "c=1" not in answer


def test_anything_else_is_answered_and_waited_on() -> None:
    waiting = Waiting("/OauthRedirect")
    port = waiting.port
    for request in (
        get(port, "/favicon.ico"),
        get(port, "/OauthRedirect/?code=1"),
        get(port, "/OauthRedirect"),
        get(port, "/OauthRedirect?code=1", host="evil.example"),
        get(port, "/OauthRedirect?code=1", host=f"127.0.0.1:{port}"),
        get(port, "/OauthRedirect?code=1", method="POST"),
        get(port, "/OauthRedirect?code=1", method="OPTIONS"),
        "GET /OauthRedirect?code=1 HTTP/1.1\r\n\r\n",
        "nonsense\r\n\r\n",
        get(port, "/OauthRedirect?" + "&".join(f"a{n}=1" for n in range(50))),
    ):
        assert ask(port, request).startswith("HTTP/1.1 404")
    assert waiting.end() is None


def test_a_huge_request_is_dropped() -> None:
    waiting = Waiting("/OauthRedirect")
    with socket.create_connection(("127.0.0.1", waiting.port), timeout=10) as line:
        line.sendall(b"GET /OauthRedirect?code=" + b"x" * 5000)
        assert b"200 OK" not in line.recv(100)
    assert waiting.end() is None


def test_a_repeated_parameter_is_no_parameter() -> None:
    waiting = Waiting("/a")
    ask(waiting.port, get(waiting.port, "/a?code=1&code=2&state=s"))
    assert waiting.end() == {"state": "s"}


def test_the_first_free_port_is_taken() -> None:
    taken, free = socket.socket(), free_port()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    uris = (
        f"http://localhost:{taken.getsockname()[1]}/a",
        "https://elsewhere/a",
        f"http://localhost:{free}/b",
    )
    try:
        with LoopbackListener(uris) as listener:
            assert listener.redirect_uri == uris[2]
            with pytest.raises(NotAvailable):
                LoopbackListener(uris)
    finally:
        taken.close()


def test_the_authorize_address() -> None:
    verifier = Secret("v" * 64)
    url = authorize_url(
        profile("https://acme.my.salesforce.com/"), "http://localhost:1717/OauthRedirect", "st", verifier
    )
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()}
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 64).digest()).rstrip(b"=").decode()
    assert (
        f"{parts.scheme}://{parts.netloc}{parts.path}"
        == "https://acme.my.salesforce.com/services/oauth2/authorize"
    )
    assert query == {
        "response_type": "code",
        "client_id": "client",
        "redirect_uri": "http://localhost:1717/OauthRedirect",
        "scope": "api refresh_token id",
        "state": "st",
        "code_challenge": challenge,
        "code_challenge_method": "S256",
    }
    assert "v" * 64 not in url


def test_reading_the_answer() -> None:
    assert read_answer({"code": "c", "state": "s"}, "s").reveal() == "c"
    with pytest.raises(OrgRefused):
        read_answer({"code": "c", "state": "other"}, "s")
    with pytest.raises(OrgRefused):
        read_answer({"code": "c"}, "s")
    with pytest.raises(OrgRefused):
        read_answer({"state": "s"}, "s")
    with pytest.raises(NotAllowed) as caught:
        read_answer({"error": "access_denied", "error_description": "<b>no</b>", "state": "s"}, "s")
    assert caught.value.server_text == "<b>no</b>"


def flow(one: OrgProfile, clock: FakeClock) -> BrowserSignIn:
    stored = StoredToken(one, FakeSecrets(), Transport(one, UsageMeter(clock)))

    def identify() -> Identity:
        return Identity(RecordId("00D"), RecordId("005"), "u", "n", "https://a")

    return BrowserSignIn(OrgSession(one, stored), stored, identify, clock, FakeEntropy())


def local_profile() -> OrgProfile:
    return OrgProfile("test", "T", "https://localhost:1", "client", (f"http://localhost:{free_port()}/a",))


def moving(clock: FakeClock, seconds: float) -> Callable[[], bool]:
    def cancelled() -> bool:
        clock.now += seconds
        return False

    return cancelled


def test_it_ends_after_five_minutes() -> None:
    clock = FakeClock()
    with pytest.raises(SignedOut, match="too long"):
        flow(local_profile(), clock).sign_in(local_profile(), lambda _: None, moving(clock, LIFE_SECONDS / 2))


def test_it_can_be_canceled() -> None:
    with pytest.raises(SignedOut, match="canceled"):
        flow(local_profile(), FakeClock()).sign_in(local_profile(), lambda _: None, lambda: True)


def test_it_belongs_to_one_profile() -> None:
    with pytest.raises(OrgRefused):
        flow(local_profile(), FakeClock()).resume(OrgProfile("other", "", "", "", ()))
    assert flow(local_profile(), FakeClock()).resume(local_profile()) is None
