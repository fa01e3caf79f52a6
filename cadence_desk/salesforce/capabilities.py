"""Reads at sign-in what this org lets this user do: version, actions, objects. May import domain.

Presence of an action proves little, so objects and fields are described, too (facts on licences: Object Reference,
Lead, ActionCadenceId). Called by the gateway.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence_desk.domain.errors import NotAllowed, NotAvailable, OrgRefused
from cadence_desk.domain.orgs import ActionDescription, Capabilities, ObjectDescription
from cadence_desk.salesforce.action_inputs import ACTIONS, KNOWN
from cadence_desk.salesforce.describes import DescribeCache, parse_action, parse_object
from cadence_desk.salesforce.exchange import current
from cadence_desk.salesforce.rest import is_preferred

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cadence_desk.salesforce.rest import RestClient

OBJECTS = (
    "Lead",
    "Contact",
    "Account",
    "Task",
    "User",
    "ActionCadence",
    "ActionCadenceStep",
    "ActionCadenceStepVariant",
    "ActionCadenceRule",
    "ActionCadenceRuleCondition",
    "ActionCadenceTracker",
    "ActionCadenceStepTracker",
    "CallDisposition",
    "CallTemplate",
)
PURPOSE = "capabilities"

_ABSENT = (NotAvailable, NotAllowed, OrgRefused)


class CapabilityReader:
    """Reads and remembers the capabilities of one org."""

    def __init__(self, rest: RestClient, cache: DescribeCache | None = None) -> None:
        self._rest = rest
        self.cache = cache if cache is not None else DescribeCache()
        self._lock = threading.Lock()
        self._known: Capabilities | None = None

    def known(self) -> Capabilities:
        """Return the capabilities, read once. Raises DeskError."""
        with self._lock:
            if self._known is None:
                self._known = self._read()
            return self._known

    def read(self) -> Capabilities:
        """Read the capabilities anew. Raises DeskError."""
        with self._lock:
            self._known = self._read()
            return self._known

    def _read(self) -> Capabilities:
        version = self._rest.version()
        actions = dict(self._actions())
        objects = {name: found for name in OBJECTS if (found := self._object(name)) is not None}
        return Capabilities(version, actions, objects, tuple(_notes(version, actions, objects)))

    def _actions(self) -> Iterator[tuple[str, ActionDescription]]:
        """Describe the actions that the org lists, under the names we know them by."""
        try:
            listed = self._rest.get("actions/standard", PURPOSE)
        except _ABSENT:
            return
        items = listed.get("actions") if isinstance(listed, dict) else None
        names = {
            str(item.get("name")).lower(): str(item.get("name"))
            for item in items or ()
            if isinstance(item, dict)
        }
        for ours in ACTIONS:
            theirs = names.get(ours.lower())
            if theirs is None:
                continue
            body = self._absent_or("actions/standard/" + quote(theirs))
            if isinstance(body, dict):
                yield ours, parse_action({**body, "name": theirs}, KNOWN)

    def _object(self, name: str) -> ObjectDescription | None:
        """Describe one object; unchanged ones cost no body (REST guide, If-Modified-Since)."""
        date = self.cache.date(name)
        headers = {"If-Modified-Since": date} if date else {}
        try:
            body = self._rest.get(f"sobjects/{name}/describe", PURPOSE, headers)
        except _ABSENT:
            return None
        except Exception:
            kept = self.cache.get(name)
            if kept is not None and current().status == 304:
                return parse_object(kept)
            raise
        if not isinstance(body, dict):
            return None
        self.cache.keep(name, current().last_modified, body)
        return parse_object(body)

    def _absent_or(self, path: str) -> Any:
        try:
            return self._rest.get(path, PURPOSE)
        except _ABSENT:
            return None


def _notes(
    version: str, actions: dict[str, ActionDescription], objects: dict[str, ObjectDescription]
) -> Iterator[str]:
    """Yield what a person should know about this org, in sentences."""
    if not is_preferred(version):
        yield f"The org answers API version {version}, which this version of Cadence Desk was not tried with."
    if "ActionCadenceTracker" not in objects or not actions:
        yield "Your user has no Sales Engagement in this org: cadences cannot be shown or changed."
    lead = objects.get("Lead")
    if lead is not None and not lead.has("ActionCadenceId"):
        yield "Your user seems to lack the Sales Engagement User permission set."
    for action in actions.values():
        if action.unknown_required:
            names = ", ".join(action.unknown_required)
            yield f"{action.label} asks for {names}, which this version of Cadence Desk does not know."
