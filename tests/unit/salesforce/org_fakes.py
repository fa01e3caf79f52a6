"""Small fakes for the tests of this room: time, secrets, a loopback HTTP server that answers from a script."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.domain.orgs import OrgProfile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class FakeClock:
    """Time that moves when it is told to."""

    def __init__(self, now: float = 1000.0) -> None:
        self.now = now

    def wall(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now


class FakeSecrets:
    """Secrets in memory."""

    durable = True

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    def read(self, name: str) -> str | None:
        return self.kept.get(name)

    def write(self, name: str, value: str) -> None:
        self.kept[name] = value

    def delete(self, name: str) -> None:
        self.kept.pop(name, None)


class FakeEntropy:
    """Not random at all."""

    def token(self, size: int) -> bytes:
        return bytes(range(size))

    def uniform(self, low: float, high: float) -> float:
        return low


def profile(login_url: str = "https://login.salesforce.com", **more: Any) -> OrgProfile:
    return OrgProfile(
        "test", "Test org", login_url, "client", ("http://localhost:1717/OauthRedirect",), **more
    )


@dataclass
class Reply:
    """What the server answers."""

    status: int = 200
    body: bytes = b"[]"
    headers: dict[str, str] = field(default_factory=dict)


@dataclass
class Asked:
    """What the server was asked."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Server:
    """A running server: its origin and what it was asked."""

    origin: str
    asked: list[Asked]


@contextmanager
def serving(answer: Callable[[Asked], Reply | None]) -> Iterator[Server]:
    """Serve on loopback; an answer of None drops the connection."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            size = int(self.headers.get("Content-Length", 0))
            one = Asked(self.command, self.path, dict(self.headers), self.rfile.read(size))
            asked.append(one)
            reply = answer(one)
            if reply is None:
                self.close_connection = True
                return
            self.send_response_only(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
            self.end_headers()
            self.wfile.write(reply.body)
            if int(reply.headers.get("Content-Length", len(reply.body))) != len(reply.body):
                self.close_connection = True

        do_GET = do_POST = do_PATCH = do_CONNECT = _answer  # noqa: N815 - names the base class looks up

        @override
        def log_message(self, format: str, *arguments: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        @override
        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield Server(f"http://127.0.0.1:{server.server_port}", asked)
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
