"""`cadence-desk org`: add, list, link, set, remove and help, each with one plain sentence when it cannot be done."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.admin_help import ADMIN_STEPS, ORG_FILE
from cadence_desk.domain.orgs import WayIn
from cadence_desk.launch.main import run
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook, parse_profile
from tests.access.fake_sf import FakeCli, listed
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.desk.practice_org import Org


@pytest.fixture
def desk(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[int, str, str]]:
    """Return a function that runs `cadence-desk` in this process with a home of its own."""
    monkeypatch.setenv("PATH", str(tmp_path))

    def go(*arguments: str) -> tuple[int, str, str]:
        code = run(["--home", str(tmp_path / "home"), "--key-file", str(tmp_path / "keys"), *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return go


@pytest.fixture
def org_file(tmp_path: Path) -> Path:
    file = tmp_path / "acme.json"
    file.write_text(ORG_FILE.replace("the consumer key", "3MVG9.acme"))
    return file


def book(tmp_path: Path) -> ProfileBook:
    return ProfileBook(Paths(tmp_path / "home").profile_book)


def test_from_file_to_link_and_away(
    desk: Callable[..., tuple[int, str, str]], org_file: Path, tmp_path: Path
) -> None:
    assert desk("org", "list")[1].startswith("No orgs yet")
    code, out, _ = desk("org", "add", str(org_file))
    assert (code, out) == (0, "Added Acme. Open it with: cadence-desk --org acme\n")
    assert "acme" in desk("org", "list")[1]
    link = desk("org", "link", "acme")[1].strip()
    assert desk("org", "add", link)[0] == 0
    assert len(book(tmp_path).profiles()) == 1, "the same org again is the same profile"
    code, out, _ = desk("org", "remove", "acme")
    assert code == 0
    assert "Its data is kept in" in out
    assert book(tmp_path).profiles() == []


def test_connection_settings(
    desk: Callable[..., tuple[int, str, str]], org_file: Path, tmp_path: Path
) -> None:
    desk("org", "add", str(org_file))
    authority = tmp_path / "ca.pem"
    authority.write_text("-----BEGIN CERTIFICATE-----\n")
    changed = desk(
        "org", "set", "acme", "--events-endpoint", "events.acme.example:443", "--extra-ca", str(authority)
    )
    assert changed[0] == 0
    found = book(tmp_path).get("acme")
    assert found is not None
    assert (found.events_endpoint, found.extra_ca) == ("events.acme.example:443", str(authority))
    assert desk("org", "set", "acme", "--events-endpoint", "", "--extra-ca", "")[0] == 0
    found = book(tmp_path).get("acme")
    assert found is not None
    assert (found.events_endpoint, found.extra_ca) == ("api.pubsub.salesforce.com:7443", "")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("org", "link", "none"), "There is no org “none”"),
        (("org", "remove", "none"), "There is no org “none”"),
        (("org", "set", "none", "--extra-ca", ""), "There is no org “none”"),
        (("org", "set", "acme"), "Say what to change"),
        (("org", "set", "acme", "--events-endpoint", "nowhere"), "host and a port"),
        (("org", "set", "acme", "--extra-ca", "none.pem"), "cannot be read"),
        (("org", "add", "https://acme.example/acme.json"), "no link to add an org"),
        (("org", "add", "none.json"), "cannot be read"),
        (("org", "add", "--cli", "dev"), "has no login “dev”"),
    ],
)
def test_what_cannot_be_done_is_said(
    desk: Callable[..., tuple[int, str, str]], org_file: Path, arguments: tuple[str, ...], words: str
) -> None:
    desk("org", "add", str(org_file))
    code, out, err = desk(*arguments)
    assert (code, out) == (2, "")
    assert words in err


@pytest.mark.skipif(sys.platform == "win32", reason="a script with a first line")
def test_logins_of_the_cli_are_offered_and_added(
    desk: Callable[..., tuple[int, str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = FakeCli(tmp_path / "bin")
    monkeypatch.setenv("PATH", cli.path)
    cli.tell(
        orgs={"nonScratchOrgs": [listed("a@acme.example", "https://acme.my.salesforce.com", alias="work")]}
    )
    out = desk("org", "list")[1]
    assert "add one with: cadence-desk org add --cli NAME" in out
    assert "work" in out
    assert desk("org", "add", "--cli", "work")[0] == 0
    [added] = book(tmp_path).profiles()
    assert (added.way_in, added.username) == (WayIn.CLI, "a@acme.example")
    assert "add --cli" not in desk("org", "list")[1], "it is not offered twice"
    assert "no link" not in desk("org", "remove", added.key)[1]


@pytest.mark.whole
def test_removing_an_org_ends_its_sign_in(
    desk: Callable[..., tuple[int, str, str]], org: Org, tmp_path: Path
) -> None:
    from tests.access.test_rotation import played
    from tests.contract.client_org import SystemClock, SystemEntropy

    profile = org.profile("acme")
    book(tmp_path).add(profile)
    secrets = KeyFileSecrets(tmp_path / "keys")
    from cadence_desk.salesforce.connect import open_org

    open_org(profile, secrets, SystemClock(), SystemEntropy()).flow.sign_in(
        profile, played(org), lambda: False
    )
    token = json.loads(secrets.read("acme/refresh-token") or "")["refresh_token"]
    code, out, _ = desk("org", "remove", "acme")
    assert (code, "did not confirm" in out) == (0, False)
    assert secrets.read("acme/refresh-token") is None
    secrets.write("acme/refresh-token", json.dumps({"refresh_token": token}))
    client = open_org(profile, secrets, SystemClock(), SystemEntropy())
    with pytest.raises(Exception, match="Your sign-in has ended"):
        client.flow.resume(profile)


def test_the_page_for_admins(desk: Callable[..., tuple[int, str, str]]) -> None:
    out = desk("org", "help")[1]
    assert len(ADMIN_STEPS) == 8
    for step in ADMIN_STEPS:
        assert step in out
    assert "User name and password are not offered" in out
    assert "Device codes are not offered" in out
    assert parse_profile(ORG_FILE.replace("the consumer key", "3MVG9")).name == "Acme"
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert all(step in readme for step in ADMIN_STEPS), "README tells admins the same"


@pytest.mark.parametrize("org_key", [(), ("--org", "acme")])
def test_the_environment_wins_over_profiles(tmp_path: Path, org_file: Path, org_key: tuple[str, ...]) -> None:
    from cadence_desk.bootstrap.choosing import NoOrgYet, choose_org

    paths = Paths(tmp_path / "home")
    wanted = org_key[1] if org_key else ""
    with pytest.raises(NoOrgYet if not wanted else Exception):
        choose_org(paths, Environment({}), wanted)
    ProfileBook(paths.profile_book).import_file(org_file)
    assert choose_org(paths, Environment({}), wanted).profile.key == "acme"
    named = Environment.taken_from(
        {"CADENCE_DESK_ACCESS_TOKEN": "00D!x", "CADENCE_DESK_INSTANCE_URL": "https://other.my.salesforce.com"}
    )
    chosen = choose_org(paths, named, wanted)
    assert (chosen.profile.way_in, chosen.access.token) == (WayIn.TOKEN, "00D!x")
