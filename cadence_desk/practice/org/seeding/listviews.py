"""The list views of a new org. What each one selects is told by its developer name to the REST face.

Imports the sower. Called when a world is made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cadence_desk.practice.org.seeding.sowing import Sower

LIST_VIEWS = (
    ("Lead", "My Leads", "MyLeads"),
    ("Lead", "All Leads", "AllLeads"),
    ("Lead", "Today's Leads", "TodaysLeads"),
    ("Lead", "My Unread Leads", "MyUnreadLeads"),
    ("Lead", "My Leads In Cadence", "MyLeadsInCadence"),
    ("Lead", "My Leads Not In Cadence", "MyLeadsNotInCadence"),
    ("Contact", "My Contacts", "MyContacts"),
    ("Contact", "All Contacts", "AllContacts"),
    ("Contact", "My Contacts In Cadence", "MyContactsInCadence"),
    ("Account", "All Accounts", "AllAccounts"),
    ("Account", "Person Accounts", "PersonAccounts"),
    ("Opportunity", "My Opportunities", "MyOpportunities"),
    ("Task", "Open Tasks", "OpenTasks"),
    ("Task", "My Open Tasks", "MyOpenTasks"),
)


def sow_list_views(sower: Sower) -> None:
    """Sow the list views as records."""
    sower.sow(
        "ListView",
        (
            {"Name": name, "DeveloperName": key, "SobjectType": sobject, "IsSoqlCompatible": 1}
            for sobject, name, key in LIST_VIEWS
        ),
    )
