"""The listener that a browser comes back to after signing in: one request on localhost. Standard library only.

Listens on 127.0.0.1 and ::1, because a browser may take either for localhost; exclusive, bounded, with a static
page. Called by sign_in.
"""

from __future__ import annotations

import contextlib
import selectors
import socket
import sys
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from cadence_desk.domain.errors import NotAvailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType
    from typing import Self

REQUEST_LIMIT = 4096
REQUEST_SECONDS = 5.0
"""A browser on this computer sends its request at once; whoever drips bytes is dropped."""

POLL_SECONDS = 0.2

_PAGE = (
    "<!doctype html><html lang=en><meta charset=utf-8><title>Cadence Desk</title>"
    "<body style='font-family:system-ui;margin:4rem;text-align:center'>"
    "<h1>You can close this page</h1><p>Go back to Cadence Desk.</p></body></html>"
)


class LoopbackListener:
    """Waits on the first redirect URI whose port is free."""

    def __init__(self, redirect_uris: tuple[str, ...]) -> None:
        """Bind.

        Raises:
            NotAvailable: no usable redirect URI, or all their ports are taken.
        """
        self._sockets: list[socket.socket] = []
        for uri in redirect_uris:
            parts = urlsplit(uri)
            if parts.scheme == "http" and parts.hostname == "localhost" and self._bind(parts.port or 80):
                self.redirect_uri = uri
                self._path = parts.path or "/"
                self._host = parts.netloc.lower()
                return
        raise NotAvailable(
            "No port is free for the answer of the browser.",
            hint="Close other programs that wait for a sign-in, or register more redirect addresses.",
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Stop listening."""
        for listener in self._sockets:
            listener.close()
        self._sockets = []

    def wait(self, expired: Callable[[], bool]) -> Mapping[str, str] | None:
        """Return the query of the one request to the exact path, or None when `expired` says so.

        Other paths, methods and hosts are answered and not counted (a browser asks for its icon, too).
        """
        with selectors.DefaultSelector() as selector:
            for listener in self._sockets:
                selector.register(listener, selectors.EVENT_READ, listener)
            while not expired():
                for key, _ in selector.select(POLL_SECONDS):
                    found = self._serve_one(key.data)
                    if found is not None:
                        return found
        return None

    def _bind(self, port: int) -> bool:
        """Listen on both loopback addresses; IPv6 may be missing, a taken port may not."""
        bound: list[socket.socket] = []
        for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
            try:
                bound.append(_listen(family, address, port))
            except OSError:
                if family is socket.AF_INET or _is_taken(address, port):
                    for listener in bound:
                        listener.close()
                    return False
        self._sockets = bound
        return True

    def _serve_one(self, listener: socket.socket) -> Mapping[str, str] | None:
        try:
            connection, _ = listener.accept()
        except OSError:
            return None
        with contextlib.suppress(OSError), connection:
            connection.settimeout(REQUEST_SECONDS)
            query = self._read_query(_read_head(connection))
            connection.sendall(_answer("200 OK" if query is not None else "404 Not Found"))
            return query
        return None

    def _read_query(self, head: bytes) -> Mapping[str, str] | None:
        lines = head.decode("ascii", errors="replace").split("\r\n")
        words = lines[0].split(" ")
        hosts = [
            line.partition(":")[2].strip().lower() for line in lines[1:] if line.lower().startswith("host:")
        ]
        if len(words) != 3 or words[0] != "GET" or hosts != [self._host]:
            return None
        path, _, query = words[1].partition("?")
        if path != self._path or not query:
            return None
        with contextlib.suppress(ValueError):
            found = parse_qs(query, max_num_fields=20)
            return {name: values[0] for name, values in found.items() if len(values) == 1}
        return None


def _listen(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":  # elsewhere a second bind fails by itself
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # the last sign-in's TIME_WAIT
        if family is socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind((address, port))
        listener.listen(5)
        listener.settimeout(0)
    except OSError:
        listener.close()
        raise
    return listener


def _is_taken(address: str, port: int) -> bool:
    """Return True when somebody answers there."""
    try:
        socket.create_connection((address, port), timeout=0.5).close()
    except OSError:
        return False
    return True


def _read_head(connection: socket.socket) -> bytes:
    """Read up to the empty line, at most REQUEST_LIMIT bytes; more is no request of a redirect."""
    head = b""
    while b"\r\n\r\n" not in head:
        part = connection.recv(REQUEST_LIMIT + 1 - len(head))
        head += part
        if not part or len(head) > REQUEST_LIMIT:
            return b""
    return head


def _answer(status: str) -> bytes:
    page = _PAGE if status.startswith("200") else ""
    return (
        f"HTTP/1.1 {status}\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: {len(page)}\r\n"
        "Cache-Control: no-store\r\nReferrer-Policy: no-referrer\r\nContent-Security-Policy: default-src 'none'; "
        f"style-src 'unsafe-inline'\r\nX-Content-Type-Options: nosniff\r\nConnection: close\r\n\r\n{page}"
    ).encode("ascii")
