"""Other people's programs, in an environment of their own; where they cannot be had, the line says why."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

FOLDER = ROOT / ".venv-bench"
"""Beside the project's own environment, and as little part of the project."""
PATIENCE_SECONDS = 60

QT = ("PyQt6==6.11.0", "PyQt6-Qt6==6.11.2")
PACKAGES = {
    "vorta": ("vorta==0.11.6", *QT),
    "novelwriter": ("novelwriter==26.2.2", *QT),
    "pysfpubsub": (
        "pysfpubsub==0.1.2",
        "avro==1.12.2",
        "certifi==2026.10.19.post1",
        "grpcio==1.85.3",
        "protobuf==7.36.2",
        "requests==2.34.2",
    ),
}
"""What each peer needs; pysfpubsub does not name it itself."""

MAINS = {"vorta": "vorta.__main__", "novelwriter": "novelwriter"}
"""Programs with a window, and the module that holds their `main`."""

STAMP = """
import os, sys, time
from importlib import import_module
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication, QMainWindow

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            print(time.monotonic(), time.process_time(), flush=True)
            os._exit(0)
        return False

built = QApplication.__init__

def init(self, *arguments):
    built(self, *arguments)
    self.watch = Watch()
    self.installEventFilter(self.watch)

QApplication.__init__ = init
main = import_module(sys.argv[1]).main
sys.argv = sys.argv[1:]
main()
"""


class NotHere(Exception):
    """A peer cannot be had on this machine; the text says why."""


@cache
def environment(peer: str) -> Path:
    """Return the Python of the peers' environment; it and the peer are put there when first asked for.

    Raises:
        NotHere: what it needs cannot be installed.
    """
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    wanted = "\n".join(PACKAGES[peer])
    done = FOLDER / f"installed-{peer}"
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return python
    if not python.exists():
        ran([sys.executable, "-m", "venv", "--clear", str(FOLDER)], "no environment can be made for it")
    options = ["--quiet", "--disable-pip-version-check", "--no-input", "--retries", "1"]
    pip = [str(python), "-m", "pip", "install", *options, *PACKAGES[peer]]
    ran(pip, "its packages could not be installed")
    done.write_text(wanted, encoding="utf-8")
    return python


def ran(command: Sequence[str], complaint: str) -> None:
    """Run a command. Raises NotHere with its last words."""
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        raise NotHere(f"{complaint}: {done.stdout.strip().rpartition(chr(10))[2]}")


@dataclass(frozen=True, slots=True)
class Painted:
    """What passed until a main window was painted first, in milliseconds."""

    wall: float
    cpu: float


def starts_of(peer: str) -> Callable[[], Painted]:
    """Return a measurement of a peer's start; it was made once already, so that its settings are there.

    Raises:
        NotHere: it cannot be installed or does not come up here.
    """
    python = environment(peer)
    folder = tempfile.mkdtemp(prefix="peer-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    places = dict.fromkeys(("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), folder)

    def one() -> Painted:
        began = time.monotonic()
        try:
            done = subprocess.run(
                [str(python), "-c", STAMP, MAINS[peer]], env={**os.environ, **places}, capture_output=True, text=True,
                check=False, timeout=PATIENCE_SECONDS,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            raise NotHere(f"it did not come up here within {PATIENCE_SECONDS} s") from None
        if done.returncode or not done.stdout.strip():
            raise NotHere(f"it did not come up here (exit {done.returncode})")
        at, cpu = done.stdout.split()[-2:]
        return Painted((float(at) - began) * 1000, float(cpu) * 1000)

    one()
    return one


def vorta_starts() -> Callable[[], float]:
    """Return a measurement of Vorta's start by the clock. Raises NotHere."""
    one = starts_of("vorta")
    return lambda: one().wall


def novelwriter_starts() -> Callable[[], float]:
    """Return a measurement of novelWriter's start in CPU time, for it waits on its splash. Raises NotHere."""
    one = starts_of("novelwriter")
    return lambda: one().cpu
