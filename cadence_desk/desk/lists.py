"""What the lists and the target panel read: the same for window and command line. Base of Desk."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import Kind, OperationState
from cadence_desk.domain.ports import LaneName
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.sync.kinds.registry import ACTION_OF_KIND
from cadence_desk.sync.supervisor import in_lane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.desk.session import Session
    from cadence_desk.domain.cadences import Cadence
    from cadence_desk.domain.calls import CallResult
    from cadence_desk.domain.changes import Activity
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.people import ListView, Person, Rep
    from cadence_desk.domain.trackers import StepTracker, Tracker

_SHOWN_AFTER_END = 200
"""Ended operations that the waiting-work view still shows."""


_S = OperationState
_made_at = attrgetter("created")


class Lists:
    """Reads over the board and the outbox; nothing here writes."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def opening(self) -> bool:
        """True while the files of who was signed in last are being opened: rows may be there, work has to wait."""
        return self._session.opening

    def person(self, target_id: str) -> Person | None:
        """Return a person or None."""
        engine = self._session.engine
        return engine.board.people.get(target_id) if engine else None

    def tracker(self, tracker_id: str) -> Tracker | None:
        """Return a tracker or None."""
        engine = self._session.engine
        return engine.board.trackers.get(tracker_id) if engine else None

    def trackers_of(self, target_id: str) -> list[Tracker]:
        """Return a target's trackers, active first, newest first."""
        engine = self._session.engine
        return engine.board.projection.runs.trackers_of(target_id) if engine else []

    def current_step(self, tracker_id: str) -> StepTracker | None:
        """Return the step a tracker stands at, where it is known."""
        engine = self._session.engine
        tracker = self.tracker(tracker_id)
        if engine is None or tracker is None:
            return None
        return engine.board.steps.get(tracker.current_step_id)

    def operations_of(self, target_id: str) -> list[Operation]:
        """Return what was asked for this target, newest first, drafts left out."""
        engine = self._session.engine
        if engine is None:
            return []
        found = [
            one for one in engine.runner.work.of_target(target_id) if one.state is not OperationState.DRAFT
        ]
        return found[::-1]

    def open_operations(self) -> list[Operation]:
        """Return the waiting-work view: everything open or in need of attention, then the newest finished ones."""
        engine = self._session.engine
        still: list[Operation] = []
        ended: list[Operation] = []
        for one in engine.runner.work if engine else ():
            state = one.state
            # by identity: there may be a hundred thousand, and hashing a state costs more than all of this
            if state is _S.SETTLED or state is _S.CANCELLED or state is _S.SUPERSEDED:
                ended.append(one)
            elif state is not _S.DRAFT:
                still.append(one)
        still.sort(key=_made_at, reverse=True)
        newest = ended[-_SHOWN_AFTER_END:]  # the work list keeps them in the order in which they were made
        newest.sort(key=_made_at, reverse=True)
        return [*still, *newest]

    async def step_history(self, target_id: str) -> list[StepTracker]:
        """Read all steps of all trackers of a target, newest first. Raises DeskError."""
        engine = self._session.require_engine()
        tracker_ids = [tracker.id for tracker in self.trackers_of(target_id)]
        if tracker_ids:
            gateway = self._session.parts.gateway
            with engine.follower.buffered():
                steps = await in_lane(
                    self._session.parts.lanes, LaneName.READ, lambda: gateway.steps_of(tracker_ids)
                )
                await engine.follower.take_rows(steps)
        known = [step for one in tracker_ids for step in engine.board.projection.runs.steps_of(one)]
        return sorted(known, key=lambda step: step.created.timestamp() if step.created else 0.0, reverse=True)

    def cadences(self) -> list[Cadence]:
        """Return all cadences with their live structure."""
        engine = self._session.engine
        return list(engine.reference.cadences) if engine else []

    def reps(self) -> list[Rep]:
        """Return the users who may be assignees."""
        engine = self._session.engine
        return list(engine.reference.reps) if engine else []

    def call_results(self) -> list[CallResult]:
        """Return the call results in the org's order."""
        engine = self._session.engine
        return list(engine.reference.call_results) if engine else []

    def dispositions(self) -> list[str]:
        """Return the values of the cadence disposition, as the org describes them."""
        engine = self._session.engine
        if engine is None:
            return []
        described = engine.reference.capabilities.objects.get("ActionCadenceTracker")
        known = described.fields.get("CompletionDisposition") if described else None
        return [value for value, _ in known.picklist] if known else []

    async def list_views(self) -> list[ListView]:
        """Read the user's list views. Raises DeskError."""
        parts = self._session.parts
        return await in_lane(parts.lanes, LaneName.READ, parts.gateway.list_views)

    async def people_of_view(self, view: ListView) -> frozenset[str]:
        """Read which people a list view holds. Raises DeskError."""
        parts = self._session.parts
        ids = await in_lane(parts.lanes, LaneName.READ, lambda: parts.gateway.people_of_view(view))
        return frozenset(ids)

    def activity(self) -> Sequence[Activity]:
        """Return what the org reported, newest first."""
        engine = self._session.engine
        return tuple(engine.board.projection.activity) if engine else ()

    def why_not(self, kind: Kind) -> str:
        """Return why a command cannot be used, in one sentence; empty when it can."""
        engine = self._session.engine
        if self._session.opening:
            return "The desk is still being opened: try again in a moment."
        if engine is None:
            return "Sign in first."
        action = ACTION_OF_KIND.get(kind.value)
        capabilities = engine.reference.capabilities
        if not action:
            return capabilities.why_not_task()
        if not capabilities.api_version:
            return "Salesforce has not told yet what it offers you: connect once first."
        return capabilities.why_not(action)

    def name_of(self, target_id: str) -> str:
        """Return a target's name, or its id while it is unknown."""
        person = self.person(target_id)
        return person.name if person else RecordId(target_id)
