"""Other ways to hear the bench's event server, each in a process of its own: a bare loop and two peers.

Each program reads one JSON line that says where to listen, and prints a line whenever so many events more were decoded.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from tests.bench import peers
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.bench.live_desk import Server

HERE = ROOT / "tests" / "bench"
NODE_MODULES = ROOT / "tests" / "interop" / "node_modules"
NODE_CLIENT = NODE_MODULES / "salesforce-pubsub-api-client" / "dist" / "client.js"
TENANT = "00D0000000000{}EAA"
PATIENCE_SECONDS = 30.0


class Client:
    """A running program that listens, and how long it takes for so many events."""

    def __init__(
        self, server: Server, command: Sequence[str], number: int, topic: str, trust: Path, count: int
    ) -> None:
        self._server = server
        self.count = count
        self.who = TENANT.format(f"{number:02d}")
        told = {
            "endpoint": f"localhost:{server.port}",
            "trust": str(trust),
            "topic": topic,
            "tenant": self.who,
            "count": count,
        }
        self._process = subprocess.Popen(
            command,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        if not server.order("wait_for", who=self.who)["there"]:
            raise peers.NotHere(f"it did not subscribe: {self._last_words()}")

    def events_a_second(self) -> float:
        """Have events sent to it; return how many a second it decoded."""
        self._server.order("make", count=self.count, mixed=False)
        began = self._server.order("send", to=self.who, rate=0)["began"]
        assert self._process.stdout is not None
        if not self._process.stdout.readline():
            raise peers.NotHere(f"it ended early: {self._last_words()}")
        return float(self.count / (time.monotonic() - began))

    def _last_words(self) -> str:
        """End it and return the end of what it complained of."""
        self._process.kill()
        _, complaint = self._process.communicate(timeout=PATIENCE_SECONDS)
        return complaint.strip().rpartition("\n")[2][-200:]

    def stop(self) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate(timeout=PATIENCE_SECONDS)


def bare(decoder: str) -> list[str]:
    """Return the command of the bare loop with our decoder or with fastavro."""
    return [sys.executable, "-m", "tests.bench.live_bare", decoder]


def pysfpubsub() -> list[str]:
    """Return the command. Raises NotHere."""
    return [str(peers.environment("pysfpubsub")), str(HERE / "live_pysfpubsub.py")]


def node() -> list[str]:
    """Return the command. Raises NotHere."""
    program: Any = shutil.which("node")
    if program is None:
        raise peers.NotHere("node is not installed")
    if not NODE_CLIENT.exists():
        raise peers.NotHere("its npm package is not installed: npm ci in tests/interop")
    return [str(program), str(HERE / "live_node.mjs"), str(NODE_CLIENT)]
