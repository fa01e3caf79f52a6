"""How a cadence is written down for sowing, and how it becomes steps, rules, conditions and variants.

Imports the sower. Used by ``cadences`` and by tests that need a cadence of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.practice.org.values import day_text

if TYPE_CHECKING:
    from cadence_desk.practice.org.seeding.sowing import Sower

Row = dict[str, object]


@dataclass(frozen=True, slots=True)
class StepPlan:
    """One step; without a parent it follows the one before it. Outcomes are (what happened, key of the next step)."""

    key: str
    type: str
    title: str
    parent: str | None = None
    template: str | None = None
    wait: int = 0
    due_days: int = 0
    outcomes: tuple[tuple[str, str], ...] = ()
    default: str | None = None
    chained: str | None = None
    variants: tuple[tuple[str, int], ...] = ()
    retired: bool = False


@dataclass(frozen=True, slots=True)
class CadencePlan:
    """One cadence; ``exits`` are the events that end a run at once."""

    name: str
    description: str
    steps: tuple[StepPlan, ...]
    state: str = "Active"
    kind: str = "Standard"
    exits: tuple[str, ...] = ()
    folder: str | None = None
    error: str | None = None

    def sow(self, sower: Sower, activated_ms: int | None = None) -> str:
        """Sow the cadence and return its id."""
        cadence = sower.sow("ActionCadence", [self._row(sower, activated_ms)])[0]
        sower.cast.cadences[self.name] = cadence
        names = {one.key: f"step_{sower.chance.getrandbits(48):012x}" for one in self.steps}
        root_name = f"root_{sower.chance.getrandbits(48):012x}"
        root = sower.sow(
            "ActionCadenceStep",
            [{"ActionCadenceId": cadence, "StepName": root_name, "StepTitle": "Start", "Type": "Root"}],
        )[0]
        before = root_name
        ids: dict[str, str] = {}
        for one in self.steps:
            parent = names[one.parent] if one.parent else before
            row = _step_row(sower, one, names) | {
                "ActionCadenceId": cadence,
                "RootStepId": root,
                "ParentStepName": parent,
            }
            ids[one.key] = sower.sow("ActionCadenceStep", [row])[0]
            before = before if one.retired else names[one.key]
            _sow_variants(sower, one, ids[one.key])
        self._sow_rules(sower, root, ids, names)
        return cadence

    def _row(self, sower: Sower, activated_ms: int | None) -> Row:
        return {
            "Name": self.name,
            "Description": self.description,
            "State": self.state,
            "Type": self.kind,
            "FolderId": sower.cast.organization if self.folder else None,
            "FolderName": self.folder,
            "ErrorMessage": self.error,
            "ActivatedDate": None if activated_ms is None else day_text(activated_ms),
            "LastEditedDateTime": activated_ms,
            "IsWaitAllowedBeforeDaisyChain": 1,
            "OwnerId": sower.cast.reps[1] if self.kind == "Quick" else sower.cast.admin,
        }

    def _sow_rules(self, sower: Sower, root: str, ids: dict[str, str], names: dict[str, str]) -> None:
        first = names[self.steps[0].key] if self.steps else None
        _sow_rule(sower, root, {"RuleType": "RootStep", "OutcomeNextStepName": first})
        for event in self.exits:
            _sow_rule(sower, root, {"RuleType": "RootStep", "GlobalEventType": event})
        for one in self.steps:
            for value, following in one.outcomes:
                row: Row = {"RuleType": "BranchStep", "OutcomeNextStepName": names[following]}
                _sow_rule(sower, ids[one.key], row, value)


def _step_row(sower: Sower, one: StepPlan, names: dict[str, str]) -> Row:
    cast = sower.cast
    template = None
    if one.template is not None:
        template = (cast.calls if one.type == "MakeACall" else cast.emails)[one.template]
    return {
        "StepName": names[one.key],
        "StepTitle": one.title,
        "Type": one.type,
        "TemplateId": template,
        "WaitTimeInSeconds": one.wait or None,
        "ScheduledDaysUntilDue": one.due_days or None,
        "BranchDefaultStepName": names[one.default] if one.default else None,
        "ChainedCadenceId": cast.cadences[one.chained] if one.chained else None,
        "HasVariant": int(bool(one.variants)),
        "GraphState": "Retired" if one.retired else "Included",
        "StepComments": f"{one.title}. Keep it short.",
    }


def _sow_variants(sower: Sower, one: StepPlan, step: str) -> None:
    templates = sower.cast.calls if one.type == "MakeACall" else sower.cast.emails
    rows: list[Row] = [
        {
            "ActionCadenceStepId": step,
            "TemplateId": templates[name],
            "SplitPercentage": float(share),
            "Type": one.type,
        }
        for name, share in one.variants
    ]
    sower.sow("ActionCadenceStepVariant", rows)


def _sow_rule(sower: Sower, step: str, row: Row, value: str | None = None) -> None:
    name = f"rule_{sower.chance.getrandbits(48):012x}"
    row |= {"ActionCadenceStepId": step, "RuleName": name, "ConditionLogic": "AND"}
    rule = sower.sow("ActionCadenceRule", [row])[0]
    if value is not None:
        resource = "CallDispositionCategory" if value.startswith("Call") else "EmailEngagement"
        sower.sow(
            "ActionCadenceRuleCondition",
            [
                {
                    "ActionCadenceRuleId": rule,
                    "Operator": "Equal",
                    "Resource": resource,
                    "Value": value,
                    "RuleConditionName": f"condition_{sower.chance.getrandbits(48):012x}",
                }
            ],
        )
