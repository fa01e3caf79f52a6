"""Refusal codes and the rows of a preview: what will happen to each target before anything is written.

Words and rules follow the product's catalog; the help text of each code is in `REASONS`. Imports no other room.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.record_ids import RecordId


class Override(Enum):
    """Whether and how a refusal can be passed."""

    NEVER = "never"
    IMPOSSIBLE = "no"
    POLICY = "policy"
    WARN = "warn"
    WAIT = "wait"


class RefusalCode(Enum):
    """Why a target cannot, or should not, be added."""

    ALREADY_IN_THIS_CADENCE = "ALREADY_IN_THIS_CADENCE"
    ALREADY_IN_OTHER_CADENCE = "ALREADY_IN_OTHER_CADENCE"
    DUPLICATE_IN_LIST = "DUPLICATE_IN_LIST"
    ENDED_NOT_INTERESTED = "ENDED_NOT_INTERESTED"
    ENDED_BAD_DATA = "ENDED_BAD_DATA"
    ENDED_DUPLICATE = "ENDED_DUPLICATE"
    ENDED_DISQUALIFIED = "ENDED_DISQUALIFIED"
    UNSUPPORTED_OBJECT = "UNSUPPORTED_OBJECT"
    LEAD_CONVERTED = "LEAD_CONVERTED"
    DELETED = "DELETED"
    NOT_FOUND = "NOT_FOUND"
    QUEUE_OWNED = "QUEUE_OWNED"
    CADENCE_NOT_ACTIVE = "CADENCE_NOT_ACTIVE"
    CADENCE_NAME_UNKNOWN = "CADENCE_NAME_UNKNOWN"
    START_STEP_INVALID = "START_STEP_INVALID"
    START_STEP_ORPHAN = "START_STEP_ORPHAN"
    RELATED_RECORD_NOT_ENABLED = "RELATED_RECORD_NOT_ENABLED"
    ASSIGNEE_INACTIVE = "ASSIGNEE_INACTIVE"
    ASSIGNEE_NO_LICENCE = "ASSIGNEE_NO_LICENCE"
    DO_NOT_CALL = "DO_NOT_CALL"
    OPTED_OUT_EMAIL = "OPTED_OUT_EMAIL"
    EMAIL_EMPTY = "EMAIL_EMPTY"
    EMAIL_BOUNCED = "EMAIL_BOUNCED"
    EMAIL_INVALID = "EMAIL_INVALID"
    PHONE_EMPTY = "PHONE_EMPTY"
    TRACKER_BUSY = "TRACKER_BUSY"
    ACTION_UNAVAILABLE = "ACTION_UNAVAILABLE"
    UNKNOWN_SERVER_REASON = "UNKNOWN_SERVER_REASON"


@dataclass(frozen=True, slots=True)
class Reason:
    """What a code means and what to do about it, in the words shown on screen."""

    meaning: str
    fix: str
    override: Override


_R = RefusalCode

REASONS: Mapping[RefusalCode, Reason] = {
    _R.ALREADY_IN_THIS_CADENCE: Reason(
        "Already in this cadence", "Open the tracker; resume it if it is paused.", Override.IMPOSSIBLE
    ),
    _R.ALREADY_IN_OTHER_CADENCE: Reason(
        "Already in another cadence",
        "Finish or remove the other run first, or go ahead if your team allows it.",
        Override.WARN,
    ),
    _R.DUPLICATE_IN_LIST: Reason(
        "Twice in this list", "The first row is kept; drop the later one.", Override.IMPOSSIBLE
    ),
    _R.ENDED_NOT_INTERESTED: Reason(
        "An earlier run ended as not interested",
        "Leave the person out, or go ahead on purpose.",
        Override.WARN,
    ),
    _R.ENDED_BAD_DATA: Reason("An earlier run ended as bad data", "Correct the record first.", Override.WARN),
    _R.ENDED_DUPLICATE: Reason(
        "An earlier run ended as duplicate", "Use the surviving record.", Override.WARN
    ),
    _R.ENDED_DISQUALIFIED: Reason(
        "An earlier run ended as disqualified", "Leave the person out, or go ahead on purpose.", Override.WARN
    ),
    _R.UNSUPPORTED_OBJECT: Reason(
        "Only leads, contacts and person accounts can be in a cadence",
        "Use a contact of the account.",
        Override.IMPOSSIBLE,
    ),
    _R.LEAD_CONVERTED: Reason("The lead was converted", "Add the contact it became.", Override.IMPOSSIBLE),
    _R.DELETED: Reason(
        "The record was deleted", "Restore it in Salesforce, or drop the row.", Override.IMPOSSIBLE
    ),
    _R.NOT_FOUND: Reason(
        "Not found, or not visible to you",
        "Correct the id, or ask for access to the record.",
        Override.IMPOSSIBLE,
    ),
    _R.QUEUE_OWNED: Reason(
        "The record belongs to a queue", "The assignee you chose will work it.", Override.WARN
    ),
    _R.CADENCE_NOT_ACTIVE: Reason(
        "The cadence is not active", "Activate it in Cadence Builder, or pick another.", Override.IMPOSSIBLE
    ),
    _R.CADENCE_NAME_UNKNOWN: Reason(
        "No cadence has that name", "Pick one from the list.", Override.IMPOSSIBLE
    ),
    _R.START_STEP_INVALID: Reason(
        "The start step is not part of this cadence",
        "Pick a step, or start at the first.",
        Override.IMPOSSIBLE,
    ),
    _R.START_STEP_ORPHAN: Reason(
        "The start step is no longer reached by the cadence",
        "Pick a step in the live path.",
        Override.IMPOSSIBLE,
    ),
    _R.RELATED_RECORD_NOT_ENABLED: Reason(
        "This org does not relate records to cadences", "Leave the related record empty.", Override.IMPOSSIBLE
    ),
    _R.ASSIGNEE_INACTIVE: Reason(
        "The assignee is not an active user", "Pick another assignee.", Override.IMPOSSIBLE
    ),
    _R.ASSIGNEE_NO_LICENCE: Reason(
        "The assignee has no Sales Engagement permission",
        "Pick another, or ask an admin.",
        Override.IMPOSSIBLE,
    ),
    _R.DO_NOT_CALL: Reason(
        "Do not call is set and the cadence has call steps", "Pick a cadence without calls.", Override.NEVER
    ),
    _R.OPTED_OUT_EMAIL: Reason(
        "Opted out of email and the cadence has email steps", "Pick a call-only cadence.", Override.NEVER
    ),
    _R.EMAIL_EMPTY: Reason(
        "No email address and the cadence has email steps", "Add an address.", Override.WARN
    ),
    _R.EMAIL_BOUNCED: Reason("The email address bounced", "Replace the address.", Override.WARN),
    _R.EMAIL_INVALID: Reason("The email address is not well formed", "Correct the address.", Override.WARN),
    _R.PHONE_EMPTY: Reason("No phone number and the cadence has call steps", "Add a number.", Override.WARN),
    _R.TRACKER_BUSY: Reason(
        "Salesforce is still changing this tracker", "Try again in a moment.", Override.WAIT
    ),
    _R.ACTION_UNAVAILABLE: Reason(
        "This org does not offer the action to you",
        "Ask an admin for the Sales Engagement permission.",
        Override.IMPOSSIBLE,
    ),
    _R.UNKNOWN_SERVER_REASON: Reason(
        "Salesforce refused", "Read Salesforce's own words beside it.", Override.IMPOSSIBLE
    ),
}


class Verdict(Enum):
    """How a preview row ends."""

    WILL_ADD = "Will add"
    WILL_ADD_WITH_WARNING = "Will add with warning"
    WILL_WAIT = "Will wait"
    REFUSED = "Refused"
    UNKNOWN = "Unknown"


@dataclass(frozen=True, slots=True)
class PlanRow:
    """One target of a preview: exactly one verdict, the code behind it and the words beside it."""

    target_id: RecordId | str
    name: str
    verdict: Verdict
    code: RefusalCode | None = None
    detail: str = ""
    warnings: tuple[RefusalCode, ...] = ()

    @property
    def words(self) -> str:
        """The row's outcome in one sentence."""
        if self.code is not None:
            reason = REASONS[self.code]
            tail = f" ({self.detail})" if self.detail else ""
            return f"{self.verdict.value}: {reason.meaning}{tail}. {reason.fix}"
        if self.warnings:
            told = "; ".join(REASONS[code].meaning for code in self.warnings)
            return f"{self.verdict.value}: {told}"
        return self.verdict.value
