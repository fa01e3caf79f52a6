"""Asks each Qt-free part of this copy of the desk whether it came with all it needs. Reads and writes nothing of the user's.

Called by launch's self-test: what is missing in a packaged app shows here, not weeks later at the first call.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from typing import TYPE_CHECKING, Any

from cadence_desk.bootstrap.compose import build_desk, build_reading_desk
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import InternalError, KeyStoreMissing
from cadence_desk.domain.ports import PeopleScope
from cadence_desk.domain.readiness.checks import CheckResult
from cadence_desk.salesforce.trust import TrustRoots
from cadence_desk.settings.resources import resource_path
from cadence_desk.settings.secret_stores import allowed_backends, find_backend
from cadence_desk.sync.parts import EngineOptions

if TYPE_CHECKING:
    from cadence_desk.bootstrap.opening import OpenProfile
    from cadence_desk.desk.desk import Desk

LATE_LIBRARIES = (
    "simple_salesforce",
    "requests",
    "truststore",
    "certifi",
    "grpc",
    "google.protobuf",
    "google._upb._message",
    "cadence_desk.wire.pubsub_api_pb2_grpc",
    "keyring",
    "platformdirs",
    "cryptography.hazmat.primitives.ciphers.aead",
    "qasync",
    "sqlite3",
    "lark",
    "fastavro",
    "aiohttp.web",
)
"""What is imported only when it is first needed, so that a gap in a package would be found late."""

OF_SYSTEM = {"linux": ("secretstorage", "jeepney.io.blocking"), "win32": ("win32ctypes.pywin32",)}
"""What a key store's back end needs: it imports without them, and then says that it is not usable."""

FEWEST_ROOTS = 50
LIVE_SECONDS = 60.0
_LOOK_SECONDS = 0.2


def libraries() -> str:
    """Import everything that otherwise loads late. Raises ImportError."""
    names = LATE_LIBRARIES + OF_SYSTEM.get(sys.platform, ())
    for name in names:
        importlib.import_module(name)
    return f"{len(names)} load"


def files() -> str:
    """Look for what is delivered beside the code. Raises FileNotFoundError."""
    for parts in (
        ("icons", "cadence-desk.svg"),
        ("icons", "cadence-desk.png"),
        ("proto", "pubsub_api.proto"),
    ):
        resource_path(*parts)
    if getattr(sys, "frozen", False):
        resource_path("licenses", "THIRD-PARTY.txt")
        return "icons, protocol and license texts"
    return "icons and protocol"


def trust() -> str:
    """Load the certificates for both wires. Raises InternalError when there are next to none."""
    roots = TrustRoots()
    roots.context()
    count = roots.pem().count(b"BEGIN CERTIFICATE")
    if count < FEWEST_ROOTS:
        raise InternalError(f"Only {count} certificate authorities were found.")
    return f"{count} authorities for events, the system's own for requests"


def key_stores() -> str:
    """Import the key stores that may be used here and look for one. Raises ImportError, InternalError."""
    kinds = allowed_backends(sys.platform)
    if not kinds:
        raise InternalError("No key store is allowed on this system.")
    names = ", ".join(kind.__module__.rsplit(".", 1)[-1] for kind in kinds)
    try:
        found = type(find_backend()).__module__.rsplit(".", 1)[-1]
    except KeyStoreMissing:
        return f"{names} load; none answers here, so a sign-in lasts for a session"
    return f"{names} load; {found} is used"


def readiness(opened: OpenProfile) -> str:
    """Ask an org what it offers. Raises DeskError; InternalError when a line fails."""
    checks = asyncio.run(_readiness(build_reading_desk(opened)))
    failed = [one.code.value for one in checks if one.result is CheckResult.FAIL]
    if failed:
        raise InternalError(f"Checks of the org failed: {', '.join(failed)}.")
    return f"{len(checks)} checks over https, none failed"


async def _readiness(desk: Desk) -> list[Any]:
    try:
        await desk.readiness.enter()
        return list(await desk.readiness.run(lambda *_: None))
    finally:
        await desk.stop()


def live(opened: OpenProfile, options: EngineOptions | None = None) -> str:
    """Open a desk on an org until its lists are there and its events flow. Raises DeskError, InternalError."""
    return asyncio.run(_live(build_desk(opened, options or EngineOptions(scope=PeopleScope.ALL))))


async def _live(desk: Desk) -> str:
    news = asyncio.Event()
    desk.events.subscribe(lambda _change: news.set())
    try:
        await desk.start()
        async with asyncio.timeout(LIVE_SECONDS):
            while desk.feed.state is not FeedState.LIVE or desk.loading.what:
                news.clear()
                with contextlib.suppress(TimeoutError):  # the end of loading is not announced
                    await asyncio.wait_for(news.wait(), _LOOK_SECONDS)
        people, trackers = desk.people.count, desk.trackers.count
    except TimeoutError as error:
        raise InternalError(f"The events did not flow: {desk.feed.state.value}.") from error
    finally:
        await desk.stop()
    if not people or not trackers:
        raise InternalError(f"The lists stayed empty: {people} people, {trackers} trackers.")
    return f"{people} people, {trackers} trackers, sealed on disk; events flow over gRPC"
