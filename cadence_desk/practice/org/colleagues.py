"""Background reps who work now and then, so that lists live: they finish steps, log calls, add, pause and edit people.

Imports the engine. Driven by a timer of ``org.world``; deterministic for a seed and the same course of the clock. They keep
off the default user's own records, so that a person at the desk is not surprised in the middle of a call.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.engine.parts import Refusal, tracker_of
from cadence_desk.practice.org.engine.runs import Enrollment
from cadence_desk.practice.org.seeding.staff import CATEGORIES
from cadence_desk.practice.org.values import DmlError, day_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cadence_desk.practice.org.engine.engine import Engine
    from cadence_desk.practice.org.engine.timers import Timer
    from cadence_desk.practice.org.seeding.sowing import Cast
    from cadence_desk.practice.org.transaction import Transaction

KIND = "colleague"
CATCH_UP_MS = 10 * 60_000
"""After a jump longer than this the colleagues go on from now: nobody works through days at once."""
_REACH = 60
_RATINGS = ("Hot", "Warm", "Cold")
_STEP = (
    'SELECT s."Id" FROM "ActionCadenceStepTracker" s JOIN "ActionCadenceTracker" t ON t."Id" = s."ActionCadenceTrackerId"'
    ' WHERE t."OwnerId" = ? AND t."State" = \'Running\' AND s."State" = \'Active\' AND s."StepType" IN'
    " ('MakeACall','SendAnEmail','CreateTask','LinkedInConnection','LinkedInMail') AND s.\"IsDeleted\" = 0"
)
_TRACKER = 'SELECT "Id" FROM "ActionCadenceTracker" WHERE "OwnerId" = ? AND "State" = \'{state}\' AND "IsDeleted" = 0'
_LEAD = 'SELECT "Id" FROM "Lead" WHERE "OwnerId" = ? AND "IsConverted" = 0 AND "IsDeleted" = 0'
_CADENCE = 'SELECT "Id" FROM "ActionCadence" WHERE "State" = \'Active\' AND "Type" = \'Standard\' AND "IsDeleted" = 0'


class Colleagues:
    """The other reps of the org."""

    def __init__(self, engine: Engine, cast: Cast, seed: int) -> None:
        self._engine = engine
        self._reps = cast.reps[1:]
        self._chance = chance_for("colleagues", seed)
        self._deeds: tuple[tuple[int, Callable[[Transaction], None]], ...] = (
            (40, self._finish_step),
            (15, self._log_call),
            (20, self._add_someone),
            (9, self._pause_someone),
            (6, self._resume_someone),
            (10, self._edit_someone),
        )

    def plan(self, after_ms: int) -> None:
        """Plan the next deed some seconds after a moment."""
        seconds = self._engine.parts.settings.colleague_seconds
        pause = int(seconds * 1000 * self._chance.uniform(0.5, 1.5))
        self._engine.timers.set(after_ms + max(1000, pause), KIND, KIND)

    def act(
        self, timer: Timer, now_ms: int, open_as: Callable[[str, int], AbstractContextManager[Transaction]]
    ) -> None:
        """Let one colleague do one thing, then plan the next."""
        behind = now_ms - timer.due > CATCH_UP_MS
        moment = now_ms if behind else timer.due
        rep = self._chance.choice(self._reps)
        deed = self._chance.choices([one for _, one in self._deeds], [share for share, _ in self._deeds])[0]
        with open_as(rep, moment) as transaction:
            self._engine.timers.remove(timer)
            self.plan(moment)
            if self._engine.parts.settings.colleagues:
                self._try(transaction, deed)

    @staticmethod
    def _try(transaction: Transaction, deed: Callable[[Transaction], None]) -> None:
        try:
            with transaction.attempt():
                deed(transaction)
        except (Refusal, DmlError):
            return

    def _pick(self, sql: str, values: tuple[object, ...] = ()) -> str | None:
        store = self._engine.parts.store
        for skipped in (self._chance.randrange(_REACH), 0):
            found = store.value(f"{sql} ORDER BY 1 LIMIT 1 OFFSET {skipped}", values)
            if found is not None:
                return str(found)
        return None

    def _finish_step(self, transaction: Transaction) -> None:
        step = self._pick(_STEP, (transaction.user_id,))
        if step is None:
            return
        task = self._engine.tasks.find(step)
        if task is not None and not task["IsClosed"]:
            transaction.update("Task", str(task["Id"]), self._call())
        row = transaction.read("ActionCadenceStepTracker", step) or {}
        if row.get("State") == "Active":
            self._engine.runs.complete(transaction, step)

    def _call(self) -> dict[str, object]:
        return {
            "Status": self._engine.tasks.closed_status(),
            "CallDisposition": self._chance.choice(CATEGORIES),
            "CallDurationInSeconds": self._chance.randrange(10, 700),
            "CallType": "Outbound",
        }

    def _log_call(self, transaction: Transaction) -> None:
        lead = self._pick(_LEAD, (transaction.user_id,))
        if lead is not None:
            more = {
                "WhoId": lead,
                "Subject": "Call",
                "TaskSubtype": "Call",
                "ActivityDate": day_text(transaction.now),
            }
            transaction.insert("Task", {**self._call(), **more})

    def _add_someone(self, transaction: Transaction) -> None:
        lead = self._pick(f'{_LEAD} AND "ActiveTrackerCount" = 0', (transaction.user_id,))
        cadence = self._pick(_CADENCE)
        if lead is not None and cadence is not None:
            self._engine.runs.enroll(transaction, Enrollment(lead, cadence, transaction.user_id))

    def _pause_someone(self, transaction: Transaction) -> None:
        tracker = self._pick(_TRACKER.format(state="Running"), (transaction.user_id,))
        if tracker is not None:
            until = transaction.now + self._chance.randrange(1, 5) * 86_400_000
            self._engine.runs.pause(transaction, tracker_of(transaction, tracker), until)

    def _resume_someone(self, transaction: Transaction) -> None:
        tracker = self._pick(_TRACKER.format(state="Paused"), (transaction.user_id,))
        if tracker is not None:
            self._engine.runs.resume(transaction, tracker_of(transaction, tracker))

    def _edit_someone(self, transaction: Transaction) -> None:
        lead = self._pick(_LEAD, (transaction.user_id,))
        if lead is not None:
            transaction.update(
                "Lead", lead, {"Rating": self._chance.choice(_RATINGS), "Status": "Working - Contacted"}
            )
