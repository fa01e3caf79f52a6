"""One start of a window in a process of its own: says at what moment it stood where it was asked to, and ends.

Run as `python -m tests.bench.window_child UNTIL [HOME READY_FILE]`; UNTIL is bare, used, paint, rows or live. Imports at
the top would count as start-up of the bare window, so each way imports what it needs itself.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QPaintEvent
    from PySide6.QtWidgets import QMainWindow

    from cadence_desk.launch.window import WindowRun

ORG = "bench"


def tell() -> None:
    """Print the moment, the CPU time and the most memory, and end without the quit order: it is not what is measured."""
    at, cpu = time.monotonic(), time.process_time()
    status = Path("/proc/self/status").read_text(encoding="ascii")
    most = next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))
    sys.stdout.write(f"{at} {cpu} {most}\n")
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
    """The program itself from its arguments on, in a home that was used before."""
    from cadence_desk.bridge import app

    if until == "paint":
        app.be_painted = tell  # type: ignore[attr-defined]  # the moment at which the program is painted
    else:
        app.run_app = watched(app.run_app, until)
    if until == "used":
        add_org(Path(home), ready_file)
        from cadence_desk.ui.kit import web_pages

        web_pages.open_url = lambda address: play(ready_file, address)
    from cadence_desk.launch.main import run

    key_file = str(Path(home) / "secrets.key")
    sys.exit(run(["--home", home, "--key-file", key_file, "--org", ORG]))


def add_org(home: Path, ready_file: str) -> None:
    """Add the practice org to a fresh home, with everybody on the People list."""
    import json

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.settings.paths import Paths
    from cadence_desk.settings.preferences import Preferences
    from cadence_desk.settings.profile_book import ProfileBook

    ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
    paths = Paths(home)
    paths.ensure()
    redirects = tuple(ready["desk_redirect_uris"])
    profile = OrgProfile(
        ORG,
        "Bench org",
        ready["rest_url"],
        ready["desk_client_id"],
        redirects,
        events_endpoint=ready["events_endpoint"],
        extra_ca=ready["ca_file"],
    )
    ProfileBook(paths.profile_book).add(profile)
    Preferences(people_scope="all").save(paths.preferences)


def play(ready_file: str, page: str) -> None:
    """Sign in as the browser of a person would."""
    import json

    from cadence_desk.launch.tour.browser import PlayedBrowser

    ready = json.loads(Path(ready_file).read_text(encoding="utf-8"))
    PlayedBrowser(ready["ca_file"], ready["user_id"]).open_page(page)


def watched(run_app: Callable[..., int], until: str) -> Callable[..., int]:
    """Return the program's own way to run its window, with a look at it every two milliseconds."""

    def run(app: object, window: QMainWindow, session: Any, **kept: object) -> int:
        from PySide6.QtCore import QTimer

        timer = QTimer(window)
        timer.setInterval(2)
        timer.timeout.connect(lambda: look(session.__self__, until))
        timer.start()
        return run_app(app, window, session, **kept)

    return run


def look(run: WindowRun, until: str) -> None:
    """Look once, every two milliseconds; what is imported for that, the window has already."""
    from cadence_desk.ui.kit.fast_table import FastTable

    tables = [one for one in run.window.findChildren(FastTable) if one.isVisible()]
    rows = any(one.columnar.rowCount() > 0 for one in tables)
    desk = run.desk
    live = desk is not None and desk.feed.state.name == "LIVE"
    if (until == "rows" and rows) or (until == "live" and live):
        run.window.repaint()
        tell()
    if until == "used" and desk is not None:
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
