"""Reads the facts about readiness from one org, read only: the ReadinessSource port. May import domain.

A refusal becomes an Unread fact; only an ended session or a dead line is an error. Built by connect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

from cadence_desk.domain.errors import DeskError, LinkError, NotAvailable, OrgRefused, SignedOut
from cadence_desk.domain.readiness.facts import (
    Allowance,
    CallFacts,
    LimitFacts,
    LineFacts,
    Unread,
    UserFacts,
    VersionFacts,
)
from cadence_desk.salesforce import rows
from cadence_desk.salesforce.capabilities import API_OFF
from cadence_desk.salesforce.certificates import handshake, utc_now
from cadence_desk.salesforce.exchange import current
from cadence_desk.salesforce.listening import PURPOSE, TopicListening
from cadence_desk.salesforce.rest import ACCEPTED_FROM, PREFERRED, choose_version, listed_versions
from cadence_desk.salesforce.soql import SoqlQuery

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cadence_desk.domain.orgs import Capabilities, OrgProfile
    from cadence_desk.domain.ports import ChangeFeed
    from cadence_desk.salesforce.context import OrgContext
    from cadence_desk.salesforce.gateway import SalesforceGateway
    from cadence_desk.salesforce.transport import Transport

T = TypeVar("T")

DELIVERIES = "DailyDeliveredPlatformEvents"
CALLS = "DailyApiRequests"
_PRODUCT_NAMES = ("HighVelocitySales%", "SalesEngagement%")
_USER_PERMISSION = "PermissionsHighVelocitySalesUser"


class ReadinessReader:
    """Asks one org, as the signed-in user."""

    def __init__(
        self,
        org: OrgContext,
        gateway: SalesforceGateway,
        feed: ChangeFeed,
        profile: OrgProfile,
        transport: Transport,
    ) -> None:
        self._org = org
        self._gateway = gateway
        self._feed = feed
        self._profile = profile
        self._transport = transport

    # ------------------------------------------------------------ the line and the API

    def versions(self) -> VersionFacts:
        """Return the API versions."""
        offered = listed_versions(self._org.rest.get_absolute("/services/data/", PURPOSE))
        try:
            used = int(float(choose_version([{"version": str(number)} for number in offered])))
        except NotAvailable:
            used = 0
        return VersionFacts(offered, used, PREFERRED, ACCEPTED_FROM)

    def line(self) -> LineFacts:
        """Return what is known of the connection in use."""
        origin = self._org.rest.session.instance_url
        self._org.rest.get_absolute("/services/data/", PURPOSE)
        date, wall = current().server_date, self._org.clock.wall()
        place = urlsplit(origin)
        host, port = place.hostname or "", place.port or 443
        proxies = self._transport.proxies
        proxy, events_proxy = proxies.of(origin), proxies.of_events(self._profile.events_endpoint)
        version, presented = ("", None)
        if place.scheme == "https":
            version, presented = handshake(host, port, proxy, self._transport.roots.context())
        return LineFacts(
            host,
            version,
            presented.issuer if presented else "",
            presented.ends if presented else None,
            bool(self._profile.extra_ca),
            without_login(proxy),
            without_login(events_proxy),
            not events_proxy or events_proxy.startswith("http://"),
            None if date is None else wall - date.timestamp(),
            utc_now(),
        )

    def api_refusal(self) -> str:
        """Return the org's words when it lets nobody use its API; empty when it does."""
        try:
            self._org.rest.get("", PURPOSE)
        except (SignedOut, LinkError):
            raise
        except DeskError as error:
            return (error.server_text or error.message) if error.server_code in API_OFF else ""
        return ""

    def offers(self) -> Capabilities:
        """Describe everything anew, whatever is remembered."""
        return self._org.reader.read(anew=True)

    def limits(self) -> LimitFacts:
        """Return the daily allowances: calls by the header of the last answer, deliveries where limits may be read."""
        told = _kept(lambda: self._org.rest.get("limits", PURPOSE))
        usage = self._gateway.usage()
        if usage.limit:
            calls: Allowance | Unread = Allowance(max(usage.limit - usage.used, 0), usage.limit)
        else:
            calls = _allowance(told, CALLS)
        return LimitFacts(calls, _allowance(told, DELIVERIES))

    # ------------------------------------------------------------ the user and the work

    def user(self) -> UserFacts:
        """Return what may be read of the user."""
        user_id = self._gateway.identity().user_id
        mine = SoqlQuery("User", ("Id", "IsActive")).where("Id", "=", user_id)
        return UserFacts(
            _kept(lambda: any(rows.flag(row, "IsActive") for row in self._rows(mine))),
            self._names_of("PermissionSetLicenseAssign", "PermissionSetLicense", "DeveloperName", user_id),
            self._permission_sets(user_id),
        )

    def calls(self) -> CallFacts:
        """Return what logging a call depends on."""
        script = SoqlQuery("CallTemplate", ("Id",)).limit(1)
        return CallFacts(
            _kept(lambda: tuple(self._gateway.task_statuses())),
            self._call_results(),
            _kept(lambda: bool(self._rows(script))),
        )

    def several_cadences(self) -> bool | Unread:
        """Return whether somebody is in several cadences."""
        asked = False
        for entity in ("Lead", "Contact"):
            described = self._org.capabilities().objects.get(entity)
            field = described.fields.get("ActiveTrackerCount") if described is not None else None
            if field is None or not field.filterable:
                continue
            asked = True
            query = SoqlQuery(entity, ("Id",)).where("ActiveTrackerCount", ">", 1).limit(1)
            found = self._try_rows(query)
            if found and not isinstance(found, Unread):
                return True
        return False if asked else Unread("The count of cadences per person is hidden from you.")

    def listen(self, entities: Sequence[str]) -> TopicListening:
        """Subscribe to changes of some entities from now on."""
        return TopicListening(self._feed, self._org.rest, entities)

    # ------------------------------------------------------------ helpers of the above

    def _rows(self, query: SoqlQuery) -> list[dict[str, Any]]:
        return self._org.rest.rows(query, PURPOSE)

    def _try_rows(self, query: SoqlQuery) -> list[dict[str, Any]] | Unread:
        return _kept(lambda: self._rows(query))

    def _call_results(self) -> Any:
        if not self._org.capabilities().has_object("CallDisposition"):
            return Unread("Call results are hidden from you.")
        return _kept(lambda: tuple(self._gateway.call_results()))

    def _names_of(self, assignment: str, relation: str, field: str, user_id: str) -> tuple[str, ...] | Unread:
        """Return names of what is assigned to the user and belongs to the product."""
        path = f"{relation}.{field}"
        found: tuple[str, ...] = ()
        for pattern in _PRODUCT_NAMES:
            query = SoqlQuery(assignment, ("Id", path)).where("AssigneeId", "=", user_id)
            answer = self._try_rows(query.where(path, "LIKE", pattern))
            if isinstance(answer, Unread):
                return answer
            found += tuple(rows.text(row, path) for row in answer)
        return tuple(dict.fromkeys(found))

    def _permission_sets(self, user_id: str) -> tuple[str, ...] | Unread:
        """Return the product's own sets, else any set that holds its permission."""
        named = self._names_of("PermissionSetAssignment", "PermissionSet", "Name", user_id)
        if named:
            return named
        query = SoqlQuery("PermissionSetAssignment", ("Id", "PermissionSet.Name"))
        query = query.where("AssigneeId", "=", user_id)
        query = query.where(f"PermissionSet.{_USER_PERMISSION}", "=", value=True)
        try:
            return tuple(rows.text(row, "PermissionSet.Name") for row in self._rows(query))
        except (NotAvailable, OrgRefused):
            return named  # the permission has no name of its own in this org


def without_login(proxy: str) -> str:
    """Return a proxy's scheme, host and port; never its user or password."""
    if not proxy:
        return ""
    parts = urlsplit(proxy)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}"


def _kept(read: Callable[[], T]) -> T | Unread:
    """Read a fact; a refusal is a reason why it is not known. Raises SignedOut and LinkError."""
    try:
        return read()
    except (SignedOut, LinkError):
        raise
    except DeskError as error:
        return Unread(error.server_text or error.message)


def _allowance(told: Any, name: str) -> Allowance | Unread:
    if isinstance(told, Unread):
        return told
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, dict):
        return Unread("The org does not tell it.")
    most, left = rows.number(found, "Max"), rows.number(found, "Remaining")
    if most is None or left is None:
        return Unread("The org does not tell it.")
    return Allowance(left, most)
