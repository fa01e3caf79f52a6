"""Groups of lines that go wrong in every way, for the tests of the bench itself; MADE_UP says in which."""

from __future__ import annotations

import os
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, QTimer

from tests.bench.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.bench.rounds import Rounds


def figures(rounds: Rounds) -> Iterator[Figure]:
    try:
        yield Figure("loop.first", rounds.few_repeats, "s", goal=100.0)
        sys.stdout.write("something that a module prints\n")
        go_wrong(os.environ["MADE_UP"])
        yield Figure("loop.second", 2.0, "s")
    finally:
        if "MADE_UP_END" in os.environ:
            Path(os.environ["MADE_UP_END"]).write_text("ended in order", encoding="ascii")


def go_wrong(way: str) -> None:
    if way == "raises":
        raise RuntimeError("the org\nis gone")
    if way == "dies":
        sys.stdout.flush()
        os._exit(7)
    if way == "hangs":
        threading.Event().wait()
    if way == "hangs in Qt":
        in_qt()


def in_qt() -> None:
    app = QCoreApplication([])
    timer = QTimer()
    timer.timeout.connect(lambda: None)
    timer.start(0)
    app.exec()
