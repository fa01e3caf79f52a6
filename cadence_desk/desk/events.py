"""Change notices for screens and the command line: who subscribes is called on the loop thread."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.changes import Change


class DeskEvents:
    """Hands every Change to all subscribers, in the order they subscribed."""

    def __init__(self) -> None:
        self._subscribers: list[Callable[[Change], None]] = []

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` for every change from now on; returns what ends that."""
        self._subscribers.append(callback)

        def unsubscribe() -> None:
            if callback in self._subscribers:
                self._subscribers.remove(callback)

        return unsubscribe

    def announce(self, change: Change) -> None:
        """Tell all subscribers."""
        for callback in tuple(self._subscribers):
            callback(change)
