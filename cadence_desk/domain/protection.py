"""How strongly an org keeps a logged call from being written twice, in words. Imports no other room's code.

Shown beside the outbox and the call panel; the engine reads `has_task_key` before it sends anything again.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.orgs import Capabilities

TASK_KEY = "CD_Op_Id__c"
"""The field that makes it impossible to log a call twice, where an admin has added it to Activity."""


class Protection(Enum):
    """The protection level of an org."""

    KEY = "key"
    REVIEW = "review"
    UNKNOWN = "unknown"


PROTECTION_BADGES: Mapping[Protection, str] = {
    Protection.KEY: "Unique key",
    Protection.REVIEW: "No unique key",
    Protection.UNKNOWN: "Protection unknown",
}

PROTECTION_WORDS: Mapping[Protection, str] = {
    Protection.KEY: "Each call is written at most once: unique key.",
    Protection.REVIEW: "At most once, with review: no unique key.",
    Protection.UNKNOWN: "Not known before the first connection to this org.",
}

PROTECTION_DETAILS: Mapping[Protection, str] = {
    Protection.KEY: f"Every call carries a key of its own in {TASK_KEY}; Salesforce takes each key once.",
    Protection.REVIEW: (
        "When an answer gets lost, the call is looked for first, and sent again only after 11 minutes; "
        "what stays unclear is yours to decide."
    ),
    Protection.UNKNOWN: "",
}


def has_task_key(capabilities: Capabilities) -> bool:
    """Return True when tasks can be written under a unique key (facts: reliability, exactly once)."""
    task = capabilities.objects.get("Task")
    field = task.fields.get(TASK_KEY) if task is not None else None
    return field is not None and field.external_id and field.unique and field.createable and field.filterable


def protection_of(capabilities: Capabilities) -> Protection:
    """Return the protection level of an org."""
    if not capabilities.api_version:
        return Protection.UNKNOWN
    return Protection.KEY if has_task_key(capabilities) else Protection.REVIEW
