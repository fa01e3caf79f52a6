"""A desk that meets everything that may go wrong, logs all of it at DEBUG, and at last crashes. Run by test_markers.

Every exception is told as text: its words, its repr and its traceback.
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import faulthandler
import json
import logging
import os
import sys
import threading
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from cadence_desk.bootstrap.machine import MachineEntropy
from cadence_desk.domain.errors import DeskError
from cadence_desk.salesforce.connect import AccessPlan, OrgConnection, open_org
from cadence_desk.salesforce.exchange import current
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.key_file import KeyFileSecrets
from tests.access.canary import VERIFIER
from tests.contract.client_org import SystemClock
from tests.desk.practice_org import Org
from tests.desk.rig import Rig

if TYPE_CHECKING:
    from collections.abc import Callable

FATES: tuple[dict[str, Any], ...] = (
    {"fate": "status", "status": 503},
    {"fate": "status", "status": 400, "body": '{"error": "invalid_request", "error_description": "no"}'},
    {"fate": "status", "status": 302, "headers": {"Location": "https://elsewhere.example/"}},
    {"fate": "drop_before_commit"},
    {"fate": "commit_then_drop"},
    {"fate": "truncate", "count": 40},
    {"fate": "bad_payload"},
    {"fate": "bad_payload", "body": "{}"},
    {"fate": "reset"},
)


class MarkedEntropy(MachineEntropy):
    """The verifier of a sign-in (48 bytes) carries a planted word."""

    @override
    def token(self, size: int) -> bytes:
        raw = super().token(size)
        if size != 48:
            return raw
        text = VERIFIER + base64.urlsafe_b64encode(raw).decode()[: 64 - len(VERIFIER)]
        return base64.urlsafe_b64decode(text)


def tell(error: BaseException) -> None:
    """Print everything that an exception says of itself."""
    lines = traceback.format_exception(error)
    parts = [str(error), repr(error), repr(error.args), repr(getattr(error, "server_text", "")), *lines]
    sys.stdout.write("\n".join(parts) + "\n")
    logging.getLogger("told").error("it failed", exc_info=error)


def attempt(what: Callable[[], object]) -> None:
    try:
        what()
    except Exception as error:  # noqa: BLE001
        tell(error)


def client(org: Org, home: Path, key: str) -> OrgConnection:
    secrets = KeyFileSecrets(home / "keys")
    return open_org(org.profile(key), secrets, SystemClock(), MarkedEntropy())


def sign_in(org: Org, connection: OrgConnection, key: str, *, spoil: bool = False) -> None:
    from cadence_desk.launch.tour.browser import PlayedBrowser

    browser = PlayedBrowser(org.ready["ca_file"], org.me)

    def open_page(address: str) -> None:
        browser.open_page(address.replace("state=", "state=x") if spoil else address)

    connection.flow.sign_in(org.profile(key), open_page, lambda: False)


def go_through_the_client(org: Org, home: Path) -> None:
    """Sign in, renew and call with every trouble that can befall each."""
    connection = client(org, home, "client")
    for fate in FATES:
        org.control("/fates", {"match": {"purpose": "token"}, "times": 1, **fate})
        attempt(lambda: sign_in(org, connection, "client"))
        org.control("/fates", method="DELETE")
    attempt(lambda: sign_in(org, connection, "client", spoil=True))
    sign_in(org, connection, "client")
    for fate in FATES:
        for purpose in ("token", "identity", "query", "describe"):
            org.control("/tokens", {"action": "expire"})
            org.control("/fates", {"match": {"purpose": purpose}, "times": 2, **fate})
            attempt(lambda: connection.gateway.task_statuses(anew=True))
            attempt(connection.gateway.identity)
            org.control("/fates", method="DELETE")
    org.settings(app_installed=False)
    org.control("/tokens", {"action": "expire"})
    attempt(lambda: connection.gateway.task_statuses(anew=True))
    org.reset()
    logging.getLogger("told").debug("objects: %r %r %r", connection, connection.gateway, current())
    attempt(connection.gateway.sign_out)
    connection.lanes.close(1.0)


def use_a_given_token(org: Org) -> None:
    """The way in by the environment, from its reading to its end."""
    variables = {
        "CADENCE_DESK_ACCESS_TOKEN": org.ready["access_token"],
        "CADENCE_DESK_INSTANCE_URL": org.ready["rest_url"],
        "CADENCE_DESK_EXTRA_CA": org.ready["ca_file"],
        "CADENCE_DESK_EVENTS_ENDPOINT": org.ready["events_endpoint"],
    }
    environment = Environment.taken_from(variables)
    given = environment.org()
    assert given is not None
    logging.getLogger("told").debug("%r %r %r", environment, given, variables)
    access = AccessPlan(given=given.access)
    connection = open_org(
        given.profile, KeyFileSecrets(Path("unused")), SystemClock(), MarkedEntropy(), access=access
    )
    attempt(connection.gateway.identity)
    org.control("/tokens", {"action": "expire"})
    attempt(lambda: connection.gateway.task_statuses(anew=True))
    connection.lanes.close(1.0)
    broken = {**variables, "CADENCE_DESK_ACCESS_TOKEN": f"{org.ready['access_token']} x"}
    attempt(lambda: Environment.taken_from(broken).org())


async def go_through_the_desk(org: Org, home: Path) -> None:
    """A whole desk: signed in, renewed, cut off, signed out by the org."""
    rig = Rig(org, home)
    with contextlib.suppress(DeskError):
        await rig.begin()
    org.control("/tokens", {"action": "expire"})
    org.stream("drop", status="UNAUTHENTICATED")
    target = next(one for one in rig.desk.people.ids() if one.startswith("00Q"))
    draft = await rig.desk.calls.begin(target, None)
    draft.result = rig.desk.call_results()[0].text
    await rig.desk.calls.save(draft)
    await rig.ended(target, seconds=30)
    org.control("/tokens", {"action": "revoke"})
    try:
        await rig.desk.refresh()
    except DeskError as error:
        tell(error)
    await rig.desk.stop()


def main(ready_file: str, folder: str) -> None:
    home = Path(folder)
    logging.basicConfig(level=logging.DEBUG, filename=home / "debug.log", force=True)
    crash = (home / "crash.txt").open("w")
    faulthandler.enable(crash)
    ready = json.loads(Path(ready_file).read_text())
    org = Org.__new__(Org)
    org.ready, org.used = ready, set()
    org.settings_before = org.control("/settings")
    org.settings(colleagues=False)
    assert base64.urlsafe_b64encode(MarkedEntropy().token(48)).decode().startswith(VERIFIER)
    go_through_the_client(org, home)
    use_a_given_token(org)
    asyncio.run(go_through_the_desk(org, home / "desk"), debug=True)
    with contextlib.suppress(OSError):
        (home / "argv.txt").write_bytes(Path("/proc/self/cmdline").read_bytes())

    def die() -> None:
        raise RuntimeError("a thread dies")

    thread = threading.Thread(target=die)
    thread.start()
    thread.join()
    sys.stdout.flush()
    os.abort()


if __name__ == "__main__":
    main(*sys.argv[1:])
