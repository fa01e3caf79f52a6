"""The window paints before the slow libraries load, and the command line starts without Qt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from cadence_desk.settings.profile_book import ProfileBook
from tests.house.source_tree import ROOT, definitions, sources
from tests.unit.bootstrap.used_profile import used_profile

SLOW = {
    "simple_salesforce",
    "zeep",
    "requests",
    "jwt",
    "grpc",
    "google.protobuf",
    "fastavro",
    "keyring",
    "cryptography",
    "asyncio",
    "qasync",
    "PySide6.QtNetwork",
    "PySide6.QtSvg",
}
AFTER_PAINT = {
    "ssl",
    "sqlite3",
    "subprocess",
    "platformdirs",
    "cadence_desk.bootstrap.compose",
    "cadence_desk.bootstrap.orgs",
    "cadence_desk.bridge.loop",
    "cadence_desk.desk.desk",
    "cadence_desk.domain.budget",
    "cadence_desk.domain.changes",
    "cadence_desk.domain.operations",
    "cadence_desk.domain.scrubbing",
    "cadence_desk.domain.trackers",
    "cadence_desk.launch.preparing",
    "cadence_desk.launch.safe_mode",
    "cadence_desk.ui.kit.line_list",
    "cadence_desk.ui.kit.state_badges",
    "cadence_desk.ui.org.org_picker",
    "cadence_desk.ui.shell.command_list",
    "cadence_desk.ui.shell.commands",
    "cadence_desk.ui.shell.doors",
    "cadence_desk.ui.shell.refresher",
    "cadence_desk.ui.shell.sign_in_page",
    "cadence_desk.ui.shell.undo_toast",
    "cadence_desk.ui.shell.window_acts",
    "cadence_desk.ui.target.target_lines",
}
"""Our own modules that make what is not seen at the first paint, and what they bring along."""

START = """
import os, sys
from pathlib import Path
from cadence_desk.bridge import app
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.settings.paths import Paths
from cadence_desk.settings.profile_book import ProfileBook

def painted():
    print(*sys.modules, sep="\\n", flush=True)
    os._exit(0)

app.be_painted = painted
home = Path(sys.argv[1])
paths = Paths(home)
paths.ensure()
login = "https://login.example.com"
ProfileBook(paths.profile_book).add(OrgProfile("one", "One", login, "client", ("http://localhost:1717/callback",)))
from cadence_desk.launch.main import run
run(["--home", str(home), "--key-file", str(home / "key"), "--org", "one"])
"""

NOT_FOR_ROWS = (SLOW | AFTER_PAINT) - {
    "cryptography",
    "sqlite3",
    "cadence_desk.domain.scrubbing",  # the first paint is a line of the log
    "cadence_desk.domain.trackers",
} | {
    "concurrent.futures",
    "cadence_desk.desk.session",
    "cadence_desk.domain.ports",
    "cadence_desk.salesforce",
    "cadence_desk.store.cache",
    "cadence_desk.store.outbox",
    "cadence_desk.store.writer",
    "cadence_desk.sync.board",
    "cadence_desk.sync.engine",
    "cadence_desk.sync.parts",
    "cadence_desk.sync.projection",
}
"""What yesterday's rows need not: the key, the file and the table are enough."""

ROWS = """
import os, sys
from cadence_desk.bridge import app

run_app = app.run_app

def watched(qt, window, session, first, **kept):
    def shown():
        first()
        qt.processEvents()
        print(window.frame.list_screen().table.columnar.rowCount(), *sys.modules, sep="\\n", flush=True)
        os._exit(0)
    return run_app(qt, window, session, first=shown, **kept)

app.run_app = watched
from cadence_desk.launch.main import run
run(["--home", sys.argv[1], "--key-file", os.path.join(sys.argv[1], "secrets.key"), "--org", "one", *sys.argv[2:]])
"""

QT = {"PySide6", "shiboken6", "qasync"}


def loaded_after(module: str, watched: set[str]) -> list[str]:
    """Import one module in a fresh interpreter and return which watched modules came with it."""
    code = f"import sys, {module}; print(*sorted({watched!r} & set(sys.modules)), sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def module_of(class_name: str) -> str | None:
    """Return the module of the window's code that defines a class, once it is there."""
    for one in sources("cadence_desk/ui"):
        if any(node.name == class_name for node in definitions(one.tree)):
            return one.name.removesuffix(".py").replace("/", ".")
    return None


def test_window_loads_without_the_slow_libraries() -> None:
    module = module_of("MainWindow")
    if module is None:
        pytest.skip("there is no main window yet")
    assert loaded_after(module, SLOW) == []


def printed(*command: str) -> tuple[list[str], str]:
    """Run a start without a screen; return the words it printed, and what it complained about."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    python = [sys.executable, "-c", *command]
    done = subprocess.run(python, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    return done.stdout.split(), done.stderr


def test_a_start_is_painted_before_anything_else_is_loaded(tmp_path: Path) -> None:
    words, complaint = printed(START, str(tmp_path / "home"))
    loaded = set(words)
    assert "cadence_desk.ui.shell.main_window" in loaded, complaint
    assert sorted(loaded & (SLOW | AFTER_PAINT)) == []


def test_yesterdays_rows_are_shown_before_anything_else_is_loaded(tmp_path: Path) -> None:
    opened = used_profile(tmp_path)
    ProfileBook(opened.paths.profile_book).add(opened.profile)
    words, complaint = printed(ROWS, str(tmp_path))
    assert words[:1] == ["1"], complaint
    assert sorted(set(words) & NOT_FOR_ROWS) == []


def test_a_safe_start_shows_nothing_of_before(tmp_path: Path) -> None:
    opened = used_profile(tmp_path)
    ProfileBook(opened.paths.profile_book).add(opened.profile)
    words, complaint = printed(ROWS, str(tmp_path), "--safe-mode")
    assert words[:1] == ["0"], complaint
    assert "sqlite3" not in words


@pytest.mark.parametrize(
    "room", ["domain", "store", "settings", "sync", "desk", "bootstrap", "salesforce", "commands"]
)
def test_room_loads_without_qt(room: str) -> None:
    names = [
        one.name.removesuffix("/__init__.py").removesuffix(".py") for one in sources(f"cadence_desk/{room}")
    ]
    modules = ", ".join(name.replace("/", ".") for name in names)
    assert loaded_after(modules, QT) == []


def test_entry_point_loads_next_to_nothing() -> None:
    if not (ROOT / "cadence_desk" / "__main__.py").exists():
        pytest.skip("there is no entry point yet")
    assert loaded_after("cadence_desk.__main__", SLOW | QT) == []
