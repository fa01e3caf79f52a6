"""Maps the documented names of action inputs to what the org describes. Pure; imports domain only.

The documented contract is the Actions guide, Sales Engagement Actions. The older contract of the project's brief
names some inputs differently and has one action more; one table serves both, ignoring case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import BadValue, NotAvailable
from cadence_desk.domain.record_ids import ACCOUNT, CADENCE, CONTACT, LEAD, key_prefix

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cadence_desk.domain.orgs import ActionDescription

COMPLETE_CALL = "completeActionCadenceStep"
"""Only the brief's contract lists it; the documented way is sendSalesCadenceEvent."""

ACTIONS = (
    "assignTargetToSalesCadence",
    "removeTargetFromSalesCadence",
    "pauseSalesCadenceTracker",
    "resumeSalesCadenceTracker",
    "changeSalesCadenceTargetAssignee",
    "modifyCadenceTrackerAttributes",
    "sendSalesCadenceEvent",
    "selectTemplateForSalesCadenceStepTracker",
    COMPLETE_CALL,
)

ALIASES: tuple[tuple[str, ...], ...] = (
    ("salesCadenceNameOrId", "cadenceName", "cadenceId", "salesCadenceName", "salesCadenceId"),
    ("targetId", "recordTargetId"),
    ("userId", "assigneeId", "targetAssigneeId"),
    ("startStepNameOrId", "startStepName", "startStepId"),
    ("relatedToId",),
    ("relatedToAttributionType",),
    ("actionCadenceTrackerId", "trackerId", "cadenceTrackerId"),
    ("completionReasonCode", "completionReason"),
    ("completionDisposition",),
    ("shouldApplyUserContext",),
    ("resumeTime", "resumeDateTime"),
    ("recordId", "ActionCadenceStepTrackerId", "stepTrackerId"),
    ("eventType",),
    ("callDisposition", "callResult"),
    ("notes", "callNotes", "comments"),
    ("callDurationInSeconds", "callDuration"),
    ("sObjectName", "targetObjectName", "targetType"),
)
"""Names for the same thing; the first is the documented one."""

_GROUPS = {name.lower(): group for group in ALIASES for name in group}

KNOWN = frozenset(_GROUPS)
"""Lower-case names of every input this build can fill."""

HINTS = frozenset({"cadencename", "sobjectname", "callresult"})
"""What a caller may add for the other contract; dropped where the org does not ask for it."""

OBJECT_NAMES: Mapping[str, str] = {LEAD: "Lead", CONTACT: "Contact", ACCOUNT: "Account"}


def build_inputs(
    action: ActionDescription, given: Mapping[str, object], name_of_cadence: Callable[[str], str]
) -> dict[str, Any]:
    """Return one element of the request in the names that the org describes.

    Args:
        action: what the org describes.
        given: values by documented name; None counts as not given, an empty text too unless the input is required.
        name_of_cadence: looks up a name where the org takes a cadence only by name.

    Raises:
        BadValue: a required input has no value.
        NotAvailable: a value was given that this org's action has no input for.
    """
    named = {name.lower(): value for name, value in given.items() if value is not None}
    values = {name: value for name, value in named.items() if value != ""}
    used: set[str] = set()
    built: dict[str, Any] = {}
    for described in action.inputs:
        source = _source(described.name.lower(), values)
        if source is not None:
            used.add(source)
            built[described.name] = _fit(described.name, values[source], name_of_cadence)
        elif described.name.lower() in _names("sObjectName"):
            built[described.name] = _object_name(values)
        elif described.required and _source(described.name.lower(), named):
            built[described.name] = ""  # no notes at all is a value, too
        elif described.required:
            raise BadValue(f"{action.label} needs {described.name}, and there is no value for it.")
    _check_all_used(action, values, used)
    return built


def _source(described: str, values: Mapping[str, object]) -> str | None:
    """Return which given value fills a described input: the same name first, then another name for it."""
    for name in (described, *(alias.lower() for alias in _GROUPS.get(described, ()))):
        if name in values:
            return name
    return None


def _names(documented: str) -> frozenset[str]:
    return frozenset(name.lower() for name in _GROUPS[documented.lower()])


def _fit(described: str, value: object, name_of_cadence: Callable[[str], str]) -> object:
    """Turn a cadence id into its name for an input that takes the name only."""
    wants_name = described.lower() in {"cadencename", "salescadencename"}
    if wants_name and isinstance(value, str) and len(value) in {15, 18} and key_prefix(value) == CADENCE:
        return name_of_cadence(value)
    return value


def _object_name(values: Mapping[str, object]) -> str:
    target = str(values.get("targetid", ""))
    found = OBJECT_NAMES.get(key_prefix(target))
    if found is None:
        raise BadValue("Only leads, contacts and person accounts can be in a cadence.")
    return found


def _check_all_used(action: ActionDescription, values: Mapping[str, object], used: set[str]) -> None:
    """Refuse to drop a wish silently: a start step that the org cannot take would enroll at the first."""
    filled = {alias.lower() for name in used for alias in _GROUPS.get(name, (name,))}
    left = [name for name, value in values.items() if name not in filled | HINTS and value is not False]
    if left:
        shown = ", ".join(_GROUPS.get(name, (name,))[0] for name in left)
        raise NotAvailable(f"This org's action “{action.label}” takes no {shown}.")
