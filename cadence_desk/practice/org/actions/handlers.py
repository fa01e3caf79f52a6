"""What each Sales Engagement action does with one input.

Imports the engine and the definitions. Called by the action runner; refuses by raising ``Refusal``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from cadence_desk.practice.org.actions import definitions
from cadence_desk.practice.org.chance import chance_for
from cadence_desk.practice.org.engine.parts import (
    OPEN_STEPS,
    TRACKER_OBJECT,
    Refusal,
    is_active,
    step_of,
    tracker_of,
)
from cadence_desk.practice.org.engine.runs import Enrollment
from cadence_desk.practice.org.ids import canonical
from cadence_desk.practice.org.values import moment_ms

if TYPE_CHECKING:
    from cadence_desk.practice.org.engine.engine import Engine
    from cadence_desk.practice.org.transaction import Row, Transaction

Inputs = Mapping[str, object]
Outputs = dict[str, object] | None


class Handlers:
    """One method per action, found by the action's name."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._store = engine.parts.store
        self._settings = engine.parts.settings
        self._by_name: dict[str, Callable[[Transaction, Inputs], Outputs]] = {
            definitions.ASSIGN.name: self._assign,
            definitions.REMOVE.name: self._remove,
            definitions.PAUSE.name: self._pause,
            definitions.RESUME.name: self._resume,
            definitions.REASSIGN.name: self._reassign,
            definitions.MODIFY.name: self._modify,
            definitions.SEND_EVENT.name: self._send_event,
            definitions.SELECT_TEMPLATE.name: self._select_template,
            definitions.BRIEF_COMPLETE.name: self._brief_complete,
        }

    def handle(self, name: str, transaction: Transaction, inputs: Inputs) -> Outputs:
        """Run an action for one input and return its outputs, None for a plain success.

        Raises:
            Refusal: the input is refused.
            DmlError: a record could not be written.
        """
        return self._by_name[name](transaction, inputs)

    def _assign(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        target = self._engine.targets.resolve(transaction, inputs["targetId"])
        if "sObjectName" in inputs:
            self._check_object(inputs)
        cadence = self._cadence(inputs.get("salesCadenceNameOrId") or inputs.get("cadenceName"))
        self._engine.targets.check_assignable(transaction, target)
        owner = self._engine.targets.check_assignee(inputs.get("userId") or transaction.user_id)
        start = inputs.get("startStepNameOrId")
        order = Enrollment(
            target_id=target,
            cadence_id=cadence,
            owner_id=owner,
            start=None if not start else canonical(start) or str(start),
            related_id=self._related(inputs),
        )
        self._engine.runs.enroll(transaction, order)
        return None

    def _check_object(self, inputs: Inputs) -> None:
        kinds = {"00Q": "lead", "003": "contact", "001": "account"}
        if kinds.get(str(inputs["targetId"])[:3]) != str(inputs["sObjectName"]).lower().replace(
            "personaccount", "account"
        ):
            raise Refusal("OBJECT_NAME_WRONG")

    def _cadence(self, name_or_id: object) -> str:
        found = self._store.value(
            'SELECT "Id" FROM "ActionCadence" WHERE ("Id" = ? OR "Name" = ?) AND "IsDeleted" = 0',
            (canonical(name_or_id), str(name_or_id)),
        )
        if found is None:
            raise Refusal("CADENCE_NAME_UNKNOWN")
        return str(found)

    def _related(self, inputs: Inputs) -> str | None:
        given = inputs.get("relatedToId")
        if not given:
            return None
        if not self._settings.related_records:
            raise Refusal("RELATED_RECORD_NOT_ENABLED")
        key = canonical(given)
        if key is None or self._store.read("Opportunity", key) is None:
            raise Refusal("RELATED_RECORD_NOT_FOUND")
        return key

    def _attributes(self, inputs: Inputs) -> Row:
        changes: Row = {}
        credit = inputs.get("relatedToAttributionType")
        if credit and credit not in definitions.ATTRIBUTION_TYPES:
            raise Refusal("ATTRIBUTION_INVALID")
        if inputs.get("completionDisposition"):
            changes["CompletionDisposition"] = inputs["completionDisposition"]
        related = self._related(inputs)
        if related:
            changes["RelatedToId"] = related
        if credit:
            changes["RelatedToAttributionType"] = credit
        return changes

    def _remove(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        if inputs["completionReasonCode"] != "ManuallyRemoved":
            raise Refusal("REASON_INVALID")
        found = self._to_remove(transaction, inputs)
        if str(inputs.get("shouldApplyUserContext") or "").lower() == "true":
            found = [one for one in found if one["OwnerId"] == transaction.user_id]
        if not found:
            raise Refusal("NO_ACTIVE_TRACKER")
        changes = self._attributes(inputs)
        for tracker in found:
            self._engine.runs.remove(transaction, tracker, changes.get("CompletionDisposition"))
            if changes:
                transaction.settle(TRACKER_OBJECT, str(tracker["Id"]), changes)
        return None

    def _to_remove(self, transaction: Transaction, inputs: Inputs) -> list[Row]:
        if inputs.get("actionCadenceTrackerId"):
            return [tracker_of(transaction, inputs["actionCadenceTrackerId"])]
        if not inputs.get("targetId"):
            raise Refusal("TRACKER_OR_TARGET_MISSING")
        return self._open_trackers(transaction, inputs, lambda one: one["State"] != "Complete")

    def _open_trackers(
        self, transaction: Transaction, inputs: Inputs, fits: Callable[[Row], bool]
    ) -> list[Row]:
        target = self._engine.targets.resolve(transaction, inputs["targetId"])
        return [one for one in self._engine.trackers_of(target) if fits(one)]

    def _pause(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        resume = None
        if inputs.get("resumeTime"):
            try:
                resume = moment_ms(str(inputs["resumeTime"]))
            except ValueError:
                raise Refusal("RESUME_TIME_INVALID") from None
        active = self._open_trackers(transaction, inputs, is_active)
        if not active:
            raise Refusal("NO_ACTIVE_TRACKER")
        running = [one for one in active if one["State"] != "Paused"]
        if not running:
            raise Refusal("TRACKER_NOT_RUNNING")
        for tracker in running:
            self._engine.runs.pause(transaction, tracker, resume)
        return None

    def _resume(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        held = self._open_trackers(transaction, inputs, lambda one: one["State"] == "Paused")
        if not held:
            raise Refusal("TRACKER_NOT_PAUSED")
        for tracker in held:
            self._engine.runs.resume(transaction, tracker)
        return None

    def _reassign(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        if not inputs.get("userId"):
            raise Refusal("ASSIGNEE_MISSING")
        found = self._open_trackers(transaction, inputs, lambda one: one["State"] != "Complete")
        if not found:
            raise Refusal("NO_ACTIVE_TRACKER")
        owner = self._engine.targets.check_assignee(inputs["userId"])
        for tracker in found:
            self._engine.runs.hand_over(transaction, tracker, owner)
        return None

    def _modify(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        tracker = tracker_of(transaction, inputs["actionCadenceTrackerId"])
        changes = self._attributes(inputs)
        if changes:
            transaction.update(TRACKER_OBJECT, str(tracker["Id"]), changes)
        return None

    def _send_event(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        if inputs["eventType"] not in definitions.EVENTS:
            raise Refusal("EVENT_INVALID")
        key = canonical(inputs["recordId"]) or ""
        if inputs["eventType"] == "Skip":
            self._engine.runs.skip(transaction, key)
        else:
            if not self._settings.manual_complete_reads_call:
                self._engine.tasks.leave_unread(key)
            self._engine.runs.complete(transaction, key)
        return None

    def _select_template(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        step = step_of(transaction, inputs["stepTrackerId"])
        variants = self._store.rows(
            'SELECT "TemplateId", "SplitPercentage" FROM "ActionCadenceStepVariant" WHERE "ActionCadenceStepId" = ?'
            ' AND "IsDeleted" = 0 AND "TemplateId" IS NOT NULL ORDER BY rowid',
            (step["ActionCadenceStepId"],),
        )
        if variants:
            chance = chance_for(f"variant/{step['Id']}", self._engine.parts.seed)
            shares = [float(str(one["SplitPercentage"] or 0)) for one in variants]
            chosen = chance.choices(variants, shares)[0]
            return {
                "output": {"SplitPercentage": chosen["SplitPercentage"], "TemplateId": chosen["TemplateId"]}
            }
        found = self._store.value(
            'SELECT "TemplateId" FROM "ActionCadenceStep" WHERE "Id" = ?', (step["ActionCadenceStepId"],)
        )
        if found is None:
            raise Refusal("NO_TEMPLATE")
        return {"output": {"SplitPercentage": 100.0, "TemplateId": found}}

    def _brief_complete(self, transaction: Transaction, inputs: Inputs) -> Outputs:
        key = canonical(inputs["ActionCadenceStepTrackerId"]) or ""
        step = step_of(transaction, key)
        if step["State"] not in OPEN_STEPS or step["State"] == "Paused":
            raise Refusal("STEP_NOT_ACTIVE")
        self._log_call(transaction, step, inputs)
        if step_of(transaction, key)["State"] in OPEN_STEPS:
            self._engine.runs.complete(transaction, key)
        return None

    def _log_call(self, transaction: Transaction, step: Row, inputs: Inputs) -> None:
        logged: Row = {
            "Status": self._engine.tasks.closed_status(),
            "CallDisposition": inputs.get("callDisposition") or inputs.get("callResult"),
            "Description": inputs.get("notes"),
            "CallDurationInSeconds": inputs.get("callDurationInSeconds"),
            "CallType": "Outbound",
        }
        task = self._engine.tasks.find(str(step["Id"]))
        if task is not None:
            transaction.update("Task", str(task["Id"]), logged)
            return
        transaction.insert(
            "Task",
            {
                **logged,
                "WhoId": step["TargetId"],
                "Subject": step["StepTitle"],
                "TaskSubtype": "Call",
                "Type": "Call",
                "ActionCadenceStepTrackerId": step["Id"],
            },
        )
