"""The worked examples of the platform documents, and the forms that a known client depends on."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.practice.events.bitmaps import bitmap, bitmap_list


@pytest.mark.parametrize(
    ("bits", "expected"),
    [
        ((11, 22), "0x400800"),
        ((16, 22), "0x410000"),
        ((16,), "0x010000"),
        ((5, 6, 7, 10, 24, 26, 29, 30), "0x650004E0"),
        ((9, 11, 12, 13, 23), "0x803A00"),
        ((13, 26), "0x04002000"),
        ((0,), "0x01"),
        ((7,), "0x80"),
        ((8,), "0x0100"),
        ((), "0x00"),
    ],
)
def test_bits_become_whole_uppercase_bytes(bits: tuple[int, ...], expected: str) -> None:
    assert bitmap(bits) == expected


def test_the_guide_sample_with_two_compound_parents() -> None:
    top = (5, 6, 7, 10, 24, 26, 29, 30)
    assert bitmap_list(top, {4: (4,), 7: (1, 2)}) == ["0x650004E0", "4-0x10", "7-0x06"]


def test_the_captured_account_and_contact_samples() -> None:
    assert bitmap_list((9, 11, 12, 13, 23), {5: (1, 2)}) == ["0x803A00", "5-0x06"]
    assert bitmap_list((13, 26), {5: (2, 1)}) == ["0x04002000", "5-0x06"]


def test_parents_come_in_field_order() -> None:
    assert bitmap_list((1,), {10: (0,), 9: (0,)}) == ["0x02", "9-0x01", "10-0x01"]


def test_a_compound_parent_never_stands_alone() -> None:
    assert bitmap_list((), {5: (1,)}) == ["0x00", "5-0x02"]


def test_nothing_changed_is_an_empty_list() -> None:
    assert bitmap_list((), {}) == []
    assert bitmap_list((), {5: ()}) == []


def read(listed: list[str]) -> tuple[set[int], dict[int, set[int]]]:
    """An independent reader: bytes left to right, reversed, bit by bit."""
    top: set[int] = set()
    nested: dict[int, set[int]] = {}
    for part in listed:
        parent, _, digits = part.rpartition("-")
        raw = bytes.fromhex(digits.removeprefix("0x"))[::-1]
        bits = {8 * place + bit for place, byte in enumerate(raw) for bit in range(8) if byte >> bit & 1}
        if parent:
            nested[int(parent)] = bits
        else:
            top = bits
    return top, nested


BITS = st.sets(st.integers(0, 120), max_size=30)


@given(BITS, st.dictionaries(st.integers(0, 120), st.sets(st.integers(0, 11), min_size=1), max_size=4))
def test_an_independent_reader_finds_the_same_fields(top: set[int], nested: dict[int, set[int]]) -> None:
    listed = bitmap_list(top, nested)
    assert read(listed) == (top, nested)
    assert all(re.fullmatch(r"(\d+-)?0x([0-9A-F]{2})+", part) for part in listed)
    assert not listed or listed[0].startswith("0x")
