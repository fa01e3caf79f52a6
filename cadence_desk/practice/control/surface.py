"""The control surface: JSON over HTTP on a loopback port of its own, for tests, tools and the person at the desk.

May import aiohttp and the rooms below. Built by serving; every shape is told in CONTROL.md.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from aiohttp import web

from cadence_desk.practice.control.clockwork import ClockDesk
from cadence_desk.practice.control.edits import ColleagueEdits
from cadence_desk.practice.control.page import drill_page
from cadence_desk.practice.control.shapes import BadRequestError, count_of, user_of
from cadence_desk.practice.control.streams import StreamDrills
from cadence_desk.practice.control.switches import Switches
from cadence_desk.practice.faults.fates import read_fate
from cadence_desk.practice.org.history import current_request

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from cadence_desk.practice.auth.tokens import TokenBook
    from cadence_desk.practice.cometd.service import CometService
    from cadence_desk.practice.events.bus import EventBus
    from cadence_desk.practice.events.pubsub import PubSubService
    from cadence_desk.practice.faults.board import FateBoard
    from cadence_desk.practice.faults.tunnels import TunnelProxy
    from cadence_desk.practice.org.world import PracticeOrg

    Shape = dict[str, Any]
    Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

_MOST_ENTRIES = 10_000
_LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_LARGEST_BODY = 64 * 1024 * 1024


async def _nothing_kept_back() -> None:
    """The faults of an org without requests."""


@dataclass(frozen=True, slots=True)
class Controlled:
    """Everything the surface may touch."""

    org: PracticeOrg
    tokens: TokenBook
    bus: EventBus
    service: PubSubService
    comet: CometService
    board: FateBoard
    proxy: TunnelProxy | None = None
    show_certificate: Callable[[str], None] = lambda _word: None
    catch_up: Callable[[], Awaitable[None]] = _nothing_kept_back


class ControlSurface:
    """Answers control requests that carry the secret; the page at `/` tells nothing and needs none."""

    def __init__(self, controlled: Controlled, secret: str) -> None:
        self._it = controlled
        self._secret = secret
        self._edits = ColleagueEdits(controlled.org)
        self._streams = StreamDrills(controlled.org, controlled.bus, controlled.service)
        self._switches = Switches(
            controlled.org,
            controlled.bus,
            controlled.service,
            controlled.comet,
            {"certificate": controlled.show_certificate},
        )
        self._clock = ClockDesk(controlled.org, controlled.catch_up)

    def application(self) -> web.Application:
        """The web application of the control port."""
        application = web.Application(middlewares=[self._guard()], client_max_size=_LARGEST_BODY)
        application.add_routes(
            [
                web.get("/", self._page),
                web.post("/fates", self._fates),
                web.get("/fates", self._armed),
                web.delete("/fates", self._clear_fates),
                web.post("/stream", self._stream),
                web.post("/edit", self._edit),
                web.post("/clock", self._tick),
                web.post("/settings", self._settings),
                web.get("/settings", self._shown_settings),
                web.post("/tokens", self._end_tokens),
                web.get("/history", self._history),
                web.get("/state", self._state),
            ]
        )
        return application

    def _guard(self) -> Any:
        """Checks host and secret, and turns a bad request into its words."""

        @web.middleware
        async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
            if (request.url.host or "") not in _LOOPBACK_HOSTS:
                return _refusal(421, "this port answers on loopback names only")
            if request.path != "/" and not self._knows(request):
                return _refusal(401, "send the control secret: Authorization: Bearer <control_secret>")
            mark = current_request.set("control")
            try:
                return await handler(request)
            except BadRequestError as bad:
                return _refusal(400, str(bad))
            finally:
                current_request.reset(mark)

        return guard

    def _knows(self, request: web.Request) -> bool:
        scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
        return scheme.lower() == "bearer" and hmac.compare_digest(
            secret.strip().encode(), self._secret.encode()
        )

    async def _page(self, request: web.Request) -> web.Response:  # noqa: ARG002  aiohttp calls it so
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'"
        }
        return web.Response(text=drill_page(), content_type="text/html", headers=headers)

    async def _fates(self, request: web.Request) -> web.Response:
        shape = await _shape(request)
        if shape.pop("now", False) is True:
            return web.json_response(self._expire_now(shape))
        try:
            fate = read_fate(shape)
        except ValueError as problem:
            raise BadRequestError(str(problem)) from problem
        return web.json_response(self._it.board.arm(fate).as_dict(), status=201)

    def _expire_now(self, shape: Shape) -> Shape:
        if shape.get("fate") != "expire_tokens":
            raise BadRequestError("only expire_tokens happens without a request")
        user = user_of(self._it.org, shape)
        return {"expired": self._it.tokens.expire(user) if user else self._it.tokens.expire_all()}

    async def _armed(self, request: web.Request) -> web.Response:  # noqa: ARG002  aiohttp calls it so
        return web.json_response({"fates": [fate.as_dict() for fate in self._it.board.armed()]})

    async def _clear_fates(self, request: web.Request) -> web.Response:
        number = request.query.get("number")
        if number is not None and not number.isdigit():
            raise BadRequestError("number must be the number of an armed fate")
        return web.json_response({"cleared": self._it.board.clear(int(number) if number else None)})

    async def _stream(self, request: web.Request) -> web.Response:
        return web.json_response(self._streams.run(await _shape(request)))

    async def _edit(self, request: web.Request) -> web.Response:
        return web.json_response(self._edits.run(await _shape(request)))

    async def _tick(self, request: web.Request) -> web.Response:
        return web.json_response(await self._clock.run(await _shape(request)))

    async def _settings(self, request: web.Request) -> web.Response:
        return web.json_response(self._switches.patch(await _shape(request)))

    async def _shown_settings(self, request: web.Request) -> web.Response:  # noqa: ARG002  aiohttp calls it so
        return web.json_response(self._switches.shown())

    async def _end_tokens(self, request: web.Request) -> web.Response:
        shape = await _shape(request)
        user = user_of(self._it.org, shape)
        if shape.get("action") == "expire":
            return web.json_response(self._expire_now({**shape, "fate": "expire_tokens"}))
        if shape.get("action") == "revoke":
            return web.json_response({"revoked": self._it.tokens.revoke_all(user)})
        raise BadRequestError("action must be one of: expire, revoke")

    async def _history(self, request: web.Request) -> web.Response:
        after = count_of(_numbers(request), "after", 0)
        limit = count_of(_numbers(request), "limit", _MOST_ENTRIES)
        entries = self._it.org.history.after(after, limit)
        last = entries[-1]["n"] if entries else after
        return web.json_response({"entries": entries, "last": last, "newest": self._it.org.history.last})

    async def _state(self, request: web.Request) -> web.Response:  # noqa: ARG002  aiohttp calls it so
        it = self._it
        return web.json_response(
            {
                "clock": self._clock.shown(),
                "settings": self._switches.shown(),
                "fates": [fate.as_dict() for fate in it.board.armed()],
                "streams": [stream.state.as_dict() for stream in it.service.streams()],
                "door": {"closed": it.service.door.closed, "refusals_left": it.service.door.refusals_left},
                "events": {
                    "kept": len(it.bus.window),
                    "latest_replay_id": it.bus.latest,
                    "deliveries_left": it.bus.allowance.remaining(it.bus.now_ms()),
                },
                "proxy": None if it.proxy is None else {"requests": it.proxy.notes()},
                "history": {"newest": it.org.history.last},
                "drills": {"stream": self._streams.actions, "edit": self._edits.verbs},
            }
        )


async def _shape(request: web.Request) -> Shape:
    try:
        shape = await request.json()
    except ValueError as problem:
        raise BadRequestError("the body must be JSON") from problem
    if not isinstance(shape, dict):
        raise BadRequestError("the body must be a JSON object")
    return shape


def _numbers(request: web.Request) -> Shape:
    return {name: int(value) if value.isdigit() else value for name, value in request.query.items()}


def _refusal(status: int, words: str) -> web.Response:
    return web.json_response({"error": words}, status=status)
