"""EventRelay: the desk's notices become one Qt signal. May import domain and QtCore; called by the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.domain.changes import Change


class Notices(Protocol):
    """Where changes are announced, on the loop thread."""

    def subscribe(self, callback: Callable[[Change], None], /) -> Callable[[], None]:
        """Call back on every change until the returned function is called."""


class EventRelay(QObject):
    """Passes each Change on as `changed`."""

    changed = Signal(object)

    def __init__(self, notices: Notices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._leave: Callable[[], None] | None = notices.subscribe(self.tell)

    def tell(self, change: Change) -> None:
        """Emit one change; the typed way into the untyped signal."""
        self.changed.emit(change)

    def stop(self) -> None:
        """Hear no more."""
        if self._leave is not None:
            self._leave()
            self._leave = None
