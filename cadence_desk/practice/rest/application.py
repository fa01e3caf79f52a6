"""Builds the web application of the practice org: REST, OAuth and identity behind one set of middlewares.

May import aiohttp. Called by serving, by tests, and by other tools that start the org.
"""

from collections.abc import Collection, Iterable, Sequence
from typing import Any, Final

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from cadence_desk.practice.auth.routes import ROOT, oauth_routes
from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg
from cadence_desk.practice.rest import (
    actions,
    changed_records,
    composite,
    composite_batch,
    external_ids,
    limits,
    list_views,
    metadata,
    queries,
    recent_items,
    record_collections,
    records,
    resources,
    searches,
    tooling,
)
from cadence_desk.practice.rest.calls import ApiCall, ApiReply
from cadence_desk.practice.rest.gateway import LONGEST_HEAD, Gateway
from cadence_desk.practice.rest.router import Route, Router
from cadence_desk.practice.rest.service import Freshness, RestService
from cadence_desk.practice.rest.usage import ApiUsage
from cadence_desk.practice.soql.runner import QueryRunner

LARGEST_BODY: Final = 50 * 1024 * 1024  # the platform's own limit for a REST request body
SERVER_LIMITS: Final[dict[str, Any]] = {"max_line_size": 4 * LONGEST_HEAD, "max_field_size": 4 * LONGEST_HEAD}
"""Options for web.AppRunner: the web server's own limits lie above the platform's, which the gateway tells."""
_LOOPBACK_HOSTS: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def build_application(
    org: PracticeOrg,
    tokens: TokenBook,
    runner: QueryRunner,
    *,
    middlewares: Sequence[Middleware] = (),
    names: Collection[str] = (),
) -> web.Application:
    """One application for https and http alike; addresses in answers follow each request.

    `middlewares` run inside the host check and see every request, OAuth and REST. `names` are hosts beside loopback.
    """
    gateway = _gateway(org, tokens, runner)
    application = web.Application(
        middlewares=[_known_hosts(names), *middlewares], client_max_size=LARGEST_BODY
    )
    application.add_routes(oauth_routes(org, tokens))
    application.add_routes(
        [
            web.get(f"{ROOT}services/data{{slash:/*}}", gateway.versions),
            web.route("*", f"{ROOT}services/data/{{rest:.+}}", gateway.answer),
        ]
    )
    return application


def _gateway(org: PracticeOrg, tokens: TokenBook, runner: QueryRunner) -> Gateway:
    usage = ApiUsage(org.clock.now_ms, lambda: org.settings.api_daily_limit)

    def dispatch(call: ApiCall) -> ApiReply:
        return gateway.dispatch(call)

    service = RestService(org, runner, usage, Freshness(org), dispatch)
    gateway = Gateway(Router(_routes()), service, tokens)
    return gateway


def _routes() -> Iterable[Route]:
    """Routes with fixed words stand before those that would read the word as a name."""
    for module in (
        resources,
        queries,
        actions,
        limits,
        tooling,
        recent_items,
        searches,
        record_collections,
        composite_batch,
        composite,
        metadata,
        list_views,
        changed_records,
        records,
        external_ids,
    ):
        yield from module.ROUTES


def _known_hosts(names: Collection[str]) -> Middleware:
    """Refuses a foreign host name: it means that a web page reached this port by a name of its own."""
    hosts = _LOOPBACK_HOSTS | set(names)

    @web.middleware
    async def known_hosts(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            host = request.url.host
        except ValueError:
            host = None
        if host not in hosts:
            return web.Response(status=421, text="This server answers on loopback names only.")
        return await handler(request)

    return known_hosts
