"""The words of refused action inputs, by code; a setting may replace any of them.

Imports nothing of ours. Only the first text is attested (Actions Developer Guide v65); the codes never reach a client.
"""

from __future__ import annotations

INVALID_ENTITY = "The object needs to be a valid cadence entity."
NO_TEMPLATE = "No template was found."

TEXTS = {
    "CADENCE_NAME_UNKNOWN": INVALID_ENTITY,
    "CADENCE_NOT_ACTIVE": "The cadence is not active, so no targets can be added to it.",
    "TARGET_ID_MALFORMED": "The target ID isn't a valid ID.",
    "TARGET_NOT_FOUND": "The target doesn't exist, or you don't have access to it.",
    "TARGET_DELETED": "The target is deleted.",
    "UNSUPPORTED_OBJECT": "Only leads, contacts, and person accounts can be cadence targets.",
    "OBJECT_NAME_WRONG": "The object name doesn't match the target.",
    "LEAD_CONVERTED": "The lead is converted.",
    "ALREADY_IN_THIS_CADENCE": "The target is already in this cadence.",
    "ALREADY_IN_OTHER_CADENCE": "The target is already in another cadence.",
    "ORG_TRACKER_LIMIT": "Your org has reached its limit of active cadence targets.",
    "START_STEP_INVALID": "The start step isn't a step of this cadence.",
    "START_STEP_ORPHAN": "The start step is no longer part of this cadence.",
    "RELATED_RECORD_NOT_ENABLED": "Relating records to cadence targets isn't enabled.",
    "RELATED_RECORD_NOT_FOUND": "The related record doesn't exist.",
    "ASSIGNEE_NOT_FOUND": "The assignee isn't a user or queue of this org.",
    "ASSIGNEE_INACTIVE": "The assignee isn't an active user.",
    "ASSIGNEE_NO_LICENCE": "The assignee doesn't have access to Sales Engagement.",
    "ASSIGNEE_MISSING": "An assignee is needed.",
    "NO_FEATURE": "You don't have access to Sales Engagement.",
    "NO_ACTIVE_TRACKER": "The target isn't in a cadence.",
    "TRACKER_NOT_FOUND": "The cadence tracker doesn't exist.",
    "TRACKER_NOT_ACTIVE": "The target is no longer in this cadence.",
    "TRACKER_NOT_RUNNING": "The cadence tracker is paused or not running.",
    "TRACKER_NOT_PAUSED": "The cadence tracker isn't paused.",
    "TRACKER_OR_TARGET_MISSING": "A target or a cadence tracker is needed.",
    "RESUME_TIME_INVALID": "The resume time isn't a valid date and time.",
    "RESUME_TIME_PAST": "The resume time must be in the future.",
    "REASON_INVALID": "The completion reason must be ManuallyRemoved.",
    "ATTRIBUTION_INVALID": "The attribution type isn't valid.",
    "EVENT_INVALID": "The event type isn't valid.",
    "STEP_NOT_FOUND": "The step tracker doesn't exist.",
    "STEP_NOT_ACTIVE": "The step isn't active.",
    "STEP_NOT_MANUAL": "The step can't be completed by hand.",
    "NO_TEMPLATE": NO_TEMPLATE,
}


def text_of(code: str, replaced: dict[str, str]) -> str:
    """Return the words for a code, the org's own if it has set any."""
    return replaced.get(code) or TEXTS.get(code) or code
