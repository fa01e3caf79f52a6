"""Pause, resume, remove, change assignee, complete, skip, set disposition: what each will touch is named first."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from typing import TYPE_CHECKING

from cadence_desk.domain.clear_fields import split
from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.operations import Hold, Kind, OperationState
from cadence_desk.domain.planning.run import Run, RunPlan, RunState
from cadence_desk.domain.refusals import PlanRow, Verdict
from cadence_desk.sync.kinds.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from cadence_desk.desk.lists import Lists
    from cadence_desk.desk.session import Session
    from cadence_desk.desk.work import Work
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.trackers import Tracker

BY_TARGET = frozenset({Kind.PAUSE, Kind.RESUME, Kind.CHANGE_ASSIGNEE})
"""Actions that take a target only: they may touch every active tracker of it (Actions Developer Guide)."""

UNDOABLE = frozenset({Kind.REMOVE, Kind.SKIP_STEP})
"""These wait a few seconds before they are sent, so that they can be taken back; so does any change of many rows."""


class Moves:
    """Changes of running trackers."""

    def __init__(self, session: Session, work: Work, lists: Lists) -> None:
        self._session = session
        self._work = work
        self._lists = lists

    def touched(self, kind: Kind, tracker_id: str) -> list[Tracker]:
        """Return every active tracker the action may touch."""
        tracker = self._lists.tracker(tracker_id)
        if tracker is None:
            return []
        if kind not in BY_TARGET:
            return [tracker]
        return [one for one in self._lists.trackers_of(tracker.target_id) if one.is_active]

    def reversibility(self, kind: Kind) -> tuple[str, str]:
        """Return the label and what stays, shown before the action is pressed."""
        sample = self._work.operation(kind, "", {})
        label, stays = KINDS[kind].reversibility(sample)
        return label.value, stays

    async def pause(self, tracker_ids: Sequence[str], resume_at: datetime | None = None) -> list[str]:
        """Pause, with an optional time of resumption (aware)."""
        at = resume_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if resume_at else ""
        return await self._start(Kind.PAUSE, tracker_ids, {"resume_at": at})

    async def resume(self, tracker_ids: Sequence[str]) -> list[str]:
        """Resume."""
        return await self._start(Kind.RESUME, tracker_ids, {})

    async def remove(self, tracker_ids: Sequence[str], disposition: str = "") -> list[str]:
        """Remove from the cadence, with an optional cadence disposition."""
        return await self._start(Kind.REMOVE, tracker_ids, {"disposition": disposition})

    async def change_assignee(self, tracker_ids: Sequence[str], user_id: str) -> list[str]:
        """Hand to another rep."""
        if not user_id:
            raise BadValue("Choose who will work it first.")
        return await self._start(Kind.CHANGE_ASSIGNEE, tracker_ids, {"assignee_id": user_id})

    async def complete_step(self, tracker_ids: Sequence[str]) -> list[str]:
        """Mark the current step as done."""
        return await self._start(Kind.COMPLETE_STEP, tracker_ids, {})

    async def skip_step(self, tracker_ids: Sequence[str], reason: str = "") -> list[str]:
        """Skip the current step; the reason is kept with the operation."""
        return await self._start(Kind.SKIP_STEP, tracker_ids, {"reason": reason})

    async def set_disposition(self, tracker_ids: Sequence[str], disposition: str) -> list[str]:
        """Set the cadence disposition."""
        if not disposition:
            raise BadValue("Choose a cadence disposition first.")
        return await self._start(Kind.SET_DISPOSITION, tracker_ids, {"disposition": disposition})

    def undo_left(self, intent_ids: Sequence[str]) -> float:
        """Return for how many seconds any of these presses can still be taken back; 0 when none waits for that."""
        found = self.results(intent_ids)
        ends = [one.next_try for one in found if _waits_for_undo(one)]
        return max(max(ends) - self._session.parts.clock.wall(), 0.0) if ends else 0.0

    def undoable(self) -> list[str]:
        """Return the presses that can still be taken back, oldest first: also those of before a restart."""
        return list(dict.fromkeys(one.intent_id for one in self._in_undo_window()))

    def _in_undo_window(self) -> list[Operation]:
        engine = self._session.engine
        waiting = engine.runner.work.in_state(OperationState.QUEUED) if engine else []
        return [one for one in waiting if _waits_for_undo(one)]

    async def undo(self, intent_ids: Sequence[str]) -> int:
        """Take back what still waits; returns how many were taken back."""
        engine = self._session.require_engine()
        wanted = set(intent_ids)
        op_ids = [
            one.op_id for one in engine.runner.work.in_state(OperationState.QUEUED) if one.intent_id in wanted
        ]
        return await self._work.cancel(op_ids, "undone")

    async def _start(
        self, kind: Kind, tracker_ids: Sequence[str], payload: Mapping[str, object]
    ) -> list[str]:
        reason = self._lists.why_not(kind)
        if reason:
            raise BadValue(reason)
        engine = self._session.require_engine()
        trackers = self._known(tracker_ids)
        made = self._operations(kind, trackers, payload)
        operations = list(made.values())
        if kind in UNDOABLE or len(operations) > 1:
            until = self._session.parts.clock.wall() + engine.options.undo_seconds
            operations = [replace(one, hold=Hold.UNDO_WINDOW, next_try=until) for one in operations]
        if len(operations) > 1:
            run_id = self._work.new_id()
            operations = [
                replace(one, run_id=run_id, row_no=row) for row, one in zip(made, operations, strict=True)
            ]
            await self._work.add(operations, self._plan(run_id, kind, trackers, made))
        elif operations:
            await self._work.add(operations)
        return [one.intent_id for one in operations]

    def _known(self, tracker_ids: Sequence[str]) -> list[Tracker]:
        found = [self._lists.tracker(tracker_id) for tracker_id in tracker_ids]
        known = [one for one in found if one is not None]
        if len(known) < len(found):
            raise BadValue("A tracker of your selection no longer exists.", hint="Select again.")
        return known

    def _operations(
        self, kind: Kind, trackers: Sequence[Tracker], payload: Mapping[str, object]
    ) -> dict[int, Operation]:
        """Return the operations by the numbers of their rows; one call for a target covers all its trackers."""
        made: dict[int, Operation] = {}
        seen: set[str] = set()
        for number, tracker in enumerate(trackers, start=1):
            if kind in BY_TARGET and tracker.target_id in seen:
                continue
            seen.add(tracker.target_id)
            about = {"subject_id": self._subject(kind, tracker), "cadence_id": tracker.cadence_id}
            made[number] = self._work.operation(kind, tracker.target_id, payload, about)
        return made

    def _plan(
        self, run_id: str, kind: Kind, trackers: Sequence[Tracker], made: Mapping[int, Operation]
    ) -> RunPlan:
        """Return the run of many changes, with a row for every tracker that was chosen."""
        first: dict[str, int] = {}
        rows = []
        for number, tracker in enumerate(trackers, start=1):
            name = self._lists.name_of(tracker.target_id)
            with_row = first.setdefault(tracker.target_id, number)
            if number in made:
                rows.append(PlanRow(tracker.target_id, name, Verdict.WILL_ADD))
            else:
                detail = f"the action works on the person, so row {with_row} covers this tracker"
                rows.append(PlanRow(tracker.target_id, name, Verdict.REFUSED, detail=detail))
        wish, _ = split(next(iter(made.values())).payload)
        now = self._session.parts.clock.wall()
        return RunPlan(Run(run_id, kind, "", RunState.PLANNED, dict(wish), now, len(rows), len(made)), rows)

    def _subject(self, kind: Kind, tracker: Tracker) -> str:
        if kind not in {Kind.COMPLETE_STEP, Kind.SKIP_STEP}:
            return tracker.id
        if not tracker.current_step_id:
            raise BadValue(
                f"{self._lists.name_of(tracker.target_id)} has no current step.",
                hint="Wait until the step is there.",
            )
        return tracker.current_step_id

    def results(self, intent_ids: Sequence[str]) -> list[Operation]:
        """Return the operations of these presses as they stand now; none while no files are open."""
        engine = self._session.engine
        return engine.runner.work.of_intents(intent_ids) if engine else []


def _waits_for_undo(operation: Operation) -> bool:
    return operation.state is OperationState.QUEUED and operation.hold is Hold.UNDO_WINDOW
