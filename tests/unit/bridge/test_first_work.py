"""Work between the first paint and the loop: served by Qt alone, never waited for without end."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer

from cadence_desk.bridge.first_work import do_first

if TYPE_CHECKING:
    import pytest
    from PySide6.QtWidgets import QApplication


def test_what_came_is_taken_on_the_window_s_thread_before_it_returns(qapp: QApplication) -> None:
    del qapp
    seen: list[tuple[object, object]] = []
    do_first(
        lambda: threading.current_thread().name,
        lambda got: seen.append((got, threading.current_thread())),
        20,
    )
    assert seen == [("first work", threading.main_thread())]


def test_the_window_is_served_meanwhile(qapp: QApplication) -> None:
    del qapp
    served = threading.Event()
    QTimer.singleShot(0, served.set)
    got: list[object] = []
    do_first(lambda: served.wait(20), got.append, 20)
    assert got == [True]


def test_what_takes_too_long_comes_later(qapp: QApplication) -> None:
    del qapp
    go = threading.Event()
    got: list[object] = []
    do_first(lambda: go.wait(20), got.append, 0.01)
    assert got == []
    go.set()
    while not got:
        QCoreApplication.processEvents()
    assert got == [True]


def test_work_that_breaks_holds_nothing_up_and_is_told(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    del qapp
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda what: told.append(str(what.exc_value)))
    got: list[object] = []

    def broken() -> object:
        raise RuntimeError("planted")

    do_first(broken, got.append, 20)
    for thread in threading.enumerate():
        if thread.name == "first work":
            thread.join(20)
    assert (got, told) == ([None], ["planted"])
