"""What the environment gives: which org it names, what it overrides, and what it says when a part is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.orgs import Banner, OrgProfile, WayIn
from cadence_desk.settings.environment import Environment

if TYPE_CHECKING:
    from pathlib import Path

TOKEN = {
    "CADENCE_DESK_ACCESS_TOKEN": "00D!token",
    "CADENCE_DESK_INSTANCE_URL": "https://acme.my.salesforce.com/",
}
KEY = {
    "CADENCE_DESK_JWT_KEY_FILE": "server.key",
    "CADENCE_DESK_JWT_CLIENT_ID": "client",
    "CADENCE_DESK_JWT_USERNAME": "robot@acme.example",
}


def of(**variables: str) -> Environment:
    return Environment.taken_from(dict(variables))


def test_an_empty_environment_names_nothing() -> None:
    assert of().org() is None
    assert of(CADENCE_DESK_ACCESS_TOKEN="", CADENCE_DESK_INSTANCE_URL=" ").org() is None
    assert of().key_file is None
    profile = OrgProfile("a", "A", "https://a", "c", ("http://localhost:1/x",))
    assert of().adjusted(profile) is profile


def test_a_token_names_an_org_and_leaves_the_environment() -> None:
    variables = dict(TOKEN)
    given = Environment.taken_from(variables).org()
    assert given is not None
    assert given.access.token == "00D!token"
    assert "CADENCE_DESK_ACCESS_TOKEN" not in variables
    assert given.profile.way_in is WayIn.TOKEN
    assert given.profile.login_url == "https://acme.my.salesforce.com"
    assert given.profile.banner is Banner.PRODUCTION
    assert "00D!token" not in repr(given)
    assert "00D!token" not in repr(Environment.taken_from(dict(TOKEN)))


def test_two_hosts_never_share_a_folder() -> None:
    urls = (
        "https://localhost:1",
        "https://localhost:11",
        "https://127.0.0.1:1",
        "https://a--b.my.salesforce.com",
    )
    keys = set()
    for url in urls:
        given = of(CADENCE_DESK_ACCESS_TOKEN="t", CADENCE_DESK_INSTANCE_URL=url).org()
        assert given is not None
        keys.add(given.profile.key)
    assert len(keys) == len(urls)


@pytest.mark.parametrize("missing", TOKEN)
def test_token_and_address_belong_together(missing: str) -> None:
    with pytest.raises(BadValue, match=f"Set {missing}"):
        of(**{name: value for name, value in TOKEN.items() if name != missing}).org()


@pytest.mark.parametrize(
    "url",
    ["http://acme.my.salesforce.com", "acme", "https://", "https://a/path", "https://u:p@a", "https://a b"],
)
def test_only_the_address_of_a_host(url: str) -> None:
    with pytest.raises(BadValue, match="CADENCE_DESK_INSTANCE_URL"):
        of(CADENCE_DESK_ACCESS_TOKEN="t", CADENCE_DESK_INSTANCE_URL=url).org()


@pytest.mark.parametrize("token", ["two words", "line\nline", "snow☃", "x" * 9000])
def test_what_is_no_token_is_not_quoted(token: str) -> None:
    with pytest.raises(BadValue) as caught:
        of(**{**TOKEN, "CADENCE_DESK_ACCESS_TOKEN": token}).org()
    assert token[:5] not in str(caught.value)


def test_a_key_names_an_org() -> None:
    given = of(**KEY).org()
    assert given is not None
    assert given.profile.way_in is WayIn.KEY
    assert given.profile.login_url == "https://login.salesforce.com"
    assert given.profile.username == "robot@acme.example"
    assert given.access.key_file.endswith("/server.key") or given.access.key_file.endswith("\\server.key")
    other = of(**{**KEY, "CADENCE_DESK_JWT_USERNAME": "other@acme.example"}).org()
    assert other is not None
    assert other.profile.key != given.profile.key
    sandbox = of(**KEY, CADENCE_DESK_JWT_LOGIN_URL="https://test.salesforce.com").org()
    assert sandbox is not None
    assert sandbox.profile.banner is Banner.SANDBOX


@pytest.mark.parametrize("missing", KEY)
def test_a_key_needs_all_its_parts(missing: str) -> None:
    with pytest.raises(BadValue, match=f"Set {missing}"):
        of(**{name: value for name, value in KEY.items() if name != missing}).org()


def test_a_token_comes_before_a_key() -> None:
    given = of(**KEY, **TOKEN).org()
    assert given is not None
    assert given.profile.way_in is WayIn.TOKEN


def test_connection_settings_fit_any_org(tmp_path: Path) -> None:
    authority = tmp_path / "ca.pem"
    authority.write_text("-----BEGIN CERTIFICATE-----\n")
    environment = of(
        **TOKEN, CADENCE_DESK_EVENTS_ENDPOINT="127.0.0.1:7443", CADENCE_DESK_EXTRA_CA=str(authority)
    )
    profile = OrgProfile("a", "A", "https://a", "c", ("http://localhost:1/x",), extra_ca="other.pem")
    given = environment.org()
    assert given is not None
    for one in (environment.adjusted(profile), given.profile):
        assert (one.events_endpoint, one.extra_ca) == ("127.0.0.1:7443", str(authority))
    with pytest.raises(BadValue, match="cannot be read"):
        of(CADENCE_DESK_EXTRA_CA=str(tmp_path / "none.pem")).adjusted(profile)
    with pytest.raises(BadValue, match="endpoint"):
        of(CADENCE_DESK_EVENTS_ENDPOINT="nowhere").adjusted(profile)


def test_the_key_file() -> None:
    file = of(CADENCE_DESK_KEY_FILE="~/keys").key_file
    assert file is not None
    assert file.name == "keys"
