"""Two starts in a row that died young call for a safe one; one that lives a minute forgets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.settings.start_log import NAME, StartLog

if TYPE_CHECKING:
    from pathlib import Path


def start(folder: Path, *life: str) -> bool:
    """Live one start and return whether it was a safe one."""
    log = StartLog(folder)
    safe = log.begin()
    for what in life:
        getattr(log, what)()
    return safe


def test_two_young_deaths_make_the_third_start_safe(tmp_path: Path) -> None:
    assert [start(tmp_path) for _ in range(4)] == [False, False, True, True]


@pytest.mark.parametrize(
    ("life", "safe_next"),
    [
        ((), True),
        (("grown",), False),
        (("grown", "lasted"), False),
        (("end",), False),
        (("forget",), False),
    ],
)
def test_only_a_young_death_counts(tmp_path: Path, life: tuple[str, ...], safe_next: bool) -> None:
    start(tmp_path)
    start(tmp_path, *life)
    assert start(tmp_path) is safe_next


def test_a_start_that_ends_early_but_in_order_forgets_nothing(tmp_path: Path) -> None:
    start(tmp_path)
    start(tmp_path)
    assert start(tmp_path, "end")
    assert start(tmp_path, "grown", "lasted", "end")
    assert not start(tmp_path)


@pytest.mark.parametrize("content", [b"", b"[]", b'{"died": "x"}', b'{"died": -5, "running": null}', b"\xff"])
def test_a_file_that_makes_no_sense_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / NAME).write_bytes(content)
    assert not start(tmp_path)


def test_a_folder_that_cannot_be_written_is_no_reason_to_fail(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("", encoding="utf-8")
    assert not start(blocked, "grown", "lasted", "end")
