"""Which proxy is taken, for REST and for the event channel alike."""

from __future__ import annotations

import pytest

from cadence_desk.domain.errors import ProxyProblem, Retry
from cadence_desk.salesforce.event_service import channel_options
from cadence_desk.salesforce.proxies import DIRECT, Proxies

ORG = "https://a.my.salesforce.com/x"
EVENTS = "api.pubsub.salesforce.com:7443"
NAMES = ("https_proxy", "HTTPS_PROXY", "http_proxy", "HTTP_PROXY", "grpc_proxy", "all_proxy", "ALL_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (*NAMES, "no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"])
def test_the_environment_in_either_case(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "proxy.example:3128")
    proxies = Proxies()
    assert proxies.of(ORG) == "http://proxy.example:3128"
    assert proxies.of_events(EVENTS) == "http://proxy.example:3128"


@pytest.mark.parametrize("setting", ["", "proxy.example:3128"])
def test_never_for_loopback(monkeypatch: pytest.MonkeyPatch, setting: str) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    proxies = Proxies(setting)
    for host in ("localhost", "127.0.0.1", "127.9.9.9", "[::1]", "desk.localhost"):
        assert proxies.of(f"https://{host}:8443/x") == ""
        assert proxies.of_events(f"{host}:7443") == ""


@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_exceptions_of_the_environment(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    monkeypatch.setenv(name, ".salesforce.com")
    assert Proxies().of(ORG) == ""
    assert Proxies().of_events(EVENTS) == ""
    assert Proxies().of("https://elsewhere.example/") == "http://proxy.example:3128"


def test_nothing_set_and_nonsense() -> None:
    assert Proxies().of(ORG) == ""
    assert Proxies().of("nonsense") == ""
    assert Proxies().of_events("") == ""


def test_grpc_has_a_variable_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://one.example:1")
    monkeypatch.setenv("grpc_proxy", "http://two.example:2")
    assert Proxies().of(ORG) == "http://one.example:1"
    assert Proxies().of_events(EVENTS) == "http://two.example:2"


def test_the_orgs_own_setting_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("https_proxy", "http://other.example:1")
    monkeypatch.setenv("no_proxy", "*")
    proxies = Proxies("proxy.example:3128")
    assert proxies.of(ORG) == "http://proxy.example:3128"
    assert proxies.of_events(EVENTS) == "http://proxy.example:3128"
    assert Proxies(DIRECT).of(ORG) == ""
    assert Proxies(DIRECT).of_events(EVENTS) == ""


def test_the_login_is_read_once_until_it_is_refused() -> None:
    read: list[str] = ["anna:p@ss:w/rd", "anna:new"]
    proxies = Proxies("proxy.example:3128", lambda: read.pop(0))
    assert proxies.of(ORG) == "http://anna:p%40ss%3Aw%2Frd@proxy.example:3128"
    assert proxies.of_events(EVENTS) == proxies.of(ORG)
    proxies.forget_login()
    assert proxies.of(ORG) == "http://anna:new@proxy.example:3128"


def test_what_grpc_is_told() -> None:
    assert dict(channel_options(""))["grpc.enable_http_proxy"] == 0
    options = dict(channel_options("http://anna:x@proxy.example:3128"))
    assert options["grpc.http_proxy"] == "http://anna:x@proxy.example:3128"
    assert options["grpc.enable_http_proxy"] == 1
    with pytest.raises(ProxyProblem, match="only go through an http proxy") as caught:
        channel_options("https://proxy.example:3128")
    assert caught.value.retry is Retry.NEVER
