"""Where a process can end: around every commit and every write to the org. At the chosen place it stands still for good.

Nothing that happens afterwards has an effect: no commit, no request, no answer. The rig then throws the process away.
"""

from __future__ import annotations

from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.domain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable


class _Never(Future[Any]):
    """Has no result; who would block for it gets an error that nobody hears of."""

    @override
    def result(self, timeout: float | None = None) -> Any:
        raise StoreError("The process has ended.")


def never() -> Future[Any]:
    """Return the answer to what a process asked that has ended: none, ever."""
    future = _Never()
    future.set_running_or_notify_cancel()
    return future


class Gone(BaseException):
    """The process ended here; nobody hears of it."""


@dataclass
class Boundary:
    """Counts the places that are passed; `left` is how many more until the end, 0 for no end."""

    left: int = 0
    dead: bool = False
    names: list[str] = field(default_factory=list)
    on_death: Callable[[], None] = lambda: None
    at_death: Callable[[], None] = lambda: None
    """Called first: what the disk holds at this moment is what a next process finds."""
    on_reach: Callable[[str], None] = lambda _name: None

    def arm(self, left: int) -> None:
        """Begin to count anew: the end comes at the place of this number."""
        self.left, self.names = left, []

    def reach(self, name: str) -> bool:
        """Pass a place; returns True when the process has ended."""
        if self.dead:
            return True
        self.names.append(name)
        self.on_reach(name)
        if self.left:
            self.left -= 1
            if not self.left:
                self.dead = True
                self.at_death()
                self.on_death()
        return self.dead

    def reach_in_call(self, name: str) -> None:
        """Pass a place in a call that the org carries out: past the end it is not carried out."""
        if self.reach(name) and name.startswith("before"):
            raise Gone

    def reborn(self) -> None:
        """Another process begins."""
        self.dead, self.left = False, 0
