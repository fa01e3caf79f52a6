"""Actions on trackers of the fake desk: notes what was asked, and what still waits to be taken back."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Hold, Kind, OperationState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.trackers import Tracker
    from tests.widget.fake_desk import FakeDesk


class FakeMoves:
    """Notes what was asked."""

    def __init__(self, desk: FakeDesk) -> None:
        self._desk = desk
        self.asked: list[tuple[object, ...]] = []
        self.undone: list[str] = []
        self.waiting: list[str] = []
        self.seconds = 8.0
        """How long what waits can still be undone."""
        self.made: dict[str, str] = {}
        """The operation of each press."""

    def touched(self, kind: Kind, tracker_id: str) -> list[Tracker]:
        tracker = self._desk.world.trackers[tracker_id]
        if kind in {Kind.PAUSE, Kind.RESUME, Kind.CHANGE_ASSIGNEE}:
            return [one for one in self._desk.trackers_of(tracker.target_id) if one.is_active]
        return [tracker]

    def _note(self, kind: Kind, tracker_ids: Sequence[str], *more: object) -> list[str]:
        self.asked.append((kind, tuple(tracker_ids), *more))
        for tracker_id in tracker_ids:
            tracker = self._desk.world.trackers[tracker_id]
            self._desk.add_operation(kind, tracker.target_id, OperationState.QUEUED, Hold.UNDO_WINDOW)
        made = [f"{kind.value}-{one}" for one in tracker_ids]
        for one, intent in zip(reversed(self._desk.operations[: len(made)]), made, strict=True):
            self.made[intent] = one.op_id
        if kind in {Kind.REMOVE, Kind.SKIP_STEP} or len(made) > 1:
            self.waiting += made
        return made

    async def pause(self, tracker_ids: Sequence[str], resume_at: datetime | None = None) -> Sequence[str]:
        return self._note(Kind.PAUSE, tracker_ids, resume_at)

    async def resume(self, tracker_ids: Sequence[str]) -> Sequence[str]:
        return self._note(Kind.RESUME, tracker_ids)

    async def remove(self, tracker_ids: Sequence[str], disposition: str) -> Sequence[str]:
        return self._note(Kind.REMOVE, tracker_ids, disposition)

    async def change_assignee(self, tracker_ids: Sequence[str], user_id: str) -> Sequence[str]:
        return self._note(Kind.CHANGE_ASSIGNEE, tracker_ids, user_id)

    async def complete_step(self, tracker_ids: Sequence[str]) -> Sequence[str]:
        return self._note(Kind.COMPLETE_STEP, tracker_ids)

    async def skip_step(self, tracker_ids: Sequence[str], reason: str) -> Sequence[str]:
        return self._note(Kind.SKIP_STEP, tracker_ids, reason)

    async def set_disposition(self, tracker_ids: Sequence[str], disposition: str) -> Sequence[str]:
        return self._note(Kind.SET_DISPOSITION, tracker_ids, disposition)

    def reversibility(self, kind: Kind) -> tuple[str, str]:
        return ("Reversible", "") if kind is Kind.PAUSE else ("Partly", "Emails already sent stay sent.")

    def results(self, intent_ids: Sequence[str]) -> list[Operation]:
        known = {one.op_id: one for one in self._desk.operations}
        found = [known[self.made[one]] for one in intent_ids if one in self.made]
        return [replace(one, intent_id=one.op_id) for one in found]

    def undo_left(self, intent_ids: Sequence[str]) -> float:
        return self.seconds if set(intent_ids) & set(self.waiting) else 0.0

    def undoable(self) -> list[str]:
        return list(self.waiting)

    async def undo(self, intent_ids: Sequence[str]) -> int:
        late = [one for one in intent_ids if one not in self.waiting]
        self.undone += intent_ids
        self.waiting = [one for one in self.waiting if one not in intent_ids]
        return len(intent_ids) - len(late)
