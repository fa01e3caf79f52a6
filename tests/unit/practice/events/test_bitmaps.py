"""The worked examples of the platform documents, and the forms that a known client depends on."""

import pytest

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
