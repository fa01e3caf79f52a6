"""Starts the desk's own programs as a shell would, and ends what a test leaves behind."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

SECONDS = 30.0
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")


def environment(temp: Path, **more: str) -> dict[str, str]:
    """Return the environment of a user whose every folder is in `temp`, without a display."""
    known = {name: value for name, value in os.environ.items() if name not in _SCREENS}
    places = {"HOME": str(temp), "XDG_DATA_HOME": str(temp / "data"), "TMPDIR": str(temp)}
    # no bus, no key store: what runs here must not meet the one of whoever runs the tests
    return {
        **known,
        **places,
        "PYTHONPATH": str(ROOT),
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
        **more,
    }


def desk(*arguments: str, temp: Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Run `cadence-desk` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "cadence_desk", *arguments],
        env=environment(temp, **more),
        cwd=temp,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )


@contextmanager
def running(
    *arguments: str, temp: Path, more: Mapping[str, str] | None = None, module: str = "cadence_desk"
) -> Iterator[subprocess.Popen[str]]:
    """Run a program while the test goes on; killed at the end if it is still there."""
    with subprocess.Popen(
        [sys.executable, "-m", module, *arguments],
        env=environment(temp, **(more or {})),
        cwd=temp,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(happened: Callable[[], object], what: str, seconds: float = SECONDS) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, f"waited {seconds:.0f} s in vain: {what}"
        time.sleep(0.02)


def alive(pid: int) -> bool:
    """Return True while a process runs; one that ended and was not yet collected does not."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123 - no folder there
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(pid: int) -> list[int]:
    """Return the processes that a process started."""
    found: list[int] = []
    for folder in os.listdir("/proc"):  # noqa: PTH208 - as above
        if folder.isdecimal():
            try:
                with open(f"/proc/{folder}/stat", encoding="ascii", errors="replace") as stat:  # noqa: PTH123
                    if int(stat.read().rpartition(")")[2].split()[1]) == pid:
                        found.append(int(folder))
            except OSError:
                continue
    return found
