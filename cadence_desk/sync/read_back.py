"""Answers the reads of some operations from one look-up. Used in lanes by the outbox runner.

Operations of all kinds are prepared or read back together: by one call where the org takes composite requests, else by
one query per object. Whatever was not looked up goes to the org as before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from cadence_desk.domain.lookups import LookedUp, LookUp, joined
from cadence_desk.sync.kinds.registry import KINDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.ports import OrgGateway
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import StepTracker, Tracker
    from cadence_desk.sync.looked_ahead import Glance

NOTHING = LookUp()


def read_before(
    gateway: OrgGateway, operations: Iterable[Operation], glance: Glance | None = None
) -> OrgGateway:
    """Return a gateway that answers what preparing these operations reads; blocks while it looks that up."""
    wanted = joined(KINDS[one.kind].needs_before(gateway, one) for one in operations)
    if glance is not None and glance.known is not None:
        return cast("OrgGateway", _ReadBack(gateway, wanted, LookedUp(targets=glance.known)))
    return _looked_up(gateway, wanted, glance)


def read_back(
    gateway: OrgGateway, operations: Iterable[Operation], glance: Glance | None = None
) -> OrgGateway:
    """Return a gateway that answers what verifying these operations reads; blocks while it looks that up."""
    return _looked_up(gateway, joined(KINDS[one.kind].needs_after(one) for one in operations), glance)


def _looked_up(gateway: OrgGateway, wanted: LookUp, glance: Glance | None) -> OrgGateway:
    if wanted == NOTHING:
        return gateway
    if glance is not None and glance.more:
        asked = joined((wanted, LookUp(targets=glance.more)))
        found = gateway.look_up(asked)
        if found.targets is not None:
            glance.found = found.targets
            return cast("OrgGateway", _ReadBack(gateway, asked, found))
        # Whatever cannot be read about somebody who comes later must not hold up those who are asked about now.
    return cast("OrgGateway", _ReadBack(gateway, wanted, gateway.look_up(wanted)))


class _ReadBack:
    """Delegates everything to the gateway but the reads that were looked up."""

    def __init__(self, gateway: OrgGateway, wanted: LookUp, found: LookedUp) -> None:
        self._gateway = gateway
        self._wanted = wanted
        self._found = found
        by_id = (*(found.trackers or ()), *(found.targets or ()))
        self._trackers = {tracker.id: tracker for tracker in by_id}
        self._by_target: dict[str, list[Tracker]] = {one: [] for one in wanted.targets}
        for tracker in found.targets or ():
            self._by_target.setdefault(tracker.target_id, []).append(tracker)

    def __getattr__(self, name: str) -> object:
        return getattr(self._gateway, name)

    def trackers_of(self, target_ids: Sequence[RecordId], *, active_only: bool) -> list[Tracker]:
        """See OrgGateway."""
        if self._found.targets is None or not all(one in self._by_target for one in target_ids):
            return self._gateway.trackers_of(target_ids, active_only=active_only)
        found = [tracker for one in target_ids for tracker in self._by_target[one]]
        return [tracker for tracker in found if tracker.is_active or not active_only]

    def read_trackers(self, ids: Sequence[RecordId]) -> list[Tracker]:
        """See OrgGateway."""
        asked = set(self._wanted.trackers) if self._found.trackers is not None else set()
        if not asked.union(self._trackers).issuperset(ids):
            return self._gateway.read_trackers(ids)
        return [self._trackers[record_id] for record_id in ids if record_id in self._trackers]

    def read_steps(self, ids: Sequence[RecordId]) -> list[StepTracker]:
        """See OrgGateway."""
        if self._found.steps is None or not set(self._wanted.steps).issuperset(ids):
            return self._gateway.read_steps(ids)
        return [step for step in self._found.steps if step.id in ids]

    def tasks_of_step(self, step_id: RecordId) -> list[CallTask]:
        """See OrgGateway."""
        if self._found.tasks_of_steps is None or step_id not in self._wanted.tasks_of_steps:
            return self._gateway.tasks_of_step(step_id)
        return [task for task in self._found.tasks_of_steps if task.step_tracker_id == step_id]

    def read_task(self, task_id: RecordId) -> CallTask | None:
        """See OrgGateway."""
        if self._found.tasks is None or task_id not in self._wanted.tasks:
            return self._gateway.read_task(task_id)
        return next((task for task in self._found.tasks if task.id == task_id), None)
