"""KINDS: every kind of operation with all that is known of it. There is no second list of kinds anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.sync.kinds.calling import AddTaskKind, CompleteCallKind, LogCallKind
from cadence_desk.sync.kinds.deleting import DeleteTaskKind
from cadence_desk.sync.kinds.enrolling import EnrollKind, RemoveKind
from cadence_desk.sync.kinds.running import ChangeAssigneeKind, PauseKind, ResumeKind, SetDispositionKind
from cadence_desk.sync.kinds.stepping import CompleteStepKind, SkipStepKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.operations import Kind
    from cadence_desk.sync.kinds.kind import OperationKind

KINDS: Mapping[Kind, OperationKind] = {
    known.kind: known
    for known in (
        LogCallKind(),
        CompleteCallKind(),
        CompleteStepKind(),
        SkipStepKind(),
        EnrollKind(),
        RemoveKind(),
        PauseKind(),
        ResumeKind(),
        ChangeAssigneeKind(),
        SetDispositionKind(),
        AddTaskKind(),
        DeleteTaskKind(),
    )
}

ACTION_OF_KIND: Mapping[str, str] = {
    "complete_call": "completeActionCadenceStep",
    "complete_step": "sendSalesCadenceEvent",
    "skip_step": "sendSalesCadenceEvent",
    "enroll": "assignTargetToSalesCadence",
    "remove": "removeTargetFromSalesCadence",
    "pause": "pauseSalesCadenceTracker",
    "resume": "resumeSalesCadenceTracker",
    "change_assignee": "changeSalesCadenceTargetAssignee",
    "set_disposition": "modifyCadenceTrackerAttributes",
}
"""The action a kind needs; kinds that write a Task need none."""
