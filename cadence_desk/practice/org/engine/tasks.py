"""The Task of a call step: made when the step becomes active, closed or taken away when it ends; its call outcome.

Imports the shared parts. Sources: Object Reference, Task (ActionCadenceStepTrackerId); settings enableTaskLoggingPref.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.derived import closed_statuses
from cadence_desk.practice.org.values import day_text

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.parts import Parts
    from cadence_desk.practice.org.transaction import Row, Transaction

UNCATEGORIZED = "AllCallsUncategorizedCount"
_METRICS = {
    "CallMeaningfulConnect": "AllCallsMeaningfulConnectCount",
    "CallLeftVoicemail": "AllCallsLeftVoicemailCount",
    "CallCallBackLater": "AllCallsCallBackLaterCount",
    "CallNotInterested": "AllCallsNotInterestedCount",
    "CallUnqualified": "AllCallsUnqualifiedCount",
}


class CallTasks:
    """Makes, closes and reads the Tasks of call steps."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._unread: set[str] = set()

    def leave_unread(self, step_tracker_id: str) -> None:
        """Forget the call of this step: it was completed by an event that does not look at calls."""
        self._unread.add(step_tracker_id)

    def make(
        self, transaction: Transaction, tracker: Row, step_tracker_id: str, title: str, due: int
    ) -> None:
        """Make the open Task of a call step, if the org logs tasks."""
        if not self._parts.settings.task_logging:
            return
        transaction.insert(
            "Task",
            {
                "WhoId": tracker["TargetId"],
                "OwnerId": tracker["OwnerId"],
                "Subject": title,
                "TaskSubtype": "Call",
                "Type": "Call",
                "ActivityDate": day_text(due),
                "ActionCadenceStepTrackerId": step_tracker_id,
            },
        )

    def find(self, step_tracker_id: str) -> Row | None:
        """Return the newest Task of a step."""
        found = self._parts.store.value(
            'SELECT "Id" FROM "Task" WHERE "ActionCadenceStepTrackerId" = ? AND "IsDeleted" = 0 ORDER BY rowid DESC',
            (step_tracker_id,),
        )
        return None if found is None else self._parts.store.read("Task", str(found))

    def close(self, transaction: Transaction, step_tracker_id: str) -> None:
        """Close the Task of a completed step if it is still open."""
        task = self.find(step_tracker_id)
        if task is not None and not task["IsClosed"]:
            transaction.update("Task", str(task["Id"]), {"Status": self.closed_status()})

    def drop(self, transaction: Transaction, step_tracker_id: str) -> None:
        """Take away the open Task of a step that was skipped or ended otherwise: nobody will do it."""
        task = self.find(step_tracker_id)
        if task is not None and not task["IsClosed"]:
            transaction.delete("Task", str(task["Id"]))

    def hand_over(self, transaction: Transaction, step_tracker_id: str, owner_id: str) -> None:
        """Give the open Task of a step to another owner."""
        task = self.find(step_tracker_id)
        if task is not None and not task["IsClosed"]:
            transaction.settle("Task", str(task["Id"]), {"OwnerId": owner_id})

    def closed_status(self) -> str:
        """Return the status a finished task gets."""
        closed = closed_statuses(self._parts.store)
        return "Completed" if "Completed" in closed else min(closed, default="Completed")

    def category(self, disposition: object) -> str | None:
        """Return the rule value a call result maps to, through CallDisposition and its category."""
        if not disposition:
            return None
        found = self._parts.store.value(
            'SELECT c."DeveloperName" FROM "CallDisposition" d JOIN "CallDispositionCategory" c'
            ' ON c."Id" = d."DispositionCategoryId" WHERE d."Disposition" = ? COLLATE NOCASE AND d."IsDeleted" = 0',
            (str(disposition),),
        )
        return None if found is None else str(found)

    def outcome(self, step: Row) -> str | None:
        """Return the outcome of a call step: from its own Task, else from the newest call logged on the target since."""
        if str(step["Id"]) in self._unread:
            return None
        task = self.find(str(step["Id"]))
        if task is not None and task["CallDisposition"]:
            return self.category(task["CallDisposition"])
        found = self._parts.store.value(
            'SELECT "CallDisposition" FROM "Task" WHERE "WhoId" = ? AND "IsDeleted" = 0 AND "CallDisposition" IS NOT NULL'
            ' AND "ActionCadenceStepTrackerId" IS NULL AND "CreatedDate" >= ? ORDER BY rowid DESC',
            (step["TargetId"], step["CreatedDate"]),
        )
        return self.category(found)

    def tally(self, step: Row, outcome: str | None) -> None:
        """Count a finished call by its outcome."""
        metric = _METRICS.get(outcome or "", UNCATEGORIZED)
        self._parts.count(step["ActionCadenceStepId"], "AllTotalCallsCount", metric)
