"""A practice org behind real loopback sockets, its loop in a daemon thread, for tests that speak HTTP."""

import asyncio
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import requests
from aiohttp import web

from cadence_desk.practice.auth.tokens import TokenBook
from cadence_desk.practice.org.world import PracticeOrg
from cadence_desk.practice.rest.application import SERVER_LIMITS, build_application
from cadence_desk.practice.soql.runner import QueryRunner

START_MS = 1_795_500_000_000  # 2026-11-24
VERSION = "/services/data/v66.0"


@dataclass
class ServedOrg:
    """The org, its tokens, and a session that is signed in as the default user."""

    org: PracticeOrg
    tokens: TokenBook
    base: str = ""
    session: requests.Session = field(default_factory=requests.Session)

    @property
    def user_id(self) -> str:
        return self.org.default_user_id

    def ask(self, method: str, path: str, **options: Any) -> requests.Response:
        """Send a request; a path that does not start with /services is below the version."""
        address = path if path.startswith(("/services", "/id", "/.well")) else VERSION + path
        options.setdefault("allow_redirects", False)
        return self.session.request(method, self.base + address, timeout=20, **options)

    def get(self, path: str, **options: Any) -> Any:
        return self.ask("GET", path, **options).json()

    def rows(self, soql: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("/query", params={"q": soql})["records"]
        return found

    def some_id(self, sobject: str, where: str = "") -> str:
        return str(self.rows(f"SELECT Id FROM {sobject} {where} LIMIT 1")[0]["Id"])


@contextmanager
def served_org(context: ssl.SSLContext | None = None, people: int = 30) -> Iterator[ServedOrg]:
    """Serve a new org on 127.0.0.1 until the block ends; https with a context, else http."""
    org = PracticeOrg.create(people=people, start_ms=START_MS, speed=1.0)
    tokens = TokenBook(org.organization_id, org.clock.now_ms)
    application = build_application(org, tokens, QueryRunner(org))
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application, **SERVER_LIMITS)
    port = loop.run_until_complete(_start(runner, context))
    thread = threading.Thread(target=loop.run_forever, name="served-org", daemon=True)
    thread.start()
    scheme = "https" if context else "http"
    served = ServedOrg(org, tokens, f"{scheme}://127.0.0.1:{port}")
    served.session.trust_env = False
    # a session closes its idle connections only when the last answer is garbage, too late for the loop below
    served.session.headers["Connection"] = "close"
    served.session.headers["Authorization"] = f"Bearer {tokens.issue_session(org.default_user_id)}"
    try:
        yield served
    finally:
        served.session.close()
        asyncio.run_coroutine_threadsafe(_stop(runner), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
        org.store.close()


async def _start(runner: web.AppRunner, context: ssl.SSLContext | None) -> int:
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return int(runner.addresses[0][1])


async def _stop(runner: web.AppRunner) -> None:
    await runner.cleanup()
    for _ in range(10):  # a connection that broke in its handshake is closed a few turns of the loop later
        await asyncio.sleep(0)
