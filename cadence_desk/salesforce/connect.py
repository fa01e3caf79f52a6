"""Opens one org: puts the parts of this room together. May import domain; called by bootstrap only."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cadence_desk.salesforce.capabilities import CapabilityReader
from cadence_desk.salesforce.context import OrgContext
from cadence_desk.salesforce.gateway import SalesforceGateway
from cadence_desk.salesforce.lane import NamedLanes
from cadence_desk.salesforce.rest import RestClient
from cadence_desk.salesforce.session import OrgSession
from cadence_desk.salesforce.sign_in import BrowserSignIn
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
        Entropy,
        Lanes,
        OrgGateway,
        SecretStore,
        SignInFlow,
    )
    from cadence_desk.salesforce.describes import DescribeCache


@dataclass(frozen=True, slots=True)
class OrgConnection:
    """The ports of one org."""

    gateway: OrgGateway
    feed: ChangeFeed
    flow: SignInFlow
    lanes: Lanes


def open_org(
    profile: OrgProfile,
    secrets: SecretStore,
    clock: Clock,
    entropy: Entropy,
    describes: DescribeCache | None = None,
    token_lock: Callable[[], AbstractContextManager[Any]] = nullcontext,
) -> OrgConnection:
    """Return the ports of one org; nothing is read, loaded or sent yet.

    Args:
        profile: how to reach the org.
        secrets: keeps the refresh token.
        clock: time for waits and freshness.
        entropy: randomness for verifier and state.
        describes: describes kept from an earlier start, so that unchanged ones cost no body.
        token_lock: a lock between processes that is held while the refresh token is traded.
    """
    meter = UsageMeter(clock)
    transport = Transport(profile, meter)
    session = OrgSession(profile, secrets, transport, token_lock)
    rest = RestClient(session, transport)
    gateway = SalesforceGateway(OrgContext(rest, CapabilityReader(rest, describes), meter, clock))
    return OrgConnection(
        gateway,
        PubSubStream(profile, session, gateway.identity, transport.roots, clock),
        BrowserSignIn(session, gateway.identity, clock, entropy),
        NamedLanes(),
    )
