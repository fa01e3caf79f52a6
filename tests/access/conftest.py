"""A practice org in a process of its own, shared by the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desk.practice_org import Org

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def shared_org() -> Iterator[Org]:
    started = Org.start("--people", "40", "--seed", "5")
    yield started
    started.stop()


@pytest.fixture
def org(shared_org: Org) -> Iterator[Org]:
    """The shared org, with every disturbance taken back afterwards."""
    yield shared_org
    shared_org.reset()
