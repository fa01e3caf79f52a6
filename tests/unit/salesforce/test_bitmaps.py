"""Bitmap lists of change event headers, with the worked examples that are public."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.salesforce.avro import AvroProblem, Shape
from cadence_desk.salesforce.bitmaps import field_names


def shape(size: int, **parts: int) -> Shape:
    """Fields f0, f1, ...; `parts` such as f5=4 gives field 5 four parts p0 to p3."""
    return Shape(
        tuple(f"f{index}" for index in range(size)),
        {int(name[1:]): tuple(f"p{index}" for index in range(count)) for name, count in parts.items()},
    )


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ([], ""),
        (["0x400800"], "f11 f22"),
        (["0x410000"], "f16 f22"),
        (["0x010000"], "f16"),
        (
            ["0x650004E0", "4-0x10", "7-0x06"],
            "f5 f6 f7 f10 f24 f26 f29 f30 f4.p4 f7.p1 f7.p2",
        ),
        (["0x803A00", "5-0x06"], "f9 f11 f12 f13 f23 f5.p1 f5.p2"),
        (["0x04002000", "5-0x06"], "f13 f26 f5.p1 f5.p2"),
        (["0x803a00"], "f9 f11 f12 f13 f23"),
        (["5-0x06"], "f5.p1 f5.p2"),
        (["0x00"], ""),
    ],
)
def test_worked_examples(entries: list[str], names: str) -> None:
    assert field_names(entries, shape(43, f4=10, f5=10, f7=10)) == set(names.split())


@pytest.mark.parametrize(
    "entries",
    [
        ["0x"],
        ["400800"],
        ["0xGG"],
        ["x-0x06"],
        ["-0x06"],
        ["9-0x01"],
        ["0x" + "F" * 5000],
        ["0x04"],
        ["²-0x01"],
    ],
)
def test_what_is_no_bitmap_is_refused(entries: list[str]) -> None:
    with pytest.raises(AvroProblem):
        field_names(entries, shape(2))


@given(st.sets(st.integers(0, 199)), st.sets(st.integers(0, 20)))
def test_bits_are_positions(fields: set[int], parts: set[int]) -> None:
    def bitmap(bits: set[int]) -> str:
        return f"0x{sum(1 << bit for bit in bits):02X}"

    found = field_names([bitmap(fields), f"7-{bitmap(parts)}"], shape(200, f7=21))
    assert found == {f"f{bit}" for bit in fields} | {f"f7.p{bit}" for bit in parts}
