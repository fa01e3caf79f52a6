"""Other people's programs, in an environment of their own; where they cannot be had, the line says why."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from functools import cache
from typing import TYPE_CHECKING

from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

FOLDER = ROOT / ".venv-bench"
"""Beside the project's own environment, and as little part of the project."""

PACKAGES = ("vorta==0.11.6", "pysfpubsub==0.1.2", "avro", "certifi", "grpcio", "protobuf", "requests")
"""pysfpubsub does not name what it needs."""

STAMP = """
import os, sys, time
from PyQt6.QtCore import QEvent, QObject
from PyQt6.QtWidgets import QApplication, QMainWindow

class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint and isinstance(watched, QMainWindow):
            print(time.monotonic(), flush=True)
            os._exit(0)
        return False

built = QApplication.__init__

def init(self, *arguments):
    built(self, *arguments)
    self.watch = Watch()
    self.installEventFilter(self.watch)

QApplication.__init__ = init
sys.argv = ["vorta", "--foreground"]
from vorta.__main__ import main
main()
"""


class NotHere(Exception):
    """A peer cannot be had on this machine; the text says why."""


@cache
def environment() -> Path:
    """Return the Python of the peers' environment, made when it is first asked for."""
    python = FOLDER / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    done = FOLDER / "installed"
    wanted = "\n".join(PACKAGES)
    if done.exists() and done.read_text(encoding="utf-8") == wanted:
        return python
    subprocess.run([sys.executable, "-m", "venv", "--clear", str(FOLDER)], check=True)
    pip = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    if subprocess.run(pip, check=False, stdout=sys.stderr).returncode:
        raise NotHere("its packages could not be installed")
    done.write_text(wanted, encoding="utf-8")
    return python


def vorta_starts() -> Callable[[], float]:
    """Return a measurement of Vorta's start until its main window is painted first.

    Raises:
        NotHere: it cannot be installed or does not come up here.
    """
    python = environment()
    folder = tempfile.mkdtemp(prefix="peer-")

    def one() -> float:
        began = time.monotonic()
        child = {**os.environ, "HOME": folder, "XDG_CONFIG_HOME": folder, "XDG_DATA_HOME": folder}
        done = subprocess.run(
            [str(python), "-c", STAMP], env=child, capture_output=True, text=True, check=False, timeout=60
        )
        if done.returncode or not done.stdout.strip():
            raise NotHere(f"it did not come up here (exit {done.returncode})")
        return (float(done.stdout.split()[-1]) - began) * 1000

    one()
    return one
