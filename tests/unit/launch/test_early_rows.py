"""Rows of before the desk: for the window of their own org only, however late the key store answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.launch.early_rows import EarlyRows
from tests.unit.bootstrap.used_profile import ANN, used_profile

if TYPE_CHECKING:
    from pathlib import Path


class Window:
    """A window as far as rows go."""

    def __init__(self, place: object = None) -> None:
        self.place = place
        self.shown: list[str] = []

    def show_yesterday(self, _profile: object, _identity: object, people: Any) -> None:
        self.shown += people.texts("name")


def late_answer(folder: Path, windows: list[Window]) -> None:
    """The first window asks, the last one is there when the answer comes."""
    at_hand = [windows[0]]
    rows = EarlyRows(used_profile(folder), lambda: at_hand[-1])  # type: ignore[arg-type,return-value]
    found = rows._read()
    assert found is not None
    at_hand.append(windows[-1])
    rows._come(found)


def test_the_window_that_asked_shows_them(tmp_path: Path) -> None:
    window = Window()
    late_answer(tmp_path, [window])
    assert window.shown == [ANN.name]


@pytest.mark.parametrize("place", [None, "a desk"])
def test_the_window_of_another_org_shows_nothing_of_them(place: object, tmp_path: Path) -> None:
    first, other = Window(), Window(place)
    late_answer(tmp_path, [first, other])
    assert (first.shown, other.shown) == ([], [])


def test_a_window_with_a_desk_shows_what_that_has(tmp_path: Path) -> None:
    window = Window("a desk")
    late_answer(tmp_path, [window])
    assert window.shown == []
