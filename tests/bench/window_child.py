"""One start of a window in a process of its own: says at what moment it stood where it was asked to, and ends.

Run as `python -m tests.bench.window_child UNTIL [HOME READY_FILE]`; UNTIL is bare, paint, rows or live. Imports at the top
would count as start-up of the bare window, so each way imports what it needs itself.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent

    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.launch.window import WindowRun


def tell() -> None:
    """Print the moment and the most memory so far, and end without the quit order: it is not what is measured."""
    at = time.monotonic()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    most = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(f"{at} {most}\n")
    sys.stdout.flush()
    os._exit(0)


def bare() -> None:
    """An application, an empty main window, its first paint."""
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    from cadence_desk.domain.overriding import override

    class Watched(QMainWindow):
        @override
        def paintEvent(self, event: QPaintEvent) -> None:
            super().paintEvent(event)
            QTimer.singleShot(0, tell)  # what is painted is shown at the end of this turn

    app = QApplication(["bare"])
    window = Watched()
    window.resize(1280, 800)
    window.show()
    app.exec()


def in_desk(until: str, home: str, ready_file: str) -> None:
    """The real window over a home that was used before."""
    from cadence_desk.bootstrap.opening import open_profile
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.paths import Paths

    def open_now() -> OpenProfile:
        import json

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
        return open_profile(profile, paths, Path(home) / "secrets.key")

    paths = Paths(Path(home))
    run = WindowRun(paths, open_now, open_page=lambda page: play(ready_file, page))
    if until != "paint":
        run.options = run.all_people()
    watch(run, until)
    run.run()


def play(ready_file: str, page: str) -> None:
    """Sign in as the browser of a person would."""
    import json

    from cadence_desk.launch.tour.browser import PlayedBrowser

    ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
    PlayedBrowser(ready["ca_file"], ready["user_id"]).open_page(page)


def watch(run: WindowRun, until: str) -> None:
    """See that the moment is told when the window stands where it should."""
    if until == "paint":
        whole = run.app.processEvents

        def painted() -> None:
            whole()  # the program's own first turn of events: the window and all in it paint here
            tell()

        run.app.processEvents = painted  # type: ignore[method-assign,assignment]
        return
    from PySide6.QtCore import QTimer

    timer = QTimer(run.window)
    timer.setInterval(2)
    timer.timeout.connect(lambda: look(run, until))
    timer.start()


def look(run: WindowRun, until: str) -> None:
    """Look once, every two milliseconds."""
    from cadence_desk.domain.changes import FeedState
    from cadence_desk.ui.kit.fast_table import FastTable

    desk = run.desk
    if desk is None:
        return
    tables = [one for one in run.window.findChildren(FastTable) if one.isVisible()]
    rows = any(one.columnar.rowCount() > 0 for one in tables)
    live = desk.feed.state is FeedState.LIVE
    if (until == "rows" and rows) or (until == "live" and live):
        run.window.repaint()
        tell()
    if until == "used":
        leave_used(run, done=rows and live and not desk.loading.what)


def leave_used(run: WindowRun, *, done: bool) -> None:
    """Sign in where nobody is, and close the window once everything is on this computer."""
    from PySide6.QtWidgets import QPushButton

    button = run.window.findChild(QPushButton, "signInButton")
    if done:
        run.window.close()
    elif isinstance(button, QPushButton) and button.isVisible() and button.isEnabled():
        button.click()


if __name__ == "__main__":
    if sys.argv[1] == "bare":
        bare()
    else:
        in_desk(*sys.argv[1:4])
