"""Cadences and their structure as they are live. Read only: nothing here is ever written to the org."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.domain.record_ids import RecordId

CALL = "MakeACall"
EMAIL_STEPS = frozenset({"SendAnEmail", "AutoSendAnEmail"})
STRUCTURAL_STEPS = frozenset({"Root", "SubRoot", "Branch", "ListenerBranch", "DaisyChain"})
"""Step types that are never shown as touches (Object Reference, ActionCadenceStep: Type)."""

STEP_WORDS = {
    "MakeACall": "Call",
    "SendAnEmail": "Email",
    "AutoSendAnEmail": "Automated email",
    "Wait": "Wait",
    "CreateTask": "Custom task",
    "LinkedInConnection": "LinkedIn connection",
    "LinkedInMail": "LinkedIn InMail",
    "PlatformScreenFlow": "Screen flow",
    "Branch": "Branch",
    "ListenerBranch": "Listener branch",
    "DaisyChain": "Next cadence",
    "Root": "Start",
    "SubRoot": "Track start",
}


def step_word(step_type: str) -> str:
    """Return the screen word of a step type; an unknown type is shown as it is."""
    return STEP_WORDS.get(step_type, step_type)


@dataclass(frozen=True, slots=True)
class StepVariant:
    """One of up to three variants of an email or call step, with its share in percent."""

    id: RecordId
    template_id: str
    split_percent: float


@dataclass(frozen=True, slots=True)
class StepRule:
    """One outgoing branch of a step: when the value occurs, go to the named step."""

    resource: str
    value: str
    next_step_name: str


@dataclass(frozen=True, slots=True)
class CadenceStep:
    """One step. Order is a graph: `parent_step_name` points at another step's `step_name`."""

    id: RecordId
    cadence_id: RecordId
    step_name: str
    title: str
    type: str
    comments: str = ""
    parent_step_name: str = ""
    branch_default_step_name: str = ""
    chained_cadence_id: str = ""
    template_id: str = ""
    wait_seconds: int = 0
    is_orphan: bool = False
    graph_state: str = "Included"
    variants: tuple[StepVariant, ...] = ()
    rules: tuple[StepRule, ...] = ()


@dataclass(frozen=True, slots=True)
class Cadence:
    """One cadence with its steps, in the order they are walked where that is known."""

    id: RecordId
    name: str
    state: str
    type: str = ""
    description: str = ""
    owner_id: str = ""
    folder_name: str = ""
    active_targets: int | None = None
    total_targets: int | None = None
    steps: tuple[CadenceStep, ...] = ()

    @property
    def is_active(self) -> bool:
        """True when new targets can be added (Object Reference, ActionCadence: State)."""
        return self.state == "Active"

    def step_types(self) -> frozenset[str]:
        """Return the types of the steps that can still be reached."""
        return frozenset(step.type for step in self.steps if not step.is_orphan)


def walk_steps(steps: tuple[CadenceStep, ...]) -> tuple[CadenceStep, ...]:
    """Return the steps in the order of the graph: parents before children, depth first, orphans last.

    The platform has no step number (Object Reference, ActionCadenceStep): the order is the link from
    `parent_step_name` to `step_name`. A cycle or a missing parent never loses a step.
    """
    children: dict[str, list[CadenceStep]] = {}
    names = {step.step_name for step in steps}
    roots: list[CadenceStep] = []
    for step in steps:
        if step.parent_step_name and step.parent_step_name in names:
            children.setdefault(step.parent_step_name, []).append(step)
        else:
            roots.append(step)
    ordered: list[CadenceStep] = []
    seen: set[str] = set()
    stack = sorted(roots, key=lambda step: step.is_orphan)[::-1]
    while stack:
        step = stack.pop()
        if step.id in seen:
            continue
        seen.add(step.id)
        ordered.append(step)
        stack.extend(reversed(children.get(step.step_name, [])))
    ordered.extend(step for step in steps if step.id not in seen)
    return tuple(ordered)
