"""Versions, long queries and per-element answers."""

from __future__ import annotations

from typing import Any

import pytest

from cadence_desk.domain.errors import NotAvailable
from cadence_desk.salesforce.rest import choose_version, is_element_list, is_preferred


def versions(*numbers: int) -> list[dict[str, str]]:
    return [
        {"label": "x", "version": f"{number}.0", "url": f"/services/data/v{number}.0"} for number in numbers
    ]


@pytest.mark.parametrize(
    ("listed", "chosen"),
    [
        (versions(31, 65, 66, 67, 68), "68.0"),
        (versions(66, 67, 68, 69, 70), "68.0"),
        (versions(59, 60, 64, 65), "65.0"),
        (versions(66), "66.0"),
        ([{"version": "unreleased"}, *versions(67)], "67.0"),
    ],
)
def test_the_newest_version_that_was_tried(listed: Any, chosen: str) -> None:
    assert choose_version(listed) == chosen


@pytest.mark.parametrize("listed", [versions(31, 59), versions(69), [], None, "x", [1]])
def test_no_version_fits(listed: Any) -> None:
    with pytest.raises(NotAvailable):
        choose_version(listed)


def test_which_versions_need_a_note() -> None:
    assert is_preferred("66.0")
    assert not is_preferred("65.0")


@pytest.mark.parametrize(
    ("body", "is_one"),
    [
        ([{"isSuccess": True}], True),
        ([{"isSuccess": True}, {"isSuccess": False}], True),
        ([{"errorCode": "X"}], False),
        ([{"isSuccess": "true"}], False),
        ([], False),
        (None, False),
        ({"isSuccess": True}, False),
    ],
)
def test_what_is_a_list_of_results(body: Any, is_one: bool) -> None:
    assert is_element_list(body) is is_one
