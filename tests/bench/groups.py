"""The groups of lines and how one is measured: in a process of its own, so that none feels what another left behind.

A group that fails or dies becomes a line that says so; the lines it had told before are kept. Called by tests.bench.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from tests.bench.figures import failed, rebuilt
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.bench.figures import Figure

GROUPS = {
    "loop": "loops",
    "list": "lists",
    "startup": "startup",
    "calls": "calls",
    "live": "live",
    "enroll": "enroll",
    "outbox": "outbox",
    "gui": "tour_stalls",
    "idle": "window_at_rest",
    "growth": "growth",
}
"""Start of the names to the module that measures them."""

RECORD = "\x1e"
"""Stands before each line of a child's output that is a figure, as in JSON text sequences (RFC 7464)."""
LIMIT_SECONDS = 1_200.0
ORDERLY_SECONDS = 15.0


def wanted_group(group: str, names: Sequence[str]) -> bool:
    """Return True when a group may have wanted lines."""
    return not names or any(name == group or name.startswith(f"{group}.") for name in names)


def wanted(line: str, names: Sequence[str]) -> bool:
    """Return True when a line is wanted."""
    return not names or any(line.startswith(name) for name in names)


def measured(
    group: str, say: Callable[[str], object], *, quick: bool, limit: float = LIMIT_SECONDS
) -> Iterator[Figure]:
    """Measure one group; yields each line as soon as it is there. Close it to end the measuring in order."""
    return of_module(f"tests.bench.{GROUPS[group]}", group, say, quick=quick, limit=limit)


def of_module(
    module: str, group: str, say: Callable[[str], object], *, quick: bool, limit: float
) -> Iterator[Figure]:
    """Measure what one module has; at its end a line that says so when it did not come to its end."""
    command = [
        sys.executable,
        "-m",
        "tests.bench.group_child",
        module,
        group,
        *(["--quick"] if quick else []),
    ]
    # a session of its own: a key that stops the run is passed on once, and its orgs and windows end in order
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert process.stdout is not None
    told = False
    with ending(process), at_most(process, limit) as over:
        for line in process.stdout:
            if line.startswith(RECORD):
                figure = rebuilt(json.loads(line.removeprefix(RECORD)))
                told = told or bool(figure.failed)
                yield figure
            else:
                say(line.rstrip("\n"))
        code = process.wait()
        if over.is_set():
            yield failed(group, f"it was not done after {limit:.0f} s")
        elif code and not told:
            yield failed(group, f"its process ended with {code}")


@contextmanager
def ending(process: subprocess.Popen[str]) -> Iterator[None]:
    """Have a child end in order, whatever happens inside; it gets some seconds for that."""
    try:
        yield
    finally:
        try:
            if process.poll() is None:
                interrupt(process)
            process.wait(ORDERLY_SECONDS)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            kill(process)
            process.wait()
        assert process.stdout is not None
        process.stdout.close()


@contextmanager
def at_most(process: subprocess.Popen[str], seconds: float) -> Iterator[threading.Event]:
    """Kill a child that takes longer; the event says that it was so."""
    over = threading.Event()

    def end() -> None:
        over.set()
        kill(process)

    timer = threading.Timer(seconds, end)
    timer.start()
    try:
        yield over
    finally:
        timer.cancel()
        timer.join()


def interrupt(process: subprocess.Popen[Any]) -> None:
    """Ask a child to stop, as the key does."""
    if sys.platform == "win32":
        process.terminate()
    else:
        process.send_signal(signal.SIGINT)


def kill(process: subprocess.Popen[Any]) -> None:
    """End a child and everything it started."""
    if sys.platform == "win32":
        process.kill()
    else:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
