"""No cell is run by a spreadsheet, every cell comes back as it was."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadence_desk.domain.csv_cells import BYTE_ORDER_MARK, csv_line, csv_lines, guarded, unguarded

DANGEROUS = (
    "=1+1",
    "+44 20 7946 0018",
    "-5",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "\uff1d1+1",
    "\uff0b1",
    "\uff0d1",
    "\uff20x",
    " =1+1",
    "\u00a0=1",
    "=cmd|' /C calc'!A0",
)
TEXTS = st.text(alphabet=st.sampled_from("'=+-@\t\r\n\uff1d \u00a0ab\",;1"), max_size=12) | st.text(
    max_size=40
)


@pytest.mark.parametrize("text", DANGEROUS)
def test_what_a_spreadsheet_would_run_is_shown_as_text(text: str) -> None:
    assert guarded(text) == "'" + text
    assert unguarded(guarded(text)) == text


@pytest.mark.parametrize("text", ["", "Ann", "'quoted'", "a=1", "00Q000000000001AAA", "1-2", "\u2019=1"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert guarded(text) == text
    assert unguarded(text) == text


@given(TEXTS)
def test_every_text_comes_back(text: str) -> None:
    assert unguarded(guarded(text)) == text


@given(TEXTS)
def test_no_guarded_cell_begins_like_a_formula(text: str) -> None:
    assert guarded(text).lstrip(" \u00a0\u3000")[:1] not in set("=+-@\t\r\n\uff1d\uff0b\uff0d\uff20")


@given(st.lists(st.lists(TEXTS, min_size=2, max_size=2), max_size=6))
def test_a_file_reads_back_row_by_row(rows: list[list[str]]) -> None:
    whole = "".join(csv_lines(("one", "two"), rows))
    assert whole.startswith(BYTE_ORDER_MARK)
    found = list(csv.reader(io.StringIO(whole.removeprefix(BYTE_ORDER_MARK), newline=""), strict=True))
    wanted = [[text.replace("\x00", "") for text in row] for row in rows]
    assert [[unguarded(cell) for cell in row] for row in found] == [["one", "two"], *wanted]


def test_numbers_stay_numbers_and_nothing_is_empty() -> None:
    assert csv_line((-5, None, 'say "hi"')) == '"-5","","say ""hi"""\r\n'


def test_raw_is_as_it_was() -> None:
    assert csv_line(("+44 20",), raw=True) == '"+44 20"\r\n'
