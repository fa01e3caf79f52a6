"""Reads users who may be assignees, and whether their permission sets let them work cadences. May import domain.

Source: Object Reference, User, PermissionSetAssignment. Called through the gateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused
from cadence_desk.domain.people import Rep
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart
from cadence_desk.salesforce.soql import SoqlQuery, keep_described

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE = "reps"

_ABSENT = (NotAvailable, NotAllowed, OrgRefused)


class RepReader(OrgPart):
    """Reads the users of one org."""

    def reps(self) -> list[Rep]:
        """Return active standard users by name; `can_work` is None where permissions cannot be read."""
        if not self._sees("User"):
            return []
        fields = ("Id", "Name", "Username", "IsActive")
        query = SoqlQuery("User", keep_described(fields, self._org.described("User")))
        active_only = self._sees("User", "IsActive")
        if active_only:
            query = query.where("IsActive", "=", value=True)
        if self._sees("User", "UserType"):
            query = query.where("UserType", "=", "Standard")
        found = self._org.rest.rows(self._ordered(query, "Name", "Id"), PURPOSE)
        holders = self._holders()
        return [
            Rep(
                rows.record_id(row),
                rows.text(row, "Name") or rows.text(row, "Username") or rows.record_id(row),
                rows.text(row, "Username"),
                rows.flag(row, "IsActive") or not active_only,
                rows.record_id(row) in holders if holders else None,
            )
            for row in found
        ]

    def _holders(self) -> frozenset[str]:
        """Return the users who hold the permission by any set or profile, or one of the product's own sets."""
        assigned = SoqlQuery("PermissionSetAssignment", ("Id", "AssigneeId"))
        asked: Sequence[SoqlQuery] = (
            assigned.where("PermissionSet.PermissionsHighVelocitySalesUser", "=", value=True),
            assigned.where("PermissionSet.Name", "LIKE", "HighVelocitySales%"),
            assigned.where("PermissionSet.Label", "LIKE", "Sales Engagement%"),
        )
        found: set[str] = set()
        for query in asked:
            try:
                found |= {rows.id_or_empty(row, "AssigneeId") for row in self._org.rest.rows(query, PURPOSE)}
            except _ABSENT:
                continue
        return frozenset(found)
