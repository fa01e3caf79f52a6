"""How fast a run goes: one row first, then ten, then the rest in slices; it stops when too many rows fail. Pure.

Imports domain. Called by the run controller.
"""

from __future__ import annotations

from collections import Counter, deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import OperationState

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation

_S = OperationState
PROBES = (1, 11)
"""So many rows must have been decided before the next ones enter: the first, then ten more."""
AHEAD = 200
"""So many rows of a run may wait in the outbox at most; the others enter when there is room."""
SLICE = 100
"""So many rows enter in one commit at most."""
LOOKED_AT = 50
"""The rate of failures is that of so many last decided rows."""
FEWEST = 10
"""Fewer decided rows say nothing about a rate."""
MOST_BAD_PERCENT = 50

DECIDED = frozenset({_S.ACCEPTED, _S.SETTLED, _S.REFUSED, _S.NEEDS_REVIEW, _S.CANCELLED, _S.SUPERSEDED})
ENDED = DECIDED - {_S.ACCEPTED}
"""Nothing more happens to such a row by itself."""
_BAD = frozenset({_S.REFUSED, _S.NEEDS_REVIEW})
_HARMLESS = frozenset({"ALREADY_IN_THIS_CADENCE"})
"""Refusals that say that a colleague was faster, not that something is wrong."""


@dataclass(slots=True)
class Tally:
    """What became of a run's rows so far; kept row by row, so that a run of thousands costs nothing per look."""

    wanted: int
    entered: int = 0
    states: Counter[OperationState] = field(default_factory=Counter)
    _known: dict[str, OperationState] = field(default_factory=dict)
    _last: deque[bool] = field(default_factory=lambda: deque(maxlen=LOOKED_AT))
    _codes: Counter[str] = field(default_factory=Counter)

    def take(self, operation: Operation) -> None:
        """Take an operation as it stands now."""
        before = self._known.get(operation.op_id)
        if before is operation.state:
            return
        if before is None:
            self.entered += 1
        else:
            self.states[before] -= 1
        self._known[operation.op_id] = operation.state
        self.states[operation.state] += 1
        if operation.state in DECIDED and before not in DECIDED:
            self._judge(operation)

    def _judge(self, operation: Operation) -> None:
        if operation.state in {_S.CANCELLED, _S.SUPERSEDED} or operation.server_code in _HARMLESS:
            return
        bad = operation.state in _BAD
        self._last.append(bad)
        if bad:
            self._codes[operation.server_code or operation.state.value.upper()] += 1

    @property
    def decided(self) -> int:
        """How many rows have an answer."""
        return sum(self.states[state] for state in DECIDED)

    @property
    def ended(self) -> int:
        """How many rows have come to their end."""
        return sum(self.states[state] for state in ENDED)

    @property
    def room(self) -> int:
        """How many more rows may enter now."""
        left = self.wanted - self.entered
        for probe in PROBES:
            if self.decided < min(probe, self.wanted):
                return max(min(probe - self.entered, left), 0)
        room = min(AHEAD - self.states[_S.QUEUED], left, SLICE)
        return room if room == min(left, SLICE) else 0

    @property
    def too_many_failed(self) -> str:
        """Why the run must stop, in a sentence; empty while it may go on."""
        bad, looked_at = sum(self._last), len(self._last)
        if looked_at < FEWEST or bad * 100 <= looked_at * MOST_BAD_PERCENT:
            return ""
        code = self._codes.most_common(1)[0][0]
        return f"{bad} of the last {looked_at} rows were refused or could not be confirmed, most often with {code}."

    @property
    def over(self) -> bool:
        """True when every row that may enter has come to its end."""
        return self.entered >= self.wanted and self.ended >= self.entered
