"""Ids are those of the platform: checksum, case mending, one number per object."""

from __future__ import annotations

import pytest

from cadence_desk.practice.org.ids import IdMint, canonical, to18


@pytest.mark.parametrize(
    "known",
    [
        "0qBR00000005CXvMAM",
        "77Cxx0000004CXEEA2",
        "00Qxx000002TRI2EAO",
        "8HFR00000005WyqOAE",
        "006R0000003DNpJIAW",
    ],
)
def test_the_checksum_agrees_with_published_ids(known: str) -> None:
    assert to18(known[:15]) == known
    assert canonical(known[:15]) == known


def test_changed_case_is_mended_from_the_checksum() -> None:
    assert canonical("0QBr00000005cxVMAM") == "0qBR00000005CXvMAM"
    assert canonical("0qbr00000005cxvmam") == "0qBR00000005CXvMAM"


@pytest.mark.parametrize("wrong", ["", "00Q", "0qBR00000005CXvMA!", "0qBR00000005CXvMA9", None, 7, "x" * 16])
def test_what_is_no_id_gives_none(wrong: object) -> None:
    assert canonical(wrong) is None


def test_ids_run_per_object_and_repeat_for_a_seed() -> None:
    one, other = IdMint(5), IdMint(5)
    first = [one.mint("00Q"), one.mint("003"), one.mint("00Q")]
    assert first == [other.mint("00Q"), other.mint("003"), other.mint("00Q")]
    assert first[0][3:] != first[2][3:]
    assert first == [canonical(each) for each in first]
    assert IdMint(6).mint("00Q") != first[0]


def test_many_ids_are_distinct_and_rise() -> None:
    made = list(IdMint(1).many("00T", 5000))
    assert len(set(made)) == 5000
    assert sorted(made) == made
