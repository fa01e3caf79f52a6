"""Converts a lead into an account, a contact and an opportunity, as a colleague does in the browser.

Imports transactions. Called by ``org.world``; the engine ends the lead's cadences because the lead changes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.practice.org.values import DmlError, day_text

if TYPE_CHECKING:
    from cadence_desk.practice.org.transaction import Transaction

_SAME = (
    "Salutation",
    "FirstName",
    "LastName",
    "Title",
    "Phone",
    "MobilePhone",
    "Email",
    "LeadSource",
    "DoNotCall",
)
_CONVERTED = 90 * 86_400_000


def convert(transaction: Transaction, lead_id: str) -> str:
    """Convert a lead and return the new contact's id.

    Raises:
        DmlError: there is no such lead, or it is converted already.
    """
    lead = transaction.read("Lead", lead_id)
    if lead is None:
        raise DmlError("NOT_FOUND", "The requested resource does not exist")
    if lead["IsConverted"]:
        raise DmlError("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
    owner = lead["OwnerId"] if str(lead["OwnerId"]).startswith("005") else transaction.user_id
    account = transaction.insert(
        "Account", {"Name": lead["Company"], "OwnerId": owner, "Phone": lead["Phone"]}
    )
    contact = transaction.insert(
        "Contact",
        {name: lead[name] for name in _SAME}
        | {"AccountId": account, "OwnerId": owner, "HasOptedOutOfEmail": lead["HasOptedOutOfEmail"]},
    )
    opportunity = transaction.insert(
        "Opportunity",
        {
            "Name": f"{str(lead['Company'])[:110]}-",
            "AccountId": account,
            "OwnerId": owner,
            "StageName": "Prospecting",
            "CloseDate": day_text(transaction.now + _CONVERTED),
        },
    )
    transaction.update(
        "Lead",
        lead_id,
        {
            "IsConverted": True,
            "ConvertedDate": day_text(transaction.now),
            "ConvertedAccountId": account,
            "ConvertedContactId": contact,
            "ConvertedOpportunityId": opportunity,
        },
    )
    return contact
