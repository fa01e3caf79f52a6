"""The window paints before the slow libraries load, and the command line starts without Qt."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.source_tree import ROOT, definitions, sources

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


def test_a_start_is_painted_before_anything_else_is_loaded(tmp_path: Path) -> None:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    command = [sys.executable, "-c", START, str(tmp_path / "home")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=environment)
    loaded = set(done.stdout.split())
    assert "cadence_desk.ui.shell.main_window" in loaded, done.stderr
    assert sorted(loaded & (SLOW | AFTER_PAINT)) == []


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
