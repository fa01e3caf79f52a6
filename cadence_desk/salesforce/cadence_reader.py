"""Reads cadences as they are live: steps, branches, variants. May import domain; never writes.

Source: Object Reference, ActionCadence and the objects below it. Called through the gateway.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.cadences import Cadence, CadenceStep, StepRule, StepVariant, walk_steps
from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart
from cadence_desk.salesforce.soql import SoqlQuery, keep_described

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GLOBAL_EXIT = "GlobalEventType"
"""Resource of a rule that ends the whole cadence when its event occurs."""

CADENCE_FIELDS = (
    "Id",
    "Name",
    "State",
    "Type",
    "Description",
    "OwnerId",
    "FolderName",
    "ActiveTargets",
    "TotalTargets",
)
STEP_FIELDS = (
    "Id",
    "ActionCadenceId",
    "StepName",
    "StepTitle",
    "Type",
    "StepComments",
    "ParentStepName",
    "BranchDefaultStepName",
    "ChainedCadenceId",
    "TemplateId",
    "WaitTimeInSeconds",
    "IsOrphan",
    "GraphState",
)
VARIANT_FIELDS = ("Id", "ActionCadenceStepId", "TemplateId", "SplitPercentage")
RULE_FIELDS = ("Id", "ActionCadenceStepId", "GlobalEventType", "OutcomeNextStepName")
CONDITION_FIELDS = ("Id", "ActionCadenceRuleId", "Resource", "Value")

PURPOSE = "cadences"


class CadenceReader(OrgPart):
    """Reads the cadences of one org."""

    def cadences(self) -> list[Cadence]:
        """Return all cadences by name, each with its steps in the order of the graph."""
        found = self._rows("ActionCadence", CADENCE_FIELDS, order="Name")
        steps = self._optional("ActionCadenceStep", STEP_FIELDS, "ActionCadenceId")
        variants = group(self._optional("ActionCadenceStepVariant", VARIANT_FIELDS), "ActionCadenceStepId")
        rules = self._rules()
        by_cadence: dict[str, list[CadenceStep]] = defaultdict(list)
        for row in steps:
            step_id = rows.id_or_empty(row, "Id")
            step = parse_step(row, variants.get(step_id, ()), rules.get(step_id, ()))
            by_cadence[step.cadence_id].append(step)
        return [parse_cadence(row, by_cadence.get(rows.id_or_empty(row, "Id"), ())) for row in found]

    def _rules(self) -> dict[str, list[StepRule]]:
        """Return the branches by step: one per condition, so that each value can be shown."""
        conditions = group(
            self._optional("ActionCadenceRuleCondition", CONDITION_FIELDS), "ActionCadenceRuleId"
        )
        found: dict[str, list[StepRule]] = defaultdict(list)
        for row in self._optional("ActionCadenceRule", RULE_FIELDS):
            listed = found[rows.id_or_empty(row, "ActionCadenceStepId")]
            following = rows.text(row, "OutcomeNextStepName")
            for condition in conditions.get(rows.id_or_empty(row, "Id"), ()):
                listed.append(
                    StepRule(rows.text(condition, "Resource"), rows.text(condition, "Value"), following)
                )
            event = rows.text(row, "GlobalEventType")
            if event:
                listed.append(StepRule(GLOBAL_EXIT, event, following))
        return found

    def _optional(self, entity: str, fields: Sequence[str], *keys: str) -> list[dict[str, Any]]:
        """Read an object that a license or a setting may hide; none where its keys are hidden."""
        if not self._sees(entity, *keys):
            return []
        try:
            return self._rows(entity, fields)
        except (NotAvailable, NotAllowed, OrgRefused):
            return []

    def _rows(self, entity: str, fields: Sequence[str], order: str = "Id") -> list[dict[str, Any]]:
        query = SoqlQuery(entity, keep_described(fields, self._org.described(entity)))
        return self._org.rest.rows(self._ordered(query, order), PURPOSE)


def group(found: Sequence[Mapping[str, Any]], field: str) -> dict[str, list[Mapping[str, Any]]]:
    """Return rows by the id in a field."""
    by_id: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in found:
        by_id[rows.id_or_empty(row, field)].append(row)
    return by_id


def parse_cadence(row: Mapping[str, Any], steps: Sequence[CadenceStep]) -> Cadence:
    """Return a cadence from a row and its steps."""
    return Cadence(
        rows.record_id(row),
        rows.text(row, "Name"),
        rows.text(row, "State"),
        type=rows.text(row, "Type"),
        description=rows.text(row, "Description"),
        owner_id=rows.id_or_empty(row, "OwnerId"),
        folder_name=rows.text(row, "FolderName"),
        active_targets=rows.number(row, "ActiveTargets"),
        total_targets=rows.number(row, "TotalTargets"),
        steps=walk_steps(tuple(steps)),
    )


def parse_step(
    row: Mapping[str, Any], variants: Sequence[Mapping[str, Any]], rules: Sequence[StepRule]
) -> CadenceStep:
    """Return a step from a row, its variants and its branches."""
    return CadenceStep(
        rows.record_id(row),
        rows.id_of(rows.text(row, "ActionCadenceId")),
        rows.text(row, "StepName"),
        rows.text(row, "StepTitle"),
        rows.text(row, "Type"),
        comments=rows.text(row, "StepComments"),
        parent_step_name=rows.text(row, "ParentStepName"),
        branch_default_step_name=rows.text(row, "BranchDefaultStepName"),
        chained_cadence_id=rows.id_or_empty(row, "ChainedCadenceId"),
        template_id=rows.id_or_empty(row, "TemplateId"),
        wait_seconds=rows.number(row, "WaitTimeInSeconds") or 0,
        is_orphan=rows.flag(row, "IsOrphan"),
        graph_state=rows.text(row, "GraphState") or "Included",
        variants=tuple(
            StepVariant(rows.record_id(v), rows.id_or_empty(v, "TemplateId"), _percent(v)) for v in variants
        ),
        rules=tuple(rules),
    )


def _percent(row: Mapping[str, Any]) -> float:
    value = row.get("SplitPercentage")
    return float(value) if isinstance(value, int | float) else 0.0
