"""Org profiles are imported from an admin's small file, checked value by value, and kept in one list."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import BadFile, BadValue
from cadence_desk.domain.orgs import Banner
from cadence_desk.settings.profile_book import ProfileBook, banner_of

if TYPE_CHECKING:
    from pathlib import Path

PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ORG: dict[str, Any] = {
    "name": "Acme EMEA",
    "login_url": "https://acme.my.salesforce.com/",
    "client_id": "3MVG9.abc_DEF",
    "redirect_uris": ["http://localhost:56420/callback", "http://localhost:58728/callback"],
}


@pytest.fixture
def book(tmp_path: Path) -> ProfileBook:
    return ProfileBook(tmp_path / "orgs.json")


def imported(book: ProfileBook, **changes: Any) -> Any:
    return book.import_text(json.dumps({**ORG, **changes}))


def test_an_imported_org_is_kept(book: ProfileBook) -> None:
    profile = imported(book)
    assert (profile.key, profile.login_url) == ("acme-emea", "https://acme.my.salesforce.com")
    assert profile.redirect_uris == tuple(ORG["redirect_uris"])
    assert profile.events_endpoint == "api.pubsub.salesforce.com:7443"
    assert (profile.banner, profile.extra_ca) == (Banner.PRODUCTION, "")
    assert book.profiles() == [profile]
    assert book.get("acme-emea") == profile
    assert book.get("none") is None


def test_importing_again_replaces_and_a_namesake_gets_a_key_of_its_own(book: ProfileBook) -> None:
    first = imported(book)
    again = imported(book, redirect_uris=["http://localhost:1/x"])
    other = imported(book, client_id="another")
    assert (again.key, other.key) == (first.key, "acme-emea-2")
    assert [profile.key for profile in book.profiles()] == ["acme-emea", "acme-emea-2"]
    assert imported(book, name="日本", client_id="third").key == "org"
    book.remove("acme-emea")
    book.remove("unknown")
    assert [profile.key for profile in book.profiles()] == ["acme-emea-2", "org"]


def test_a_profile_made_by_the_launcher_is_kept_with_its_banner(book: ProfileBook) -> None:
    profile = replace(imported(book), key="mine", banner=Banner.TRAINING, banner_text="Just trying")
    book.add(profile)
    assert book.get("mine") == profile
    with pytest.raises(BadValue):
        book.add(replace(profile, key="../x"))


def test_a_file_brings_its_certificate_along(book: ProfileBook, tmp_path: Path) -> None:
    (tmp_path / "company.pem").write_text(PEM, encoding="ascii")
    path = tmp_path / "acme.json"
    path.write_text(
        "\ufeff" + json.dumps({**ORG, "extra_ca": "company.pem", "events_endpoint": "localhost:7443"}),
        encoding="utf-8",
    )
    profile = book.import_file(path)
    assert profile.extra_ca == str(tmp_path / "company.pem")
    assert profile.events_endpoint == "localhost:7443"


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b"{}", b"x" * 70_000, b"[" * 50_000, None])
def test_a_file_that_is_no_org_file_is_told(book: ProfileBook, tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "acme.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadFile):
        book.import_file(path)
    assert book.profiles() == []


@pytest.mark.parametrize(
    "change",
    [
        {"login_url": "http://acme.my.salesforce.com"}, {"login_url": "https://"}, {"login_url": "https://a@b.test"},
        {"login_url": "https://acme.test/path"}, {"login_url": "https://acme.test?x=1"}, {"login_url": "https://a:port"},
        {"login_url": "javascript:alert(1)"}, {"login_url": "https://a b.test"}, {"name": "x" * 81}, {"name": "a\nb"},
        {"client_id": "with space"}, {"client_id": "é"}, {"redirect_uris": ["https://evil.test:1/x"]},
        {"redirect_uris": ["http://localhost/no-port"]}, {"redirect_uris": ["http://localhost:1/x#y"]},
        {"redirect_uris": ["http://localhost:99999/x"]}, {"events_endpoint": "no-port"}, {"events_endpoint": "a:0"},
        {"events_endpoint": "https://a:1"}, {"extra_ca": "/does/not/exist.pem"},
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_used_is_told(book: ProfileBook, change: dict[str, Any]) -> None:
    with pytest.raises(BadValue):
        imported(book, **change)
    assert book.profiles() == []


@pytest.mark.parametrize(
    "change",
    [
        {"name": ""},
        {"redirect_uris": []},
        {"redirect_uris": "http://localhost:1/x"},
        {"client_id": 7},
        {"client_secret": "s"},
    ],
)
def test_a_wrong_shape_is_told(book: ProfileBook, change: dict[str, Any]) -> None:
    with pytest.raises(BadFile):
        imported(book, **change)


@pytest.mark.parametrize("content", ["no certificate", PEM + "-----BEGIN PRIVATE KEY-----\n"])
def test_an_authority_is_certificates_only(book: ProfileBook, tmp_path: Path, content: str) -> None:
    (tmp_path / "ca.pem").write_text(content, encoding="ascii")
    with pytest.raises(BadValue, match="PEM"):
        imported(book, extra_ca=str(tmp_path / "ca.pem"))


@pytest.mark.parametrize(
    ("url", "banner"),
    [
        ("https://test.salesforce.com", Banner.SANDBOX),
        ("https://acme--uat.sandbox.my.salesforce.com", Banner.SANDBOX),
        ("https://login.salesforce.com", Banner.PRODUCTION),
        ("https://sandbox.my.salesforce.com.evil.test", Banner.PRODUCTION),
    ],
)
def test_the_login_address_tells_the_kind_of_org(url: str, banner: Banner) -> None:
    assert banner_of(url) is banner


def test_a_broken_list_is_set_aside_and_a_broken_entry_left_out(book: ProfileBook, tmp_path: Path) -> None:
    profile = imported(book)
    path = tmp_path / "orgs.json"
    content = json.loads(path.read_bytes())
    content["orgs"] += [{"key": "half"}, {**content["orgs"][0], "banner": "UNKNOWN"}]
    path.write_text(json.dumps(content), encoding="utf-8")
    assert book.profiles() == [profile]
    path.write_bytes(b"{")
    assert book.profiles() == []
    assert (tmp_path / "orgs.broken-1.json").exists()
