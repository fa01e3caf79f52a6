"""Several reads asked of an org at once, and one write with what it shows. Imports no other room.

Asked by sync, answered by salesforce in as few calls as the org allows.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from cadence_desk.domain.calls import CallTask
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.domain.trackers import StepTracker, Tracker


@dataclass(frozen=True, slots=True)
class LookUp:
    """What is wanted of the org, all of it at once.

    Attributes:
        tasks: tasks by id.
        tasks_of_steps: the tasks that carry the link of these step trackers.
        steps: step trackers by id.
        trackers: trackers by id.
        targets: all trackers of these people.
    """

    tasks: tuple[RecordId, ...] = ()
    tasks_of_steps: tuple[RecordId, ...] = ()
    steps: tuple[RecordId, ...] = ()
    trackers: tuple[RecordId, ...] = ()
    targets: tuple[RecordId, ...] = ()


@dataclass(frozen=True, slots=True)
class LookedUp:
    """The answers; None for what was not asked, or what the org does not show this way: then it is asked by itself."""

    tasks: Sequence[CallTask] | None = None
    tasks_of_steps: Sequence[CallTask] | None = None
    steps: Sequence[StepTracker] | None = None
    trackers: Sequence[Tracker] | None = None
    targets: Sequence[Tracker] | None = None


@dataclass(frozen=True, slots=True)
class StepTaskWrite:
    """What became of writing into the task that the platform made for a step.

    Attributes:
        step_id: the step tracker it was about, as the answer says.
        task_id: the task that was written; empty when the step has no open one, and then nothing was written.
        step: the step tracker after the write; None when the answer does not show it.
    """

    step_id: str
    task_id: str = ""
    step: StepTracker | None = field(default=None)


def joined(wanted: Iterable[LookUp]) -> LookUp:
    """Return one look-up for several, each id once."""
    parts = list(wanted)
    return LookUp(*(
        tuple(dict.fromkeys(one for part in parts for one in getattr(part, name.name)))
        for name in fields(LookUp)
    ))  # fmt: skip
