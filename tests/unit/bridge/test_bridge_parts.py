"""Relay, dialogs, hooks, meter, runtime check, one window, and the session's order."""

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from cadence_desk.bridge.app import run_app
from cadence_desk.bridge.dialogs import ask_dialog
from cadence_desk.bridge.faults import Fault
from cadence_desk.bridge.hooks import install_hooks
from cadence_desk.bridge.loop import DeskLoop
from cadence_desk.bridge.one_window import OneWindow, leave_arguments
from cadence_desk.bridge.relay import EventRelay
from cadence_desk.bridge.runtime import check_runtime, none_drift
from cadence_desk.bridge.session import Quitting, run_session
from cadence_desk.bridge.stall_meter import StallMeter
from cadence_desk.bridge.tasks import TaskRunner
from cadence_desk.domain.changes import Change
from cadence_desk.domain.errors import DeskError, FileBusy

Run = Callable[[Coroutine[Any, Any, Any]], Any]


class Source:
    """A place that announces changes."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        self.callbacks.append(callback)
        return lambda: self.callbacks.remove(callback)


def test_the_relay_emits_one_signal_per_change_until_it_is_stopped(qapp: QApplication) -> None:
    source, seen = Source(), list[Change]()
    relay = EventRelay(source)
    relay.changed.connect(seen.append)
    change = Change(people=True, ids=frozenset({"a"}))
    source.callbacks[0](change)
    relay.stop()
    relay.stop()
    assert seen == [change]
    assert source.callbacks == []


class Question(QObject):
    """A dialog without a window."""

    finished = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.opened = 0
        self.rejected = 0

    def open(self) -> None:
        self.opened += 1

    def reject(self) -> None:
        self.rejected += 1


def test_a_dialog_is_awaited_without_a_second_loop(run: Run) -> None:
    async def body() -> int:
        question = Question()
        asyncio.get_running_loop().call_soon(question.finished.emit, 1)
        return await ask_dialog(question)

    assert run(body()) == 1


def test_canceling_closes_the_dialog(run: Run) -> None:
    async def body() -> int:
        question = Question()
        task = asyncio.get_running_loop().create_task(ask_dialog(question), name="ask")
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return question.rejected

    assert run(body()) == 1


@pytest.mark.logs_errors("the hooks are the subject")
def test_all_hooks_lead_to_one_place_and_repeats_are_counted(
    qapp: QApplication, caplog: pytest.LogCaptureFixture
) -> None:
    seen: list[tuple[Fault, int]] = []
    hooks = install_hooks(lambda fault, count: seen.append((fault, count)))
    try:
        for _ in range(3):
            try:
                dict[str, int]()["Ada"]
            except KeyError as error:
                sys.excepthook(type(error), error, error.__traceback__)
        thread = threading.Thread(target=lambda: 1 // 0)
        thread.start()
        thread.join()
        loop = DeskLoop(qapp)
        hooks.watch(loop)
        loop.call_exception_handler({"message": "x", "exception": OSError("secret")})
        loop.call_exception_handler({"message": "only words"})
        loop.close()
        hooks._on_qt_message(QtMsgType.QtDebugMsg, QMessageLogContext(), "hello")
        qapp.processEvents()
    finally:
        hooks.remove()
    assert [(fault.kind, count) for fault, count in seen] == [
        ("KeyError", 1),
        ("ZeroDivisionError", 1),
        ("OSError", 1),
    ]
    errors = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert len(errors) == 3
    assert "Ada" not in caplog.text
    assert "secret" not in caplog.text


def test_the_meter_names_a_busy_callback(loop: DeskLoop, run: Run) -> None:
    meter = StallMeter(release=False, limit=0.0)
    loop.measure(meter.note)
    meter.start()

    async def busy_body() -> None:
        sum(range(300_000))
        await asyncio.sleep(0.05)

    async def body() -> None:
        await asyncio.get_running_loop().create_task(busy_body(), name="the busy one")

    run(body())
    meter.stop()
    assert "the busy one" in {stall.name for stall in meter.stalls}
    assert meter.silence().beats > 0
    meter.reset()
    assert meter.silence().beats == 0


def test_this_python_and_pyside_fit() -> None:
    assert none_drift(1_000) < 50
    assert not check_runtime()


def test_arguments_of_a_second_start_arrive(qtbot: QtBot, tmp_path: Path) -> None:
    seen: list[list[str]] = []
    inbox = tmp_path / "inbox"
    window = OneWindow(inbox, seen.append)
    leave_arguments(inbox, ["--open", "00Q"])
    qtbot.waitUntil(lambda: len(seen) == 1, timeout=5_000)
    (inbox / "bad.args.json").write_text("{", encoding="utf-8")
    (inbox / "odd.args.json").write_text('{"a": 1}', encoding="utf-8")
    window.read()
    assert seen == [["--open", "00Q"]]
    assert list(inbox.iterdir()) == []


def test_arguments_that_came_before_the_window_watched_arrive_unless_they_are_old(
    qtbot: QtBot, tmp_path: Path
) -> None:
    seen: list[list[str]] = []
    leave_arguments(tmp_path, ["old"])
    [old] = tmp_path.iterdir()
    os.utime(old, (0, 0))
    leave_arguments(tmp_path, ["open", "00Q"])
    window = OneWindow(tmp_path, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=5_000)
    window.read()
    assert seen == [["open", "00Q"]]
    assert list(tmp_path.iterdir()) == []


class Desk:
    """A desk that notes what is done to it."""

    def __init__(self, problem: Exception | None = None) -> None:
        self.steps: list[str] = []
        self.problem = problem

    async def start(self) -> None:
        self.steps.append("start")
        if self.problem is not None:
            raise self.problem

    async def stop(self) -> None:
        self.steps.append("stop")


class Window:
    """A window that notes what is done to it."""

    def __init__(self, steps: list[str]) -> None:
        self.steps = steps
        self.errors: list[DeskError] = []

    def show(self) -> None:
        self.steps.append("show")

    def started(self) -> None:
        self.steps.append("started")

    def show_start_error(self, error: DeskError) -> None:
        self.errors.append(error)

    def flush_drafts(self) -> None:
        self.steps.append("flush")

    def finish(self) -> None:
        self.steps.append("finish")

    def show_error(self, owner: QObject | None, error: DeskError) -> None:
        self.errors.append(error)

    def show_fault(self, fault: Fault) -> None:
        raise AssertionError(fault)


def test_a_session_starts_and_stops_in_order(qapp: QApplication) -> None:
    desk = Desk()
    window = Window(desk.steps)

    async def session() -> int:
        quitting = Quitting()
        asyncio.get_running_loop().call_later(0.02, quitting.ask)
        return await run_session(desk, window, TaskRunner(window), quitting)

    assert run_app(qapp, window, session) == 0
    assert desk.steps == ["show", "start", "started", "flush", "stop", "finish"]


def test_a_start_that_fails_is_told_and_the_window_stays(qapp: QApplication) -> None:
    desk = Desk(FileBusy())
    window = Window(desk.steps)

    async def session() -> int:
        quitting = Quitting()
        asyncio.get_running_loop().call_later(0.02, quitting.ask)
        return await run_session(desk, window, TaskRunner(window), quitting)

    assert run_app(qapp, window, session) == 0
    assert [error.code for error in window.errors] == ["CD-1302"]


@pytest.mark.logs_errors("the crash is the subject")
def test_a_start_that_crashes_is_told_too(qapp: QApplication) -> None:
    desk = Desk(ZeroDivisionError("secret"))
    window = Window(desk.steps)

    async def session() -> int:
        quitting = Quitting()
        asyncio.get_running_loop().call_later(0.02, quitting.ask)
        return await run_session(desk, window, TaskRunner(window), quitting)

    assert run_app(qapp, window, session) == 0
    assert [error.code for error in window.errors] == ["CD-1900"]
