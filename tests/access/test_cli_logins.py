"""The Salesforce CLI's logins: listed once each, asked for tokens anew, never for its refresh token."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import DeskError, NotAvailable, Retry, SignedOut
from cadence_desk.domain.orgs import OfferedLogin, OrgProfile, WayIn
from cadence_desk.salesforce import cli_login
from cadence_desk.salesforce.cli_login import access_token_of, offered_logins
from cadence_desk.salesforce.connect import open_org
from tests.access.fake_sf import FakeCli, listed
from tests.contract.client_org import MemorySecrets, SystemClock, SystemEntropy

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line")
HOST = "https://acme.my.salesforce.com"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeCli:
    fake = FakeCli(tmp_path / "bin")
    monkeypatch.setenv("PATH", fake.path)
    return fake


def test_logins_are_listed_once_and_by_name(cli: FakeCli) -> None:
    one, two = listed("b@acme.example", HOST, alias="work"), listed("a@acme.example", HOST, isSandbox=True)
    cli.tell(
        noise="Warning: @salesforce/cli update available",
        orgs={
            "other": [one],
            "sandboxes": [two],
            "nonScratchOrgs": [one, two],
            "devHubs": [one],
            "scratchOrgs": [{"username": "broken"}, "x"],
        },
    )
    assert offered_logins() == [
        OfferedLogin("a@acme.example", HOST, sandbox=True),
        OfferedLogin("b@acme.example", HOST, "work"),
    ]
    assert cli.calls == [["org", "list", "--skip-connection-status", "--json"]]


def test_without_the_cli_nothing_is_offered(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert offered_logins() == []
    with pytest.raises(SignedOut, match="not installed"):
        access_token_of("a@acme.example")


def test_a_token_is_shown_by_the_command_for_it(cli: FakeCli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CADENCE_DESK_JWT_KEY_FILE", "secret place")
    cli.tell(tokens={"a@acme.example": "00D!live"})
    assert access_token_of("a@acme.example").reveal() == "00D!live"
    assert cli.calls == [["org", "auth", "show-access-token", "-o", "a@acme.example", "--json"]]
    assert cli.seen_variables == set(), "what is meant for the desk is not handed on"


def test_an_older_cli_shows_it_otherwise(cli: FakeCli) -> None:
    cli.tell(old=True, tokens={"a@acme.example": "00D!live"})
    assert access_token_of("a@acme.example").reveal() == "00D!live"
    assert [call[:2] for call in cli.calls] == [["org", "auth"], ["org", "display"]]
    with pytest.raises(SignedOut, match="does not hand out") as caught:
        access_token_of("redacted@acme.example")
    assert "REDACTED" not in str(caught.value)


@pytest.mark.parametrize(
    ("state", "kind", "retry"),
    [
        ({"tokens": {}}, SignedOut, Retry.AFTER_SIGN_IN),
        (
            {"refusal": ["RefreshTokenAuthError", "expired access/refresh token"]},
            SignedOut,
            Retry.AFTER_SIGN_IN,
        ),
        ({"refusal": ["ETIMEDOUT", "connect timed out"]}, DeskError, Retry.LATER),
    ],
)
def test_its_refusals(cli: FakeCli, state: dict[str, Any], kind: type[DeskError], retry: Retry) -> None:
    cli.tell(**state)
    with pytest.raises(kind) as caught:
        access_token_of("a@acme.example")
    assert caught.value.retry is retry


def test_one_that_hangs_is_given_up(cli: FakeCli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.tell(slow=20)
    assert cli_login.LIMIT_SECONDS == 60
    monkeypatch.setattr(cli_login, "LIMIT_SECONDS", 0.3)
    with pytest.raises(NotAvailable, match="did not answer") as caught:
        offered_logins()
    assert caught.value.retry is Retry.LATER


@pytest.mark.parametrize("printed", [b"", b"not json", b"[1]", b'{"x": 1}'])
def test_what_cannot_be_read(cli: FakeCli, monkeypatch: pytest.MonkeyPatch, printed: bytes) -> None:
    done = subprocess.CompletedProcess(["sf"], 0, printed, b"")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: done)
    with pytest.raises(NotAvailable, match="cannot be read"):
        offered_logins()


@pytest.mark.parametrize("name", ["", "--help"])
def test_a_name_that_is_an_option_is_not_passed_on(cli: FakeCli, name: str) -> None:
    with pytest.raises(SignedOut):
        access_token_of(name)
    assert cli.calls == []


@pytest.mark.whole
def test_a_refused_token_has_the_cli_asked_again(org: Org, cli: FakeCli) -> None:
    ready, username = org.ready, org.ready["username"]
    cli.tell(tokens={username: ready["access_token"]})
    profile = OrgProfile(
        "cli",
        "Acme",
        ready["rest_url"],
        "",
        (),
        ready["events_endpoint"],
        ready["ca_file"],
        way_in=WayIn.CLI,
        username=username,
    )
    secrets = MemorySecrets()
    client = open_org(profile, secrets, SystemClock(), SystemEntropy())
    found = client.flow.resume(profile)
    assert found is not None
    assert (found.username, str(found.user_id)) == (username, org.me)

    org.control("/tokens", {"action": "expire"})
    org.query("SELECT Id FROM Organization")  # gets a token of its own
    cli.tell(tokens={username: org.ready["access_token"]})
    assert client.gateway.task_statuses(anew=True)
    assert [call[1] for call in cli.calls] == ["auth", "auth"]

    org.control("/tokens", {"action": "expire"})
    with pytest.raises(SignedOut, match="CLI's login"):
        client.gateway.task_statuses(anew=True)
    assert client.gateway.sign_out() is True
    assert secrets.kept == {}, "nothing of the CLI's is kept"
