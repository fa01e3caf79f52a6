"""How the line to an org's login page stands: proxy, certificate, clock. For a bundle for support.

Blocks for some seconds. Asks for the public list of API versions only: no session, no call of the org's daily ones.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cadence_desk.domain.errors import DeskError
from cadence_desk.salesforce.certificates import handshake, look
from cadence_desk.salesforce.proxies import Proxies
from cadence_desk.salesforce.transport import Transport
from cadence_desk.salesforce.trust import TrustRoots
from cadence_desk.salesforce.usage import UsageMeter

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.domain.ports import Clock

SECONDS = (5.0, 10.0)


def line_facts(profile: OrgProfile, clock: Clock) -> dict[str, str]:
    """Return facts in words, also when nothing can be reached; never raises for the line's own troubles."""
    parts = urlsplit(profile.login_url)
    host, port = parts.hostname or "", parts.port or 443
    proxies = Proxies(profile.proxy)
    proxy = proxies.of(profile.login_url)
    told = {
        "host": host,
        "proxy": (urlsplit(proxy).hostname or "set") if proxy else "none",
        "proxy for events": "set" if proxies.of_events(profile.events_endpoint) else "none",
        "extra authority": "set" if profile.extra_ca else "none",
    }
    try:
        version, presented = handshake(host, port, proxy, TrustRoots(profile.extra_ca).context())
        shown = presented or look(host, port, proxy)
        told["TLS"] = version or ("not trusted" if shown else "no connection")
        told["issuer"] = shown.issuer if shown else "unknown"
        told["clock"] = _clock(profile, proxies, clock)
    except DeskError as error:
        told["problem"] = error.code
    return told


def _clock(profile: OrgProfile, proxies: Proxies, clock: Clock) -> str:
    """Return how far this computer's clock is from the server's."""
    transport = Transport(profile, UsageMeter(clock), proxies)
    url = f"{profile.login_url}/services/data"
    try:
        answer = transport.session(url).get(url, timeout=SECONDS)
        at = parsedate_to_datetime(answer.headers.get("Date", ""))
    except (OSError, ValueError, TypeError):
        return "unknown"
    return f"{clock.wall() - at.timestamp():+.0f} s from the server's"
