"""Moves a target from step to step: enters steps, decides branches, ends runs.

Imports the shared parts, graph and call tasks. The heart of the engine; all entries are called with a transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.engine.graph import TOUCHES, Step
from cadence_desk.practice.org.engine.parts import (
    OPEN_STEPS,
    STEP_OBJECT,
    TRACKER_OBJECT,
    Parts,
    tracker_of,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.org.engine.tasks import CallTasks
    from cadence_desk.practice.org.transaction import Row, Transaction

DAY = 86_400_000
CHAIN_LIMIT = 10
_CALL = "MakeACall"


@dataclass(frozen=True, slots=True)
class Onward:
    """The step was over at once; ``step`` comes next, None ends the cadence."""

    step: Step | None


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ends."""

    reason: str
    disposition: object = None
    rule: str | None = None


class Movement:
    """Runs trackers along their cadence."""

    def __init__(self, parts: Parts, tasks: CallTasks) -> None:
        self._parts = parts
        self._tasks = tasks
        self.chain: Callable[[Transaction, Row, str], bool] = lambda _transaction, _tracker, _cadence: False
        self._entries: dict[str, Callable[[Transaction, Row, Step], Onward | None]] = {
            "Wait": self._enter_wait,
            "AutoSendAnEmail": self._enter_auto_email,
            "Branch": self._enter_branch,
            "ListenerBranch": self._enter_listener,
            "DaisyChain": self._enter_chain,
        }

    def move(self, transaction: Transaction, tracker_id: str, step: Step | None) -> None:
        """Enter a step and go on through every step that is over at once."""
        onward: Onward | None = Onward(step)
        while onward is not None:
            tracker = tracker_of(transaction, tracker_id)
            if onward.step is None:
                self.end(transaction, tracker, Ending("NoMoreSteps"))
                return
            entry = self._entries.get(onward.step.type, self._enter_touch)
            onward = entry(transaction, tracker, onward.step)

    def move_on(self, transaction: Transaction, step_tracker: Row) -> None:
        """Go on after a finished step: soon, in the background, as the platform does; at once without a delay."""
        tracker_id = str(step_tracker["ActionCadenceTrackerId"])
        delay = self._parts.settings.processing_ms
        if delay <= 0:
            self.move_after(transaction, step_tracker)
            return
        transaction.settle(TRACKER_OBJECT, tracker_id, {"State": "Processing"})
        self._parts.timers.set(transaction.moment_ms + delay, "move", tracker_id, str(step_tracker["Id"]))

    def move_after(self, transaction: Transaction, step_tracker: Row) -> None:
        """Go on after a finished step now."""
        tracker = tracker_of(transaction, step_tracker["ActionCadenceTrackerId"])
        graph = self._parts.graphs.of(str(tracker["ActionCadenceId"]))
        done = graph.steps.get(str(step_tracker["ActionCadenceStepId"]))
        if done is None:
            self.end(transaction, tracker, Ending("AutomaticallyExitedDeletedStep"))
            return
        if done.type == "ListenerBranch":
            following = graph.after_branch(done, self._parts.seen(str(tracker["Id"])))
        else:
            following = graph.following(done)
        self.move(transaction, str(tracker["Id"]), following)

    def finish_step(self, transaction: Transaction, step_tracker: Row, reason: str, **more: object) -> None:
        """Mark a step completed and remember it as the tracker's last one."""
        step_id = str(step_tracker["Id"])
        transaction.update(
            STEP_OBJECT,
            step_id,
            {
                "State": "Completed",
                "CompletionReason": reason,
                "CompletionDate": transaction.now,
                "CompletedById": transaction.user_id,
                "ErrorCode": None,
                **more,
            },
        )
        transaction.settle(
            TRACKER_OBJECT,
            str(step_tracker["ActionCadenceTrackerId"]),
            {"LastCompletedStepId": step_id, "ErrorMessage": None},
        )

    def end(self, transaction: Transaction, tracker: Row, ending: Ending) -> None:
        """End a run: its open step is canceled, its timers are dropped."""
        tracker_id = str(tracker["Id"])
        self._parts.timers.cancel(tracker_id)
        self._parts.timers.cancel(f"resume:{tracker_id}")
        self.cancel_open_step(transaction, tracker)
        changes: Row = {
            "State": "Complete",
            "CompletionReason": ending.reason,
            "CurrentStepId": None,
            "ScheduledResumeDateTime": None,
        }
        if ending.disposition:
            changes["CompletionDisposition"] = ending.disposition
        if ending.rule:
            changes["ExitGlobalRuleId"] = ending.rule
        transaction.update(TRACKER_OBJECT, tracker_id, changes)

    def cancel_open_step(self, transaction: Transaction, tracker: Row) -> None:
        """Cancel the step a tracker stands on, if it is not over."""
        current = transaction.read(STEP_OBJECT, tracker["CurrentStepId"])
        if current is not None and current["State"] in OPEN_STEPS:
            self._tasks.drop(transaction, str(current["Id"]))
            transaction.update(
                STEP_OBJECT,
                str(current["Id"]),
                {
                    "State": "Cancelled",
                    "CompletionReason": "AutomaticallyExited",
                    "CompletionDate": transaction.now,
                    "CompletedById": transaction.user_id,
                },
            )

    def fail(self, transaction: Transaction, step_tracker: Row, code: str) -> None:
        """Put a step and its tracker into error with a code."""
        tracker_id = str(step_tracker["ActionCadenceTrackerId"])
        self._parts.timers.cancel(tracker_id)
        transaction.update(STEP_OBJECT, str(step_tracker["Id"]), {"State": "Error", "ErrorCode": code})
        message = f"{step_tracker['StepTitle']}: {code}"
        transaction.update(TRACKER_OBJECT, tracker_id, {"State": "Error", "ErrorMessage": message})

    def exit_by(self, transaction: Transaction, tracker_id: str, event: str) -> bool:
        """End a run when its cadence has a global exit for an event; returns whether it did."""
        tracker = transaction.read(TRACKER_OBJECT, tracker_id)
        if tracker is None or not tracker["IsTrackerActive"]:
            return False
        rule = self._parts.graphs.of(str(tracker["ActionCadenceId"])).exits.get(event)
        if rule is None:
            return False
        self.end(transaction, tracker, Ending("AutomaticallyExited", rule=rule))
        return True

    def _add_step(self, transaction: Transaction, tracker: Row, step: Step, fields: Row) -> str:
        return transaction.insert(
            STEP_OBJECT,
            {
                "ActionCadenceId": tracker["ActionCadenceId"],
                "ActionCadenceName": self._parts.graphs.of(str(tracker["ActionCadenceId"])).name,
                "ActionCadenceStepId": step.id,
                "ActionCadenceTrackerId": tracker["Id"],
                "TargetId": tracker["TargetId"],
                "StepType": step.type,
                "StepTitle": step.title,
                "State": "Active",
                **fields,
            },
        )

    def _stand(self, transaction: Transaction, tracker: Row, step: Step, fields: Row) -> str:
        made = self._add_step(transaction, tracker, step, fields)
        transaction.settle(TRACKER_OBJECT, str(tracker["Id"]), {"CurrentStepId": made, "State": "Running"})
        return made

    def _pass(self, transaction: Transaction, tracker: Row, step: Step) -> str:
        done: Row = {
            "State": "Completed",
            "CompletionReason": "AutomaticallyCompleted",
            "CompletionDate": transaction.now,
            "CompletedById": transaction.user_id,
        }
        made = self._add_step(transaction, tracker, step, done)
        transaction.settle(TRACKER_OBJECT, str(tracker["Id"]), {"LastCompletedStepId": made})
        return made

    def _enter_touch(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        assert step.type in TOUCHES, step.type
        due = transaction.now + max(1, step.due_days) * DAY
        made = self._stand(transaction, tracker, step, {"DueDateTime": due})
        if step.type == _CALL:
            self._tasks.make(transaction, tracker, made, step.title, due)
        return None

    def _enter_wait(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        due = transaction.moment_ms + step.wait_ms
        made = self._stand(transaction, tracker, step, {"DueDateTime": due})
        self._parts.timers.set(due, "wake", str(tracker["Id"]), made)
        return None

    def _enter_auto_email(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        made = self._stand(
            transaction, tracker, step, {"State": "Queued", "ScheduledStartDateTime": transaction.now}
        )
        delay = chance_for(f"send/{made}", self._parts.seed).randrange(20_000, 240_000)
        self._parts.timers.set(transaction.moment_ms + delay, "send", str(tracker["Id"]), made)
        return None

    def _enter_branch(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        seen = self._parts.seen(str(tracker["Id"]))
        if self._parts.settings.disposition_branching:
            last = transaction.read(STEP_OBJECT, self._last_call(str(tracker["Id"])))
            outcome = None if last is None else self._tasks.outcome(last)
            seen |= {outcome} if outcome else set()
        self._pass(transaction, tracker, step)
        graph = self._parts.graphs.of(str(tracker["ActionCadenceId"]))
        return Onward(graph.after_branch(step, seen))

    def _last_call(self, tracker_id: str) -> object:
        return self._parts.store.value(
            f'SELECT "Id" FROM "{STEP_OBJECT}" WHERE "ActionCadenceTrackerId" = ? AND "StepType" = ? AND "IsDeleted" = 0'
            " AND \"State\" = 'Completed' AND \"CompletionReason\" <> 'ManuallySkipped' ORDER BY rowid DESC",
            (tracker_id, _CALL),
        )

    def _enter_listener(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        seen = self._parts.seen(str(tracker["Id"]))
        graph = self._parts.graphs.of(str(tracker["ActionCadenceId"]))
        if any(one.value in seen for one in step.outcomes):
            self._pass(transaction, tracker, step)
            return Onward(graph.after_branch(step, seen))
        due = transaction.moment_ms + step.wait_ms
        made = self._stand(transaction, tracker, step, {"DueDateTime": due})
        self._parts.timers.set(due, "wake", str(tracker["Id"]), made)
        return None

    def _enter_chain(self, transaction: Transaction, tracker: Row, step: Step) -> Onward | None:
        iteration = tracker["DaisyChainIteration"]
        if isinstance(iteration, int) and iteration >= CHAIN_LIMIT:
            self._broken_chain(transaction, tracker, step, "A run may pass through at most 10 cadences.")
        elif step.chained is None or not self.chain(transaction, tracker, step.chained):
            self._broken_chain(transaction, tracker, step, "The next cadence takes no new targets.")
        else:
            self._pass(transaction, tracker, step)
            self.end(transaction, tracker_of(transaction, tracker["Id"]), Ending("DaisyChained"))
        return None

    def _broken_chain(self, transaction: Transaction, tracker: Row, step: Step, message: str) -> None:
        made = self._stand(
            transaction, tracker, step, {"State": "Error", "ErrorCode": "NON_EMAIL_UNKNOWN_ERROR"}
        )
        changes: Row = {"State": "Error", "ErrorMessage": message, "CurrentStepId": made}
        transaction.update(TRACKER_OBJECT, str(tracker["Id"]), changes)
