"""Sows cadences that are already under way: trackers in every state, their steps, their Tasks and their timers.

Imports journeys, the sower and the engine's graphs and timers. About a third of the people are in a cadence.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.practice.org.catalog.cadence import DISPOSITIONS
from cadence_desk.practice.org.derived import ACTIVE_STATES
from cadence_desk.practice.org.engine.graph import TOUCHES
from cadence_desk.practice.org.seeding.engaged import show_on_people
from cadence_desk.practice.org.seeding.journeys import Journey, Passed, journeys
from cadence_desk.practice.org.seeding.sowing import DAY, HOUR, Sower
from cadence_desk.practice.org.seeding.spans import TIMED, Spans
from cadence_desk.practice.org.seeding.staff import CATEGORIES, category_value
from cadence_desk.practice.org.values import day_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.practice.org.engine.graph import Graphs, Step
    from cadence_desk.practice.org.engine.timers import Timers

TRACKER_COLUMNS = (
    "Id", "ActionCadenceId", "TargetId", "OwnerId", "State", "IsTrackerActive", "CurrentStepId", "LastCompletedStepId",
    "CompletionReason", "CompletionDisposition", "DaisyChainIteration", "ErrorMessage", "ScheduledResumeDateTime",
    "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
)  # fmt: skip
STEP_COLUMNS = (
    "Id", "ActionCadenceId", "ActionCadenceName", "ActionCadenceStepId", "ActionCadenceTrackerId", "TargetId", "StepType",
    "StepTitle", "State", "CompletionReason", "CompletionDate", "CompletedById", "DueDateTime", "ActionTakenDateTime",
    "ErrorCode", "WasEverPaused", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
)  # fmt: skip
TASK_COLUMNS = (
    "Id", "WhoId", "OwnerId", "Subject", "ActivityDate", "Status", "Priority", "IsClosed", "Type", "TaskSubtype",
    "CallDisposition", "CallDurationInSeconds", "CallType", "Description", "CompletedDateTime",
    "ActionCadenceStepTrackerId", "CreatedDate", "CreatedById", "LastModifiedDate", "LastModifiedById", "SystemModstamp",
)  # fmt: skip
_EVERY_STATE = ("Complete", "Processing", "Initializing", "Error", "Paused", "Paused", "Running", "Running")
"""States of the first runs, last one first: also the smallest world has one of each."""
_SHARES = {
    "Inbound Follow-Up": 30,
    "New Business Outreach": 25,
    "Call Blitz": 12,
    "Nurture by Email": 12,
    "Event Warm-Up": 6,
    "Event Follow-Through": 5,
    "Pricing Script Test": 6,
    "Quick Check-In": 3,
    "Trade Show Last Year": 2,
}
_EMAIL_ERRORS = (
    "TEMPLATE_DELETED", "SENDER_MAILBOX_NOT_FOUND", "TARGET_EMAIL_EMPTY", "TARGET_EMAIL_BOUNCED", "INVALID_TARGET_EMAIL",
    "TARGET_DO_NOT_CONTACT_ON", "FIX_WITH_RECONNECT", "AUTO_EMAIL_DAILY_LIMIT_REACHED", "RETRY_LATER", "INVALID_DRAFT",
    "TEMPLATE_MERGE_FIELD_RENDERING_ERROR", "MAIL_PROVIDER_RATE_LIMIT_REACHED",
)  # fmt: skip
_OTHER_ERRORS = (
    "USER_IS_INACTIVE",
    "NO_TARGET_ACCESS",
    "UNKNOWN",
    "NON_EMAIL_UNKNOWN_ERROR",
    "USER_HAS_LOST_HVS_ACCESS",
)
_EMAIL_STEPS = frozenset({"SendAnEmail", "AutoSendAnEmail"})
_FALLIBLE = TOUCHES | {"AutoSendAnEmail"}
_BY_VALUE = {category_value(name): name for name in CATEGORIES}
_NOTES = (
    "Spoke for a minute, friendly.",
    "Left a message on the machine.",
    "Reception took my number.",
    None,
    None,
)
_DISPOSITIONS = tuple(DISPOSITIONS.split(","))

Value = str | int | None


@dataclass(slots=True)
class Harvest:
    """Rows collected before they are written in bulk."""

    trackers: list[tuple[Value, ...]] = field(default_factory=list)
    steps: list[tuple[Value, ...]] = field(default_factory=list)
    tasks: list[tuple[Value, ...]] = field(default_factory=list)
    timers: list[tuple[int | None, str, str, str, int | None]] = field(default_factory=list)
    engaged: list[tuple[Value, ...]] = field(default_factory=list)


@dataclass(slots=True)
class Under:
    """One run being sown."""

    tracker: str
    target: str
    owner: str
    cadence: str
    name: str
    journey: Journey
    state: str


class TrackerSowing:
    """Sows the runs of a world."""

    def __init__(self, sower: Sower, graphs: Graphs, timers: Timers) -> None:
        self._sower = sower
        self._chance = sower.chance
        self._timers = timers
        self._ways: dict[str, list[Journey]] = {}
        for name in _SHARES:
            self._ways[name] = journeys(graphs.of(sower.cast.cadences[name]))
        self._harvest = Harvest()
        self._spans = Spans(sower.chance)
        self._first = list(_EVERY_STATE)
        self._first_calls: dict[str, int] = {}

    def sow(self) -> None:
        """Sow all runs."""
        for target, owner in self._targets():
            self._run(target, owner)
        harvest = self._harvest
        self._sower.bulk("ActionCadenceTracker", TRACKER_COLUMNS, harvest.trackers)
        self._sower.bulk("ActionCadenceStepTracker", STEP_COLUMNS, harvest.steps)
        self._sower.bulk("Task", TASK_COLUMNS, harvest.tasks)
        self._timers.many(harvest.timers)
        show_on_people(self._sower.store, harvest.engaged, self._first_calls)

    def _targets(self) -> Iterable[tuple[str, str]]:
        cast = self._sower.cast
        able = {*cast.reps, cast.queue}
        for sql in (
            'SELECT "Id", "OwnerId" FROM "Lead" WHERE "IsConverted" = 0 ORDER BY rowid',
            'SELECT "Id", "OwnerId" FROM "Contact" ORDER BY rowid',
        ):
            for target, owner in self._sower.store.connection.execute(sql).fetchall():
                if self._chance.random() < 0.35:
                    left = self._chance.random() < 0.01
                    yield (
                        target,
                        cast.inactive
                        if left
                        else (owner if owner in able else self._chance.choice(cast.reps)),
                    )

    def _run(self, target: str, owner: str) -> None:
        name = self._chance.choices(tuple(_SHARES), tuple(_SHARES.values()))[0]
        state = self._state(name)
        ended = state == "Complete"
        ways = [one for one in self._ways[name] if (one.standing is None) is ended] or self._ways[name]
        if state == "Error":
            ways = [one for one in ways if one.standing is not None and one.standing.type in _FALLIBLE]
        weights = [3 if one.standing is not None and one.standing.type == "MakeACall" else 1 for one in ways]
        journey = self._chance.choices(ways, weights)[0]
        if state in {"Initializing", "Processing"} and (state == "Initializing" or not journey.passed):
            state, journey = "Initializing", Journey((), journey.standing)
        tracker = self._sower.ids.mint("0qB")
        cadence = self._sower.cast.cadences[name]
        self._write(Under(tracker, target, owner, cadence, name, journey, state))

    def _state(self, cadence: str) -> str:
        if self._first:
            return self._first.pop()
        luck = self._chance.random()
        if luck < 0.80:
            return "Running"
        if luck < 0.87:
            return "Paused"
        if luck < 0.92:
            return "Error"
        if luck < 0.94 and cadence != "Trade Show Last Year":
            return "Initializing" if luck < 0.93 else "Processing"
        return "Complete"

    def _write(self, run: Under) -> None:
        since = self._spans.standing(run.state, run.journey.standing)
        spans = [self._spans.passed(one.step) for one in run.journey.passed]
        began = self._sower.start - since - sum(spans)
        moment, last = began, None
        for one, span in zip(run.journey.passed, spans, strict=True):
            last = self._passed(run, one, moment, moment + span)
            moment += span
        current, resume, error = None, None, None
        if run.state in {"Running", "Paused", "Error"} and run.journey.standing is not None:
            current, error = self._standing(run, run.journey.standing, moment)
            resume = self._resume(run)
        elif run.state == "Initializing":
            self._soon(run, "begin", run.journey.standing.id if run.journey.standing else "")
        elif run.state == "Processing":
            self._soon(run, "move", last or "")
        self._tracker(
            run, (began, moment), (current if run.state != "Processing" else last, last), (resume, error)
        )

    def _soon(self, run: Under, kind: str, detail: str) -> None:
        due = self._sower.start + self._chance.randrange(3_000, 120_000)
        self._harvest.timers.append((due, kind, run.tracker, detail, None))

    def _resume(self, run: Under) -> int | None:
        if run.state != "Paused" or self._chance.random() < 0.4:
            return None
        moment = self._sower.start + self._chance.randrange(1, 20 * 24) * HOUR
        self._harvest.timers.append((moment, "resume", f"resume:{run.tracker}", run.tracker, None))
        return moment

    def _passed(self, run: Under, one: Passed, began: int, ended: int) -> str:
        by_hand = one.step.type not in {*TIMED, "Branch"}
        skipped = by_hand and one.outcome is None and self._chance.random() < 0.08
        reason = "AutomaticallyCompleted"
        if by_hand:
            reason = "ManuallySkipped" if skipped else "ManuallyCompleted"
        who = run.owner if by_hand and run.owner.startswith("005") else self._sower.cast.automated
        due = began + max(1, one.step.due_days) * DAY if by_hand else ended
        taken = ended if reason == "ManuallyCompleted" else None
        step = self._step(run, one.step, ("Completed", reason, ended, who, due, taken, None, 0, began, ended))
        if one.step.type == "MakeACall" and not skipped:
            label = _BY_VALUE[one.outcome] if one.outcome else self._chance.choice((*CATEGORIES[1:4], None))
            self._task(run, step, one.step, began, (ended, label, due))
            self._first_calls.setdefault(run.target, ended)
        return step

    def _standing(self, run: Under, step: Step, began: int) -> tuple[str, str | None]:
        state, error = "Queued" if step.type == "AutoSendAnEmail" else "Active", None
        if run.state == "Paused":
            state = "Paused"
        elif run.state == "Error":
            state = "Error"
            error = self._chance.choice(_EMAIL_ERRORS if step.type in _EMAIL_STEPS else _OTHER_ERRORS)
        elif step.type == "MakeACall" and self._chance.random() < 0.03:
            state = "InProgress"
        due = began + step.wait_ms if step.type in TIMED else began + max(1, step.due_days) * DAY
        shown = None if step.type == "AutoSendAnEmail" else due
        paused = int(state == "Paused" or self._chance.random() < 0.03)
        made = self._step(run, step, (state, None, None, None, shown, None, error, paused, began, began))
        if step.type == "MakeACall":
            self._task(run, made, step, began, (None, None, due))
        if step.type in TIMED and error is None:
            self._timer(run, step, made, due)
        return made, f"{step.title}: {error}" if error else None

    def _timer(self, run: Under, step: Step, made: str, due: int) -> None:
        kind = "send" if step.type == "AutoSendAnEmail" else "wake"
        if step.type == "AutoSendAnEmail":
            due = self._sower.start + self._chance.randrange(5_000, 240_000)
        left = max(1000, due - self._sower.start)
        held = run.state == "Paused"
        self._harvest.timers.append((None if held else due, kind, run.tracker, made, left if held else None))

    def _step(self, run: Under, step: Step, told: tuple[Value, ...]) -> str:
        made = self._sower.ids.mint("8HF")
        automated = self._sower.cast.automated
        state, reason, ended, who, due, taken, error, paused, began, changed = told
        self._harvest.steps.append(
            (
                made,
                run.cadence,
                run.name,
                step.id,
                run.tracker,
                run.target,
                step.type,
                step.title,
                state,
                reason,
                ended,
                who,
                due,
                taken,
                error,
                paused,
                began,
                automated,
                changed,
                who or automated,
                changed,
            )
        )
        return made

    def _task(
        self, run: Under, step_tracker: str, step: Step, began: int, told: tuple[int | None, str | None, int]
    ) -> None:
        ended, label, due = told
        done = ended is not None
        automated = self._sower.cast.automated
        who = run.owner if done and run.owner.startswith("005") else automated
        self._harvest.tasks.append(
            (
                self._sower.ids.mint("00T"),
                run.target,
                run.owner,
                step.title,
                day_text(due),
                "Completed" if done else "Not Started",
                "Normal",
                int(done),
                "Call",
                "Call",
                label,
                self._chance.randrange(15, 900) if done else None,
                "Outbound" if done else None,
                self._chance.choice(_NOTES) if done else None,
                ended,
                step_tracker,
                began,
                automated,
                ended or began,
                who,
                ended or began,
            )
        )

    def _tracker(
        self, run: Under, times: tuple[int, int], steps: tuple[Value, Value], told: tuple[Value, str | None]
    ) -> None:
        began, changed = times
        current, last = steps
        resume, error = told
        reason, disposition = None, None
        if run.state == "Complete":
            reason = self._chance.choice(
                ("NoMoreSteps", "NoMoreSteps", "ManuallyRemoved", "AutomaticallyExited")
            )
            disposition = self._chance.choice((*_DISPOSITIONS, None, None, None))
        active = int(run.state in ACTIVE_STATES)
        automated = self._sower.cast.automated
        by = run.owner if run.owner.startswith("005") else self._sower.cast.admin
        self._harvest.trackers.append(
            (
                run.tracker,
                run.cadence,
                run.target,
                run.owner,
                run.state,
                active,
                current,
                last,
                reason,
                disposition,
                1,
                error,
                resume,
                began,
                by,
                changed,
                automated,
                changed,
            )
        )
        shown = (run.cadence, run.owner) if active else (None, None)
        self._harvest.engaged.append((*shown, run.state, resume if active else None, active, run.target))
