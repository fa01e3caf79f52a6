"""Simulated email: sends automated steps, and lets people open, click, reply or bounce by seeded chance.

Imports the shared parts and movement. Event names are those of ActionCadenceRule and ActionCadenceRuleCondition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.engine.parts import STEP_OBJECT, TRACKER_OBJECT, Parts

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.movement import Movement
    from cadence_desk.practice.org.engine.targets import Targets
    from cadence_desk.practice.org.transaction import Row, Transaction

MINUTE = 60_000
HOUR = 60 * MINUTE
_PASSING = ("RETRY_LATER", "MAIL_PROVIDER_RATE_LIMIT_REACHED", "POST_SEND_EXCEPTION")
_METRICS = {
    "EmailOpen": ("AllEmailsOpenedCount", "UniqueEmailsOpenedCount"),
    "EmailLinkClick": ("AllEmailsLinkClickedCount", "UniqueEmailsLinkClickedCount"),
    "EmailReply": ("AllEmailsRepliedCount", "UniqueEmailsRepliedCount"),
    "EmailHardBounce": ("AllEmailsBouncedCount", "AllEmailsHardBouncedCount"),
    "EmailSoftBounce": ("AllEmailsBouncedCount", "AllEmailsSoftBouncedCount"),
}
EMAIL_EVENTS = tuple(_METRICS)
"""What readers can do, as rules name it."""


class Emails:
    """Sends and follows the emails of cadences."""

    def __init__(self, parts: Parts, movement: Movement, targets: Targets) -> None:
        self._parts = parts
        self._movement = movement
        self._targets = targets

    def send(self, transaction: Transaction, step: Row) -> None:
        """Send an automated email, or put its step into error when it cannot be sent."""
        code = self._obstacle(transaction, step)
        if code is not None:
            self._movement.fail(transaction, step, code)
            return
        self._movement.finish_step(
            transaction, step, "AutomaticallyCompleted", ActionTakenDateTime=transaction.now
        )
        self.sent(transaction, step)
        self._movement.move_on(transaction, step)

    def sent(self, transaction: Transaction, step: Row) -> None:
        """Follow an email that has gone out: count it and plan what its reader does."""
        self._parts.count(
            step["ActionCadenceStepId"],
            "AllEmailsSentCount",
            "AllEmailsTrackedSentCount",
            "AllEmailsDeliveredCount",
        )
        self._targets.touched(transaction, str(step["TargetId"]), "FirstEmailDateTime")
        for event, delay in self._plan(str(step["Id"])):
            self._parts.timers.set(transaction.moment_ms + delay, "engage", str(step["Id"]), event)

    def engage(self, transaction: Transaction, step_id: str, event: str) -> None:
        """Let the reader of an email do something: count it, then exits and listeners look at it."""
        step = transaction.read(STEP_OBJECT, step_id)
        if step is None:
            return
        tracker_id = str(step["ActionCadenceTrackerId"])
        self._parts.store.connection.execute(
            "INSERT INTO engine_engagement (tracker, step, event, at) VALUES (?, ?, ?, ?)",
            (tracker_id, step_id, event, transaction.now),
        )
        self._parts.count(step["ActionCadenceStepId"], *_METRICS[event])
        if event == "EmailHardBounce":
            self._targets.bounced(transaction, str(step["TargetId"]))
        if not self._movement.exit_by(transaction, tracker_id, event):
            self.wake_listener(transaction, tracker_id, event)

    def wake_listener(self, transaction: Transaction, tracker_id: str, event: str) -> None:
        """Let a listener branch that waits for an event go on."""
        tracker = transaction.read(TRACKER_OBJECT, tracker_id)
        if tracker is None or tracker["State"] != "Running":
            return
        current = transaction.read(STEP_OBJECT, tracker["CurrentStepId"])
        if current is None or current["StepType"] != "ListenerBranch" or current["State"] != "Active":
            return
        graph = self._parts.graphs.of(str(tracker["ActionCadenceId"]))
        step = graph.steps.get(str(current["ActionCadenceStepId"]))
        if step is not None and any(one.value == event for one in step.outcomes):
            self._parts.timers.cancel(tracker_id)
            self._movement.finish_step(transaction, current, "AutomaticallyCompleted")
            self._movement.move_on(transaction, current)

    def _obstacle(self, transaction: Transaction, step: Row) -> str | None:
        tracker = transaction.read(TRACKER_OBJECT, step["ActionCadenceTrackerId"]) or {}
        sender = self._targets.sender_problem(str(tracker.get("OwnerId") or ""))
        if sender is not None:
            return sender
        reader = self._targets.reader_problem(transaction, str(step["TargetId"]))
        if reader is not None:
            return reader
        chance = chance_for(f"obstacle/{step['Id']}", self._parts.seed)
        return chance.choice(_PASSING) if chance.random() < self._parts.settings.email_trouble else None

    def _plan(self, step_id: str) -> list[tuple[str, int]]:
        chance = chance_for(f"reader/{step_id}", self._parts.seed)
        luck = chance.random()
        if luck < 0.03:
            return [("EmailHardBounce" if luck < 0.02 else "EmailSoftBounce", 2 * MINUTE)]
        if luck > 0.5:
            return []
        opened = chance.randrange(5 * MINUTE, 30 * HOUR)
        plan = [("EmailOpen", opened)]
        if chance.random() < 0.4:
            plan.append(("EmailLinkClick", opened + chance.randrange(10_000, 10 * MINUTE)))
        if chance.random() < 0.15:
            plan.append(("EmailReply", opened + chance.randrange(5 * MINUTE, 20 * HOUR)))
        return plan
