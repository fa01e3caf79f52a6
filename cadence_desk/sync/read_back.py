"""Answers the reads of many operations from a few batched queries. Used in lanes by the outbox runner.

A group of 50 rows is prepared or read back with one query per object instead of one per row.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cadence_desk.domain.operations import Kind
from cadence_desk.domain.record_ids import RecordId

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.trackers import StepTracker, Tracker

_BY_STEP = frozenset({Kind.COMPLETE_STEP, Kind.SKIP_STEP, Kind.COMPLETE_CALL})
_BY_TRACKER = frozenset({Kind.REMOVE, Kind.PAUSE, Kind.RESUME, Kind.CHANGE_ASSIGNEE, Kind.SET_DISPOSITION})


def read_back(gateway: OrgGateway, operations: Sequence[Operation]) -> OrgGateway:
    """Return a gateway that answers these operations' reads from batched queries; blocks while they run.

    A single operation reads for itself. Everything that was not fetched ahead goes to the org as before.
    """
    if len(operations) < 2:
        return gateway
    return cast("OrgGateway", _ReadBack(gateway, operations))


class _ReadBack:
    """Delegates everything to the gateway but the reads it has fetched ahead."""

    def __init__(self, gateway: OrgGateway, operations: Sequence[Operation]) -> None:
        self._gateway = gateway
        targets = [operation.target_id for operation in operations if operation.kind is Kind.ENROLL]
        trackers = [
            RecordId(operation.subject_id) for operation in operations if operation.kind in _BY_TRACKER
        ]
        steps = [RecordId(operation.subject_id) for operation in operations if operation.kind in _BY_STEP]
        self._targets = set(targets)
        self._of_target: dict[str, list[Tracker]] = {}
        for tracker in gateway.trackers_of(targets, active_only=False) if targets else ():
            self._of_target.setdefault(tracker.target_id, []).append(tracker)
        self._steps = {step.id: step for step in (gateway.read_steps(steps) if steps else ())}
        after_steps = [step.tracker_id for step in self._steps.values()]
        wanted = [*trackers, *after_steps]
        self._trackers = {found.id: found for found in (gateway.read_trackers(wanted) if wanted else ())}
        self._asked_trackers, self._asked_steps = set(wanted), set(steps)

    def __getattr__(self, name: str) -> object:
        return getattr(self._gateway, name)

    def trackers_of(self, target_ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        """See OrgGateway."""
        if not self._targets.issuperset(target_ids):
            return self._gateway.trackers_of(target_ids, active_only=active_only)
        found = [tracker for target in target_ids for tracker in self._of_target.get(target, ())]
        return [tracker for tracker in found if tracker.is_active or not active_only]

    def read_trackers(self, ids: Sequence[RecordId]) -> list[Tracker]:
        """See OrgGateway."""
        if not self._asked_trackers.issuperset(ids):
            return self._gateway.read_trackers(ids)
        return [self._trackers[record_id] for record_id in ids if record_id in self._trackers]

    def read_steps(self, ids: Sequence[RecordId]) -> list[StepTracker]:
        """See OrgGateway."""
        if not self._asked_steps.issuperset(ids):
            return self._gateway.read_steps(ids)
        return [self._steps[record_id] for record_id in ids if record_id in self._steps]
