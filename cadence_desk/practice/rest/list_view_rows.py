"""The list views a practice org starts with, as ListView records, so that queries and the resource agree.

Writes to the store once, when the org has none. Called by the application.
"""

from typing import Final

from cadence_desk.practice.org.world import PracticeOrg

_VIEWS: Final = (
    ("Lead", "My Leads", "MyLeads"),
    ("Lead", "All Leads", "AllLeads"),
    ("Lead", "Today's Leads", "TodaysLeads"),
    ("Lead", "My Leads in Cadence", "MyLeadsInCadence"),
    ("Lead", "My Leads Not in Cadence", "MyLeadsNotInCadence"),
    ("Contact", "My Contacts", "MyContacts"),
    ("Contact", "All Contacts", "AllContacts"),
    ("Contact", "My Contacts in Cadence", "MyContactsInCadence"),
    ("Account", "All Accounts", "AllAccounts"),
    ("Account", "Person Accounts", "PersonAccounts"),
    ("Opportunity", "My Opportunities", "MyOpportunities"),
    ("Task", "Open Tasks", "OpenTasks"),
    ("Task", "My Open Tasks", "MyOpenTasks"),
)
_COLUMNS: Final = (
    "Id",
    "Name",
    "DeveloperName",
    "SobjectType",
    "IsSoqlCompatible",
    "CreatedDate",
    "CreatedById",
    "LastModifiedDate",
    "LastModifiedById",
    "SystemModstamp",
)


def ensure_list_views(org: PracticeOrg) -> None:
    """Add the usual views to an org without any."""
    if org.store.value('SELECT 1 FROM "ListView" LIMIT 1') is not None:
        return
    now, user = org.clock.now_s(), org.default_user_id
    prefix = org.catalog.require("ListView").key_prefix or "00B"
    rows = [
        (org.ids.mint(prefix), name, developer_name, sobject, 1, now, user, now, user, now)
        for sobject, name, developer_name in _VIEWS
    ]
    org.store.bulk("ListView", _COLUMNS, rows)
