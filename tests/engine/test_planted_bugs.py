"""Tests of the tests: each planted bug, one function replaced, is found within its cases."""

from __future__ import annotations

import os

import pytest

from tests.torture.planted_bugs import BUGS, Bug

CASES = int(os.environ.get("CADENCE_DESK_PLANTED_CASES", "2000"))
LEAST = 12
"""So many known mistakes are promised to be found."""


@pytest.mark.logs_errors("some mistakes make the desk say so")
@pytest.mark.parametrize("bug", BUGS, ids=lambda bug: bug.name)
def test_each_is_found(bug: Bug, monkeypatch: pytest.MonkeyPatch) -> None:
    bug.plant(monkeypatch)
    assert bug.finder(CASES) is not None


def test_they_are_many_and_each_has_a_name() -> None:
    assert len({bug.name for bug in BUGS}) == len(BUGS) >= LEAST
