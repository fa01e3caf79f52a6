"""What a committed transaction changed, and the log that tells subscribers.

Imports nothing of ours. Written by transactions; the event bus subscribes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class CommittedChange:
    """The net change of one record in one transaction.

    ``values`` is the whole row afterwards; ``changed_fields`` and ``nulled_fields`` name stored fields and are filled
    for updates only. The ``Name`` of a person is told through its parts.
    """

    entity: str
    record_id: str
    change_type: str
    values: Mapping[str, object]
    changed_fields: tuple[str, ...]
    nulled_fields: tuple[str, ...]
    sequence: int


@dataclass(frozen=True, slots=True)
class CommittedTransaction:
    """All changes that became visible at once."""

    key: str
    commit_ms: int
    commit_number: int
    user_id: str
    origin: str
    changes: tuple[CommittedChange, ...]


class ChangeLog:
    """Tells every subscriber of every commit, in commit order."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[CommittedTransaction], None]] = []

    def subscribe(self, callback: Callable[[CommittedTransaction], None]) -> Callable[[], None]:
        """Have a function called with every commit from now on; returns the function that ends it."""
        self._subscribers.append(callback)

        def end() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return end

    def publish(self, committed: CommittedTransaction) -> None:
        """Tell all subscribers, in the order they came."""
        for subscriber in tuple(self._subscribers):
            subscriber(committed)
