"""An error from any place lands in one: counted, told on the loop thread, told rarely where it repeats itself."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest
import shiboken6
from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtWidgets import QListView, QWidget
from typing_extensions import override

from cadence_desk.bridge.hooks import Hooks, install_hooks
from cadence_desk.bridge.loop import DeskLoop
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QApplication

    from cadence_desk.bridge.faults import Fault

pytestmark = pytest.mark.logs_errors("the hooks are the subject")


class OwnError(Exception):
    """What the places below raise."""


class Heard:
    """What was told, and on which thread."""

    def __init__(self) -> None:
        self.told: list[tuple[Fault, int]] = []
        self.threads: set[int] = set()

    def tell(self, fault: Fault, count: int) -> None:
        self.told.append((fault, count))
        self.threads.add(threading.get_ident())


@pytest.fixture
def heard(qapp: QApplication) -> Heard:
    return Heard()


@pytest.fixture
def hooks(heard: Heard) -> Iterator[Hooks]:
    made = install_hooks(heard.tell)
    yield made
    made.remove()


def turn(qapp: QApplication, done: Callable[[], object]) -> None:
    """Let Qt work until something is so."""
    for _ in range(2_000):
        qapp.processEvents()
        if done():
            return
        time.sleep(0.001)  # another thread may have to come first
    raise AssertionError("it was never told")


def fail(*_arguments: object) -> None:
    raise OwnError("Maya Lindqvist")


class Emitter(QObject):
    """Has a signal."""

    emitted = Signal()


class BadPaint(QWidget):
    """Cannot be painted."""

    painted = 0

    @override
    def paintEvent(self, event: QPaintEvent) -> None:
        self.painted += 1
        self.update()
        fail()


class BadModel(QAbstractListModel):
    """Cannot be read."""

    @override
    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        return 3

    @override
    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = 0) -> Any:
        if role == Qt.ItemDataRole.DisplayRole:
            fail()
        return None


def by_slot() -> object:
    emitter = Emitter()
    emitter.emitted.connect(fail)
    emitter.emitted.emit()
    return emitter


def by_timer() -> object:
    QTimer.singleShot(0, fail)
    return None


def by_painting() -> object:
    widget = BadPaint()
    widget.show()
    return widget


def by_model() -> object:
    view = QListView()
    model = BadModel(view)
    view.setModel(model)
    with contextlib.suppress(OwnError):  # what Python itself called gets it back first
        view.show()
    return view


def by_thread() -> object:
    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    return None


class Unraisable:
    """Fails when it goes."""

    def __del__(self) -> None:
        fail()


def by_finalizer() -> object:
    Unraisable()
    return None


@pytest.mark.parametrize("start", [by_slot, by_timer, by_painting, by_model, by_thread, by_finalizer])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_every_place_of_qt_and_threads_is_heard(
    qapp: QApplication,
    heard: Heard,
    hooks: Hooks,
    start: Callable[[], object],
    caplog: pytest.LogCaptureFixture,
) -> None:
    kept = start()
    turn(qapp, lambda: heard.told)
    if isinstance(kept, QWidget):
        shiboken6.delete(kept)  # now: a later change of style would read its model again
    fault, count = heard.told[0]
    assert (fault.kind, count) == ("OwnError", 1)
    assert "fail" in fault.where
    assert heard.threads == {threading.get_ident()}, "widgets are only touched on their own thread"
    assert "Maya" not in caplog.text


@pytest.mark.parametrize("place", ["coroutine", "call_soon"])
def test_every_place_of_the_loop_is_heard(qapp: QApplication, heard: Heard, hooks: Hooks, place: str) -> None:
    loop = DeskLoop(qapp)
    hooks.watch(loop)

    async def crash() -> None:
        fail()

    async def body() -> None:
        running = asyncio.get_running_loop()
        if place == "coroutine":
            task = running.create_task(crash(), name="a task nobody waits for")
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            del task
        else:
            running.call_soon(fail)
        await asyncio.sleep(0.01)

    loop.run_until_complete(body())
    gc.collect()  # asyncio tells of a task that nobody waited for when the task goes
    turn(qapp, lambda: heard.told)
    loop.close()
    assert heard.told[0][0].kind == "OwnError"


def test_an_error_of_every_repaint_is_told_once_a_second(
    qapp: QApplication, heard: Heard, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    widget = BadPaint()
    widget.show()
    turn(qapp, lambda: widget.painted > 30)
    assert [count for _fault, count in heard.told] == [1]
    now[0] += 1.5
    before = widget.painted
    turn(qapp, lambda: widget.painted > before + 30)
    widget.close()
    widget.deleteLater()
    assert len(heard.told) == 2
    assert heard.told[1][1] > 30


def test_telling_that_fails_does_not_tell_itself(qapp: QApplication) -> None:
    made = install_hooks(fail)
    try:
        by_slot()
        for _ in range(5):
            qapp.processEvents()
    finally:
        made.remove()
    assert sum(made._seen.values()) == 1


CHILD = """
import ctypes, faulthandler, os, signal, sys, time
from PySide6.QtCore import QCoreApplication
from cadence_desk.bridge.hooks import install_hooks
file = open(sys.argv[1], "w")
app = QCoreApplication([])
hooks = install_hooks(lambda fault, count: None, file)
what = sys.argv[2]
if what == "crash":
    ctypes.string_at(0)
elif what == "signal":
    os.kill(os.getpid(), signal.SIGUSR1)
else:
    hooks.expect_beat(0.2)
    end = time.monotonic() + 0.7
    while time.monotonic() < end:
        ctypes.pythonapi.PyErr_CheckSignals()  # a call that keeps the interpreter to itself
print("alive")
"""


@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no such signal, and its crashes have other words"
)
@pytest.mark.parametrize(
    ("what", "words", "code"),
    [("crash", "Segmentation fault", -11), ("signal", "Current thread", 0), ("hang", "Timeout", 0)],
)
def test_what_python_cannot_catch_leaves_its_stack(tmp_path: Path, what: str, words: str, code: int) -> None:
    told = tmp_path / "crash.txt"
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(told), what], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    text = told.read_text(encoding="utf-8")
    assert words in text
    assert "<module>" in text
