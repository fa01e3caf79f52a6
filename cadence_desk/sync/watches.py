"""When each operation is read back next, on the monotonic clock. Owned by the verifier; asks and commits nothing.

What one press made is read together: the part that was saved first waits a moment for the rest, so that one look-up
shows it all. Nothing is claimed meanwhile that the org has not said.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import OperationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import Clock
    from cadence_desk.sync.looked_ahead import LookedAhead
    from cadence_desk.sync.waits import Waits
    from cadence_desk.sync.work_list import WorkList

_S = OperationState
HURRY_GAP = 0.5
"""Between two reads that events ask for: a burst of events about one person costs two reads, not twenty."""
UNREAD_PAUSE = 60.0
TOGETHER_SECONDS = 10.0
"""So long what is saved waits for the rest of its press."""
MANY = 250
"""So many rows of a run are read together at the latest; less than that waits for more, but not longer than the above."""
MOMENT = 0.001
NEVER = float("inf")


@dataclass(slots=True)
class Watch:
    """When an operation is read back next; times are monotonic.

    Only reads that were due count as `step`: an event may come before the effect it announces can be read.
    """

    op_id: str
    since: float
    due: float
    hurry_at: float = NEVER
    read_at: float = -NEVER
    step: int = 0
    unclear: int = 0
    unread: int = 0
    complete_answer: bool = False
    took: float = 0.0
    """Seconds from the commit before the send to its answer or loss, sleep included; 0 when another process sent it."""
    counted: bool = False
    """The read under way was due, and not only asked for by an event."""
    run_id: str = ""
    """Its run, when the rows that are saved next are read together with it."""
    held_until: float = -NEVER
    """So long it waits for them at most."""

    @property
    def wanted_at(self) -> float:
        """From when on there is a reason to read it."""
        return min(self.due, self.hurry_at)

    @property
    def next_at(self) -> float:
        """When it is read next."""
        return max(self.wanted_at, self.held_until)


class Watches:
    """Everything that waits to be read."""

    def __init__(
        self, clock: Clock, times: Sequence[float], work: WorkList, waits: Waits, ahead: LookedAhead
    ) -> None:
        self._clock = clock
        self._times = times
        self._work = work
        self._waits = waits
        self._ahead = ahead
        self._of: dict[str, Watch] = {}
        self._reported: set[str] = set()

    def __getitem__(self, op_id: str) -> Watch:
        return self._of[op_id]

    def now(self) -> float:
        """Return the time that all of them are measured by."""
        return self._clock.monotonic()

    def soonest(self) -> float | None:
        """Return for how many seconds nothing has to be read; None when nothing waits."""
        if not self._of:
            return None
        return max(min(watch.next_at for watch in self._of.values()) - self.now(), 0.0)

    # ------------------------------------------------------------ what is watched

    def resume(self, operation: Operation) -> None:
        """Watch what an earlier process left: it is read at once."""
        now = self.now()
        self._of.setdefault(operation.op_id, Watch(operation.op_id, now, now))

    def begin(self, operation: Operation, *, complete_answer: bool) -> None:
        """Watch what was answered, or lost, just now: read first after a moment, then less often."""
        now = self.now()
        watch = Watch(operation.op_id, now, now + self._times[0], complete_answer=complete_answer)
        watch.took = max(self._clock.wall() - operation.sent, 0.0)
        if operation.lane == "bulk" and operation.state is _S.ACCEPTED:
            watch.run_id = operation.run_id
        if operation.target_id in self._reported:
            # The event was faster than the answer.
            self._reported.discard(operation.target_id)
            watch.hurry_at = now
        self._of[operation.op_id] = watch
        for one in self._work.of_target(operation.target_id):
            other = self._of.get(one.op_id)
            if other is not None and other is not watch and self._may_wait(one, other):
                other.due, other.hurry_at = max(other.due, watch.due), watch.hurry_at

    def end(self, op_id: str) -> None:
        """There is nothing more to read for this one."""
        self._of.pop(op_id, None)

    def hurry(self, target_id: str, *, in_flight: bool) -> bool:
        """The org reported a change of this target; returns True when something is read earlier for it."""
        now, hurried = self.now(), False
        if in_flight:
            self._reported.add(target_id)
        for operation in self._work.of_target(target_id):
            watch = self._of.get(operation.op_id)
            if watch is not None and not (in_flight and self._has_more_coming(operation, watch)):
                watch.hurry_at = min(watch.hurry_at, max(now, watch.read_at + HURRY_GAP))
                hurried = True
        return hurried

    def forget_reports(self, target_ids: Iterable[str]) -> None:
        """What was reported of these while something was in flight counts no more: that has landed."""
        self._reported.difference_update(target_ids)

    # ------------------------------------------------------------ reading

    def due(self) -> list[Watch]:
        """Return what has to be read now."""
        until = self.now() + MOMENT
        runs: dict[str, list[Watch]] = {}
        found = []
        for watch in self._of.values():
            if watch.run_id and not watch.step:
                runs.setdefault(watch.run_id, []).append(watch)
            elif watch.next_at <= until and not self._is_put_off(watch):
                found.append(watch)
        for run_id, rows in runs.items():
            found += self._due_of_run(run_id, rows, until)
        return found

    def _due_of_run(self, run_id: str, rows: Sequence[Watch], until: float) -> list[Watch]:
        """Return the rows of a run to read now: many, or all there are; else they wait a little for the next ones."""
        wanted = [watch for watch in rows if watch.wanted_at <= until]
        if not wanted:
            return []
        last = len(wanted) == len(rows) and not self._ahead.outlook.goes_on(run_id)
        oldest = min(watch.since for watch in wanted)
        if len(wanted) >= MANY or last or oldest + TOGETHER_SECONDS <= until:
            return wanted
        for watch in wanted:
            watch.held_until = watch.since + TOGETHER_SECONDS
        return []

    def begin_read(self, operations: Sequence[Operation]) -> None:
        """Note that these are read now; a crash of the read leaves them all to a later one."""
        now = self.now()
        for operation in operations:
            watch = self._of[operation.op_id]
            watch.counted = watch.due <= now + MOMENT
            if watch.counted:
                watch.due = now + UNREAD_PAUSE
            watch.hurry_at, watch.read_at = NEVER, now

    def next_time(self, watch: Watch) -> None:
        """It was read and is not decided: look again, less often each time."""
        watch.step += 1
        watch.unread = 0
        watch.due = self.now() + self._times[min(watch.step, len(self._times) - 1)]

    def is_last(self, watch: Watch) -> bool:
        """Return True when nothing saved is looked for any longer than this read."""
        return watch.counted and watch.step + 1 >= len(self._times)

    # ------------------------------------------------------------ one read for one press

    def _may_wait(self, operation: Operation, watch: Watch) -> bool:
        """Return True for what the org has confirmed a moment ago: only the word for it waits, and nothing else."""
        young = self.now() - watch.since < TOGETHER_SECONDS
        return operation.state is _S.ACCEPTED and not watch.step and young

    def _has_more_coming(self, operation: Operation, watch: Watch) -> bool:
        """Return True while another operation of the same press is about to be answered."""
        if not self._may_wait(operation, watch):
            return False
        rest = self._work.of_intent(operation.intent_id, operation.target_id)
        return any(
            one.state is _S.SENDING or (one.state is _S.QUEUED and self._waits.may_go(one)) for one in rest
        )

    def _is_put_off(self, watch: Watch) -> bool:
        """Leave what is due for a little later while the rest of its press is on its way."""
        operation = self._work.get(watch.op_id)
        if operation is None or not self._has_more_coming(operation, watch):
            return False
        watch.due, watch.hurry_at = self.now() + self._times[0], NEVER
        return True
