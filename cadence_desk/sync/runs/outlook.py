"""What comes next in the runs that go on: whom their rows are about. Pure; asked by the outbox runner's look ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.planning.run import RunState
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.work_list import in_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.sync.runs.book import RunBook
    from cadence_desk.sync.work_list import WorkList

_S = OperationState
_GO_ON = frozenset({RunState.PLANNED, RunState.RUNNING})


class RunOutlook:
    """Implements Outlook over the runs in memory."""

    def __init__(self, book: RunBook, work: WorkList) -> None:
        self._book = book
        self._work = work

    def next_targets(self, run_id: str, most: int) -> Sequence[RecordId]:
        """Return whom the next rows are about: those that wait in the outbox, then those that have not entered."""
        live = self._book.live.get(run_id)
        if live is None or live.run.state not in _GO_ON:
            return ()
        waiting = [
            one
            for one in self._work.of_run(run_id)
            if one.state is _S.QUEUED and one.op_id not in self._work.in_flight
        ]
        found = [one.target_id for one in in_order(waiting)]
        coming = live.next_numbers(most - len(found))
        found += [RecordId(str(live.rows[number - 1].target_id)) for number in coming]
        return found[:most]

    def goes_on(self, run_id: str) -> bool:
        """Return True while a row is being sent, or others are going to be."""
        live = self._book.live.get(run_id)
        if live is None:
            return False
        states = live.tally.states
        waits = states[_S.QUEUED] > 0 or live.tally.entered < live.tally.wanted
        return states[_S.SENDING] > 0 or (waits and live.run.state in _GO_ON)
