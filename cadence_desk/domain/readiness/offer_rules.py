"""Rules about the user, and about what the org offers this user: objects, fields, actions. Pure; called by rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.facts import Unread
from cadence_desk.domain.readiness.finding import failed, listed, passed, unknown, unread, warned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.orgs import Capabilities
    from cadence_desk.domain.readiness.facts import OrgFacts
    from cadence_desk.domain.readiness.finding import Finding

ENROLLED = "ActionCadenceId"
"""A field of Lead that only users with a Sales Engagement permission set see (Object Reference, Lead)."""

CADENCE_OBJECTS = ("ActionCadence", "ActionCadenceStep", "ActionCadenceTracker", "ActionCadenceStepTracker")

KEY_FIELDS: Mapping[str, tuple[str, ...]] = {
    "ActionCadence": ("Name", "State"),
    "ActionCadenceStep": ("ActionCadenceId", "Type"),
    "ActionCadenceTracker": ("TargetId", "ActionCadenceId", "State", "OwnerId"),
    "ActionCadenceStepTracker": ("ActionCadenceTrackerId", "State"),
}
"""Without one of these a list makes no sense."""

MORE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "ActionCadence": ("Type", "FolderName", "ActiveTargets", "TotalTargets"),
    "ActionCadenceStep": ("StepName", "StepTitle", "ParentStepName", "BranchDefaultStepName"),
    "ActionCadenceTracker": (
        "IsTrackerActive",
        "CurrentStepId",
        "CompletionReason",
        "CompletionDisposition",
        "ErrorMessage",
        "ScheduledResumeDateTime",
    ),
    "ActionCadenceStepTracker": ("StepType", "StepTitle", "DueDateTime", "CompletionReason", "ErrorCode"),
}
_PERSON = ("Title", "Email", "Phone", "MobilePhone", "OwnerId", "DoNotCall", "HasOptedOutOfEmail")
PEOPLE_FIELDS: Mapping[str, tuple[str, ...]] = {
    "Lead": ("Name", "Company", "Status", *_PERSON),
    "Contact": ("Name", "AccountId", *_PERSON),
}

NEEDED_ACTIONS = ("assignTargetToSalesCadence", "removeTargetFromSalesCadence")
COMPLETING_ACTIONS = ("sendSalesCadenceEvent", "completeActionCadenceStep")
"""Either finishes a step; the second is the one of an older contract."""
LESSER_ACTIONS = (
    "pauseSalesCadenceTracker",
    "resumeSalesCadenceTracker",
    "changeSalesCadenceTargetAssignee",
    "modifyCadenceTrackerAttributes",
    "selectTemplateForSalesCadenceStepTracker",
)


def user_active(facts: OrgFacts) -> Finding:
    """Whether the user is active."""
    active = facts.user.active
    if isinstance(active, Unread):
        return unread(active)
    return passed("Your user is active.") if active else failed("Your user is not active.")


def license_held(facts: OrgFacts) -> Finding:
    """Whether the user holds a license of the product."""
    return _held(facts, facts.user.licenses, "license")


def permission_set(facts: OrgFacts) -> Finding:
    """Whether the user holds a permission set of the product."""
    return _held(facts, facts.user.permission_sets, "permission set")


def _held(facts: OrgFacts, names: tuple[str, ...] | Unread, what: str) -> Finding:
    if not isinstance(names, Unread) and names:
        return passed(f"You hold: {listed(names)}.")
    if _is_cadence_user(facts):
        reason = "may not be read" if isinstance(names, Unread) else "was not found by name"
        return passed(f"The {what} {reason}, but you see what only its holders see.")
    if isinstance(names, Unread):
        return unread(names)
    return failed(f"You hold no {what} of Sales Engagement.")


def _is_cadence_user(facts: OrgFacts) -> bool:
    lead = None if isinstance(facts.offers, Unread) else facts.offers.objects.get("Lead")
    return lead is not None and lead.has(ENROLLED)


def cadence_user(facts: OrgFacts) -> Finding:
    """The per-user test: a field that only cadence users see."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    if "Lead" not in facts.offers.objects:
        return unknown("Leads cannot be seen, so the sign is not there to read.")
    if _is_cadence_user(facts):
        return passed(f"Lead.{ENROLLED} is visible to you.")
    return failed(f"Lead.{ENROLLED} is hidden from you.")


def cadence_objects(facts: OrgFacts) -> Finding:
    """Whether the objects of cadences can be seen."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    missing = [name for name in CADENCE_OBJECTS if not facts.offers.has_object(name)]
    if missing:
        return failed(f"Hidden from you: {listed(missing)}.")
    return passed(f"All {len(CADENCE_OBJECTS)} are visible.")


def cadence_fields(facts: OrgFacts) -> Finding:
    """Whether the fields of cadences can be seen."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    key, more = missing_fields(facts.offers, KEY_FIELDS), missing_fields(facts.offers, MORE_FIELDS)
    if key:
        return failed(f"Key fields are hidden: {listed(key + more)}.")
    if more:
        return warned(f"Columns stay empty: {listed(more)}.")
    if not any(facts.offers.has_object(name) for name in CADENCE_OBJECTS):
        return unknown("No object of cadences can be seen.")
    return passed("Every field that the lists use is visible.")


def missing_fields(offers: Capabilities, wanted: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return wanted fields of visible objects that are hidden, as Object.Field."""
    return [
        f"{name}.{field}"
        for name, fields in wanted.items()
        if name in offers.objects
        for field in fields
        if not offers.objects[name].has(field)
    ]


def cadence_actions(facts: OrgFacts) -> Finding:
    """Whether the actions are offered."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    listed_here = facts.offers.actions
    needed = [name for name in NEEDED_ACTIONS if name not in listed_here]
    if not any(name in listed_here for name in COMPLETING_ACTIONS):
        needed.append(COMPLETING_ACTIONS[0])
    lesser = [name for name in LESSER_ACTIONS if name not in listed_here]
    if needed:
        return failed(f"Not offered: {listed(needed + lesser)}.")
    if lesser:
        return warned(f"Not offered: {listed(lesser)}.")
    if "completeActionCadenceStep" in listed_here:
        return passed(f"{len(listed_here)} are offered; calls complete their step in one action.")
    return passed(f"All {len(listed_here)} are offered.")


def action_inputs(facts: OrgFacts) -> Finding:
    """Whether every required input is known."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    actions = facts.offers.actions
    strange = {name: one.unknown_required for name, one in actions.items() if one.unknown_required}
    if strange:
        told = "; ".join(f"{name} asks for {listed(inputs)}" for name, inputs in strange.items())
        return warned(f"{told}.")
    return passed("Every required input is known.") if actions else unknown("No action is offered.")


def dispositions(facts: OrgFacts) -> Finding:
    """Whether cadence dispositions are defined."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    tracker = facts.offers.objects.get("ActionCadenceTracker")
    field = tracker.fields.get("CompletionDisposition") if tracker is not None else None
    if field is None:
        return unknown("The field cannot be seen.")
    if not field.picklist:
        return warned("There are none; people are removed without one.")
    return passed(f"{len(field.picklist)}: {listed([label for _, label in field.picklist])}.")


def several_cadences(facts: OrgFacts) -> Finding:
    """Whether somebody is in several cadences."""
    several = facts.several_cadences
    if isinstance(several, Unread):
        return unread(several)
    if several:
        return passed("Somebody is in more than one cadence.")
    return unknown("Nobody whom you see is in more than one cadence; the setting itself cannot be read.")


def people_fields(facts: OrgFacts) -> Finding:
    """Whether people and their fields can be seen."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    hidden = [name for name in PEOPLE_FIELDS if not facts.offers.has_object(name)]
    if len(hidden) == len(PEOPLE_FIELDS):
        return failed("Neither leads nor contacts can be seen.")
    missing = missing_fields(facts.offers, PEOPLE_FIELDS)
    if hidden or missing:
        return warned(f"Hidden from you: {listed(hidden + missing)}.")
    return passed("Every field that the lists use is visible.")


def person_accounts(facts: OrgFacts) -> Finding:
    """Whether person accounts are on."""
    if isinstance(facts.offers, Unread):
        return unread(facts.offers)
    account = facts.offers.objects.get("Account")
    if account is None:
        return unknown("Accounts cannot be seen.")
    return passed("They are on." if account.has("IsPersonAccount") else "They are off.")
