"""Both wires through a company's proxy and under a company's authority; refusals say what to set. Shown by 4."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import DeskError, ProxyProblem, Unreachable, Untrusted
from cadence_desk.salesforce.connect import open_org
from cadence_desk.salesforce.proxies import DIRECT, login_secret
from tests.contract.client_org import (
    MemorySecrets,
    PracticeProcess,
    Sink,
    SystemClock,
    SystemEntropy,
    running,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.salesforce.connect import OrgConnection

pytestmark = pytest.mark.whole
HOST, EVENTS = "org.test", "events.test"
TOPIC = "/data/LeadChangeEvent"
LOGIN = login_secret("test")


@pytest.fixture(scope="module")
def practice_behind_proxy() -> Iterator[PracticeProcess]:
    yield from running("--people", "30", "--seed", "4", "--proxy", "--name", HOST, "--name", EVENTS)


@pytest.fixture
def practice(
    practice_behind_proxy: PracticeProcess, monkeypatch: pytest.MonkeyPatch
) -> Iterator[PracticeProcess]:
    for name in ("https_proxy", "http_proxy", "all_proxy", "no_proxy", "grpc_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    yield practice_behind_proxy
    practice_behind_proxy.control(
        "/settings", {"proxy_login": "", "proxy_refuses": False, "certificate": "own"}
    )


def profile_of(practice: PracticeProcess, **changes: str) -> OrgProfile:
    named = replace(practice.profile(), login_url=f"https://{HOST}", events_endpoint=f"{EVENTS}:7443")
    return replace(named, **changes)  # type: ignore[arg-type]  # names of the profile


def proxy_of(practice: PracticeProcess) -> str:
    return str(practice.ready["proxy_url"]).removeprefix("http://")


class Reach:
    """The client under test with one profile; signs in as a browser would that knows the way."""

    def __init__(self, practice: PracticeProcess, profile: OrgProfile, login: str = "") -> None:
        self.practice, self.profile = practice, profile
        self.secrets = MemorySecrets()
        if login:
            self.secrets.kept[LOGIN] = login
        self._open()

    def _open(self) -> None:
        self.org: OrgConnection = open_org(self.profile, self.secrets, SystemClock(), SystemEntropy())

    def sign_in(self) -> None:
        self.org.flow.sign_in(self.profile, self._browse, lambda: False)

    def _browse(self, url: str) -> None:
        direct = url.replace(f"https://{HOST}", self.practice.ready["rest_url"])
        threading.Thread(target=self.practice.browse, args=(direct,), daemon=True).start()

    def refusal(self, **changes: str) -> DeskError:
        """Start anew on the same secrets, perhaps with another profile; returns why that does not work."""
        self.profile = replace(self.profile, **changes)  # type: ignore[arg-type]  # names of the profile
        self._open()
        with pytest.raises(DeskError) as caught:
            self.org.gateway.renew()
        return caught.value

    def first_word(self) -> DeskError | None:
        """Open a stream; None when it started, else why it did not."""
        sink = Sink()
        handle = self.org.feed.open(TOPIC, None, sink)
        sink.wait(lambda: sink.started or sink.ended)
        handle.stop(5)
        return sink.ended[0][0] if sink.ended else None


def asked(practice: PracticeProcess) -> list[tuple[str, int, int]]:
    return [
        (one["host"], one["port"], one["status"]) for one in practice.control("/state")["proxy"]["requests"]
    ]


@pytest.mark.parametrize("name", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY"])
def test_both_wires_take_the_proxy_of_the_environment(
    practice: PracticeProcess, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, practice.ready["proxy_url"])
    before = len(asked(practice))
    reach = Reach(practice, profile_of(practice))
    reach.sign_in()

    assert reach.org.gateway.identity().instance_url == f"https://{HOST}"
    assert reach.first_word() is None
    assert set(asked(practice)[before:]) == {(HOST, 443, 200), (EVENTS, 7443, 200)}


def test_both_wires_take_the_orgs_own_proxy_with_its_login(practice: PracticeProcess) -> None:
    practice.control("/settings", {"proxy_login": "anna:p@ss w:rd"})
    reach = Reach(practice, profile_of(practice, proxy=proxy_of(practice)), "anna:p@ss w:rd")
    before = len(asked(practice))
    reach.sign_in()

    assert reach.org.gateway.cadences()
    assert reach.first_word() is None
    assert {status for _, _, status in asked(practice)[before:]} == {200}


def test_a_proxy_that_wants_a_login_is_told_for_both_wires(practice: PracticeProcess) -> None:
    reach = Reach(practice, profile_of(practice, proxy=proxy_of(practice)))
    reach.sign_in()
    practice.control("/settings", {"proxy_login": "anna:secret"})

    told = reach.first_word()
    assert isinstance(told, ProxyProblem)
    assert "user name and password" in told.message
    reach.secrets.kept[LOGIN] = "anna:wrong"
    refusal = reach.refusal()
    assert isinstance(refusal, ProxyProblem)
    assert "user name and password" in refusal.message
    assert "--proxy-user" in refusal.hint
    reach.secrets.kept[LOGIN] = "anna:secret"
    assert reach.first_word() is None, "a login that was corrected is read anew"


def test_a_proxy_that_refuses_is_told_for_both_wires(practice: PracticeProcess) -> None:
    reach = Reach(practice, profile_of(practice, proxy=proxy_of(practice)))
    reach.sign_in()
    practice.control("/settings", {"proxy_refuses": True})

    told = reach.first_word()
    assert isinstance(told, ProxyProblem)
    assert "did not let the connection through" in told.message
    refusal = reach.refusal()
    assert isinstance(refusal, ProxyProblem)
    assert refusal.message == told.message


def test_a_proxy_that_is_not_there(practice: PracticeProcess) -> None:
    reach = Reach(practice, practice.profile())
    reach.sign_in()
    refusal = reach.refusal(login_url=f"https://{HOST}", proxy="127.0.0.1:1")
    assert isinstance(refusal, ProxyProblem)
    assert "cannot be reached" in refusal.message


def test_without_the_proxy_the_name_leads_nowhere(
    practice: PracticeProcess, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", practice.ready["proxy_url"])
    reach = Reach(practice, profile_of(practice))
    reach.sign_in()
    assert isinstance(reach.refusal(proxy=DIRECT), Unreachable)
    monkeypatch.setenv("NO_PROXY", ".test")
    assert isinstance(reach.refusal(proxy=""), Unreachable)


def test_loopback_is_never_proxied(practice: PracticeProcess, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", practice.ready["proxy_url"])
    before = len(asked(practice))
    reach = Reach(practice, practice.profile())
    reach.sign_in()
    assert reach.first_word() is None
    assert len(asked(practice)) == before


def test_without_the_authority_its_name_and_the_setting_are_told(practice: PracticeProcess) -> None:
    reach = Reach(practice, profile_of(practice, proxy=proxy_of(practice)))
    reach.sign_in()
    practice.control("/settings", {"certificate": "unknown"})
    told = reach.first_word()
    assert isinstance(told, Untrusted)
    assert "was issued by “Practice org authority" in told.message or "has a certificate for" in told.message

    practice.control("/settings", {"certificate": "own"})
    refusal = reach.refusal(extra_ca="")
    assert isinstance(refusal, Untrusted)
    assert f"{HOST} was issued by “Practice org authority" in refusal.message
    assert "Extra certificate authority" in refusal.hint


@pytest.mark.parametrize(
    ("word", "words"), [("expired", "expired on"), ("other_host", "has a certificate for elsewhere")]
)
def test_other_troubles_with_certificates_have_their_own_words(
    practice: PracticeProcess, word: str, words: str
) -> None:
    reach = Reach(practice, practice.profile())
    reach.sign_in()
    practice.control("/settings", {"certificate": word})
    told = reach.first_word()
    refusal = reach.refusal()
    for error in (told, refusal):
        assert isinstance(error, Untrusted)
        assert words in error.message
