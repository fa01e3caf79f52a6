"""Numbered boundaries at which the child ends itself with SIGKILL: commits, sends and receipts of answers.

The hooks stand around the real functions and change nothing that they do. Used in the child only.
"""

from __future__ import annotations

import inspect
import os
import signal
import sqlite3
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.salesforce import http_adapter
from cadence_desk.salesforce.exchange import current
from cadence_desk.store.connections import FileOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Boundaries:
    """Counts boundaries once armed; the process does not outlive the chosen one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._armed = False
        self._caches = False
        self._at = 0
        self.names: list[str] = []

    def arm(self, at: int, *, caches: bool = False) -> None:
        """Begin to count anew; 0 only counts, so that a journey's boundaries can be told."""
        with self._lock:
            self._armed, self._caches, self._at = True, caches, at
            self.names = []

    def reach(self, name: str, *, cache: bool = False) -> None:
        """Stand at a boundary."""
        with self._lock:
            if not self._armed or (cache and not self._caches):
                return
            self.names.append(name)
            if len(self.names) == self._at:
                os.kill(os.getpid(), signal.SIGKILL)


BOUNDARIES = Boundaries()


class CountedConnection(sqlite3.Connection):
    """Stands at a boundary before and after each commit."""

    file = "outbox"

    @override
    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        if sql != "COMMIT":
            return super().execute(sql, parameters)
        BOUNDARIES.reach(f"before a commit of the {self.file}", cache=self.file == "cache")
        done = super().execute(sql, parameters)
        BOUNDARIES.reach(f"after a commit of the {self.file}", cache=self.file == "cache")
        return done


class CountedCacheConnection(CountedConnection):
    """The same for the cache, whose boundaries count only when asked for."""

    file = "cache"


def local_disk(_folder: Path) -> bool:
    """The rig's folders never lie on another machine."""
    return False


def counted(kind: Callable[..., Any], connection: type[sqlite3.Connection]) -> Callable[..., Any]:
    """Return a maker of files whose commits are counted, whatever else the desk wants of them."""
    shape = inspect.signature(kind)

    def make(*given: Any, **more: Any) -> Any:
        bound = shape.bind(*given, **more)
        asked = bound.arguments.get("options") or FileOptions()
        bound.arguments["options"] = replace(asked, connection=connection, on_network=local_disk)
        return kind(*bound.args, **bound.kwargs)

    return make


def hook_exchanges() -> None:
    """Stand at boundaries around every write to the org: each part that leaves, its answer's head, its answer."""
    for kind in (http_adapter._PhasedConnection, http_adapter._PhasedTLSConnection):
        _hook_send(kind)
    _hook_answers()


def _reach(what: str) -> None:
    exchange = current()
    if exchange.write:
        BOUNDARIES.reach(f"{what} ({exchange.purpose})")


def _hook_send(kind: Any) -> None:
    whole = kind.send

    def send(connection: Any, data: Any) -> None:
        _reach("before bytes leave")
        whole(connection, data)
        _reach("after bytes left")

    kind.send = send


def _hook_answers() -> None:
    read, send = http_adapter._read_bounded, http_adapter.OrgAdapter.send

    def read_bounded(response: Any) -> None:
        _reach("the answer begins")
        read(response)

    def send_whole(adapter: Any, *given: Any, **more: Any) -> Any:
        response = send(adapter, *given, **more)
        _reach("the answer is whole")
        return response

    module: Any = http_adapter
    module._read_bounded = read_bounded
    module.OrgAdapter.send = send_whole
