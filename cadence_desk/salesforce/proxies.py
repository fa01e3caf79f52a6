"""Which proxy a connection takes: the org's own setting, else the environment in either case, then the system.

Never for loopback. Standard library only; asked by transport and by the event channel, whose libraries look up too
little (gRPC reads lower-case variables only) or too much (loopback traffic).
"""

from __future__ import annotations

import ipaddress
import threading
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit
from urllib.request import getproxies, proxy_bypass

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DIRECT = "direct"
"""Setting of an org that takes no proxy, whatever the computer says."""

_EVENT_SCHEMES = ("grpc", "https", "http", "all")
"""gRPC's own order (grpc core, default_http_proxy_mapper), and what it leaves out."""


def login_secret(profile_key: str) -> str:
    """Return the name of the secret that holds ``user:password`` for the proxy an org names."""
    return f"{profile_key}/proxy-login"


def is_loopback(host: str) -> bool:
    """Return True for addresses of this computer."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


class Proxies:
    """The proxies of one org.

    Args:
        setting: ``host:port``, ``direct`` for none, or empty for what the computer says.
        read_login: returns ``user:password`` for a proxy of the setting, or None; may block on the key store.
    """

    def __init__(self, setting: str = "", read_login: Callable[[], str | None] = lambda: None) -> None:
        self._setting = setting
        self._read_login = read_login
        self._lock = threading.Lock()
        self._login: str | None = None

    def of(self, url: str) -> str:
        """Return the proxy's URL for REST calls to this URL, or an empty text for a direct connection."""
        parts = urlsplit(url)
        return self._chosen(parts.hostname or "", (parts.scheme, "all"))

    def of_events(self, endpoint: str) -> str:
        """Return the proxy's URL for the event channel, or an empty text for a direct connection."""
        return self._chosen(urlsplit(f"//{endpoint}").hostname or "", _EVENT_SCHEMES)

    def forget_login(self) -> None:
        """Read the login anew next time: the proxy did not accept this one."""
        with self._lock:
            self._login = None

    def _chosen(self, host: str, schemes: tuple[str, ...]) -> str:
        if not host or is_loopback(host) or self._setting == DIRECT:
            return ""
        return self._explicit() if self._setting else _of_computer(host, schemes)

    def _explicit(self) -> str:
        with self._lock:
            if self._login is None:
                self._login = self._read_login() or ""
            login = self._login
        user, colon, password = login.partition(":")
        before = f"{quote(user, safe='')}:{quote(password, safe='')}@" if colon else ""
        return f"http://{before}{self._setting.removeprefix('http://')}"


def _of_computer(host: str, schemes: tuple[str, ...]) -> str:
    found: Mapping[str, str] = getproxies()
    proxy = next((found[scheme] for scheme in schemes if found.get(scheme)), "")
    if not proxy or proxy_bypass(host):
        return ""
    return proxy if "://" in proxy else f"http://{proxy}"
