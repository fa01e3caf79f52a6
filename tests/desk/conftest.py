"""One practice org for all tests of a module group, with every disturbance taken back before each test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.sync import snapshotter
from tests.desk.practice_org import Org

if TYPE_CHECKING:
    from collections.abc import Iterator


class SharedOrg:
    """The org of this session; one that ended by itself fails one test and is followed by a new one."""

    def __init__(self) -> None:
        self._org: Org | None = None

    def running(self) -> Org:
        if self._org is not None and self._org.process.poll() is not None:
            self._org.close_pipes()
            self._org = None
        if self._org is None:
            self._org = Org.start("--people", "700")
        return self._org

    def stop(self) -> None:
        if self._org is not None and self._org.process.poll() is None:
            self._org.stop()


@pytest.fixture(scope="session")
def shared_org() -> Iterator[SharedOrg]:
    shared = SharedOrg()
    yield shared
    shared.stop()


@pytest.fixture
def org(shared_org: SharedOrg) -> Iterator[Org]:
    """The practice org, undisturbed before and after."""
    running = shared_org.running()
    running.reset()
    yield running
    code = running.process.poll()
    assert code is None, f"the practice org ended by itself with {code}"
    running.reset()


@pytest.fixture(autouse=True)
def lists_are_read_again_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whole lists that events ask for are read with pauses between them, which no test has the time to wait for."""
    monkeypatch.setattr(snapshotter, "ASKED_GAP", 0.1, raising=False)
