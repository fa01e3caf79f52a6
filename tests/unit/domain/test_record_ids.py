"""Ids are checked and brought to 18 characters; what is wrong with one is told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.record_ids import CADENCE, LEAD, checksum, key_prefix, parse_record_id

LETTERS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=15, max_size=15)


@pytest.mark.parametrize(
    "full",
    [
        "77Cxx0000004CXEEA2",
        "77CWP0000000hJV2AY",
        "0qBR00000005CXvMAM",
        "8HFR00000005WyqOAE",
        "00Qxx000002TRI2EAO",
    ],
)
def test_published_ids_carry_the_right_ending(full: str) -> None:
    assert full[:15] + checksum(full[:15]) == full
    assert parse_record_id(full) == full
    assert parse_record_id(full[:15]) == full
    assert parse_record_id(f"  {full[:15]}\n") == full


def test_the_ending_may_come_in_any_case() -> None:
    assert parse_record_id("77Cxx0000004CXEea2") == "77Cxx0000004CXEEA2"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00Q",
        "00Qxx000002TRI",
        "00Qxx000002TRI2E",
        "00Qxx000002TRI2EAOX",
        "00Qxx000002TRI-EAO",
        "' OR 1=1 --xxxx",
    ],
)
def test_what_is_no_id_is_told(text: str) -> None:
    with pytest.raises(BadValue, match="not a Salesforce id"):
        parse_record_id(text)


def test_a_changed_letter_is_noticed() -> None:
    with pytest.raises(BadValue, match="wrong ending") as told:
        parse_record_id("00Qxx000002tRI2EAO")
    assert "case" in told.value.hint


def test_another_kind_of_record_is_told() -> None:
    with pytest.raises(BadValue, match="starts with 00Q") as told:
        parse_record_id("00Qxx000002TRI2EAO", CADENCE, "003")
    assert told.value.hint == "Expected an id that starts with 77C or 003."
    assert parse_record_id("00Qxx000002TRI2EAO", LEAD)
    assert key_prefix("00Qxx000002TRI2EAO") == LEAD


@given(LETTERS)
def test_an_id_without_case_is_refused_or_the_same(id15: str) -> None:
    full = parse_record_id(id15)
    assert parse_record_id(full) == full
    assert len(full) == 18
    if id15.lower() != id15:
        with pytest.raises(BadValue):
            parse_record_id(id15.lower() + full[15:])
