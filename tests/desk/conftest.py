"""One practice org for all tests of a module group, with every disturbance taken back before each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.sync import snapshotter
from tests.desk.practice_org import Org

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def shared_org() -> Iterator[Org]:
    org = Org.start("--people", "700")
    try:
        yield org
    finally:
        org.stop()


@pytest.fixture
def org(shared_org: Org) -> Iterator[Org]:
    """The practice org, undisturbed before and after."""
    shared_org.reset()
    yield shared_org
    shared_org.reset()


@pytest.fixture(autouse=True)
def lists_are_read_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole lists that events ask for are read with pauses between them, which no test has the time to wait for."""
    monkeypatch.setattr(snapshotter, "ASKED_GAP", 0.1, raising=False)
