"""Starts and stops everything a practice org serves: REST on https and http, Pub/Sub, CometD, control; loopback only.

May import every part of the practice org. Called by __main__ and by tests, on one asyncio loop.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import socket
import sys
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Self

import grpc
from aiohttp import web

from cadence_desk.practice.auth.certificates import Certificates
from cadence_desk.practice.auth.client_apps import DESK_APP, TOOLS_APP, UNATTENDED_APP
from cadence_desk.practice.auth.served_certificates import ServedCertificates
from cadence_desk.practice.auth.statements import UploadedCertificate
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.cometd.service import CometService
from cadence_desk.practice.control.surface import Controlled, ControlSurface
from cadence_desk.practice.events.bus import EventBus
from cadence_desk.practice.events.pubsub import SERVER_OPTIONS, PubSubService
from cadence_desk.practice.faults.board import FateBoard
from cadence_desk.practice.faults.middleware import FateMiddleware
from cadence_desk.practice.faults.tunnels import TunnelProxy
from cadence_desk.practice.org.world import PracticeOrg, WorldPlan
from cadence_desk.practice.rest.application import build_application
from cadence_desk.practice.soql.runner import QueryRunner
from cadence_desk.wire import pubsub_api_pb2_grpc as pb_grpc

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

    from cadence_desk.practice.auth.certificates import CertificateFiles

TICK_SECONDS = 0.25
_STOP_SECONDS = 1.0
_TRIES = 5
_BACKLOG = 128
_log = logging.getLogger(__name__)


class PortBusyError(Exception):
    """A wished port is taken; the text names it and the option that chooses another."""


@dataclass(frozen=True, slots=True)
class ServingPlan:
    """What to serve and where; port 0 takes any free one."""

    home: Path
    """Where the certificate authority lives."""
    world: WorldPlan = field(default_factory=WorldPlan)
    rest_port: int = 0
    events_port: int = 0
    plaintext_events: bool = False
    names: tuple[str, ...] = ()
    """Host names that the org answers to beside loopback; only its own proxy leads there."""
    proxy: bool = False


class ServedOrg:
    """A running practice org. Make it with `start`, end it with `stop`."""

    def __init__(self, org: PracticeOrg, files: CertificateFiles) -> None:
        self.org = org
        self.tokens = TokenBook(org.organization_id, org.clock.now_ms)
        self.bus = EventBus(org)
        self.service = PubSubService(org, self.tokens, self.bus)
        self.comet = CometService(org, self.tokens, self.bus)
        self.board = FateBoard()
        self.control_secret = secrets.token_urlsafe(24)
        self.ready: dict[str, Any] = {}
        self._files = files
        self._uploaded = UploadedCertificate.made_in(files.ca_pem.parent)
        self.tokens.apps.upload(UNATTENDED_APP.client_id, self._uploaded.certificate)
        self._middleware = FateMiddleware(org, self.tokens, self.board)
        self._certificates = ServedCertificates(files)
        self._proxy: TunnelProxy | None = None
        self._runners: list[web.AppRunner] = []
        self._grpc: grpc.aio.Server | None = None
        self._ticker: asyncio.Task[None] | None = None

    @classmethod
    async def start(cls, plan: ServingPlan) -> Self:
        """Makes the world and opens all ports. Raises PortBusyError; then nothing stays open."""
        served = cls(PracticeOrg(plan.world), Certificates(names=plan.names).ensure(plan.home))
        try:
            await served._open(plan)
        except BaseException:
            await served.stop()
            raise
        return served

    async def stop(self) -> None:
        """Closes everything; open streams and waiting polls end at once."""
        if self._ticker is not None:
            self._ticker.cancel()
            await asyncio.gather(self._ticker, return_exceptions=True)
        self.comet.close()
        if self._proxy is not None:
            await self._proxy.stop()
        await self._middleware.aclose()
        server, self._grpc = self._grpc, None
        if server is not None:
            self.service.close()
            await server.stop(_STOP_SECONDS)
            await server.wait_for_termination()
            del server  # its core goes while the loop lives, not with the interpreter
        for runner in self._runners:
            await runner.cleanup()
        self.org.close()

    async def _open(self, plan: ServingPlan) -> None:
        runner = QueryRunner(self.org)
        _warm_up(runner, self.org)
        application = build_application(
            self.org, self.tokens, runner, middlewares=[self._middleware.handle], names=plan.names
        )
        application.add_routes(self.comet.routes())
        application.on_response_prepare.append(self._date)
        rest = await self._runner(application)
        https = await _listen(rest, plan.rest_port, "REST", self._certificates.context)
        http = await _listen(rest, 0, "REST over http")
        events = await self._open_events(plan)
        if plan.proxy:
            routes = {(name, port): to for name in plan.names for port, to in ((443, https), (7443, events))}
            self._proxy = TunnelProxy(self.org.settings, routes)
        surface = ControlSurface(self._controlled(), self.control_secret)
        control = await _listen(await self._runner(surface.application()), 0, "control")
        self.ready = self._ready(https, http, events, control)
        if self._proxy is not None:
            self.ready["proxy_url"] = f"http://127.0.0.1:{await self._proxy.start()}"
        self._ticker = asyncio.get_running_loop().create_task(self._tick())

    def _controlled(self) -> Controlled:
        return Controlled(
            self.org,
            self.tokens,
            self.bus,
            self.service,
            self.comet,
            self.board,
            self._proxy,
            self._certificates.show,
            self._middleware.catch_up,
        )

    async def _date(self, _request: web.Request, response: web.StreamResponse) -> None:
        """Dates every answer by the org's clock: clients tell from it what has changed and what can no longer happen."""
        response.headers["Date"] = formatdate(self.org.clock.now_ms() // 1000, usegmt=True)

    async def _runner(self, application: web.Application) -> web.AppRunner:
        runner = web.AppRunner(application, access_log=None, shutdown_timeout=_STOP_SECONDS)
        await runner.setup()
        self._runners.append(runner)
        return runner

    async def _open_events(self, plan: ServingPlan) -> int:
        server = grpc.aio.server(options=SERVER_OPTIONS)
        pb_grpc.add_PubSubServicer_to_server(self.service, server)  # type: ignore[no-untyped-call]
        port = _free_port(plan.events_port, "Pub/Sub", "--events-port")
        for host in ("127.0.0.1", "[::1]") if _has_ipv6() else ("127.0.0.1",):
            if plan.plaintext_events:
                server.add_insecure_port(f"{host}:{port}")
            else:
                server.add_secure_port(f"{host}:{port}", self._certificates.grpc_credentials())
        await server.start()
        self._grpc = server
        return port

    def _ready(self, https: int, http: int, events: int, control: int) -> dict[str, Any]:
        return {
            "rest_url": f"https://localhost:{https}",
            "rest_http_url": f"http://localhost:{http}",
            "events_endpoint": f"localhost:{events}",
            "ca_file": str(self._files.ca_pem.resolve()),
            "organization_id": self.org.organization_id,
            "client_id": TOOLS_APP.client_id,
            "redirect_uris": list(TOOLS_APP.redirect_uris),
            "username": self.org.default_username,
            "user_id": self.org.default_user_id,
            "access_token": self.tokens.issue_session(self.org.default_user_id),
            "control_url": f"http://localhost:{control}",
            "control_secret": self.control_secret,
            "desk_client_id": DESK_APP.client_id,
            "desk_redirect_uris": list(DESK_APP.redirect_uris),
            "jwt_client_id": UNATTENDED_APP.client_id,
            "jwt_key_file": str(self._uploaded.key_file.resolve()),
        }

    async def _tick(self) -> None:
        """Lets the org do what is due, four times a second; one failed step is told and does not end the world."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            try:
                self.org.advance()
            except Exception:  # noqa: BLE001  a world with one broken cadence still serves all others
                _log.exception("a step of the practice org failed")


def _warm_up(runner: QueryRunner, org: PracticeOrg) -> None:
    """Has the query grammar built before anybody waits for it: that takes about a second of the only thread."""
    runner.run(
        "SELECT Id FROM Organization LIMIT 1",
        user_id=org.default_user_id,
        all_rows=False,
        batch_size=2000,
        version="67.0",
    )


async def _listen(runner: web.AppRunner, port: int, purpose: str, tls: ssl.SSLContext | None = None) -> int:
    sockets = _loopback_sockets(port, purpose, "--port")
    for sock in sockets:
        await web.SockSite(runner, sock, ssl_context=tls).start()
    return int(sockets[0].getsockname()[1])


def _loopback_sockets(port: int, purpose: str, option: str) -> list[socket.socket]:
    """One port on both loopback addresses where the machine has both: clients may try either for `localhost`."""
    for _ in range(_TRIES):
        first = _bound(socket.AF_INET, port)
        if first is None:
            break
        if not _has_ipv6():
            return [first]
        second = _bound(socket.AF_INET6, first.getsockname()[1])
        if second is not None:
            return [first, second]
        first.close()
    where = f"port {port}" if port else "every port tried"
    raise PortBusyError(f"{where} for {purpose} is in use; choose another with {option}")


def _bound(family: socket.AddressFamily, port: int) -> socket.socket | None:
    sock = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
        sock.listen(_BACKLOG)
    except OSError:
        sock.close()
        return None
    return sock


def _has_ipv6() -> bool:
    probe = _bound(socket.AF_INET6, 0) if socket.has_ipv6 else None
    if probe is None:
        return False
    probe.close()
    return True


def _free_port(port: int, purpose: str, option: str) -> int:
    """A port that is free on both addresses now, for a server that binds by itself."""
    sockets = _loopback_sockets(port, purpose, option)
    number = int(sockets[0].getsockname()[1])
    for sock in sockets:
        sock.close()
    return number
