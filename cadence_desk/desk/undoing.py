"""Undo of changes that went out already: an inverse plan, previewed over a fresh read; what others changed is left out.

Imports domain, store and sync. The same for window and command line; lives on the loop thread.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from cadence_desk.domain.choices import Choice
from cadence_desk.domain.clear_fields import split
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, Operation, OperationState
from cadence_desk.domain.planning.run import Run, RunPlan, RunState
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.refusals import PlanRow, Verdict
from cadence_desk.domain.undo import UndoRow, UndoVerdict
from cadence_desk.sync.kinds.kind import Inverse, Surroundings
from cadence_desk.sync.kinds.registry import KINDS
from cadence_desk.sync.org_time import UNSURE, is_unsure
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.outbox import Outbox
    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work
    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.trackers import Tracker

_S = OperationState
_NOT_OVER = frozenset({_S.SENDING, _S.ACCEPTED, _S.IN_DOUBT, _S.NEEDS_REVIEW})
_CLOSED = frozenset({_S.CANCELLED, _S.SUPERSEDED, _S.REFUSED})


class Undoing:
    """Plans and starts inverse changes."""

    def __init__(self, session: Session, work: Work, outbox: Outbox) -> None:
        self._session = session
        self._work = work
        self._outbox = outbox
        self._one_press = asyncio.Lock()

    async def plan(self, intent_ids: Sequence[str]) -> list[UndoRow]:
        """Return what an undo of these presses would do; reads the org, writes nothing. Raises DeskError."""
        wanted = set(intent_ids)
        engine = self._session.require_engine()
        found = [one for one in engine.runner.work if one.intent_id in wanted]
        asked = [one for one in found if self._may_invert(one)]
        trackers = await self._trackers([one.target_id for one in asked if not _task_of(one)])
        tasks = await self._tasks([task_id for one in asked if (task_id := _task_of(one))])
        return [
            self._row(one, Surroundings(trackers.get(one.target_id, ()), self._cadence(one), tasks))
            for one in found
            if one.state not in _CLOSED
        ]

    async def start(self, rows: Sequence[UndoRow]) -> list[str]:
        """Withdraw what still waits and queue the opposite changes; returns their intents.

        They wait as long as any other change of many rows before the first is sent.

        Raises:
            BadValue: it was undone already, or something left just now; the rest is undone all the same. Or the plan
                was made for another user, and nothing is done.
            StoreError: nothing could be stored.
        """
        async with self._one_press:
            work = self._session.require_engine().runner.work
            if any(work.get(row.operation.op_id) is None for row in rows):
                raise BadValue(
                    "This was not done by the user who is signed in now.", hint="Nothing was taken back."
                )
            waiting = [row.operation.op_id for row in rows if row.verdict is UndoVerdict.WITHDRAWN]
            late = len(waiting) - await self._work.cancel(waiting, "undone")
            asked = [row for row in rows if row.verdict is not UndoVerdict.WITHDRAWN]
            made = self._operations(asked)
            if made:
                await self._work.add(made, self._run_of(asked, made))
            if late:
                raise BadValue(
                    f"Too late for {late:,} of them: being sent just now.",
                    hint="Press U again in a moment to see how it can be taken back.",
                )
            return [one.intent_id for one in made]

    def _operations(self, rows: Sequence[UndoRow]) -> list[Operation]:
        engine = self._session.require_engine()
        run_id = self._work.new_id() if sum(row.kind is not None for row in rows) > 1 else ""
        until = self._session.parts.clock.wall() + engine.options.undo_seconds
        made = []
        for number, row in enumerate(rows, start=1):
            if row.kind is None:
                continue
            if self._is_undone(row.operation):
                raise BadValue("This was undone already.", hint="The outbox shows the opposite change.")
            fields: dict[str, object] = {
                "subject_id": row.subject_id,
                "cadence_id": row.operation.cadence_id,
                "follows": row.operation.op_id,
                "hold": Hold.UNDO_WINDOW,
                "next_try": until,
            }
            if run_id:
                fields |= {"run_id": run_id, "row_no": number}
            made.append(self._work.operation(row.kind, row.operation.target_id, row.payload or {}, fields))
        return made

    def _run_of(self, rows: Sequence[UndoRow], made: Sequence[Operation]) -> RunPlan | None:
        """Return the run of several opposite changes, with a row for each that was asked for; None for a single one.

        Presses of different kinds have no one name: they go without a run.
        """
        first = made[0]
        if not first.run_id or any(one.kind is not first.kind for one in made):
            return None
        planned = [
            PlanRow(row.operation.target_id, row.name, Verdict.WILL_ADD)
            if row.kind is not None
            else PlanRow(row.operation.target_id, row.name, Verdict.REFUSED, detail=row.words)
            for row in rows
        ]
        shared = split(first.payload)[0].items()
        wish = {key: value for key, value in shared if all(one.payload.get(key) == value for one in made)}
        now = self._session.parts.clock.wall()
        run = Run(first.run_id, first.kind, "", RunState.PLANNED, wish, now, len(planned), len(made))
        return RunPlan(run, planned)

    # ------------------------------------------------------------ one row

    def _row(self, operation: Operation, now: Surroundings) -> UndoRow:
        name = self._outbox.name_of(operation.target_id)
        if operation.state is _S.QUEUED and Choice.CANCEL in self._outbox.choices(operation):
            return UndoRow(operation, name, UndoVerdict.WITHDRAWN, "It was not sent, and will not be.")
        reason = self._why_left_out(operation)
        if reason:
            return UndoRow(operation, name, UndoVerdict.LEFT_OUT, reason)
        found = KINDS[operation.kind].inverse(operation, now)
        if isinstance(found, str):
            return UndoRow(operation, name, UndoVerdict.LEFT_OUT, found)
        return UndoRow(
            operation, name, UndoVerdict.TAKEN_BACK, self._words(found), found.kind, found.subject_id,
            found.payload, found.touches,
        )  # fmt: skip

    def _words(self, found: Inverse) -> str:
        assignee = str(found.payload.get("assignee_id", ""))
        words = found.words.replace("{assignee}", self._outbox.name_of(assignee) if assignee else "")
        more = len(found.touches) - 1
        return (
            f"{words}; the action works on the person, so {more} more tracker(s) go with it"
            if more > 0
            else words
        )

    def _why_left_out(self, operation: Operation) -> str:
        engine = self._session.require_engine()
        if operation.state in _NOT_OVER and operation.state is not _S.ACCEPTED:
            return "It is not known yet whether it was carried out. Undo it once that is clear."
        if operation.state is _S.QUEUED:
            return "It is being sent again just now."
        if not operation.attempt:
            return "It was so already: this change did nothing."
        if self._is_undone(operation):
            return "It was undone already."
        if is_unsure(operation) and self._since_doubt(operation) < engine.options.resend_seconds:
            return "It was sent twice, and the first send may still be running: undo it a little later."
        return ""

    def _since_doubt(self, operation: Operation) -> float:
        doubted = (operation.evidence or {}).get(UNSURE)
        return self._session.parts.clock.wall() - (doubted if isinstance(doubted, float) else 0.0)

    def _is_undone(self, operation: Operation) -> bool:
        work = self._session.require_engine().runner.work
        return any(
            one.follows == operation.op_id and one.state not in _CLOSED
            for one in work.of_target(operation.target_id)
        )

    @staticmethod
    def _may_invert(operation: Operation) -> bool:
        return KINDS[operation.kind].invert(operation) is not None

    def _cadence(self, operation: Operation) -> Cadence | None:
        return self._session.require_engine().reference.cadence(operation.cadence_id)

    async def _tasks(self, task_ids: Sequence[str]) -> dict[str, CallTask]:
        """Read these tasks afresh; those that are gone are left out."""
        engine = self._session.require_engine()
        gateway = engine.parts.gateway

        def look() -> dict[str, CallTask]:
            read = {task_id: gateway.read_task(RecordId(task_id)) for task_id in task_ids}
            return {task_id: task for task_id, task in read.items() if task is not None}

        return await in_lane(engine.parts.lanes, LaneName.READ, look) if task_ids else {}

    async def _trackers(self, targets: Sequence[RecordId]) -> dict[str, list[Tracker]]:
        """Read the trackers of these targets afresh, a batch at a time; names are those the lists know."""
        engine = self._session.require_engine()
        wanted = list(dict.fromkeys(targets))
        if not wanted:
            return {}
        gateway = engine.parts.gateway
        found = await in_lane(
            engine.parts.lanes, LaneName.READ, lambda: gateway.trackers_of(wanted, active_only=False)
        )
        by_target: dict[str, list[Tracker]] = {}
        for tracker in found:
            by_target.setdefault(tracker.target_id, []).append(tracker)
        return by_target


def _task_of(operation: Operation) -> str:
    """Return the task an operation wrote; empty when it wrote none."""
    task_id = (operation.evidence or {}).get("task_id")
    return task_id if isinstance(task_id, str) else ""
