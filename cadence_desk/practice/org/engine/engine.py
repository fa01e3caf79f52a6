"""The engine as a whole: builds its parts, fires timers, and reacts to records written by others.

Imports the other parts of this package. Owned by ``org.world``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.engine.emails import Emails
from cadence_desk.practice.org.engine.movement import Ending, Movement
from cadence_desk.practice.org.engine.parts import (
    OPEN_STEPS,
    STEP_OBJECT,
    TRACKER_OBJECT,
    Parts,
    Refusal,
    is_active,
)
from cadence_desk.practice.org.engine.runs import Runs
from cadence_desk.practice.org.engine.targets import Targets
from cadence_desk.practice.org.engine.tasks import CallTasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from cadence_desk.practice.org.engine.graph import Graphs
    from cadence_desk.practice.org.engine.timers import Timer, Timers
    from cadence_desk.practice.org.settings import OrgSettings
    from cadence_desk.practice.org.store import Store
    from cadence_desk.practice.org.transaction import Row, Transaction

_STRUCTURE = frozenset(
    {"ActionCadence", "ActionCadenceStep", "ActionCadenceRule", "ActionCadenceRuleCondition"}
)


class Engine:
    """Runs all cadences of an org."""

    def __init__(self, store: Store, settings: OrgSettings, seed: int) -> None:
        self.parts = Parts(store, settings, seed)
        self.targets = Targets(self.parts)
        self.tasks = CallTasks(self.parts)
        self.movement = Movement(self.parts, self.tasks)
        self.emails = Emails(self.parts, self.movement, self.targets)
        self.runs = Runs(self.parts, self.movement, self.tasks, self.emails, self.targets)
        self._kinds: dict[str, Callable[[Transaction, Timer], None]] = {
            "begin": self._begin,
            "move": self._move,
            "wake": self._wake,
            "send": self._send,
            "engage": self._engage,
            "resume": self._resume,
        }

    @property
    def timers(self) -> Timers:
        """What is to happen later."""
        return self.parts.timers

    @property
    def graphs(self) -> Graphs:
        """The cadences as graphs."""
        return self.parts.graphs

    def handles(self, kind: str) -> bool:
        """Whether timers of a kind are the engine's own."""
        return kind in self._kinds

    def fire(self, transaction: Transaction, timer: Timer) -> None:
        """Do what a timer is for; one whose record has moved on meanwhile does nothing."""
        self._kinds[timer.kind](transaction, timer)

    def after_write(self, transaction: Transaction, sobject: str, before: Row | None, after: Row) -> None:
        """Follow writes by others: conversions, deletions, closed tasks, changed cadences."""
        if sobject == TRACKER_OBJECT:
            target = str(after["TargetId"])
            transaction.defer(f"target/{target}", lambda work: self.targets.refresh(work, target))
        elif sobject in {"Lead", "Contact"}:
            self._person_written(transaction, before, after)
        elif sobject == "Task":
            self._task_written(transaction, before, after)
        elif sobject in _STRUCTURE:
            self.graphs.forget()

    def _person_written(self, transaction: Transaction, before: Row | None, after: Row) -> None:
        if before is None:
            return
        if after.get("IsConverted") and not before.get("IsConverted"):
            for tracker in self.trackers_of(str(after["Id"])):
                if is_active(tracker):
                    self.movement.end(transaction, tracker, Ending("LeadConverted"))
        elif after["IsDeleted"] and not before["IsDeleted"]:
            for tracker in self.trackers_of(str(after["Id"])):
                self._drop(transaction, tracker)

    def _drop(self, transaction: Transaction, tracker: Row) -> None:
        self.timers.cancel(str(tracker["Id"]))
        self.timers.cancel(f"resume:{tracker['Id']}")
        sql = f'SELECT "Id" FROM "{STEP_OBJECT}" WHERE "ActionCadenceTrackerId" = ? AND "IsDeleted" = 0'
        for row in self.parts.store.rows(sql, (tracker["Id"],)):
            transaction.delete(STEP_OBJECT, str(row["Id"]))
        transaction.delete(TRACKER_OBJECT, str(tracker["Id"]))

    def _task_written(self, transaction: Transaction, before: Row | None, after: Row) -> None:
        step_id = after.get("ActionCadenceStepTrackerId")
        closed_now = after["IsClosed"] and before is not None and not before["IsClosed"]
        if not step_id or not closed_now or not self.parts.settings.complete_step_on_task_close:
            return
        step = transaction.read(STEP_OBJECT, step_id)
        if step is not None and step["State"] in OPEN_STEPS and step["State"] != "Paused":
            self.runs.complete(transaction, str(step_id))

    def trackers_of(self, target_id: str, *, active: bool = False) -> list[Row]:
        """Return the trackers of a lead or contact, oldest first."""
        more = ' AND "IsTrackerActive" = 1' if active else ""
        return self.parts.store.rows(
            f'SELECT * FROM "{TRACKER_OBJECT}" WHERE "TargetId" = ? AND "IsDeleted" = 0{more} ORDER BY rowid',
            (target_id,),
        )

    def _begin(self, transaction: Transaction, timer: Timer) -> None:
        tracker = transaction.read(TRACKER_OBJECT, timer.subject)
        if tracker is not None and tracker["State"] == "Initializing":
            graph = self.graphs.of(str(tracker["ActionCadenceId"]))
            self.movement.move(transaction, timer.subject, graph.steps.get(timer.detail))

    def _move(self, transaction: Transaction, timer: Timer) -> None:
        tracker = transaction.read(TRACKER_OBJECT, timer.subject)
        step = transaction.read(STEP_OBJECT, timer.detail)
        if tracker is not None and step is not None and tracker["State"] == "Processing":
            self.movement.move_after(transaction, step)

    def _wake(self, transaction: Transaction, timer: Timer) -> None:
        step = transaction.read(STEP_OBJECT, timer.detail)
        if step is not None and step["State"] == "Active":
            self.movement.finish_step(transaction, step, "AutomaticallyCompleted")
            self.movement.move_on(transaction, step)

    def _send(self, transaction: Transaction, timer: Timer) -> None:
        step = transaction.read(STEP_OBJECT, timer.detail)
        if step is not None and step["State"] == "Queued":
            self.emails.send(transaction, step)

    def _engage(self, transaction: Transaction, timer: Timer) -> None:
        self.emails.engage(transaction, timer.subject, timer.detail)

    def _resume(self, transaction: Transaction, timer: Timer) -> None:
        tracker = transaction.read(TRACKER_OBJECT, timer.detail)
        if tracker is not None and tracker["State"] == "Paused":
            try:
                self.runs.resume(transaction, tracker)
            except Refusal:
                return
