"""requests taught what this desk needs: phases, bounds, deadlines, no redirects, no netrc. Loaded late, by transport.

The only file that touches requests and urllib3 classes at import time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from http.cookiejar import DefaultCookiePolicy
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase
from typing_extensions import override

from cadence_desk.domain.errors import InternalError
from cadence_desk.salesforce.certificates import look
from cadence_desk.salesforce.exchange import Phase, current
from cadence_desk.salesforce.retry import asked_seconds

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from cadence_desk.salesforce.certificates import Presented
    from cadence_desk.salesforce.exchange import Exchange
    from cadence_desk.salesforce.secret import Secret
    from cadence_desk.salesforce.usage import UsageMeter

CLIENT_NAME = "CadenceDesk"
"""Sent in Sforce-Call-Options, so that change events name us in changeOrigin (Change Data Capture guide)."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 60.0
WRITE_SECONDS = 120.0
DEADLINE_SECONDS = 300.0
"""Longest whole exchange: a server that drips bytes never runs into a read timeout."""

BODY_LIMIT = 25 * 1024 * 1024
CHUNK = 64 * 1024


class BodyTooLarge(requests.RequestException):
    """The answer is larger than anything the desk asks for."""


class NoAnswerOfAnOrg(requests.RequestException):
    """A success without a body that says how long it is, or with one that is no JSON: cut, or sent by somebody else."""


class _PhasedConnection(urllib3.connection.HTTPConnection):
    """Writes down when the connection stands and when the first byte of the request leaves."""

    @override
    def connect(self) -> None:
        _connect(super().connect)

    @override
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # as the base class would, but before the bytes count as sent
        _mark_sent(self.sock)
        super().send(data)


class _PhasedTLSConnection(urllib3.connection.HTTPSConnection):
    """As above, with TLS; the words of a proxy tunnel do not count as the request."""

    @override
    def connect(self) -> None:
        _connect(super().connect)

    @override
    def send(self, data: Any) -> None:
        if self.sock is None:
            self.connect()  # as the base class would, but before the bytes count as sent
        _mark_sent(self.sock)
        super().send(data)


def _connect(connect: Callable[[], None]) -> None:
    exchange = current()
    exchange.phase = Phase.CONNECTING
    connect()
    exchange.phase = Phase.CONNECTED


def _mark_sent(sock: object) -> None:
    exchange = current()
    if exchange.phase is not Phase.CONNECTING:
        exchange.phase = Phase.SENT
        _OPEN_SOCKETS.sock = sock


class _PhasedPool(urllib3.HTTPConnectionPool):
    ConnectionCls = _PhasedConnection


class _PhasedTLSPool(urllib3.HTTPSConnectionPool):
    ConnectionCls = _PhasedTLSConnection


_POOLS: dict[str, type[urllib3.HTTPConnectionPool]] = {"http": _PhasedPool, "https": _PhasedTLSPool}


class _OpenSockets(threading.local):
    sock: object = None


_OPEN_SOCKETS = _OpenSockets()


class _Deadline:
    """Shuts the thread's socket when the whole exchange takes too long; the reader then sees a cut answer."""

    def __init__(self, seconds: float) -> None:
        self._sockets = _OPEN_SOCKETS.__dict__
        self._sockets["sock"] = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self._timer.name = "http-deadline"

    def __enter__(self) -> None:
        self._timer.start()

    def __exit__(self, *problem: object) -> None:
        self._timer.cancel()
        self._sockets["sock"] = None

    def _cut(self) -> None:
        sock = self._sockets.get("sock")
        if isinstance(sock, socket.socket):
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


class OrgAdapter(HTTPAdapter):
    """Sends with our TLS context, default timeouts and bounds; counts, and reads the limits header."""

    def __init__(
        self,
        context: ssl.SSLContext,
        meter: UsageMeter,
        deadline: float = DEADLINE_SECONDS,
        proxy_refused: Callable[[], None] = lambda: None,
    ) -> None:
        self._context = context
        self._meter = meter
        self._deadline = deadline
        self._proxy_refused = proxy_refused
        super().__init__()

    @override
    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **more: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, ssl_context=self._context, **more)
        self.poolmanager.pool_classes_by_scheme = _POOLS

    @override
    def proxy_manager_for(self, proxy: str, **more: Any) -> Any:
        manager = super().proxy_manager_for(proxy, ssl_context=self._context, **more)
        manager.pool_classes_by_scheme = _POOLS
        return manager

    @override
    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Require a certificate; the roots are those of our context, not the bundle requests would add."""
        conn.cert_reqs = "CERT_REQUIRED"

    @override
    def send(
        self,
        request: requests.PreparedRequest,
        stream: bool = False,
        timeout: Any = None,
        verify: bool | str = True,
        cert: Any = None,
        proxies: Any = None,
    ) -> requests.Response:
        """Send and read the whole answer within bounds.

        Raises:
            requests.RequestException: as requests does, and BodyTooLarge.
        """
        exchange = current()
        request.headers.pop("X-PrettyPrint", None)
        self._meter.sent(exchange.purpose)
        limits = timeout or (CONNECT_SECONDS, WRITE_SECONDS if exchange.write else READ_SECONDS)
        proxy = _noted_place(exchange, request.url or "", proxies)
        with _Deadline(self._deadline):
            try:
                response = super().send(
                    request, stream=True, timeout=limits, verify=True, cert=cert, proxies=proxies
                )
            except requests.exceptions.SSLError:
                if exchange.phase < Phase.CONNECTED:
                    exchange.presented = _looked_at(request.url or "", proxy)
                raise
            except requests.exceptions.ProxyError:
                self._proxy_refused()
                raise
            exchange.phase = Phase.ANSWERED
            exchange.status = response.status_code
            exchange.server_date = self._meter.answered(response.headers)
            exchange.last_modified = response.headers.get("Last-Modified", "")
            exchange.sent_on = response.headers.get("Location", "") if response.is_redirect else ""
            exchange.retry_after = asked_seconds(response.headers.get("Retry-After", ""))
            _read_bounded(response)
            _check_form(response)
        exchange.phase = Phase.COMPLETE
        return response


def _noted_place(exchange: Exchange, url: str, proxies: Any) -> str:
    """Write down whom a request is meant for; return its proxy."""
    proxy = str((proxies or {}).get(urlsplit(url).scheme) or "")
    exchange.host, exchange.proxied = urlsplit(url).hostname or "", bool(proxy)
    return proxy


def _looked_at(url: str, proxy: str) -> Presented | None:
    parts = urlsplit(url)
    return look(parts.hostname or "", parts.port or 443, proxy)


def _read_bounded(response: requests.Response) -> None:
    """Read the body into the response, as requests would, but not without end."""
    body = bytearray()
    for chunk in response.iter_content(CHUNK):
        body += chunk
        if len(body) > BODY_LIMIT:
            response.close()
            raise BodyTooLarge("the answer is larger than 25 MiB")
    response._content = bytes(body)  # noqa: SLF001 - where requests keeps a body it has read


_LENGTHS = ("Content-Length", "Transfer-Encoding")


def _check_form(response: requests.Response) -> None:
    """Refuse a success that no org sends: its body is JSON, and where there is none its length is told."""
    if not 200 <= response.status_code < 300 or response.status_code in {204, 205}:
        return
    kind = response.headers.get("Content-Type", "")
    if response.content and kind and "json" not in kind.lower():
        raise NoAnswerOfAnOrg("the answer is no JSON")
    if not response.content and not any(name in response.headers for name in _LENGTHS):
        raise NoAnswerOfAnOrg("the answer is empty")


class LiveBearer(AuthBase):
    """Puts the token of this moment on each request; being set, it also keeps requests from reading netrc."""

    def __init__(self, origin: str, bearer: Callable[[], tuple[Secret, int]]) -> None:
        self._origin = origin
        self._bearer = bearer

    @override
    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        """Sign the request; a request to another origin is a bug and never gets the token."""
        if origin_of(request.url or "") != self._origin:
            raise InternalError("A request with a token was about to go to another server.")
        token, generation = self._bearer()
        current().generation = generation
        request.headers["Authorization"] = f"Bearer {token.reveal()}"
        return request


class OrgHTTP(requests.Session):
    """A session that follows no redirect and takes nothing from the environment."""

    def __init__(self, adapter: OrgAdapter, proxies: dict[str, str], auth: AuthBase | None) -> None:
        super().__init__()
        self.trust_env = False
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))  # none is kept, none is sent
        self.proxies = proxies
        self.auth = auth
        self.headers["Sforce-Call-Options"] = f"client={CLIENT_NAME}"
        self.headers["User-Agent"] = CLIENT_NAME
        self.mount("https://", adapter)
        self.mount("http://", adapter)

    @override
    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """Never follow: a redirect arrives as the answer that it is."""
        return None


def origin_of(url: str) -> str:
    """Return scheme, host and port of a URL in one comparable form."""
    parts = urlsplit(url)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme, 0)
    return f"{parts.scheme}://{(parts.hostname or '').lower()}:{port}"
