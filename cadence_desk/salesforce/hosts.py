"""Where an org's tokens may go: the hosts of Salesforce and of the profile, and for a given token its own org only.

Imports domain. Asked before a session is made and before an instance is believed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cadence_desk.domain.orgs import WayIn

if TYPE_CHECKING:
    from cadence_desk.domain.orgs import OrgProfile

ALLOWED_HOSTS = (".salesforce.com", ".force.com", ".salesforce.mil", ".sfcrmproducts.cn")
"""Where an org may live, beside the host of the profile's own login page."""


def may_go(profile: OrgProfile, url: str) -> bool:
    """Return True when requests of this profile may be sent to a URL's host."""
    asked, own = urlsplit(url), urlsplit(profile.login_url)
    host = (asked.hostname or "").lower()
    if profile.way_in is WayIn.TOKEN:
        return (host, asked.port) == ((own.hostname or "").lower(), own.port)
    return host == (own.hostname or "").lower() or host.endswith(ALLOWED_HOSTS)
