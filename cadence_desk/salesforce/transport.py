"""Builds HTTP sessions for one profile: one per thread and origin, with this profile's trust and proxies.

May import domain; requests is loaded with the first session. Called by session, sign_in and rest.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cadence_desk.domain.errors import Untrusted
from cadence_desk.salesforce.hosts import may_go
from cadence_desk.salesforce.proxies import Proxies
from cadence_desk.salesforce.trust import TrustRoots

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.salesforce.http_adapter import OrgHTTP
    from cadence_desk.salesforce.secret import Secret
    from cadence_desk.salesforce.usage import UsageMeter


class _Sessions(threading.local):
    def __init__(self) -> None:
        self.by_origin: dict[tuple[str, bool, str], OrgHTTP] = {}


class Transport:
    """Sessions of one profile. A session belongs to the thread that asked for it."""

    def __init__(self, profile: OrgProfile, meter: UsageMeter, proxies: Proxies | None = None) -> None:
        self._profile = profile
        self.roots = TrustRoots(profile.extra_ca)
        self.proxies = proxies if proxies is not None else Proxies()
        self.meter = meter
        self._sessions = _Sessions()
        self._lock = threading.Lock()
        self._context: ssl.SSLContext | None = None

    def session(self, url: str, bearer: Callable[[], tuple[Secret, int]] | None = None) -> OrgHTTP:
        """Return this thread's session for the origin of a URL; with `bearer` it signs every request.

        Proxies are looked up each time, so a changed network takes a new session.

        Raises:
            Untrusted: the host is none of this org's, or the profile's extra authority cannot be read.
        """
        if not may_go(self._profile, url):
            raise Untrusted("A request was about to go to a server that does not belong to this org.")
        from cadence_desk.salesforce.http_adapter import LiveBearer, OrgAdapter, OrgHTTP, origin_of

        origin = origin_of(url)
        proxy = self.proxies.of(url)
        key = (origin, bearer is not None, proxy)
        found = self._sessions.by_origin.get(key)
        if found is None:
            proxies = {urlsplit(url).scheme: proxy} if proxy else {}
            auth = LiveBearer(origin, bearer) if bearer is not None else None
            adapter = OrgAdapter(self._tls(), self.meter, proxy_refused=self.proxies.forget_login)
            found = OrgHTTP(adapter, proxies, auth)
            self._sessions.by_origin[key] = found
        return found

    def _tls(self) -> ssl.SSLContext:
        with self._lock:
            if self._context is None:
                self._context = self.roots.context()
            return self._context
