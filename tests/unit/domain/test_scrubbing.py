"""Tokens and personal data are taken out of texts, what helps support stays."""

import pytest

from cadence_desk.domain.scrubbing import LONGEST, scrubbed

HOMES, USERS = "home", "Users"
TOKEN = "00D000000000001!AQEAQFtestTESTtest.123_x"


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        (f"sid {TOKEN} end", "AQEAQF"),
        (f"https://x.my.salesforce.com/secur/frontdoor.jsp?sid={TOKEN}", "AQEAQF"),
        (TOKEN.replace("!", "%21"), "AQEAQF"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("jwt eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJtYXlhIn0.c2ln", "eyJhbGci"),
        ('{"refresh_token": "5Aep861TSESvWeug_xw"}', "5Aep861"),
        ("grant_type=refresh_token&refresh_token=abc.def&x=1", "abc.def"),
        ("password=hunter2", "hunter2"),
        ("write to Maya.Lindqvist+x@example.co.uk now", "Maya"),
        ("mail%3Dann%40example.com", "ann"),
        ("call +44 20 7946 0018 please", "7946"),
        ("call (415) 555-0123", "555"),
        ("call 0211/123456", "123456"),
        ("call 00442079460018", "44207946"),
        ("SELECT Id FROM Lead WHERE LastName = 'O\\'Hara'", "Hara"),
        (f"/{HOMES}/maya/.local", "maya"),
        (f"C:\\{USERS}\\Maya\\AppData", "Maya"),
    ],
)
def test_secrets_and_persons_go(text: str, secret: str) -> None:
    assert secret not in scrubbed(text)


@pytest.mark.parametrize(
    "text",
    [
        "CD-1301 after 1250 ms, status 503, attempt 3 of 5",
        "00Q000000000001AAA 00D000000000001AAA",
        "at 2026-11-24T11:44:54Z, 11:44:54.123",
        "work_list.py:120 in heads",
        "version 6.11.3 on 3.11.7",
        "0192f0c1-7a3b-7def-8abc-0123456789ab",
    ],
)
def test_what_helps_support_stays(text: str) -> None:
    assert scrubbed(text) == text


def test_long_texts_are_cut() -> None:
    assert len(scrubbed("x" * 100_000)) == LONGEST + 1
