"""Until the first paint nothing looks over the shoulder of imports, and no garbage is looked for."""

import builtins
import gc
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from cadence_desk.bridge.quick_start import be_painted, begin_quickly, end_quickly

ROOT = Path(__file__).parents[3]
NO_SOURCE_IS_READ = """
import sys
from cadence_desk.bridge.quick_start import begin_quickly
begin_quickly()
read = []
sys.addaudithook(lambda event, told: read.append(told) if event == "open" and "colorsys.py'" in repr(told) else None)
import colorsys
print(len(read))
"""


@pytest.fixture(autouse=True)
def garbage_is_collected_afterwards() -> Iterator[None]:
    imports = builtins.__import__
    yield
    builtins.__import__ = imports
    gc.unfreeze()
    gc.enable()


def test_garbage_is_looked_for_again_after_the_first_paint() -> None:
    begin_quickly()
    assert not gc.isenabled()
    be_painted()
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0


def test_what_was_not_begun_freezes_nothing() -> None:
    """Counted from zero: whatever ran before in this process may have frozen its own rows."""
    gc.unfreeze()
    be_painted()
    assert gc.get_freeze_count() == 0


def test_a_start_that_fails_collects_garbage_again() -> None:
    begin_quickly()
    end_quickly()
    assert gc.isenabled()


def test_an_import_reads_no_source_of_what_was_compiled(tmp_path: Path) -> None:
    """Twice: the first run leaves the compiled file that the second finds."""
    child = {**os.environ, "PYTHONPYCACHEPREFIX": str(tmp_path)}
    child.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-c", NO_SOURCE_IS_READ]
    found = [
        subprocess.run(command, cwd=ROOT, env=child, capture_output=True, text=True, check=True).stdout
        for _turn in range(2)
    ]
    assert found[1] == "0\n"


def test_qt_types_can_be_imported_by_name_afterwards() -> None:
    code = (
        "from cadence_desk.bridge.quick_start import begin_quickly; begin_quickly();"
        "from PySide6.QtWidgets import QMainWindow, QTableView; from PySide6.QtGui import QPainter; print(QTableView.__name__)"
    )
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout == "QTableView\n"
