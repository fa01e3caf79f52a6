"""What the parts of the gateway share: REST, capabilities, the meter and the clock. Imports domain only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from cadence_desk.domain.orgs import Capabilities, ObjectDescription
    from cadence_desk.domain.ports import Clock
    from cadence_desk.salesforce.capabilities import CapabilityReader
    from cadence_desk.salesforce.rest import RestClient
    from cadence_desk.salesforce.soql import SoqlQuery
    from cadence_desk.salesforce.usage import UsageMeter


@dataclass(frozen=True, slots=True)
class OrgContext:
    """One open org, for its readers and writers."""

    rest: RestClient
    reader: CapabilityReader
    meter: UsageMeter
    clock: Clock

    def capabilities(self) -> Capabilities:
        """Return what was described at sign-in; reads it when nobody has yet."""
        return self.reader.known()

    def described(self, name: str) -> ObjectDescription:
        """Return an object's describe. Raises NotAvailable when the user cannot see the object."""
        found = self.capabilities().objects.get(name)
        if found is None:
            raise NotAvailable(f"Your user cannot see {name} in this org.")
        return found

    def related(self, **objects: str) -> dict[str, ObjectDescription | None]:
        """Return the describes behind relationship names."""
        known = self.capabilities().objects
        return {relation: known.get(name) for relation, name in objects.items()}


class OrgPart:
    """Base of a reader or writer: holds the context."""

    def __init__(self, org: OrgContext) -> None:
        self._org = org

    def _sees(self, entity: str, *fields: str) -> bool:
        """Return True when the user sees an object and these fields of it."""
        found = self._org.capabilities().objects.get(entity)
        return found is not None and found.has(*fields)

    def _need(self, entity: str, *fields: str) -> None:
        """Raise NotAvailable, in words, when the user does not see an object or one of these fields."""
        described = self._org.described(entity)
        hidden = [field for field in fields if not described.has(field)]
        if hidden:
            raise NotAvailable(f"Your user cannot see {', '.join(hidden)} of {described.label}.")

    def _ordered(self, query: SoqlQuery, *fields: str) -> SoqlQuery:
        """Order by those fields that the user sees."""
        described = self._org.described(query.entity)
        return query.order_by(*(field for field in fields if described.has(field.split(" ", 1)[0])))

    def _since(self, query: SoqlQuery, since: datetime | None) -> SoqlQuery:
        """Ask for what changed since then; where no stamp is visible, for everything."""
        described = self._org.described(query.entity)
        stamps = [stamp for stamp in ("SystemModstamp", "LastModifiedDate") if described.has(stamp)]
        return query.since(stamps[0], since) if stamps else query


def unique(ids: Iterable[str]) -> list[str]:
    """Return ids once each, in order."""
    return list(dict.fromkeys(ids))
