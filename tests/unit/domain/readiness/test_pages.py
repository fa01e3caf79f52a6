"""Every check has a help page that says where to go."""

from __future__ import annotations

import pytest

from cadence_desk.domain.readiness.catalog import PAGES, explain
from cadence_desk.domain.readiness.checks import CheckCode

ON_THIS_COMPUTER = {
    CheckCode.TLS,
    CheckCode.PROXY,
    CheckCode.CLOCK,
    CheckCode.API_VERSION,
    CheckCode.ACTION_INPUTS,
    CheckCode.PERSON_ACCOUNTS,
}
"""What no page of Setup mends."""


@pytest.mark.parametrize("code", list(CheckCode), ids=lambda code: code.value)
def test_a_page_is_whole(code: CheckCode) -> None:
    page = PAGES[code]
    assert all(text.strip() and text[-1] in ".”" for text in (page.why, page.fix, page.how))
    assert len(page.title) <= 50
    assert ("Setup >" in page.fix) is (code not in ON_THIS_COMPUTER)
    assert code.value in explain(code)
    assert page.fix in explain(code)


def test_titles_are_told_apart() -> None:
    assert len({page.title for page in PAGES.values()}) == len(CheckCode)
