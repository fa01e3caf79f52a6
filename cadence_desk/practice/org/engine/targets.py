"""The people in cadences: who may be one, what their own record shows of it, and what keeps an email from them.

Imports the shared parts. Sources: Object Reference, Lead and Contact (Sales Engagement fields), person accounts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.engine.parts import TRACKER_OBJECT, Parts, Refusal
from cadence_desk.practice.org.ids import canonical

if TYPE_CHECKING:
    from cadence_desk.practice.org.transaction import Row, Transaction

_KINDS = {"00Q": "Lead", "003": "Contact"}
_NOTHING: Row = {
    "ActionCadenceId": None,
    "ActionCadenceAssigneeId": None,
    "ActionCadenceState": None,
    "ScheduledResumeDateTime": None,
    "ActiveTrackerCount": 0,
}


def kind_of(target_id: str) -> str:
    """Return the object of a target id."""
    return _KINDS[target_id[:3]]


class Targets:
    """Knows the leads and contacts that cadences work."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    def resolve(self, transaction: Transaction, target_id: object) -> str:
        """Return the id trackers keep for a target: lead or contact, a person account's hidden contact.

        Raises:
            Refusal: no such record, one of a wrong kind, or a converted lead.
        """
        key = canonical(target_id)
        if key is None:
            raise Refusal("TARGET_ID_MALFORMED")
        if key.startswith("001"):
            return self._person_contact(transaction, key)
        if key[:3] not in _KINDS:
            raise Refusal("UNSUPPORTED_OBJECT")
        row = transaction.read(kind_of(key), key, deleted=True)
        if row is None:
            raise Refusal("TARGET_NOT_FOUND")
        if row["IsDeleted"]:
            raise Refusal("TARGET_DELETED")
        return key

    def check_assignable(self, transaction: Transaction, target_id: str) -> None:
        """Refuse a converted lead.

        Raises:
            Refusal: the lead is converted.
        """
        if target_id.startswith("00Q"):
            row = transaction.read("Lead", target_id) or {}
            if row.get("IsConverted"):
                raise Refusal("LEAD_CONVERTED")

    def _person_contact(self, transaction: Transaction, account_id: str) -> str:
        row = transaction.read("Account", account_id, deleted=True)
        if row is None:
            raise Refusal("TARGET_NOT_FOUND")
        if row["IsDeleted"]:
            raise Refusal("TARGET_DELETED")
        if not row["IsPersonAccount"]:
            raise Refusal("UNSUPPORTED_OBJECT")
        return str(row["PersonContactId"])

    def check_assignee(self, owner_id: object) -> str:
        """Return the id of a user or queue who can work cadences.

        Raises:
            Refusal: no such user or queue, inactive, or without Sales Engagement.
        """
        key = canonical(owner_id)
        if key is not None and key.startswith("00G"):
            found = self._parts.store.read("Group", key)
            if found is not None and found["Type"] == "Queue":
                return key
        if key is None or not key.startswith("005") or self._parts.store.read("User", key) is None:
            raise Refusal("ASSIGNEE_NOT_FOUND")
        problem = self.sender_problem(key)
        if problem == "USER_IS_INACTIVE":
            raise Refusal("ASSIGNEE_INACTIVE")
        if problem is not None:
            raise Refusal("ASSIGNEE_NO_LICENCE")
        return key

    def sender_problem(self, owner_id: str) -> str | None:
        """Return the error code that keeps an assignee from working a step, None when nothing does."""
        if owner_id.startswith("00G"):
            return None
        user = self._parts.store.read("User", owner_id)
        if user is None or not user["IsActive"]:
            return "USER_IS_INACTIVE"
        licensed = self._parts.store.value(
            'SELECT 1 FROM "PermissionSetAssignment" a JOIN "PermissionSet" p ON p."Id" = a."PermissionSetId"'
            ' WHERE a."AssigneeId" = ? AND a."IsDeleted" = 0 AND p."Name" LIKE \'HighVelocitySales%\'',
            (owner_id,),
        )
        return None if licensed else "USER_HAS_LOST_HVS_ACCESS"

    def reader_problem(self, transaction: Transaction, target_id: str) -> str | None:
        """Return the error code that keeps an email from a target, None when nothing does."""
        row = transaction.read(kind_of(target_id), target_id)
        if row is None:
            return "NO_TARGET_ACCESS"
        if not row["Email"]:
            return "TARGET_EMAIL_EMPTY"
        if row["HasOptedOutOfEmail"]:
            return "TARGET_DO_NOT_CONTACT_ON"
        return "TARGET_EMAIL_BOUNCED" if row["EmailBouncedDate"] else None

    def touched(self, transaction: Transaction, target_id: str, field: str) -> None:
        """Remember the first call or email on a target's own record."""
        row = transaction.read(kind_of(target_id), target_id)
        if row is not None and row[field] is None:
            transaction.update(kind_of(target_id), target_id, {field: transaction.now})

    def bounced(self, transaction: Transaction, target_id: str) -> None:
        """Mark a target's address as bounced."""
        if transaction.read(kind_of(target_id), target_id) is not None:
            changes: Row = {
                "EmailBouncedDate": transaction.now,
                "EmailBouncedReason": "550 5.1.1 mailbox unknown",
            }
            transaction.update(kind_of(target_id), target_id, changes)

    def refresh(self, transaction: Transaction, target_id: str) -> None:
        """Bring the Sales Engagement fields of a target in step with its trackers."""
        if transaction.read(kind_of(target_id), target_id) is None:
            return
        rows = self._parts.store.rows(
            f'SELECT * FROM "{TRACKER_OBJECT}" WHERE "TargetId" = ? AND "IsDeleted" = 0 ORDER BY rowid DESC',
            (target_id,),
        )
        transaction.settle(kind_of(target_id), target_id, engaged_fields(rows))


def engaged_fields(trackers: list[Row]) -> Row:
    """Return what a person's record shows of its trackers, newest first: the newest active one, else the last state."""
    active = [one for one in trackers if one["IsTrackerActive"]]
    if not active:
        return _NOTHING | ({"ActionCadenceState": trackers[0]["State"]} if trackers else {})
    shown = active[0]
    return {
        "ActionCadenceId": shown["ActionCadenceId"],
        "ActionCadenceAssigneeId": shown["OwnerId"],
        "ActionCadenceState": shown["State"],
        "ScheduledResumeDateTime": shown["ScheduledResumeDateTime"],
        "ActiveTrackerCount": len(active),
    }
