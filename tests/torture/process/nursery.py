"""The parent's hold on desks: one process that forks them, and one line to each with its journal of what was claimed."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.desk.programs import environment
from tests.house.source_tree import ROOT
from tests.torture.process.planted import VARIABLE

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.orgs import OrgProfile

PATIENCE_SECONDS = 25.0
START_SECONDS = 60.0


class DeskDied(Exception):
    """The desk ended before it answered."""


class DeskSaidNo(Exception):
    """The desk refused an order; the first argument is the code."""


class DeskBroke(AssertionError):
    """Something in the desk crashed."""


@dataclass
class Journal:
    """What one desk claimed, in the order it claimed it; it outlives the process."""

    told: list[tuple[str, str]] = field(default_factory=list)
    logged: list[str] = field(default_factory=list)


class DeskProcess:
    """One forked desk."""

    def __init__(self, sock: socket.socket, journal: Journal) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._number = 0
        self._answers: dict[int, dict[str, Any]] = {}
        self.journal = journal
        self.alive = True
        self.pid = 0
        if not self._until(lambda: bool(self.pid), START_SECONDS):
            sock.close()
            raise TimeoutError(f"a desk did not begin in {START_SECONDS:.0f} s")

    # ------------------------------------------------------------ orders

    def order(self, do: str, patience: float = PATIENCE_SECONDS, **parts: object) -> Any:
        """Have the desk do something and return what it answered.

        Raises:
            DeskDied: it ended first.
            DeskSaidNo: it refused.
            DeskBroke: it crashed on it.
            TimeoutError: it did not answer in time.
        """
        number = self.send(do, **parts)
        return self.answer(number, patience)

    def send(self, do: str, **parts: object) -> int:
        """Give an order without waiting for the answer."""
        self._number += 1
        try:
            self._sock.sendall(json.dumps({"n": self._number, "do": do, **parts}).encode() + b"\n")
        except OSError:
            self._drain()
            raise DeskDied from None
        return self._number

    def answer(self, number: int, seconds: float = PATIENCE_SECONDS) -> Any:
        """Wait for the answer to an order that was given."""
        if not self._until(lambda: number in self._answers, seconds):
            raise TimeoutError(f"order {number} was not answered in {seconds:.0f} s")
        answer = self._answers.pop(number)
        if "crash" in answer:
            raise DeskBroke(answer["crash"])
        if "error" in answer:
            raise DeskSaidNo(answer["error"], answer.get("message", ""))
        return answer["result"]

    def listen(self, seconds: float) -> None:
        """Take what the desk reports for a moment."""
        self._until(lambda: False, seconds)

    # ------------------------------------------------------------ life and death

    def kill(self) -> None:
        """End it as a power cut of the process does."""
        self._signal(signal.SIGKILL)
        self.wait_for_end()

    def wait_for_end(self, seconds: float = PATIENCE_SECONDS) -> bool:
        """Read until the line is closed; what was said before the end is kept."""
        with contextlib.suppress(DeskDied):
            self._until(lambda: not self.alive, seconds)
        return not self.alive

    def freeze(self) -> None:
        """Stop all its threads, as a computer that falls asleep does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def close(self) -> None:
        """Make sure that it is gone."""
        if self.alive:
            self.kill()
        self._sock.close()

    def _signal(self, number: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, number)

    # ------------------------------------------------------------ the line

    def _until(self, happened: Callable[[], bool], seconds: float) -> bool:
        end = time.monotonic() + seconds
        while not happened():
            if not self.alive:
                raise DeskDied
            left = end - time.monotonic()
            if left <= 0:
                return False
            if select.select([self._sock], [], [], left)[0]:
                self._read()
        return True

    def _drain(self) -> None:
        while self.alive and select.select([self._sock], [], [], 0.2)[0]:
            self._read()

    def _read(self) -> None:
        try:
            data = self._sock.recv(65_536)
        except ConnectionError:
            data = b""
        if not data:
            self.alive = False
            return
        self._buffer += data
        while (end := self._buffer.find(b"\n")) >= 0:
            line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
            self._take(json.loads(line))

    def _take(self, said: dict[str, Any]) -> None:
        if "told" in said:
            self.journal.told.append((said["told"], said["state"]))
        elif "logged" in said:
            self.journal.logged.append(said["logged"])
        elif "pid" in said:
            self.pid = said["pid"]
        else:
            self._answers[said["n"]] = said


class Nursery:
    """The process that forks desks; one per run and planted bug."""

    def __init__(self, bug: str = "") -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="desk-torture-"))
        path = str(self.folder / "line")
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.torture.process.desk_child", path],
            env=environment(self.folder, **{VARIABLE: bug}),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._path = path
        self._open: list[DeskProcess] = []
        assert self._process.stdout is not None
        said = self._process.stdout.readline()
        assert said == "ready\n", "the process that forks desks did not start"

    def desk(self, journal: Journal | None = None) -> DeskProcess:
        """Fork a desk that is not open yet."""
        sock = socket.socket(socket.AF_UNIX)
        sock.connect(self._path)
        self._open = [one for one in self._open if one.alive]
        born = DeskProcess(sock, journal or Journal())
        self._open.append(born)
        return born

    def close(self) -> None:
        """End every desk and the nursery itself."""
        for one in self._open:
            one.close()
        for pipe in (self._process.stdin, self._process.stdout):
            assert pipe is not None
            pipe.close()
        self._process.wait(PATIENCE_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)


def profile_parts(profile: OrgProfile) -> dict[str, Any]:
    """Return a profile as it travels to a desk."""
    parts = asdict(profile)
    return {
        name: parts[name]
        for name in (
            "key", "name", "login_url", "client_id", "redirect_uris", "events_endpoint", "extra_ca", "proxy",
        )
    }  # fmt: skip
