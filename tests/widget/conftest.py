"""One application, one loop per test, a window over the fake desk."""

from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

import pytest
import shiboken6
from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QWidget

from cadence_desk.bridge.faults import Fault
from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.errors import DeskError
from cadence_desk.ui.kit.banner_bar import present_error
from cadence_desk.ui.kit.theme import Scheme, apply_theme
from cadence_desk.ui.kit.workplace import Workplace
from cadence_desk.ui.shell.main_window import MainWindow
from tests.widget.fake_desk import FakeDesk

T = TypeVar("T")


@pytest.fixture
def app(qapp: QApplication) -> QApplication:
    """Return the application in its light look."""
    qapp.setQuitOnLastWindowClosed(False)
    apply_theme(qapp, Scheme.LIGHT)
    return qapp


@pytest.fixture
def loop(app: QApplication) -> Iterator[DeskLoop]:
    """Return a fresh loop."""
    made = DeskLoop(app)
    yield made
    made.close()


@pytest.fixture
def run(loop: DeskLoop) -> Callable[[Coroutine[Any, Any, T]], T]:
    """Return a function that runs a coroutine to its end."""

    def go(coro: Coroutine[Any, Any, T]) -> T:
        result: T = loop.run_until_complete(coro)
        return result

    return go


class Reports:
    """A reporter that shows errors where they belong and fails on faults."""

    def __init__(self) -> None:
        self.errors: list[DeskError] = []

    def show_error(self, owner: object, error: DeskError) -> None:
        self.errors.append(error)
        if isinstance(owner, QWidget):
            present_error(owner, error)

    def show_fault(self, fault: Fault) -> None:
        raise AssertionError(fault.text)


@pytest.fixture
def desk() -> FakeDesk:
    """Return a desk of 300 people."""
    return FakeDesk()


@pytest.fixture
def place(desk: FakeDesk, loop: DeskLoop) -> Workplace:
    """Return a workplace over the desk; tasks need the loop to run."""
    return Workplace(desk, TaskRunner(Reports()))


@pytest.fixture
def window(app: QApplication, loop: DeskLoop) -> Iterator[MainWindow]:
    """Return a shown main window without a desk; it is closed at the end."""
    made = MainWindow()
    made.resize(1280, 800)
    made.show()
    made.activateWindow()
    yield made
    made.finish()
    destroy(app, made)


def destroy(app: QApplication, widget: QWidget) -> None:
    """Delete a widget now, so that nothing of it outlives its test."""
    if shiboken6.isValid(widget):
        widget.close()
        widget.deleteLater()
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    app.processEvents()
