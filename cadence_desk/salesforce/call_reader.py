"""Reads what a call needs: results with outcomes, task statuses, the script of a step. May import domain.

Source: Object Reference, CallDisposition, CallDispositionCategory, TaskStatus, CallTemplate.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.calls import UNCATEGORIZED, CallResult, CallScript, TaskStatus
from cadence_desk.domain.errors import DeskError, NotAllowed, NotAvailable, OrgRefused
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.actions import ActionsClient
from cadence_desk.salesforce.plain_text import plain_text
from cadence_desk.salesforce.soql import SoqlQuery, keep_described

if TYPE_CHECKING:
    from cadence_desk.domain.record_ids import RecordId
    from cadence_desk.salesforce.context import OrgContext

SELECT_TEMPLATE = "selectTemplateForSalesCadenceStepTracker"
PURPOSE = "calls"
STATUSES_SECONDS = 3600.0
"""So long the statuses are remembered; a refused task reads them anew."""

_ABSENT = (NotAvailable, NotAllowed, OrgRefused)


class CallReader(ActionsClient):
    """Reads call settings of one org; the script of a step is chosen by an action."""

    def call_results(self) -> list[CallResult]:
        """Return the call results in the org's order, with the outcome each maps to; empty where there are none."""
        if not self._sees("CallDisposition"):
            return []
        fields = ("Id", "Disposition", "DispositionCategoryId")
        known = keep_described(fields, self._org.described("CallDisposition"))
        try:
            found = self._org.rest.rows(SoqlQuery("CallDisposition", known).order_by("Id"), PURPOSE)
        except _ABSENT:
            return []
        outcomes = self._outcomes()
        return [
            CallResult(
                rows.text(row, "Disposition"),
                outcomes.get(rows.id_or_empty(row, "DispositionCategoryId"), UNCATEGORIZED),
            )
            for row in found
            if rows.text(row, "Disposition")
        ]

    def __init__(self, org: OrgContext) -> None:
        super().__init__(org)
        self._statuses: tuple[float, list[TaskStatus]] | None = None

    def task_statuses(self, *, anew: bool = False) -> list[TaskStatus]:
        """Return the org's task statuses in its order; a renamed "Completed" is still the one marked closed.

        They are remembered for an hour, unless they are wanted anew.
        """
        now, known = self._org.clock.monotonic(), self._statuses
        if anew or known is None or now - known[0] >= STATUSES_SECONDS:
            known = self._statuses = (now, self._read_statuses())
        return known[1]

    def _read_statuses(self) -> list[TaskStatus]:
        fields = ("Id", "ApiName", "MasterLabel", "IsClosed", "IsDefault", "SortOrder")
        found = self._org.rest.rows(SoqlQuery("TaskStatus", fields).order_by("SortOrder"), PURPOSE)
        return [
            TaskStatus(
                rows.text(row, "ApiName") or rows.text(row, "MasterLabel"),
                rows.flag(row, "IsClosed"),
                rows.flag(row, "IsDefault"),
            )
            for row in found
        ]

    def call_script(self, step_id: RecordId) -> CallScript | None:
        """Return the script for a step tracker: what the org's action selects, else the template of its step."""
        if not self._sees("CallTemplate", "HtmlBody"):
            return None
        template = self._selected_template(step_id) or self._template_of_step(step_id)
        if not template:
            return None
        fields = keep_described(("Id", "Name", "HtmlBody"), self._org.described("CallTemplate"))
        found = self._org.rest.rows(SoqlQuery("CallTemplate", fields).where("Id", "=", template), PURPOSE)
        if not found:
            return None  # the template is that of an email
        return CallScript(rows.text(found[0], "Name"), plain_text(rows.text(found[0], "HtmlBody")))

    def _selected_template(self, step_id: RecordId) -> str:
        if not self._org.capabilities().offers(SELECT_TEMPLATE):
            return ""
        try:
            answer = self.run_action(SELECT_TEMPLATE, [{"recordId": str(step_id)}])
        except DeskError:
            return ""
        return template_in((answer.outcomes[0].outputs or {}).get("output"))

    def _template_of_step(self, step_id: RecordId) -> str:
        if not self._sees("ActionCadenceStepTracker", "ActionCadenceStepId"):
            return ""
        if not self._sees("ActionCadenceStep", "TemplateId"):
            return ""
        query = SoqlQuery("ActionCadenceStepTracker", ("Id", "ActionCadenceStep.TemplateId"))
        found = self._org.rest.rows(query.where("Id", "=", str(step_id)), PURPOSE)
        return rows.text(found[0], "ActionCadenceStep.TemplateId") if found else ""

    def _outcomes(self) -> dict[str, str]:
        query = SoqlQuery("CallDispositionCategory", ("Id", "Category", "MasterLabel"))
        try:
            found = self._org.rest.rows(query, PURPOSE)
        except _ABSENT:
            return {}
        return {
            rows.id_or_empty(row, "Id"): rows.text(row, "Category") or rows.text(row, "MasterLabel")
            for row in found
        }


def template_in(output: Any) -> str:
    """Return the template id of the action's output, which may come as an object or as its JSON text."""
    if isinstance(output, str):
        try:
            output = json.loads(output)
        except (ValueError, RecursionError):
            return ""
    value = output.get("TemplateId") if isinstance(output, dict) else None
    return value if isinstance(value, str) else ""
