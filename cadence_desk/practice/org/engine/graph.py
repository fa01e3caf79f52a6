"""A cadence as a graph of steps, read from its records: what comes first, what follows, where a branch leads.

Imports the store. Used by the engine and by the seeding of trackers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.store import Store

TOUCHES = frozenset(
    {"MakeACall", "SendAnEmail", "CreateTask", "LinkedInConnection", "LinkedInMail", "PlatformScreenFlow"}
)
"""Step types a rep does by hand."""
DECISIONS = frozenset({"Branch", "ListenerBranch"})


@dataclass(frozen=True, slots=True)
class Outcome:
    """One way out of a branch: what must have happened, and the step it leads to."""

    resource: str
    value: str
    next_name: str | None


@dataclass(slots=True)
class Step:
    """One live step of a cadence."""

    id: str
    name: str
    title: str
    type: str
    parent: str | None
    wait_ms: int
    due_days: int
    default_name: str | None
    chained: str | None
    template: str | None
    has_variant: bool
    outcomes: list[Outcome] = field(default_factory=list)


@dataclass(slots=True)
class CadenceGraph:
    """All live steps of a cadence and its global exits (event to rule id)."""

    cadence_id: str
    name: str
    steps: dict[str, Step]
    exits: dict[str, str]
    root: Step | None

    def by_name(self, name: str | None) -> Step | None:
        """Return the step of a generated step name."""
        return next((one for one in self.steps.values() if one.name == name), None) if name else None

    def first(self) -> Step | None:
        """Return the step a new target begins with."""
        return None if self.root is None else self.following(self.root)

    def following(self, step: Step) -> Step | None:
        """Return what comes after a step that is no branch."""
        if step.type in DECISIONS:
            return self.by_name(step.default_name)
        return next((one for one in self.steps.values() if one.parent == step.name), None)

    def after_branch(self, step: Step, seen: frozenset[str]) -> Step | None:
        """Return where a branch leads when these events have been seen; its default when none matches."""
        for one in step.outcomes:
            if one.value in seen:
                return self.by_name(one.next_name)
        return self.by_name(step.default_name)

    def find_start(self, name_or_id: str) -> Step | None:
        """Return the step a client names to start with, by id, generated name or title."""
        found = self.steps.get(name_or_id) or self.by_name(name_or_id)
        if found is None:
            found = next((one for one in self.steps.values() if one.title == name_or_id), None)
        return None if found is None or found.type == "Root" else found


class Graphs:
    """Reads graphs once and keeps them until a record of their structure changes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._kept: dict[str, CadenceGraph] = {}

    def forget(self) -> None:
        """Read every graph anew from now on."""
        self._kept.clear()

    def of(self, cadence_id: str) -> CadenceGraph:
        """Return the graph of a cadence; an unknown cadence has no steps."""
        found = self._kept.get(cadence_id)
        if found is None:
            found = self._kept[cadence_id] = self._load(cadence_id)
        return found

    def step(self, cadence_id: str, step_id: str) -> Step | None:
        """Return a live step of a cadence."""
        return self.of(cadence_id).steps.get(step_id)

    def _load(self, cadence_id: str) -> CadenceGraph:
        rows = self._store.rows(
            'SELECT * FROM "ActionCadenceStep" WHERE "ActionCadenceId" = ? AND "GraphState" = \'Included\''
            ' AND "IsDeleted" = 0 ORDER BY rowid',
            (cadence_id,),
        )
        steps = {str(row["Id"]): _step(row) for row in rows}
        exits: dict[str, str] = {}
        rules = self._store.rows(
            'SELECT r."Id", r."ActionCadenceStepId", r."GlobalEventType", r."OutcomeNextStepName", c."Resource", c."Value"'
            ' FROM "ActionCadenceRule" r JOIN "ActionCadenceStep" s ON s."Id" = r."ActionCadenceStepId"'
            ' LEFT JOIN "ActionCadenceRuleCondition" c ON c."ActionCadenceRuleId" = r."Id" AND c."IsDeleted" = 0'
            ' WHERE s."ActionCadenceId" = ? AND r."IsDeleted" = 0 ORDER BY r.rowid',
            (cadence_id,),
        )
        for row in rules:
            if row["GlobalEventType"]:
                exits[str(row["GlobalEventType"])] = str(row["Id"])
            elif row["Value"] and str(row["ActionCadenceStepId"]) in steps:
                outcome = Outcome(str(row["Resource"]), str(row["Value"]), _text(row["OutcomeNextStepName"]))
                steps[str(row["ActionCadenceStepId"])].outcomes.append(outcome)
        name = self._store.value('SELECT "Name" FROM "ActionCadence" WHERE "Id" = ?', (cadence_id,))
        root = next((one for one in steps.values() if one.type == "Root"), None)
        return CadenceGraph(cadence_id, str(name or ""), steps, exits, root)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _step(row: dict[str, object]) -> Step:
    return Step(
        id=str(row["Id"]),
        name=str(row["StepName"]),
        title=str(row["StepTitle"] or ""),
        type=str(row["Type"]),
        parent=_text(row["ParentStepName"]),
        wait_ms=_whole(row["WaitTimeInSeconds"]) * 1000,
        due_days=_whole(row["ScheduledDaysUntilDue"]),
        default_name=_text(row["BranchDefaultStepName"]),
        chained=_text(row["ChainedCadenceId"]),
        template=_text(row["TemplateId"]),
        has_variant=bool(row["HasVariant"]),
    )
