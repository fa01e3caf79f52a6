"""Reads list views and deleted ids. May import domain.

Source: REST guide, List View Describe, List View Results, Get Deleted. Called through the gateway.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused
from cadence_desk.domain.people import ListView
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart, unique
from cadence_desk.salesforce.soql import SoqlQuery, moment, name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.domain.record_ids import RecordId

ENTITIES = ("Lead", "Contact")
LONGEST_WINDOW = timedelta(days=29)
SHORTEST_WINDOW = timedelta(minutes=2)
DATE_RESOLUTION = timedelta(seconds=1)
"""getDeleted refuses windows beyond 30 days and under a minute; a Date header has no parts of a second."""

_ABSENT = (NotAvailable, NotAllowed, OrgRefused)


class ListReader(OrgPart):
    """Reads lists of ids."""

    def list_views(self) -> list[ListView]:
        """Return the user's list views of leads and contacts."""
        found = []
        for entity in ENTITIES:
            if self._org.capabilities().has_object(entity):
                found += [view for page in self._view_pages(entity) for view in page]
        return found

    def people_of_view(self, view: ListView) -> list[RecordId]:
        """Return the ids a list view holds, in its order: by its own query, else its first 2,000 results."""
        root = f"sobjects/{name(view.entity)}/listviews/{view.id}"
        try:
            described = self._org.rest.get(f"{root}/describe", "list views")
            soql = described.get("query") if isinstance(described, dict) else None
            if isinstance(soql, str) and soql:
                return self._ids_of(soql)
        except _ABSENT:
            pass
        return list(self._results(root))

    def deleted_since(self, entity: str, since: datetime) -> list[RecordId]:
        """Return ids deleted since then; where the org offers no such list, deleted rows are queried.

        An object that the user cannot see has none.
        """
        if not self._sees(entity):
            return []
        answer = self._org.rest.ahead.pop(self.deleted_key(entity, since), None)
        try:
            if answer is None:
                answer = self._org.rest.get(self.deleted_path(entity, since), "deleted")
        except _ABSENT:
            return self._deleted_rows(entity, since)
        listed = rows.listed(answer.get("deletedRecords") if isinstance(answer, dict) else None)
        return [rows.record_id(row, "id") for row in listed]

    def deleted_path(self, entity: str, since: datetime) -> str:
        """Return where the org lists what was deleted since then."""
        now = self.server_now() + DATE_RESOLUTION
        start = min(max(since, now - LONGEST_WINDOW), now - SHORTEST_WINDOW)
        return f"sobjects/{name(entity)}/deleted/?start={quote(moment(start))}&end={quote(moment(now))}"

    @staticmethod
    def deleted_key(entity: str, since: datetime) -> str:
        """Return under what name such a list is kept when it was asked for ahead."""
        return f"deleted {entity} {moment(since)}"

    def server_now(self) -> datetime:
        """Return the org's own time, from the Date of a fresh answer or a call that is not metered."""
        found = self._org.meter.server_now()
        if found is None:
            self._org.rest.get_absolute("/services/data/", "time")
            found = self._org.meter.server_now()
        if found is None:
            raise NotAvailable("The org's answers carry no time.")
        return found

    def _deleted_rows(self, entity: str, since: datetime) -> list[RecordId]:
        query = self._since(SoqlQuery(entity, ("Id",)).where("IsDeleted", "=", value=True), since)
        return [rows.record_id(row) for row in self._org.rest.rows(query, "deleted", deleted=True)]

    def _view_pages(self, entity: str) -> Iterator[list[ListView]]:
        try:
            answer = self._org.rest.get(f"sobjects/{entity}/listviews?limit=200", "list views")
        except _ABSENT:
            return
        listed = rows.listed(answer.get("listviews") if isinstance(answer, dict) else None)
        yield [
            ListView(
                rows.record_id(row, "id"), entity, rows.text(row, "label"), rows.text(row, "developerName")
            )
            for row in listed
        ]

    def _ids_of(self, soql: str) -> list[RecordId]:
        found = [rows.record_id(row) for page in self._org.rest.pages_of(soql, "list views") for row in page]
        return [rows.id_of(each) for each in unique(found)]

    def _results(self, root: str) -> Iterator[RecordId]:
        answer = self._org.rest.get(f"{root}/results?limit=2000", "list views")
        for record in rows.listed(answer.get("records") if isinstance(answer, dict) else None):
            for column in rows.listed(record.get("columns")):
                if column.get("fieldNameOrPath") == "Id":
                    yield rows.id_of(str(column.get("value")))
