"""Reads at sign-in what this org lets this user do: version, actions, objects. May import domain.

Presence of an action proves little, so objects and fields are described, too (facts on licences: Object Reference,
Lead, ActionCadenceId). Called by the gateway.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from cadence_desk.domain.errors import DeskError, NotAllowed, NotAvailable, OrgRefused
from cadence_desk.domain.orgs import ActionDescription, Capabilities, ObjectDescription
from cadence_desk.salesforce.action_inputs import ACTIONS, KNOWN
from cadence_desk.salesforce.describes import (
    DescribeCache,
    parse_action,
    parse_object,
    trim_action,
    trim_action_list,
    trim_describe,
)
from cadence_desk.salesforce.exchange import current
from cadence_desk.salesforce.rest import is_preferred

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

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

API_OFF = frozenset({"API_DISABLED_FOR_ORG", "API_CURRENTLY_DISABLED"})
"""The org lets nobody use its API: then nothing is known of what it offers (SOAP guide, ExceptionCode)."""

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

    def read(self, *, anew: bool = False) -> Capabilities:
        """Read the capabilities again. Raises DeskError.

        Args:
            anew: describe everything in full, whatever is remembered: a permission given a moment ago counts.
        """
        with self._lock:
            self._known = self._read(anew=anew)
            return self._known

    def _read(self, *, anew: bool = False) -> Capabilities:
        version = self._rest.version()
        self.cache.use("" if anew else version)
        self.cache.use(version)
        actions = dict(self._actions())
        objects = {name: found for name in OBJECTS if (found := self._object(name)) is not None}
        return Capabilities(version, actions, objects, tuple(_notes(version, actions, objects)))

    def _actions(self) -> Iterator[tuple[str, ActionDescription]]:
        """Describe the actions that the org lists, under the names we know them by."""
        listed = self._described("actions/standard", trim_action_list)
        if listed is None:
            return
        names = {str(item["name"]).lower(): str(item["name"]) for item in listed["actions"]}
        for ours in ACTIONS:
            theirs = names.get(ours.lower())
            if theirs is None:
                continue
            body = self._described("actions/standard/" + quote(theirs), trim_action)
            if body is not None:
                yield ours, parse_action({**body, "name": theirs}, KNOWN)

    def _object(self, name: str) -> ObjectDescription | None:
        body = self._described(f"sobjects/{name}/describe", trim_describe)
        return None if body is None else parse_object(body)

    def _described(
        self, path: str, trim: Callable[[Mapping[str, Any]], dict[str, Any]]
    ) -> Mapping[str, Any] | None:
        """Return what the org tells of a thing, None when this user has no such thing.

        Unchanged ones cost no body (REST guide, Conditional Requests: describes and invocable actions).
        """
        date = self.cache.date(path)
        try:
            body = self._rest.get(path, PURPOSE, {"If-Modified-Since": date} if date else {})
        except _ABSENT as error:
            if error.server_code in API_OFF:
                raise
            return None
        except DeskError:
            if current().status == 304 and date:
                return self.cache.get(path)
            raise
        if not isinstance(body, dict):
            return None
        kept = trim(body)
        self.cache.keep(path, current().last_modified, kept)
        return kept


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
