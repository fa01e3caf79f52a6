"""What people do with runs: enroll, remove, pause, resume, hand over, complete and skip steps.

Imports the other parts of the engine. Called by the actions, by colleagues and by tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.org.engine.graph import TOUCHES, Step
from cadence_desk.practice.org.engine.movement import Ending, Movement
from cadence_desk.practice.org.engine.parts import (
    OPEN_STEPS,
    STEP_OBJECT,
    TRACKER_OBJECT,
    Parts,
    Refusal,
    is_active,
    step_of,
    tracker_of,
)

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.emails import Emails
    from cadence_desk.practice.org.engine.targets import Targets
    from cadence_desk.practice.org.engine.tasks import CallTasks
    from cadence_desk.practice.org.transaction import Row, Transaction

_DOABLE = frozenset({"Active", "InProgress", "Error"})


@dataclass(frozen=True, slots=True)
class Enrollment:
    """Who is to be added to what."""

    target_id: str
    cadence_id: str
    owner_id: str
    start: str | None = None
    related_id: str | None = None
    iteration: int = 1


class Runs:
    """Starts, holds and ends runs, and finishes their steps."""

    def __init__(
        self, parts: Parts, movement: Movement, tasks: CallTasks, emails: Emails, targets: Targets
    ) -> None:
        self._parts = parts
        self._movement = movement
        self._tasks = tasks
        self._emails = emails
        self._targets = targets
        movement.chain = self._chain

    def enroll(self, transaction: Transaction, order: Enrollment) -> str:
        """Add a target to a cadence and return the new tracker's id.

        Raises:
            Refusal: the cadence, start step or target does not allow it, or a limit is reached.
        """
        graph = self._parts.graphs.of(order.cadence_id)
        cadence = self._parts.store.read("ActionCadence", order.cadence_id)
        if cadence is None or cadence["State"] != "Active":
            raise Refusal("CADENCE_NOT_ACTIVE")
        start = graph.first() if order.start is None else self._start(order)
        self._check_room(order)
        tracker_id = transaction.insert(
            TRACKER_OBJECT,
            {
                "ActionCadenceId": order.cadence_id,
                "TargetId": order.target_id,
                "OwnerId": order.owner_id,
                "State": "Initializing",
                "DaisyChainIteration": order.iteration,
                "RelatedToId": order.related_id,
            },
        )
        delay = self._parts.settings.initializing_ms
        if delay <= 0:
            self._movement.move(transaction, tracker_id, start)
        else:
            detail = "" if start is None else start.id
            self._parts.timers.set(transaction.moment_ms + delay, "begin", tracker_id, detail)
        return tracker_id

    def remove(self, transaction: Transaction, tracker: Row, disposition: object = None) -> None:
        """End a run because a person says so.

        Raises:
            Refusal: it is over already.
        """
        if tracker["State"] == "Complete":
            raise Refusal("TRACKER_NOT_ACTIVE")
        self._movement.end(transaction, tracker, Ending("ManuallyRemoved", disposition))

    def pause(self, transaction: Transaction, tracker: Row, resume_ms: int | None = None) -> None:
        """Hold a run; with a moment it goes on by itself then.

        Raises:
            Refusal: it is not running, or the moment has passed.
        """
        if not is_active(tracker) or tracker["State"] == "Paused":
            raise Refusal("TRACKER_NOT_RUNNING")
        if resume_ms is not None and resume_ms <= transaction.moment_ms:
            raise Refusal("RESUME_TIME_PAST")
        tracker_id = str(tracker["Id"])
        self._parts.timers.hold(tracker_id, transaction.moment_ms)
        transaction.update(
            TRACKER_OBJECT, tracker_id, {"State": "Paused", "ScheduledResumeDateTime": resume_ms}
        )
        current = transaction.read(STEP_OBJECT, tracker["CurrentStepId"])
        if current is not None and current["State"] in OPEN_STEPS:
            transaction.update(STEP_OBJECT, str(current["Id"]), {"State": "Paused", "WasEverPaused": True})
        if resume_ms is not None:
            self._parts.timers.set(resume_ms, "resume", f"resume:{tracker_id}", tracker_id)

    def resume(self, transaction: Transaction, tracker: Row) -> None:
        """Let a held run go on where it stood.

        Raises:
            Refusal: it is not paused.
        """
        if tracker["State"] != "Paused":
            raise Refusal("TRACKER_NOT_PAUSED")
        tracker_id = str(tracker["Id"])
        self._parts.timers.cancel(f"resume:{tracker_id}")
        due = self._parts.timers.release(tracker_id, transaction.moment_ms)
        current = transaction.read(STEP_OBJECT, tracker["CurrentStepId"])
        standing = current is not None and current["State"] == "Paused"
        state = "Running" if standing else ("Processing" if tracker["CurrentStepId"] else "Initializing")
        transaction.update(TRACKER_OBJECT, tracker_id, {"State": state, "ScheduledResumeDateTime": None})
        if current is None or not standing:
            return
        changes: Row = {"State": "Queued" if current["StepType"] == "AutoSendAnEmail" else "Active"}
        if due is not None and current["StepType"] in {"Wait", "ListenerBranch"}:
            changes["DueDateTime"] = due
        transaction.update(STEP_OBJECT, str(current["Id"]), changes)
        for event in self._parts.seen(tracker_id):
            self._emails.wake_listener(transaction, tracker_id, event)

    def hand_over(self, transaction: Transaction, tracker: Row, owner_id: str) -> None:
        """Give a run to another assignee; its step stays.

        Raises:
            Refusal: it is over already.
        """
        if tracker["State"] == "Complete":
            raise Refusal("TRACKER_NOT_ACTIVE")
        transaction.settle(TRACKER_OBJECT, str(tracker["Id"]), {"OwnerId": owner_id})
        if tracker["CurrentStepId"]:
            self._tasks.hand_over(transaction, str(tracker["CurrentStepId"]), owner_id)

    def complete(self, transaction: Transaction, step_tracker_id: str) -> None:
        """Finish a step by hand and go on, by the outcome of the call if it is one.

        Raises:
            Refusal: no such step, it is not open, or it is none that people do.
        """
        step = self._open_step(transaction, step_tracker_id)
        if step["StepType"] not in TOUCHES and step["State"] != "Error":
            raise Refusal("STEP_NOT_MANUAL")
        self._revive(transaction, step)
        self._movement.finish_step(
            transaction, step, "ManuallyCompleted", ActionTakenDateTime=transaction.now
        )
        self._tally(transaction, step)
        if step["StepType"] == "MakeACall":
            self._tasks.close(transaction, step_tracker_id)
            self._targets.touched(transaction, str(step["TargetId"]), "FirstCallDateTime")
            outcome = self._tasks.outcome(step)
            self._tasks.tally(step, outcome)
            if self._exits(transaction, step, outcome):
                return
        elif step["StepType"] in {"SendAnEmail", "AutoSendAnEmail"}:
            self._emails.sent(transaction, step)
        self._movement.move_on(transaction, step)

    def skip(self, transaction: Transaction, step_tracker_id: str) -> None:
        """Leave a step out and go on.

        Raises:
            Refusal: no such step, or it is not open.
        """
        step = self._open_step(transaction, step_tracker_id)
        self._revive(transaction, step)
        self._parts.timers.cancel(str(step["ActionCadenceTrackerId"]))
        self._tasks.drop(transaction, step_tracker_id)
        self._movement.finish_step(transaction, step, "ManuallySkipped")
        self._parts.count(step["ActionCadenceStepId"], "AllSkippedCount")
        self._movement.move_on(transaction, step)

    def _exits(self, transaction: Transaction, step: Row, outcome: str | None) -> bool:
        if outcome is None or not self._parts.settings.disposition_branching:
            return False
        return self._movement.exit_by(transaction, str(step["ActionCadenceTrackerId"]), outcome)

    def _tally(self, transaction: Transaction, step: Row) -> None:
        due = step["DueDateTime"]
        late = isinstance(due, int) and due < transaction.now
        timing = "AllOverdueCompletedCount" if late else "AllOnTimeCompletedCount"
        self._parts.count(step["ActionCadenceStepId"], "AllManuallyCompletedCount", timing)

    def _open_step(self, transaction: Transaction, step_tracker_id: str) -> Row:
        step = step_of(transaction, step_tracker_id)
        if step["State"] not in _DOABLE | {"Queued", "Scheduled"}:
            raise Refusal("STEP_NOT_ACTIVE")
        tracker = tracker_of(transaction, step["ActionCadenceTrackerId"])
        if tracker["State"] == "Paused":
            raise Refusal("TRACKER_NOT_RUNNING")
        return step

    def _revive(self, transaction: Transaction, step: Row) -> None:
        tracker = tracker_of(transaction, step["ActionCadenceTrackerId"])
        if tracker["State"] == "Error":
            order = Enrollment(
                str(tracker["TargetId"]), str(tracker["ActionCadenceId"]), str(tracker["OwnerId"])
            )
            self._check_room(order)
            transaction.update(TRACKER_OBJECT, str(tracker["Id"]), {"State": "Running", "ErrorMessage": None})

    def _start(self, order: Enrollment) -> Step:
        found = self._parts.graphs.of(order.cadence_id).find_start(str(order.start))
        if found is None:
            known = self._parts.store.value(
                'SELECT 1 FROM "ActionCadenceStep" WHERE "ActionCadenceId" = ? AND ? IN ("Id", "StepName", "StepTitle")',
                (order.cadence_id, order.start),
            )
            raise Refusal("START_STEP_ORPHAN" if known else "START_STEP_INVALID")
        return found

    def _check_room(self, order: Enrollment) -> None:
        active = self._parts.store.rows(
            f'SELECT "ActionCadenceId" FROM "{TRACKER_OBJECT}" WHERE "TargetId" = ? AND "IsTrackerActive" = 1'
            ' AND "IsDeleted" = 0',
            (order.target_id,),
        )
        if any(row["ActionCadenceId"] == order.cadence_id for row in active):
            raise Refusal("ALREADY_IN_THIS_CADENCE")
        if active and not self._parts.settings.multiple_cadences and order.iteration == 1:
            raise Refusal("ALREADY_IN_OTHER_CADENCE")
        total = self._parts.store.value(
            f'SELECT COUNT(*) FROM "{TRACKER_OBJECT}" WHERE "IsTrackerActive" = 1 AND "IsDeleted" = 0'
        )
        if isinstance(total, int) and total >= self._parts.settings.tracker_limit:
            raise Refusal("ORG_TRACKER_LIMIT")

    def _chain(self, transaction: Transaction, tracker: Row, cadence_id: str) -> bool:
        iteration = tracker["DaisyChainIteration"]
        order = Enrollment(
            target_id=str(tracker["TargetId"]),
            cadence_id=cadence_id,
            owner_id=str(tracker["OwnerId"]),
            related_id=None if tracker["RelatedToId"] is None else str(tracker["RelatedToId"]),
            iteration=(iteration if isinstance(iteration, int) else 1) + 1,
        )
        try:
            with transaction.attempt():
                self.enroll(transaction, order)
        except Refusal:
            return False
        return True
