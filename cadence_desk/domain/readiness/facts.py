"""What is known about an org, its user and the line to it: plain facts that the rules judge. Imports no other room.

A part that could not be read is Unread with the reason; a part never breaks the others.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from cadence_desk.domain.calls import CallResult, TaskStatus
    from cadence_desk.domain.orgs import Capabilities


@dataclass(frozen=True, slots=True)
class Unread:
    """A fact that could not be read, and why."""

    why: str = "It was not asked."


NOT_ASKED = Unread()


@dataclass(frozen=True, slots=True)
class LineFacts:
    """The line between this computer and the org.

    Attributes:
        tls: protocol version of the connection, such as ``TLSv1.3``.
        issuer: who signed the certificate of the org; empty when it could not be looked at.
        ends: when that certificate ends.
        extra_authority: the profile brings an authority of its own.
        proxy: ``host:port`` of the proxy to the org; empty for none. Never a user or password.
        events_proxy: the same for the event bus.
        events_proxy_works: False when gRPC cannot go through that kind of proxy.
        skew: seconds that this computer's clock is ahead of the org's; None when no answer carried a time.
    """

    host: str = ""
    tls: str = ""
    issuer: str = ""
    ends: datetime | None = None
    extra_authority: bool = False
    proxy: str = ""
    events_proxy: str = ""
    events_proxy_works: bool = True
    skew: float | None = None
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionFacts:
    """API versions: what the org offers and which one is used (0 when none can be)."""

    offered: tuple[int, ...] = ()
    used: int = 0
    tried: tuple[int, int] = (0, 0)
    oldest: int = 0


@dataclass(frozen=True, slots=True)
class UserFacts:
    """The signed-in user. Licenses and permission sets are those of Sales Engagement only."""

    active: bool | Unread = NOT_ASKED
    licenses: tuple[str, ...] | Unread = NOT_ASKED
    permission_sets: tuple[str, ...] | Unread = NOT_ASKED


@dataclass(frozen=True, slots=True)
class CallFacts:
    """What logging a call depends on, beside fields and actions."""

    statuses: tuple[TaskStatus, ...] | Unread = NOT_ASKED
    results: tuple[CallResult, ...] | Unread = NOT_ASKED
    scripts: bool | Unread = NOT_ASKED
    """True when at least one call script can be read."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """How much of a daily allowance is left."""

    left: int
    most: int

    @property
    def share(self) -> float:
        """Part that is left, 0 to 1."""
        return self.left / self.most if self.most > 0 else 0.0


@dataclass(frozen=True, slots=True)
class LimitFacts:
    """Daily allowances of the org."""

    calls: Allowance | Unread = NOT_ASKED
    deliveries: Allowance | Unread = NOT_ASKED


class TopicTrouble(Enum):
    """What kept a topic from being followed."""

    NONE = "none"
    LINE = "line"
    SESSION = "session"
    PERMISSION = "permission"
    ABSENT = "absent"
    ALLOWANCE = "allowance"


@dataclass(frozen=True, slots=True)
class TopicFacts:
    """One topic of change events, after listening to it for a while.

    Attributes:
        events: how many events arrived.
        changed: a read shows that records changed while it was listened to; None when that could not be read.
        selected: Setup says that the entity is selected; None when Setup cannot be read.
    """

    entity: str
    trouble: TopicTrouble = TopicTrouble.NONE
    words: str = ""
    events: int = 0
    changed: bool | None = None
    selected: bool | None = None

    @property
    def is_silent(self) -> bool:
        """True when a change was made and no event came."""
        return self.trouble is TopicTrouble.NONE and self.events == 0 and self.changed is True


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """Everything that the rules look at."""

    versions: VersionFacts | Unread = NOT_ASKED
    line: LineFacts | Unread = NOT_ASKED
    offers: Capabilities | Unread = NOT_ASKED
    user: UserFacts = field(default_factory=UserFacts)
    several_cadences: bool | Unread = NOT_ASKED
    """Somebody is in more than one cadence."""
    calls: CallFacts = field(default_factory=CallFacts)
    limits: LimitFacts = field(default_factory=LimitFacts)
    topics: tuple[TopicFacts, ...] | Unread = NOT_ASKED
    api_refusal: str = ""
    """The org's own words when it lets nobody use its API."""
