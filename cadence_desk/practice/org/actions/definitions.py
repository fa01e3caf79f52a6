"""The describes of the eight documented Sales Engagement actions, and of the two that the brief names otherwise.

Imports the action model. Source: Actions Developer Guide, Sales Engagement Actions (v65, v67).
"""

from __future__ import annotations

from cadence_desk.practice.org.actions.model import ActionDef, ActionInput
from cadence_desk.practice.org.catalog.cadence import DISPOSITIONS

EVENTS = ("Skip", "ManualComplete")
ATTRIBUTION_TYPES = ("Activation", "Maturation", "Collected")
_DISPOSITIONS = tuple(DISPOSITIONS.split(","))


def _text(name: str, label: str, description: str, *, required: bool = False) -> ActionInput:
    return ActionInput(name, label, "STRING", required, description)


def _id(
    name: str, label: str, description: str, *, required: bool = False, of: str | None = None
) -> ActionInput:
    return ActionInput(name, label, "REFERENCE", required, description, sobject_type=of)


def _choice(
    name: str, label: str, values: tuple[str, ...], description: str, *, required: bool = False
) -> ActionInput:
    return ActionInput(name, label, "STRING", required, description, picklist_values=values)


_TARGET = _id("targetId", "Target ID", "The lead, contact or person account.", required=True)
_ANY_TARGET = _id("targetId", "Target ID", "The lead, contact or person account; needed without a tracker.")
_RELATED = _id("relatedToId", "Related Record ID", "An opportunity this run works toward.")
_CREDIT = _choice(
    "relatedToAttributionType",
    "Attribution Type",
    ATTRIBUTION_TYPES,
    "What the related record is credited with.",
)
_HOW_IT_WENT = _choice("completionDisposition", "Completion Disposition", _DISPOSITIONS, "How the run went.")
_WHO = _id("userId", "Assignee ID", "The user or queue who performs the steps.", of="User")

ASSIGN = ActionDef(
    "assignTargetToSalesCadence",
    "Add Target to Sales Cadence",
    "ASSIGN_TARGET_TO_SALES_CADENCE",
    "Adds a lead, contact or person account to a cadence.",
    (
        _text(
            "salesCadenceNameOrId",
            "Sales Cadence Name or ID",
            "The cadence, by id or by exact name.",
            required=True,
        ),
        _TARGET,
        _WHO,
        _text(
            "startStepNameOrId", "Start Step Name or ID", "The step to begin with; the first one when empty."
        ),
        _RELATED,
    ),
)

REMOVE = ActionDef(
    "removeTargetFromSalesCadence",
    "Remove Target from Sales Cadence",
    "REMOVE_TARGET_FROM_SALES_CADENCE",
    "Ends a target's run in a cadence.",
    (
        _ANY_TARGET,
        _id("actionCadenceTrackerId", "Cadence Tracker ID", "The one run to end.", of="ActionCadenceTracker"),
        _choice(
            "completionReasonCode",
            "Completion Reason",
            ("ManuallyRemoved",),
            "Always that a person removed it.",
            required=True,
        ),
        _HOW_IT_WENT,
        _RELATED,
        _CREDIT,
        ActionInput(
            "shouldApplyUserContext",
            "Only My Trackers",
            "BOOLEAN",
            description="True ends only runs assigned to the running user.",
        ),
    ),
)

PAUSE = ActionDef(
    "pauseSalesCadenceTracker",
    "Pause Sales Cadence Target",
    "PAUSE_SALES_CADENCE_TRACKER",
    "Holds a target's runs until they are resumed.",
    (_TARGET, _text("resumeTime", "Resume Time", "When to go on by itself, as an ISO 8601 date and time.")),
)

RESUME = ActionDef(
    "resumeSalesCadenceTracker",
    "Resume Sales Cadence Target",
    "RESUME_SALES_CADENCE_TRACKER",
    "Lets a target's held runs go on.",
    (_TARGET,),
)

REASSIGN = ActionDef(
    "changeSalesCadenceTargetAssignee",
    "Change Sales Cadence Target Assignee",
    "CHANGE_SALES_CADENCE_TARGET_ASSIGNEE",
    "Hands a target's runs to another user or queue.",
    (_TARGET, _WHO),
)

MODIFY = ActionDef(
    "modifyCadenceTrackerAttributes",
    "Modify Cadence Tracker Attributes",
    "MODIFY_CADENCE_TRACKER_ATTRIBUTES",
    "Sets how a run went and what it is credited with.",
    (
        _id(
            "actionCadenceTrackerId",
            "Cadence Tracker ID",
            "The run to change.",
            required=True,
            of="ActionCadenceTracker",
        ),
        _HOW_IT_WENT,
        _RELATED,
        _CREDIT,
    ),
)

SEND_EVENT = ActionDef(
    "sendSalesCadenceEvent",
    "Send Sales Cadence Event",
    "SEND_SALES_CADENCE_EVENT",
    "Completes or skips a step.",
    (
        _id("recordId", "Step Tracker ID", "The step tracker.", required=True, of="ActionCadenceStepTracker"),
        _choice("eventType", "Event Type", EVENTS, "What happened to the step.", required=True),
    ),
)

SELECT_TEMPLATE = ActionDef(
    "selectTemplateForSalesCadenceStepTracker",
    "Select Template for Sales Cadence Step",
    "SELECT_TEMPLATE_FOR_SALES_CADENCE_STEP_TRACKER",
    "Finds the email template or call script of a step.",
    (
        _id(
            "stepTrackerId",
            "Step Tracker ID",
            "The step tracker.",
            required=True,
            of="ActionCadenceStepTracker",
        ),
    ),
    (
        _text("output", "Output", "The template or script and its share, as JSON."),
        _text("error", "Error", "Why there is none."),
    ),
)

BRIEF_ASSIGN = ActionDef(
    ASSIGN.name,
    ASSIGN.label,
    ASSIGN.type,
    ASSIGN.description,
    (
        _text("sObjectName", "Object Name", "Lead, Contact or Account.", required=True),
        _TARGET,
        _text("cadenceName", "Cadence Name", "The cadence, by exact name.", required=True),
        _WHO,
    ),
)

BRIEF_COMPLETE = ActionDef(
    "completeActionCadenceStep",
    "Complete Cadence Step",
    "COMPLETE_ACTION_CADENCE_STEP",
    "Completes a call step and logs its outcome.",
    (
        _id(
            "ActionCadenceStepTrackerId",
            "Step Tracker ID",
            "The step tracker.",
            required=True,
            of="ActionCadenceStepTracker",
        ),
        _text("callResult", "Call Result", "What came of the call, in words."),
        _text("callDisposition", "Call Disposition", "The call outcome the next branch looks at."),
        _text("notes", "Notes", "Notes on the call."),
        ActionInput(
            "callDurationInSeconds", "Call Duration", "INTEGER", description="How long the call took."
        ),
    ),
)

DOCUMENTED = (ASSIGN, REMOVE, PAUSE, RESUME, REASSIGN, MODIFY, SEND_EVENT, SELECT_TEMPLATE)
BRIEF = (BRIEF_ASSIGN, *DOCUMENTED[1:], BRIEF_COMPLETE)


def actions_of(contract: str) -> tuple[ActionDef, ...]:
    """Return the actions of a contract."""
    return BRIEF if contract == "brief" else DOCUMENTED
