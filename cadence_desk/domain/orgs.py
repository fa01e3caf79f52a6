"""Org profiles, identities and what an org can do for this user. Imports no other room."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.domain.record_ids import RecordId


class Banner(Enum):
    """Which kind of org the window shows, by color and word."""

    TRAINING = "Training"
    SANDBOX = "Sandbox"
    PRODUCTION = "Production"


class WayIn(Enum):
    """Where a profile's access tokens come from."""

    BROWSER = "browser"
    """A person signs in; the refresh token is kept."""
    TOKEN = "token"  # noqa: S105 - the name of a way in
    """An access token that somebody else keeps alive."""
    KEY = "key"
    """A signed statement, for runs without a person (JWT bearer)."""
    CLI = "cli"
    """A login of the Salesforce CLI."""


@dataclass(frozen=True, slots=True)
class GivenAccess:
    """What the environment gives in place of a person's sign-in; empty for the other ways in."""

    token: str = field(default="", repr=False)
    key_file: str = ""


@dataclass(frozen=True, slots=True)
class OrgProfile:
    """How to reach one org. Holds no secret.

    Attributes:
        key: name of the profile's folder, letters, digits and dashes.
        login_url: https origin of the login page (My Domain, login or test host).
        redirect_uris: registered callbacks, character-exact, tried in order.
        events_endpoint: host:port of the Pub/Sub API.
        extra_ca: path of a PEM file that is trusted for this profile only; empty for none.
        proxy: ``host:port`` of a proxy, ``direct`` for none, empty for what the computer says.
        way_in: where access tokens come from.
        username: whose tokens, where the way in needs a name.
    """

    key: str
    name: str
    login_url: str
    client_id: str
    redirect_uris: tuple[str, ...]
    events_endpoint: str = "api.pubsub.salesforce.com:7443"
    extra_ca: str = ""
    banner: Banner = Banner.PRODUCTION
    banner_text: str = ""
    proxy: str = ""
    way_in: WayIn = WayIn.BROWSER
    username: str = ""


@dataclass(frozen=True, slots=True)
class OfferedLogin:
    """A login that another program on this computer has and would lend."""

    username: str
    instance_url: str
    alias: str = ""
    sandbox: bool = False

    @property
    def name(self) -> str:
        """What a person calls it."""
        return self.alias or self.username


@dataclass(frozen=True, slots=True)
class Identity:
    """Who is signed in, as userinfo says."""

    organization_id: RecordId
    user_id: RecordId
    username: str
    display_name: str
    instance_url: str


@dataclass(frozen=True, slots=True)
class ActionInput:
    """One input of an action, as the org describes it."""

    name: str
    required: bool = False
    type: str = "STRING"


@dataclass(frozen=True, slots=True)
class ActionDescription:
    """One action the org lists, with its inputs in order."""

    name: str
    label: str
    inputs: tuple[ActionInput, ...]
    unknown_required: tuple[str, ...] = ()
    """Required inputs this build cannot fill: the command is disabled and names them."""


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """One field as described: only what the desk reads."""

    name: str
    label: str
    type: str
    createable: bool = False
    updateable: bool = False
    filterable: bool = True
    external_id: bool = False
    unique: bool = False
    picklist: tuple[tuple[str, str], ...] = ()
    """(value, label) of the active picklist entries, in order."""


@dataclass(frozen=True, slots=True)
class ObjectDescription:
    """One object as described."""

    name: str
    label: str
    key_prefix: str
    fields: Mapping[str, FieldDescription]
    createable: bool | None = None
    """Whether this user may create records of it; None when that was not told."""

    def has(self, *names: str) -> bool:
        """Return True when every named field is visible to this user."""
        return all(name in self.fields for name in names)


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What this org lets this user do; every command, query and column follows it."""

    api_version: str
    actions: Mapping[str, ActionDescription] = field(default_factory=dict)
    objects: Mapping[str, ObjectDescription] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    def has_object(self, name: str) -> bool:
        """Return True when the object is visible."""
        return name in self.objects

    def offers(self, action: str) -> bool:
        """Return True when the action is listed and this build can fill all its required inputs."""
        described = self.actions.get(action)
        return described is not None and not described.unknown_required

    def why_not(self, action: str) -> str:
        """Return why an action cannot be used, in one sentence; empty when it can."""
        described = self.actions.get(action)
        if described is None:
            return f"This org does not offer {action} to your user."
        if described.unknown_required:
            names = ", ".join(described.unknown_required)
            return f"{action} asks for {names}, which this version of Cadence Desk does not know."
        return ""

    def why_not_task(self) -> str:
        """Return why this user cannot log calls as tasks, in one sentence; empty when that can be done or is unknown."""
        if not self.api_version:
            return ""
        task = self.objects.get("Task")
        if task is None:
            return "Your user cannot see tasks in this org, so calls cannot be logged."
        if task.createable is False:
            return "Your user may not create tasks in this org, so calls cannot be logged."
        return ""


@dataclass(frozen=True, slots=True)
class ApiUsage:
    """What the org said of its daily calls, and our own count by purpose."""

    used: int = 0
    limit: int = 0
    by_purpose: Mapping[str, int] = field(default_factory=dict)
    events: int = 0
    """Change events that were delivered to this process: they count against the org's allowance."""
    followed_seconds: float = 0.0
    """How long at least one stream of events stood open."""

    @property
    def calls(self) -> int:
        """Calls this process made."""
        return sum(self.by_purpose.values())
