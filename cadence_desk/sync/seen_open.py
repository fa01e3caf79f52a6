"""Steps that an answer showed open a moment ago: to end one of them, nobody need look at it again. Owned by the attempt."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.sync.kinds.kind import OperationKind

SEEN_OPEN_SECONDS = 5.0
"""So long what was seen counts; later it is looked at again. The org itself refuses to end a step twice."""


class SeenOpen:
    """Remembers them by the monotonic clock, each for one use."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._at: dict[str, float] = {}

    def note(self, step_ids: Iterable[str]) -> None:
        """An answer that came now shows these steps open."""
        now = self._clock.monotonic()
        self._at = {one: at for one, at in self._at.items() if now - at <= SEEN_OPEN_SECONDS}
        self._at.update(dict.fromkeys(step_ids, now))

    def spares_a_look(self, kind: OperationKind, group: Sequence[Operation]) -> bool:
        """Return True when a first attempt would only look whether its step is open, and that was seen just now."""
        if not kind.starts_from_open_step or len(group) > 1 or group[0].attempt:
            return False
        at = self._at.pop(group[0].subject_id, None)
        return at is not None and self._clock.monotonic() - at <= SEEN_OPEN_SECONDS
