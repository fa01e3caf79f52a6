"""What the parts of the gateway share: REST, capabilities, the meter and the clock. Imports domain only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.domain.orgs import Capabilities, ObjectDescription
    from cadence_desk.domain.ports import Clock
    from cadence_desk.salesforce.capabilities import CapabilityReader
    from cadence_desk.salesforce.rest import RestClient
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


def unique(ids: Iterable[str]) -> list[str]:
    """Return ids once each, in order."""
    return list(dict.fromkeys(ids))
