"""A link carries an org's profile as a file does, and nothing that could do harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import BadFile, BadValue
from cadence_desk.domain.orgs import Banner, OfferedLogin, OrgProfile, WayIn
from cadence_desk.settings.org_link import is_link, link_of, link_to_text
from cadence_desk.settings.profile_book import ProfileBook

if TYPE_CHECKING:
    from pathlib import Path

PROFILE = OrgProfile(
    "acme",
    "Acme & Söhne",
    "https://acme.my.salesforce.com",
    "3MVG9.client_id",
    ("http://localhost:56420/OauthRedirect", "http://localhost:58728/OauthRedirect"),
)


def test_there_and_back(tmp_path: Path) -> None:
    link = link_of(PROFILE)
    assert is_link(link)
    assert not is_link("acme.json")
    added = ProfileBook(tmp_path / "orgs.json").import_text(link_to_text(link))
    assert (added.name, added.login_url, added.client_id, added.redirect_uris) == (
        PROFILE.name,
        PROFILE.login_url,
        PROFILE.client_id,
        PROFILE.redirect_uris,
    )


@pytest.mark.parametrize(
    "link",
    [
        "https://box.example/acme.json",
        "cadence-desk://target/003",
        link_of(PROFILE) + "&extra_ca=/srv/ca.pem",
        link_of(PROFILE) + "&name=Other",
        "cadence-desk://add-org?broken",
        "cadence-desk://add-org?name=" + "x" * 9000,
    ],
)
def test_other_links_are_refused(link: str) -> None:
    with pytest.raises(BadFile):
        link_to_text(link)


def test_a_link_is_held_to_the_rules_of_a_file(tmp_path: Path) -> None:
    link = link_of(OrgProfile("x", "X", "http://acme.my.salesforce.com", "c", PROFILE.redirect_uris))
    with pytest.raises(BadValue, match="https"):
        ProfileBook(tmp_path / "orgs.json").import_text(link_to_text(link))


def test_a_login_of_another_program_is_kept_by_name(tmp_path: Path) -> None:
    book = ProfileBook(tmp_path / "orgs.json")
    login = OfferedLogin("a@acme.example", "https://acme--dev.sandbox.my.salesforce.com", "dev")
    added = book.add_login(login)
    assert book.add_login(login) == added
    assert book.profiles() == [added]
    assert (added.way_in, added.username, added.banner) == (WayIn.CLI, "a@acme.example", Banner.SANDBOX)
    other = book.add_login(OfferedLogin("b@acme.example", login.instance_url, "dev"))
    assert other.key != added.key, "two users of one org are two profiles"
