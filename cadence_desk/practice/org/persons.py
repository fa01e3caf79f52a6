"""Person accounts: one account and its hidden contact, kept alike whichever of the two is written.

Imports transactions. Registered as a trigger by ``org.world``. Source: Object Reference, Person Account guidelines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.transaction import Row, Transaction

_SAME = (
    "Salutation",
    "FirstName",
    "LastName",
    "Phone",
    "Description",
    "FirstCallDateTime",
    "FirstEmailDateTime",
    "OwnerId",
)
_ADDRESS = ("Street", "City", "State", "PostalCode", "Country", "Latitude", "Longitude", "GeocodeAccuracy")
_PERSON = (
    "MobilePhone",
    "HomePhone",
    "Email",
    "Title",
    "LeadSource",
    "DoNotCall",
    "HasOptedOutOfEmail",
    "EmailBouncedDate",
    "EmailBouncedReason",
    "ActionCadenceId",
    "ActionCadenceAssigneeId",
    "ActionCadenceState",
    "ScheduledResumeDateTime",
    "ActiveTrackerCount",
    *(f"Mailing{part}" for part in _ADDRESS),
)
CONTACT_TO_ACCOUNT = {name: name for name in _SAME} | {name: f"Person{name}" for name in _PERSON}
"""Which field of the account shows which field of the hidden contact."""
ACCOUNT_TO_CONTACT = {account: contact for contact, account in CONTACT_TO_ACCOUNT.items()}


class PersonAccounts:
    """The trigger that keeps both halves of a person account alike."""

    def after_write(self, transaction: Transaction, sobject: str, before: Row | None, after: Row) -> None:
        """Create, change, delete or restore the other half."""
        if sobject == "Account":
            self._from_account(transaction, before, after)
        elif sobject == "Contact" and before is not None and after.get("IsPersonAccount"):
            self._from_contact(transaction, before, after)

    def _from_account(self, transaction: Transaction, before: Row | None, after: Row) -> None:
        if before is None:
            if after.get("LastName"):
                self._create_contact(transaction, after)
            return
        contact = after.get("PersonContactId")
        if not contact:
            self._business(transaction, before, after)
            return
        if self._followed(transaction, "Contact", str(contact), before, after):
            return
        changes = _changes(before, after, ACCOUNT_TO_CONTACT)
        if changes:
            transaction.settle("Contact", str(contact), changes)

    def _from_contact(self, transaction: Transaction, before: Row, after: Row) -> None:
        account = str(after["AccountId"])
        if self._followed(transaction, "Account", account, before, after):
            return
        changes = _changes(before, after, CONTACT_TO_ACCOUNT)
        if changes:
            transaction.settle("Account", account, changes)

    @staticmethod
    def _followed(transaction: Transaction, sobject: str, other: str, before: Row, after: Row) -> bool:
        if before["IsDeleted"] == after["IsDeleted"]:
            return False
        row = transaction.read(sobject, other, deleted=True)
        if row is not None and row["IsDeleted"] != after["IsDeleted"]:
            (transaction.delete if after["IsDeleted"] else transaction.undelete)(sobject, other)
        return True

    @staticmethod
    def _business(transaction: Transaction, before: Row, after: Row) -> None:
        if after["IsDeleted"] and not before["IsDeleted"]:
            sql = 'SELECT "Id" FROM "Contact" WHERE "AccountId" = ? AND "IsDeleted" = 0'
            for row in transaction.store.rows(sql, (after["Id"],)):
                transaction.delete("Contact", str(row["Id"]))

    @staticmethod
    def _create_contact(transaction: Transaction, account: Row) -> None:
        fields = {contact: account.get(name) for name, contact in ACCOUNT_TO_CONTACT.items()}
        contact = transaction.insert(
            "Contact", {**fields, "AccountId": account["Id"], "IsPersonAccount": True}
        )
        transaction.update(
            "Account", str(account["Id"]), {"PersonContactId": contact, "IsPersonAccount": True}
        )


def _changes(before: Row, after: Row, names: dict[str, str]) -> Row:
    return {other: after.get(name) for name, other in names.items() if before.get(name) != after.get(name)}
