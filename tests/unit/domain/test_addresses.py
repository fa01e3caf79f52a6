"""Only the org's own pages, numbers and mail addresses leave; only links that name a person come in."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.addresses import (
    LINK_LIMIT,
    TargetLink,
    mail_address,
    parse_target_link,
    phone_address,
    web_address,
)
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.record_ids import parse_record_id

ORG = parse_record_id("00D000000000001")
LEAD = parse_record_id("00Q000000000001")


@pytest.mark.parametrize(
    "address",
    [
        "https://acme.my.salesforce.com/00Q000000000001AAA",
        "https://login.salesforce.com:443/services/oauth2/authorize?x=1",
        "https://acme.lightning.force.com/lightning/r/Lead/00Q/view",
        "https://LOCALHOST:8443/services",
    ],
)
def test_pages_of_the_org_are_opened(address: str) -> None:
    assert web_address(address, ["localhost:8443"]) == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "http://acme.my.salesforce.com/",
        "file:///etc/passwd",
        "file://host/share",
        "//host/share",
        "javascript:alert(1)",
        "data:text/html,x",
        "tel:123",
        "cadence-desk://org/x",
        "https://evil.example/",
        "https://salesforce.com.evil.example/",
        "https://evilsalesforce.com/",
        "https://acme.my.salesforce.com@evil.example/",
        "https://user:secret@acme.my.salesforce.com/",
        "https://acme.my.salesforce.com:8443/",
        "https://acme.my.salesforce.com:99999999/",
        "https://acme.my.salesforce.com\\@evil.example/",
        "https://acme.my.salesforce.com/\nx",
        "https://acme.my.salesforce.com/ x",
        "https://localhost/",
        "https://xn--[/",
        "https://аcme.my.salesforce.com/",  # noqa: RUF001 - a Cyrillic letter is the point
        "https://acme.my.salesforce.com/" + "x" * 9_000,
    ],
)
def test_nothing_else_is_opened(address: str) -> None:
    with pytest.raises(BadValue):
        web_address(address, ["localhost:8443"])


@given(st.text(max_size=80))
def test_whatever_comes_is_refused_in_words_or_is_https(text: str) -> None:
    with contextlib.suppress(BadValue):
        assert web_address(text).startswith("https://")


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("+44 20 7946 0018", "tel:+442079460018"),
        ("(415) 555-0123", "tel:4155550123"),
        ("0211/123456", "tel:0211123456"),
        ("+1 415 555 0123 ext. 42", "tel:+14155550123;ext=42"),
    ],
)
def test_numbers_are_called(text: str, address: str) -> None:
    assert phone_address(text) == address


@pytest.mark.parametrize(
    "text",
    ["", "call me", "*#06#", "+44;phone-context=evil", "1?x=1", "tel:123456", "12", "+" + "1" * 40, "١٢٣٤"],
)
def test_what_is_no_number_is_not(text: str) -> None:
    with pytest.raises(BadValue):
        phone_address(text)


def test_mail_addresses_come_without_anything_behind() -> None:
    assert mail_address(" ann.o'hara+x@example.co.uk ") == "mailto:ann.o%27hara%2Bx@example.co.uk"
    for text in (
        "",
        "ann",
        "ann@",
        "a@b",
        "ann@example.com?subject=x",
        "ann@example.com,b@example.com",
        "a b@c.de",
    ):
        with pytest.raises(BadValue):
            mail_address(text)


def test_a_link_names_a_person_of_an_org() -> None:
    link = TargetLink(ORG, LEAD)
    assert parse_target_link(link.text) == link
    assert parse_target_link(f"cadence-desk://org/{ORG[:15]}/target/{LEAD[:15]}") == link


@pytest.mark.parametrize(
    "text",
    [
        "",
        "cadence-desk://org/x/target/y",
        f"cadence-desk://org/{ORG}/target/{LEAD}/remove",
        f"cadence-desk://org/{ORG}/target/{LEAD}?do=enroll",
        f"cadence-desk://org/{ORG}/target/{LEAD}#x",
        f"cadence-desk://org/{ORG}/enroll/{LEAD}",
        f"cadence-desk://org/{LEAD}/target/{LEAD}",
        f"cadence-desk://org/{ORG}/target/{parse_record_id('005000000000001')}",
        f"cadence-desk://org/{ORG}/target/00Q000000000001BBB",
        f"CADENCE-DESK://org/{ORG}/target/{LEAD}",
        f"https://org/{ORG}/target/{LEAD}",
        f"cadence-desk://org/{ORG}/target/{LEAD}" + "/" * LINK_LIMIT,
        f"cadence-desk://org/{ORG}/target/{LEAD}\n",
    ],
)
def test_no_other_link_is_followed(text: str) -> None:
    with pytest.raises(BadValue):
        parse_target_link(text)
