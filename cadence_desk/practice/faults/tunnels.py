"""A forward proxy in front of the org, as companies have one: CONNECT only, with a login if the settings say so.

Leads the org's given names to its own ports, lets loopback through, refuses the rest; writes down who asked for what.
Imports the org's settings. Started by serving.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
import contextlib
import hmac
from collections import deque
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cadence_desk.practice.org.settings import OrgSettings

_HEAD_LIMIT = 16 * 1024
_KEPT = 500
_CHUNK = 64 * 1024
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class TunnelNote:
    """One request to the proxy; `status` is what it was answered."""

    host: str
    port: int
    status: int


class TunnelProxy:
    """The proxy. `routes` leads (name, port) to a port of this machine."""

    def __init__(self, settings: OrgSettings, routes: Mapping[tuple[str, int], int]) -> None:
        self._settings = settings
        self._routes = routes
        self._notes: deque[TunnelNote] = deque(maxlen=_KEPT)
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.Task[None]] = set()

    async def start(self) -> int:
        """Listens on loopback and returns the port."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=_HEAD_LIMIT)
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Ends every tunnel."""
        if self._server is not None:
            self._server.close()
        for task in tuple(self._open):
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    def notes(self) -> list[dict[str, Any]]:
        """The last requests, oldest first."""
        return [asdict(note) for note in self._notes]

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is None:
            return
        self._open.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        except asyncio.CancelledError:
            pass  # the server is stopping; a task that asyncio's own server made must not end canceled
        finally:
            self._open.discard(task)
            writer.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        method, _, rest = head.partition(" ")
        host, _, port = rest.partition(" ")[0].rpartition(":")
        place = (host.strip("[]").lower(), int(port) if port.isdigit() else 0)
        target = self._target(place)
        status = self._answer(method, head, target)
        self._notes.append(TunnelNote(*place, status))
        if status != 200:
            writer.write(_reply(status))
            await writer.drain()
            return
        inner_reader, inner_writer = await asyncio.open_connection("127.0.0.1", target)
        try:
            writer.write(_reply(200))
            await asyncio.gather(_pump(reader, inner_writer), _pump(inner_reader, writer))
        finally:
            inner_writer.close()

    def _target(self, place: tuple[str, int]) -> int:
        return place[1] if place[0] in _LOOPBACK else self._routes.get(place, 0)

    def _answer(self, method: str, head: str, target: int) -> int:
        wanted = self._settings.proxy_login
        if method != "CONNECT":
            return 405
        if wanted and not hmac.compare_digest(_login(head).encode(), wanted.encode()):
            return 407
        return 403 if self._settings.proxy_refuses or not target else 200


def _login(head: str) -> str:
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        scheme, _, payload = value.strip().partition(" ")
        if name.strip().lower() == "proxy-authorization" and scheme.lower() == "basic":
            with contextlib.suppress(binascii.Error, UnicodeDecodeError):
                return base64.b64decode(payload, validate=True).decode()
    return ""


def _reply(status: int) -> bytes:
    words = {
        200: "Connection established",
        403: "Forbidden",
        405: "Method Not Allowed",
        407: "Proxy Authentication Required",
    }
    more = 'Proxy-Authenticate: Basic realm="practice"\r\n' if status == 407 else ""
    length = "" if status == 200 else "Content-Length: 0\r\n"
    return f"HTTP/1.1 {status} {words[status]}\r\n{more}{length}\r\n".encode("ascii")


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Carries bytes one way until that side ends, then tells the other side so."""
    while part := await reader.read(_CHUNK):
        writer.write(part)
        await writer.drain()
    with contextlib.suppress(OSError, RuntimeError):
        writer.write_eof()
