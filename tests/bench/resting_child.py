"""A window at rest in a process of its own: says how much CPU time it took while nobody did anything, and ends.

Run as `python -m tests.bench.resting_child bare SECONDS` or `... desk SECONDS HOME READY_FILE`. Both begin to count at the
same signals: lines on standard input, once they have said that they stand. They end with that input. What one imports, the
other does not.
"""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

from tests.bench.standing import answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.launch.window import WindowRun

LOOK_MS = 500


def when_asked(seconds: float, end: Callable[[], None]) -> None:
    """Say that the window stands; at each signal count milliseconds a minute; end when no more come.

    In a thread of its own, which sleeps: the window's thread has nothing to do with it.
    """

    def count() -> str:
        cpu, began = time.process_time(), time.monotonic()
        time.sleep(seconds)
        return str((time.process_time() - cpu) / (time.monotonic() - began) * 60_000)

    def counted() -> None:
        answer(count)
        end()

    threading.Thread(target=counted, name="count", daemon=True).start()


def bare(seconds: float) -> None:
    """An application, an empty main window on screen, and qasync with nothing to do."""
    import asyncio

    from PySide6.QtWidgets import QApplication, QMainWindow
    from qasync import QEventLoop  # type: ignore[import-untyped]

    app = QApplication(["bare"])
    window = QMainWindow()
    window.resize(1280, 800)
    window.show()
    loop = QEventLoop(app)
    asyncio.set_event_loop(loop)
    over = asyncio.Event()
    loop.call_later(1.0, when_asked, seconds, lambda: loop.call_soon_threadsafe(over.set))
    with loop:
        loop.run_until_complete(over.wait())


def desk(seconds: float, home: Path, ready_file: str) -> None:
    """The real window, signed in, live, with everybody on the People list."""
    import json
    from pathlib import Path

    from cadence_desk.bootstrap.opening import open_profile
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.paths import Paths
    from tests.bench.window_child import play

    paths = Paths(home)

    def open_now() -> OpenProfile:
        ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
        profile = OrgProfile(
            "bench",
            "Bench org",
            ready["rest_url"],
            ready["desk_client_id"],
            tuple(ready["desk_redirect_uris"]),
            events_endpoint=ready["events_endpoint"],
            extra_ca=ready["ca_file"],
        )
        return open_profile(profile, paths, home / "secrets.key")

    run = WindowRun(paths, open_now, open_page=lambda page: play(ready_file, page))
    run.options = run.all_people()
    watch(run, seconds)
    run.run()


def watch(run: WindowRun, seconds: float) -> None:
    """Sign in where nobody is, and begin to count a while after everything is there."""
    from PySide6.QtCore import QTimer

    timer = QTimer(run.window)
    timer.setInterval(LOOK_MS)
    timer.timeout.connect(lambda: look(run, timer, seconds))
    timer.start()


def look(run: WindowRun, timer: object, seconds: float) -> None:
    """Look once, twice a second."""
    from PySide6.QtCore import QMetaObject, Qt, QTimer
    from PySide6.QtWidgets import QPushButton

    from cadence_desk.domain.changes import FeedState

    button = run.window.findChild(QPushButton, "signInButton")
    found = run.desk
    if found is not None and found.feed.state is FeedState.LIVE and not found.loading.what:
        assert isinstance(timer, QTimer)
        timer.stop()
        window: QWidget = run.window

        def close() -> None:
            QMetaObject.invokeMethod(window, "close", Qt.ConnectionType.QueuedConnection)

        when_asked(seconds, close)
    elif isinstance(button, QPushButton) and button.isVisible() and button.isEnabled():
        button.click()


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare(float(sys.argv[2]))
    else:
        from pathlib import Path

        desk(float(sys.argv[2]), Path(sys.argv[3]), sys.argv[4])
