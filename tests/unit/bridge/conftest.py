"""One Qt application and one loop per test."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
from PySide6.QtWidgets import QApplication

from cadence_desk.bridge.loop import DeskLoop

T = TypeVar("T")
Run = Callable[[Coroutine[Any, Any, T]], T]


@pytest.fixture
def loop(qapp: QApplication) -> Iterator[DeskLoop]:
    """Return a fresh loop on the shared application."""
    qapp.setQuitOnLastWindowClosed(False)
    made = DeskLoop(qapp)
    yield made
    made.close()


@pytest.fixture
def run(loop: DeskLoop) -> Run[Any]:
    """Return a function that runs a coroutine to its end."""

    def go(coro: Coroutine[Any, Any, T]) -> T:
        result: T = loop.run_until_complete(coro)
        return result

    return go
