"""How long queued operations still wait, by a clock that nobody sets. Owned by the outbox runner.

Files hold wall times, since nothing else outlives a process; a wall clock that is set or jumps must neither hold a
change for a day nor send it early. So a wait is measured once, when it becomes known, and then runs on its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from cadence_desk.domain.operations import Hold, OperationState
from cadence_desk.sync.org_time import UNSURE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock

DOUBTED = "doubted_at"
"""Evidence of an operation that was sent again at once: wall time of the send that may still be carried out."""

LONGEST_WAIT = 3600.0
"""Nothing here waits longer: more than that between a file's time and the clock means that the clock was set."""
FORGET_SECONDS = 60.0
"""So often it is looked what can be forgotten: doubtful sends that are over, of operations that are over.

While its operation is open a doubt is kept, however old: the same send must not be waited for once more.
"""
_ENDS = frozenset(
    {OperationState.SETTLED, OperationState.REFUSED, OperationState.CANCELLED, OperationState.SUPERSEDED}
)
_NOT_A_MATTER_OF_TIME = frozenset({Hold.SIGNED_OUT, Hold.RUN_HOLDING, Hold.SAFE_MODE})


class _Doubt(NamedTuple):
    """A send that may yet be carried out: its wall time, and when it no longer can be, on the monotonic clock."""

    sent: float
    over: float


class Waits:
    """Ends of waits on the monotonic clock."""

    def __init__(self, clock: Clock, resend_seconds: float) -> None:
        self._clock = clock
        self._resend_seconds = resend_seconds
        self._ends: dict[str, tuple[float, float]] = {}
        self._doubted: dict[tuple[str, str], dict[str, _Doubt]] = {}
        self._sent_twice: dict[str, _Doubt] = {}
        self._ended: dict[str, tuple[str, str]] = {}
        """Those whose operation is over, with their record: forgotten as soon as nothing of them can be carried out."""
        self._looked_at = 0.0

    def take(self, operations: Iterable[Operation], *, loaded: bool = False) -> None:
        """Note what operations wait for, as they were committed; `loaded` when that was in an earlier process."""
        now, wall = self._clock.monotonic(), self._clock.wall()
        for one in operations:
            self._note_doubt(one, now, wall if loaded else None)
            if one.state is not OperationState.QUEUED or not one.next_try:
                self._ends.pop(one.op_id, None)
            elif self._ends.get(one.op_id, (0.0, 0.0))[0] != one.next_try:
                self._ends[one.op_id] = (one.next_try, now + min(max(one.next_try - wall, 0.0), LONGEST_WAIT))
        if self._ended and now - self._looked_at >= FORGET_SECONDS:
            self._forget_ended(now)

    def _note_doubt(self, operation: Operation, now: float, wall: float | None) -> None:
        seen = operation.evidence or {}
        twice, shared = seen.get(UNSURE), seen.get(DOUBTED)
        if not twice and not isinstance(shared, float):
            return
        key = (operation.target_id, operation.subject_id)
        if operation.state in _ENDS:
            known = operation.op_id in self._sent_twice or operation.op_id in self._doubted.get(key, ())
            if not known and wall is None:
                return  # it was forgotten, because its sends are over
            self._ended[operation.op_id] = key
        if isinstance(twice, float) and twice:
            self._note(self._sent_twice, operation.op_id, twice, self._over_at(twice, now, wall))
        if isinstance(shared, float):
            record = self._doubted.setdefault(key, {})
            self._note(record, operation.op_id, shared, self._over_at(shared, now, wall))

    def _forget_ended(self, now: float) -> None:
        self._looked_at = now
        for op_id, key in list(self._ended.items()):
            record = self._doubted.get(key, {})
            doubts = [held[op_id] for held in (self._sent_twice, record) if op_id in held]
            if all(doubt.over <= now for doubt in doubts):
                self._sent_twice.pop(op_id, None)
                record.pop(op_id, None)
                if not record:
                    self._doubted.pop(key, None)
                del self._ended[op_id]

    @staticmethod
    def _note(doubts: dict[str, _Doubt], op_id: str, sent: float, over: float) -> None:
        """Keep the doubtful send that ends last: an operation may be sent again more than once."""
        known = doubts.get(op_id)
        if known is None:
            doubts[op_id] = _Doubt(sent, over)
        elif known.sent != sent:
            doubts[op_id] = _Doubt(sent, max(known.over, over))

    def _over_at(self, sent: float, now: float, wall: float | None) -> float:
        """Return when a doubtful send is over. In the process that decided so it was a moment ago: all of it counts."""
        left = self._resend_seconds if wall is None else sent + self._resend_seconds - wall
        return now + min(max(left, 0.0), self._resend_seconds)

    def left(self, operation: Operation) -> float:
        """Return for how many seconds an operation still waits; 0 when time holds it no longer.

        It also waits while a different operation on the same record was sent twice and may yet repeat: one of the same
        subject where kinds share a record, and always the one it follows, whose effect it takes back or changes.
        """
        same = self._doubted.get((operation.target_id, operation.subject_id), {})
        ends = [doubt.over for op_id, doubt in same.items() if op_id != operation.op_id]
        if operation.follows in self._sent_twice:
            ends.append(self._sent_twice[operation.follows].over)
        ends.append(self._ends.get(operation.op_id, (0.0, 0.0))[1])
        return max(max(ends) - self._clock.monotonic(), 0.0)

    def may_go(self, operation: Operation) -> bool:
        """Return True when nothing but time held a queued operation and the time has come."""
        return operation.hold not in _NOT_A_MATTER_OF_TIME and not self.left(operation)
