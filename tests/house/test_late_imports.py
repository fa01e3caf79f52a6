"""The window paints before the slow libraries load, and the command line starts without Qt."""

import subprocess
import sys

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
