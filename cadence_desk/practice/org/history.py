"""The org's full record of what happened: invocations, commits, replies, for a checker to read.

Imports nothing of ours. Written by transactions and by the servers; read by the control surface.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

current_request: ContextVar[str] = ContextVar("current_request", default="")
"""The id of the request being served, so that commits can be told by request."""

KEPT = 500_000
"""Entries kept; the oldest fifth is dropped beyond it, so that a long demo does not grow for ever."""


class History:
    """Numbered entries in the order they happened; numbers start at 1 and are never used twice."""

    def __init__(self, now_ms: Callable[[], int], kept: int = KEPT) -> None:
        self._now_ms = now_ms
        self._kept = kept
        self._entries: list[dict[str, Any]] = []
        self._last = 0

    def append(self, kind: str, **data: Any) -> dict[str, Any]:
        """Add an entry and return it with its number ``n``, org time ``at_ms`` and the current request."""
        self._last += 1
        entry: dict[str, Any] = {"n": self._last, "at_ms": self._now_ms(), "kind": kind}
        entry["request"] = data.pop("request", None) or current_request.get()
        entry.update(data)
        self._entries.append(entry)
        if len(self._entries) > self._kept:
            del self._entries[: self._kept // 5]
        return entry

    def after(self, number: int = 0, limit: int | None = None) -> list[dict[str, Any]]:
        """Return the entries with a number above the given one, oldest first, at most ``limit``."""
        if not self._entries:
            return []
        start = max(0, number - int(self._entries[0]["n"]) + 1)
        return self._entries[start:] if limit is None else self._entries[start : start + limit]

    @property
    def last(self) -> int:
        """The number of the newest entry, 0 when there is none."""
        return self._last
