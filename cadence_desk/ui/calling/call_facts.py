"""What the call panel knows about a call before anything is typed. Pure over the desk's answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cadence_desk.domain.cadences import step_word

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.cadences import Cadence, CadenceStep
    from cadence_desk.ui.kit.desk_face import DeskFace

_CALL_RULES = {
    "CallMeaningfulConnect": "Meaningful Connect",
    "CallLeftVoicemail": "Left Voicemail",
    "CallBackLater": "Call Back Later",
    "CallNotInterested": "Not Interested",
    "CallUnqualified": "Unqualified",
}


@dataclass(frozen=True, slots=True)
class CallFacts:
    """One call's surroundings.

    Attributes:
        step_id: the step tracker that is completed with the call; empty when it is only logged.
        branches: where the cadence goes, by call outcome.
        outcomes: the outcome of each call result.
    """

    name: str
    where: str
    step_id: str = ""
    branches: Mapping[str, str] = field(default_factory=dict)
    otherwise: str = ""
    outcomes: Mapping[str, str] = field(default_factory=dict)

    @property
    def has_branches(self) -> bool:
        """True when the next step depends on the call."""
        return bool(self.branches)

    def branch_words(self, result: str) -> str:
        """Return where the target goes next: for a chosen result, or that it matters which one is chosen."""
        if not self.branches:
            return ""
        if not result:
            listed = "; ".join(f"{outcome} → {step}" for outcome, step in self.branches.items())
            return f"The next step depends on the result: {listed}."
        outcome = self.outcomes.get(result, result)
        step = self.branches.get(outcome, self.otherwise)
        return f"Next: {step}" if step else "Next: as the cadence goes on without a branch."


def call_facts(desk: DeskFace, target_id: str, tracker_id: str) -> CallFacts:
    """Return what is known about a call to a person, in a tracker or outside of any."""
    person = desk.person(target_id)
    name = person.name if person is not None else target_id
    phone = (person.phone or person.mobile) if person is not None else ""
    outcomes = {result.text: result.outcome for result in desk.call_results()}
    step = desk.current_step(tracker_id) if tracker_id else None
    tracker = desk.tracker(tracker_id) if tracker_id else None
    if step is None or tracker is None or step.type != "MakeACall":
        where = "Log only: no call step is due for this person."
        return CallFacts(name, "  ·  ".join(part for part in (phone, where) if part), outcomes=outcomes)
    parts = (phone, tracker.cadence_name, step.title or step_word(step.type))
    cadence = next((one for one in desk.cadences() if one.id == tracker.cadence_id), None)
    branches, otherwise = _branches(cadence, step.cadence_step_id or tracker.current_step_id)
    return CallFacts(
        name, "  ·  ".join(part for part in parts if part), step.id, branches, otherwise, outcomes
    )


def _branches(cadence: Cadence | None, step_id: str) -> tuple[dict[str, str], str]:
    """Return the branches that follow a step: its own rules, or those of branch steps right behind it."""
    if cadence is None:
        return {}, ""
    here = next((one for one in cadence.steps if step_id in {one.id, one.step_name}), None)
    if here is None:
        return {}, ""
    titles = {one.step_name: one.title or step_word(one.type) for one in cadence.steps}
    behind = [one for one in cadence.steps if one.parent_step_name == here.step_name and one.rules]
    found: dict[str, str] = {}
    otherwise = ""
    for step in (here, *behind):
        found.update(_rules_of(step, titles))
        otherwise = otherwise or titles.get(step.branch_default_step_name, "")
    return found, otherwise


def _rules_of(step: CadenceStep, titles: Mapping[str, str]) -> dict[str, str]:
    return {
        _CALL_RULES[rule.value]: titles.get(rule.next_step_name, rule.next_step_name)
        for rule in step.rules
        if rule.value in _CALL_RULES
    }
