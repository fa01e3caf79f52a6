"""Help pages about people, calls and live changes. Read by catalog.

Names of settings: Salesforce help on activities, call outcomes and Change Data Capture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.readiness.access_pages import FIELD_SECURITY
from cadence_desk.domain.readiness.checks import CheckCode
from cadence_desk.domain.readiness.page import CheckPage

if TYPE_CHECKING:
    from collections.abc import Mapping

_SELECT = "Setup > Integrations > Change Data Capture: move “{label}” to Selected Entities."
_OUTCOMES = "Setup > Quick Find “Sales Engagement” > Sales Engagement Settings > Call Outcomes"

PEOPLE_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.PEOPLE_FIELDS: CheckPage(
        "Fields of leads and contacts",
        "A hidden field takes its column with it; without consent fields the desk cannot warn before a call.",
        FIELD_SECURITY,
        "The fields the People list reads are compared with what you may see. Warn: some are hidden. "
        "Fail: leads and contacts cannot be seen at all.",
    ),
    CheckCode.PERSON_ACCOUNTS: CheckPage(
        "Person accounts",
        "Where they are on, a person account is shown once, through its contact.",
        "Nothing to set: Salesforce support switches person accounts on, and nobody can switch them off.",
        "The description of accounts. Pass either way: it says which of the two this org is.",
    ),
}

CALL_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.TASK_CREATE: CheckPage(
        "Creating tasks",
        "A logged call is a task.",
        "Setup > Users > Permission Sets > (a set of this user) > Object Settings > Tasks, "
        "or System Permissions > Edit Tasks.",
        "The description of tasks: they can be seen and created. Fail: calls cannot be logged.",
    ),
    CheckCode.TASK_FIELDS: CheckPage(
        "Fields of a logged call",
        "Call result, duration and notes are lost where their field cannot be written.",
        "Setup > Object Manager > Activity > Fields & Relationships > (field) > Set Field-Level Security: "
        "Visible, not Read-Only.",
        "Each field of a call: may you write it? Warn: what cannot be written is left out. "
        "Fail: the call result cannot be written.",
    ),
    CheckCode.TASK_STATUS: CheckPage(
        "A closed task status",
        "A call that is over is a closed task; without a closed status it would stay open on every list.",
        "Setup > Object Manager > Task > Fields & Relationships > Status: mark one value as Closed.",
        "The org's task statuses. Fail: none of them is closed.",
    ),
    CheckCode.CALL_PATH: CheckPage(
        "How a call completes its step",
        "A call step has a task of its own: closing that one keeps the timeline clean.",
        "Setup > Object Manager > Activity > Fields & Relationships > Cadence Step Tracker ID > "
        "Set Field-Level Security > Visible.",
        "Pass: the step's own task is found by its link and closed, then the step is completed by its action. "
        "Warn: a new task is made instead, or one of the two actions is missing and the call alone is logged.",
    ),
    CheckCode.CALL_PROTECTION: CheckPage(
        "No call logged twice",
        "When an answer gets lost, a key of its own is the only proof that a call is or is not there.",
        "Setup > Object Manager > Activity > Fields & Relationships > New > Text (36), API name CD_Op_Id, "
        "Unique and External ID, both; visible to the reps. Step by step, and as files to deploy: "
        "cadence-desk org key-field. External ID alone is worse than none: reps may not write by it, and doubles pass.",
        "The field CD_Op_Id__c of tasks. Pass: unique, external id and writable. Warn: a weaker mark is used "
        "(the call is looked for by a text, after a wait of 11 minutes), or there is no mark and a person decides.",
    ),
    CheckCode.CALL_RESULTS: CheckPage(
        "Call results",
        "They are what a rep picks after a call, by one key each.",
        f"{_OUTCOMES}: add the results your reps use.",
        "The org's list of call results. Warn: there is none, and the result is typed. Unknown: it may not be read.",
    ),
    CheckCode.CALL_OUTCOMES: CheckPage(
        "Call results mapped to outcomes",
        "A cadence branches by outcome; a result that is mapped to none always goes the default way.",
        f"{_OUTCOMES}: choose a category for every result.",
        "The category of each call result. Warn: some have none.",
    ),
    CheckCode.CALL_SCRIPTS: CheckPage(
        "Call scripts",
        "The script of a step is shown beside the call.",
        "Sales Engagement app > Call Scripts: share the folder with the reps. The object is read through: "
        "Setup > Users > Permission Sets > (set) > Object Settings > Call Scripts > Read.",
        "Call scripts are looked for as you. Warn: the object is hidden. Pass: at least one can be read.",
    ),
}


def _events(label: str, what: str) -> CheckPage:
    return CheckPage(
        f"Live changes of {what}",
        f"Only selected entities send changes; without them {what} are read every few seconds instead.",
        _SELECT.format(label=label),
        "The topic is subscribed to for some seconds. Pass: an event came, or Setup says that the entity is selected. "
        "Fail or warn: the topic is missing, Setup says that it is not selected, or a change was made and no event came. "
        "Unknown: nothing changed meanwhile, and Setup may not be read.",
    )


EVENT_PAGES: Mapping[CheckCode, CheckPage] = {
    CheckCode.EVENT_BUS: CheckPage(
        "Event bus",
        "Live updates come from a second server, the Pub/Sub API.",
        "Let this computer reach the event endpoint (api.pubsub.salesforce.com, port 7443; another one for the EU), "
        "and check Setup > Session Settings: sessions locked to an address are refused there.",
        "Every topic is asked for. Fail: the server cannot be reached or does not take the session; "
        "the desk then reads changes by polling.",
    ),
    CheckCode.EVENT_PERMISSION: CheckPage(
        "Permission to receive changes",
        "Salesforce sends changes of records only to users who may see all of them.",
        "Setup > Users > Permission Sets > (a set of this user) > Object Settings > (object) > View All Records, "
        "or System Permissions > View All Data.",
        "Every topic is asked whether you may subscribe. Fail: at least one says no.",
    ),
    CheckCode.EVENT_ALLOWANCE: CheckPage(
        "Daily deliveries of events",
        "Every event that reaches a desk counts against the org's daily allowance.",
        "Setup > Quick Find “Platform Events” shows the usage. Let some desks poll (settings), or buy the add-on.",
        "The org's limits, where they may be read, and what the event bus itself says. "
        "Warn: less than a fifth is left. Fail: it is used up; the desk polls until tomorrow.",
    ),
    CheckCode.EVENTS_TRACKER: _events("Cadence Tracker", "trackers"),
    CheckCode.EVENTS_STEP: _events("Cadence Step Tracker", "steps"),
    CheckCode.EVENTS_LEAD: _events("Lead", "leads"),
    CheckCode.EVENTS_CONTACT: _events("Contact", "contacts"),
    CheckCode.EVENTS_TASK: _events("Task", "tasks"),
}
