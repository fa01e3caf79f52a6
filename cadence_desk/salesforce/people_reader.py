"""Reads people: leads, contacts and person accounts (through their hidden contact). May import domain.

Source: Object Reference, Lead, Contact, Account and Person Accounts. Called through the gateway.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.people import Person, PersonKind
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.domain.record_ids import CONTACT, LEAD, key_prefix
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.context import OrgPart, unique
from cadence_desk.salesforce.several_queries import rows_by_ids
from cadence_desk.salesforce.soql import SoqlQuery, keep_described

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from datetime import datetime

    from cadence_desk.domain.record_ids import RecordId

PURPOSE = "people"

_SHARED = (
    "Id",
    "Name",
    "Title",
    "Email",
    "Phone",
    "MobilePhone",
    "OwnerId",
    "Owner.Name",
    "DoNotCall",
    "HasOptedOutOfEmail",
    "EmailBouncedReason",
    "EmailBouncedDate",
    "IsDeleted",
    "SystemModstamp",
)
LEAD_FIELDS = (*_SHARED, "Company", "Status", "City", "Country", "IsConverted")
CONTACT_FIELDS = (
    *_SHARED,
    "AccountId",
    "Account.Name",
    "MailingCity",
    "MailingCountry",
    "IsEmailBounced",
    "IsPersonAccount",
)

_FIELDS: Mapping[str, tuple[str, ...]] = {"Lead": LEAD_FIELDS, "Contact": CONTACT_FIELDS}
_OBJECTS: Mapping[str, str] = {LEAD: "Lead", CONTACT: "Contact"}


class PeopleReader(OrgPart):
    """Reads the people of one org."""

    def people_pages(self, scope: PeopleScope, since: datetime | None = None) -> Iterator[list[Person]]:
        """Yield people in pages, leads first; with `since` the oldest change first within each kind.

        Without `since` converted leads are left out; with it they come, marked, so that a list can drop them.
        """
        for entity in _OBJECTS.values():
            if not self._sees(entity):
                continue
            query = self._people_since(entity, scope, since)
            if since is None:
                query = self._not_converted(query)
            parse = PARSERS[entity]
            for page in self._org.rest.pages(query, PURPOSE):
                yield [parse(row) for row in page]

    def read_people(self, ids: Sequence[RecordId]) -> list[Person]:
        """Read leads and contacts by id; a deleted one comes with is_deleted, unknown ones are left out."""
        found: list[Person] = []
        for prefix, entity in _OBJECTS.items():
            wanted = [each for each in unique(ids) if key_prefix(each) == prefix]
            if wanted:
                about = partial(self._people_query(entity).where_in, "Id")
                read = rows_by_ids(self._org.rest, wanted, about, PURPOSE, deleted=True)
                found += [PARSERS[entity](row) for row in read]
        return found

    def read_accounts_as_people(self, ids: Sequence[RecordId]) -> list[Person]:
        """Read person accounts by account id, as the people they are; business accounts are left out."""
        if not self._sees("Contact", "IsPersonAccount", "AccountId"):
            return []
        people = self._people_query("Contact").where("IsPersonAccount", "=", value=True)
        about = partial(people.where_in, "AccountId")
        return [parse_contact(row) for row in rows_by_ids(self._org.rest, unique(ids), about, PURPOSE)]

    def changed_people(self, scope: PeopleScope, since: datetime) -> Iterator[SoqlQuery]:
        """Yield the queries that `people_pages` asks with a time."""
        for entity in _OBJECTS.values():
            if self._sees(entity):
                yield self._people_since(entity, scope, since)

    def _people_since(self, entity: str, scope: PeopleScope, since: datetime | None) -> SoqlQuery:
        return self._in_scope(self._since(self._people_query(entity), since), scope)

    def _in_scope(self, query: SoqlQuery, scope: PeopleScope) -> SoqlQuery:
        if scope is PeopleScope.MINE and self._sees(query.entity, "OwnerId"):
            return query.where("OwnerId", "=", self._me())
        return query

    def _not_converted(self, query: SoqlQuery) -> SoqlQuery:
        if query.entity == "Lead" and self._sees("Lead", "IsConverted"):
            return query.where("IsConverted", "=", value=False)
        return query

    def _people_query(self, entity: str) -> SoqlQuery:
        related = self._org.related(Account="Account", Owner="User")
        return SoqlQuery(entity, keep_described(_FIELDS[entity], self._org.described(entity), related))

    def _me(self) -> str:
        return self._org.rest.session.user_id


def parse_lead(row: Mapping[str, Any]) -> Person:
    """Return a lead from a row."""
    return Person(
        rows.record_id(row),
        PersonKind.LEAD,
        account_name=rows.text(row, "Company"),
        status=rows.text(row, "Status"),
        city=rows.text(row, "City"),
        country=rows.text(row, "Country"),
        is_converted=rows.flag(row, "IsConverted"),
        email_bounced=_bounced(row),
        **_shared(row),
    )


def parse_contact(row: Mapping[str, Any]) -> Person:
    """Return a contact, or the person account behind it, from a row."""
    is_person = rows.flag(row, "IsPersonAccount")
    return Person(
        rows.record_id(row),
        PersonKind.PERSON_ACCOUNT if is_person else PersonKind.CONTACT,
        account_id=rows.id_or_empty(row, "AccountId"),
        account_name=rows.text(row, "Account.Name"),
        city=rows.text(row, "MailingCity"),
        country=rows.text(row, "MailingCountry"),
        email_bounced=_bounced(row) or rows.flag(row, "IsEmailBounced"),
        **_shared(row),
    )


PARSERS: Mapping[str, Callable[[Mapping[str, Any]], Person]] = {"Lead": parse_lead, "Contact": parse_contact}


def _shared(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "name": rows.text(row, "Name"),
        "title": rows.text(row, "Title"),
        "email": rows.text(row, "Email"),
        "phone": rows.text(row, "Phone"),
        "mobile": rows.text(row, "MobilePhone"),
        "owner_id": rows.id_or_empty(row, "OwnerId"),
        "owner_name": rows.text(row, "Owner.Name"),
        "do_not_call": rows.flag(row, "DoNotCall"),
        "email_opt_out": rows.flag(row, "HasOptedOutOfEmail"),
        "is_deleted": rows.flag(row, "IsDeleted"),
        "modified": rows.moment(row, "SystemModstamp"),
    }


def _bounced(row: Mapping[str, Any]) -> bool:
    return bool(row.get("EmailBouncedDate") or row.get("EmailBouncedReason"))
