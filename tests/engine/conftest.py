"""A rig per test, and a loop on its steered time."""

from collections.abc import Callable, Coroutine, Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.engine.rig import Rig
from tests.engine.virtual_time import SteeredLoop

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def rig(tmp_path: Path) -> Rig:
    return Rig(tmp_path)


@pytest.fixture
def run(rig: Rig) -> Iterator[Run[Any]]:
    """Return a function that runs a coroutine on steered time; the desk is stopped at the end."""
    loop = SteeredLoop(rig.clock)

    def go(coro: Coroutine[Any, Any, T]) -> T:
        return loop.run_until_complete(coro)

    yield go
    loop.run_until_complete(rig.desk.stop())
    loop.close()
