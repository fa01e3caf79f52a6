"""The list views of a new org: their names, filters and columns.

Imports the sower. The REST face runs them as queries; ``{user}`` in a filter stands for the running user's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.seeding.sowing import Sower

_LEAD = (
    "Name",
    "Company",
    "State",
    "Phone",
    "Email",
    "Status",
    "ActionCadenceState",
    "CreatedDate",
    "Owner.Name",
)
_CONTACT = ("Name", "Account.Name", "Title", "Phone", "Email", "ActionCadenceState", "Owner.Name")
_ACCOUNT = ("Name", "BillingCity", "Phone", "Type", "Owner.Name")


@dataclass(frozen=True, slots=True)
class ListViewPlan:
    """One list view: ``where`` is a SOQL condition, empty for all records."""

    sobject: str
    name: str
    developer_name: str
    where: str
    columns: tuple[str, ...]
    order_by: str = "Name"


PLANS = (
    ListViewPlan("Lead", "All Open Leads", "AllOpenLeads", "IsConverted = false", _LEAD),
    ListViewPlan("Lead", "My Leads", "MyLeads", "OwnerId = '{user}' AND IsConverted = false", _LEAD),
    ListViewPlan(
        "Lead", "My Unread Leads", "MyUnreadLeads", "OwnerId = '{user}' AND IsUnreadByOwner = true", _LEAD
    ),
    ListViewPlan(
        "Lead",
        "Not In A Cadence",
        "NotInACadence",
        "IsConverted = false AND ActiveTrackerCount = 0",
        _LEAD,
        "CreatedDate DESC",
    ),
    ListViewPlan("Lead", "Hot Leads", "HotLeads", "Rating = 'Hot' AND IsConverted = false", _LEAD),
    ListViewPlan("Contact", "All Contacts", "AllContacts", "", _CONTACT),
    ListViewPlan("Contact", "My Contacts", "MyContacts", "OwnerId = '{user}'", _CONTACT),
    ListViewPlan("Contact", "Contacts In Cadence", "ContactsInCadence", "ActiveTrackerCount > 0", _CONTACT),
    ListViewPlan("Account", "All Accounts", "AllAccounts", "", _ACCOUNT),
    ListViewPlan("Account", "Person Accounts", "PersonAccounts", "IsPersonAccount = true", _ACCOUNT),
)


@dataclass(frozen=True, slots=True)
class ListViewDef:
    """A list view with its id."""

    id: str
    plan: ListViewPlan


def sow_list_views(sower: Sower) -> tuple[ListViewDef, ...]:
    """Sow the list views and return them with their ids."""
    rows = (
        {
            "Name": one.name,
            "DeveloperName": one.developer_name,
            "SobjectType": one.sobject,
            "IsSoqlCompatible": 1,
        }
        for one in PLANS
    )
    return tuple(ListViewDef(key, plan) for key, plan in zip(sower.sow("ListView", rows), PLANS, strict=True))
