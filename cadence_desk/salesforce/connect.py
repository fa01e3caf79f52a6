"""Opens one org: puts the parts of this room together. May import domain; called by bootstrap only."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.orgs import GivenAccess, WayIn
from cadence_desk.salesforce.assertion import SignedStatement
from cadence_desk.salesforce.capabilities import CapabilityReader
from cadence_desk.salesforce.cli_login import CliToken
from cadence_desk.salesforce.context import OrgContext
from cadence_desk.salesforce.gateway import SalesforceGateway
from cadence_desk.salesforce.given_sign_in import GivenSignIn
from cadence_desk.salesforce.given_token import GivenToken
from cadence_desk.salesforce.lane import NamedLanes
from cadence_desk.salesforce.proxies import Proxies, login_secret
from cadence_desk.salesforce.readiness_reader import ReadinessReader
from cadence_desk.salesforce.rest import RestClient
from cadence_desk.salesforce.secret import Secret
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.salesforce.sign_in import BrowserSignIn
from cadence_desk.salesforce.stored_token import StoredToken
from cadence_desk.salesforce.stream import PubSubStream
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.usage import UsageMeter

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.ports import (
        ChangeFeed,
        Clock,
        DescribeMemory,
        Entropy,
        KeptSignIn,
        Lanes,
        OrgGateway,
        SecretStore,
        SignInFlow,
    )
    from cadence_desk.domain.readiness.port import ReadinessSource
    from cadence_desk.salesforce.describes import DescribeCache
    from cadence_desk.salesforce.token_source import TokenSource


@dataclass(frozen=True, slots=True)
class OrgConnection:
    """The ports of one org."""

    gateway: OrgGateway
    feed: ChangeFeed
    flow: SignInFlow
    lanes: Lanes
    readiness: ReadinessSource
    describes: DescribeMemory
    stored: KeptSignIn


@dataclass(frozen=True, slots=True)
class AccessPlan:
    """How access tokens are come by, beside what the profile says.

    Attributes:
        token_lock: a lock between processes that is held while the refresh token is traded.
        given: what the environment gives, for profiles whose way in is a token or a key.
    """

    token_lock: Callable[[], AbstractContextManager[Any]] = nullcontext
    given: GivenAccess = field(default_factory=GivenAccess)


def open_org(
    profile: OrgProfile,
    secrets: SecretStore,
    clock: Clock,
    entropy: Entropy,
    describes: DescribeCache | None = None,
    access: AccessPlan = AccessPlan(),
) -> OrgConnection:
    """Return the ports of one org; nothing is read, loaded or sent yet.

    Args:
        profile: how to reach the org.
        secrets: keeps the refresh token.
        clock: time for waits and freshness.
        entropy: randomness for verifier and state.
        describes: describes kept from an earlier start, so that unchanged ones cost no body.
        access: how access tokens are come by.
    """
    meter = UsageMeter(clock)
    transport = Transport(
        profile, meter, Proxies(profile.proxy, lambda: secrets.read(login_secret(profile.key)))
    )
    stored = StoredToken(profile, secrets, transport, access.token_lock)
    session = OrgSession(profile, _source(profile, access, stored, transport, clock))
    rest = RestClient(session, transport)
    reader = CapabilityReader(rest, describes)
    org = OrgContext(rest, reader, meter, clock)
    gateway = SalesforceGateway(org)
    feed = PubSubStream(profile, session, gateway.identity, transport, clock)
    return OrgConnection(
        gateway,
        feed,
        BrowserSignIn(session, stored, gateway.identity, clock, entropy)
        if profile.way_in is WayIn.BROWSER
        else GivenSignIn(session, gateway.identity),
        NamedLanes(),
        ReadinessReader(org, gateway, feed, profile, transport),
        reader.cache,
        stored,
    )


def _source(
    profile: OrgProfile, access: AccessPlan, stored: StoredToken, transport: Transport, clock: Clock
) -> TokenSource:
    if profile.way_in is WayIn.TOKEN:
        return GivenToken(Secret(access.given.token), profile.login_url, transport)
    if profile.way_in is WayIn.KEY:
        return SignedStatement(profile, access.given.key_file, transport, clock)
    if profile.way_in is WayIn.CLI:
        return CliToken(profile, transport)
    return stored
