"""Words for admins: how calls get a unique key, why it needs both marks, and how to see that it works.

Imports no other room's code. Shown by the window; printed by `cadence-desk org key-field` with the files to deploy.
"""

from __future__ import annotations

from cadence_desk.domain.protection import PROTECTION_DETAILS, PROTECTION_WORDS, TASK_KEY, Protection

FIELD_NAME = TASK_KEY.removesuffix("__c")

KEY_FIELD_STEPS = (
    "Setup, Object Manager, Activity, Fields & Relationships: New, data type Text.",
    f"Field label: Cadence Desk key. Length: 36. Field name: {FIELD_NAME} (the API name becomes {TASK_KEY}).",
    "Tick “Do not allow duplicate values”, and treat ABC and abc as duplicates (case insensitive).",
    "Tick “Set this field as the unique record identifier from an external system” (External ID).",
    "Field-level security: visible, not read-only, for everybody who logs calls. No page layout needs it.",
    "In Cadence Desk press F5, then look at Readiness, “No call logged twice”: it says Strong.",
)
"""Source: Salesforce help, Create Custom Fields; Object Reference, Task (custom fields of tasks are made on Activity)."""

_WHY = f"""\
What it is for. When the answer to a logged call gets lost, nobody can tell whether Salesforce has it. With a key that
Salesforce takes once, Cadence Desk may simply ask again: the second time changes nothing.
  With the field: {PROTECTION_WORDS[Protection.KEY]} {PROTECTION_DETAILS[Protection.KEY]}
  Without it: {PROTECTION_WORDS[Protection.REVIEW]} {PROTECTION_DETAILS[Protection.REVIEW]}"""

_BOTH = """\
Why both marks. A field that is an External ID and not Unique is worse than none: Salesforce then lets two tasks have the
same key, and it lets only users with View All Data write by that key, which no rep has. Cadence Desk does not use such a
field. Unique without External ID is no key that one can write by. (REST API guide, Insert or Update by External ID.)"""

_DEPLOY = """\
Or deploy three files instead of steps 1 to 5: package.xml, objects/Activity.object and
permissionsets/Cadence_Desk_Call_Key.permissionset. cadence-desk org key-field prints them, and writes them with
--to FOLDER. Then, with the Salesforce CLI:
  sf project deploy start --metadata-dir FOLDER --target-org YOUR-ORG
  sf org assign permset --name Cadence_Desk_Call_Key --target-org YOUR-ORG
Then assign the permission set to your reps. Whether your org lets a field of Activity be unique shows when you save it;
where it does not, nothing else changes, and calls stay at the lower level."""


def key_field_page() -> str:
    """Return the whole page as plain text."""
    steps = [f"{number}. {step}" for number, step in enumerate(KEY_FIELD_STEPS, start=1)]
    return "\n\n".join([_WHY, "\n".join(steps), _BOTH, _DEPLOY])
