"""A day of a whole desk over people whose every field is marked, everything logged; then it dies twice. Run by test_canary."""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import json
import logging
import os
import resource
import sys
from datetime import date
from pathlib import Path
from typing import Any

from cadence_desk.bootstrap.diagnosis import diagnose, write_pages
from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.calls import FollowUp
from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError
from cadence_desk.launch.core_files import keep_none
from cadence_desk.launch.desk_log import DeskLog
from cadence_desk.salesforce.proxies import login_secret
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.paths import Paths
from tests.access import canary
from tests.access.marked_desk import attempt, tell
from tests.desk.practice_org import Org
from tests.desk.rig import CALLS_FIRST, Rig, until

WHO = 4
"""People of each kind who are marked."""


def mark_people(org: Org) -> tuple[list[str], list[str]]:
    """Give leads and contacts marked fields, and the call scripts a marked text."""
    leads = [
        row["Id"]
        for row in org.query(f"SELECT Id FROM Lead WHERE IsConverted = false ORDER BY Id LIMIT {3 * WHO}")
    ]
    contacts = [row["Id"] for row in org.query(f"SELECT Id FROM Contact ORDER BY Id LIMIT {WHO}")]
    for lead in leads:
        org.edit("Lead", lead, **canary.LEAD_FIELDS, DoNotCall=False, HasOptedOutOfEmail=False)
    for contact in contacts:
        org.edit("Contact", contact, **canary.CONTACT_FIELDS)
    for row in org.query("SELECT Id FROM CallTemplate"):
        org.edit("CallTemplate", row["Id"], HtmlBody=f"<p>{canary.SCRIPT}</p>")
    return leads, contacts


def refuse_quoting(org: Org, status: int, match: dict[str, Any], times: int = 1) -> None:
    """Let the org refuse something with a text that quotes what was sent and a field of the person."""
    told = (
        f"{canary.QUOTED}: {canary.NOTE} of {canary.LEAD_FIELDS['LastName']}, {canary.LEAD_FIELDS['Email']}"
    )
    body = json.dumps([{"errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION", "message": told}])
    org.fate("status", match=match, times=times, status=status, body=body)


async def log_call(rig: Rig, target: str, note: str = canary.NOTE, **more: Any) -> None:
    """Write down a call about a person and save it."""
    draft = await rig.desk.calls.begin(target, None)
    draft.result, draft.notes = rig.result().text, note
    for name, value in more.items():
        setattr(draft, name, value)
    await rig.desk.calls.save(draft)


async def work(rig: Rig, org: Org, leads: list[str]) -> None:
    """The main journeys, each met by something that goes wrong."""
    desk = rig.desk
    follow = FollowUp(canary.FOLLOW_UP, date(2026, 12, 1))
    await log_call(rig, leads[0], follow_up=follow)
    await rig.ended(leads[0], seconds=20)
    refuse_quoting(org, 400, {"method": "PATCH"})
    await log_call(rig, leads[1])
    await rig.ended(leads[1], seconds=20)
    for fate in ("truncate", "bad_payload", "commit_then_drop"):
        org.fate(fate, match={"method": "PATCH"}, **({"count": 30} if fate == "truncate" else {}))
        await log_call(rig, leads[2], f"{canary.NOTE} {fate}")
    refuse_quoting(org, 503, {"method": "PATCH"})
    await log_call(rig, leads[3])
    await until(lambda: not org.control("/fates")["fates"], "every fate was met", 30)
    kept = await desk.calls.begin(leads[4], None)
    kept.notes = canary.DRAFT
    await desk.calls.keep(kept)
    wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
    refuse_quoting(org, 400, {"purpose": "action"})
    with contextlib.suppress(DeskError):
        await desk.enrollment.start(await desk.enrollment.preview(leads[5:8], wish), wish)
    await until(lambda: not org.control("/fates")["fates"], "the refusal was met", 30)
    org.verb("enroll", target=leads[8], cadence=rig.cadence(CALLS_FIRST), owner=rig.me)
    await until(lambda: bool(desk.trackers_of(leads[8])), "a colleague's enrolling arrives")
    tracker = desk.trackers_of(leads[8])[0]
    await until(lambda: desk.current_step(tracker.id) is not None, "its step arrives")
    opened = await desk.calls.begin(leads[8], desk.tracker(tracker.id).current_step_id)  # type: ignore[union-attr]
    script = await desk.calls.script(opened.step_tracker_id)
    assert canary.SCRIPT in str(script), "the script of the step is on screen"
    await desk.calls.discard(opened)


async def follow(rig: Rig, org: Org, leads: list[str]) -> None:
    """Events that cannot be read, streams that end in words of the org, everything read again."""
    org.stream("corrupt", count=3)
    for lead in leads[9:12]:
        org.edit("Lead", lead, Title=f"{canary.LEAD_FIELDS['Title']} neu")
    await until(lambda: rig.desk.unreadable, "events that cannot be read are told")
    org.stream("drop", status="INTERNAL")
    await rig.feed(FeedState.LIVE)
    before = rig.desk.last_whole
    await rig.desk.read_everything()
    await until(lambda: rig.desk.last_whole != before or rig.engine.monitor.settled, "everything was read")
    await rig.engine.comparison.run()
    refuse_quoting(org, 500, {"purpose": "query"}, times=6)
    rig.engine.monitor.try_now()
    await asyncio.sleep(1)
    org.control("/fates", method="DELETE")


def use_a_proxy(org: Org, home: Path) -> None:
    """A proxy with a login that does not let anything through."""
    from dataclasses import replace

    from cadence_desk.salesforce.connect import open_org
    from tests.access.marked_desk import MarkedEntropy
    from tests.contract.client_org import SystemClock
    from tests.unit.salesforce.org_fakes import Reply, serving

    secrets = KeyFileSecrets(home / "keys")
    secrets.write(login_secret("proxied"), f"someone:{canary.PROXY_PASSWORD}")
    with serving(lambda _: Reply(407)) as server:
        profile = replace(
            org.profile("proxied"), login_url="https://canary.my.salesforce.com", proxy=server.origin
        )
        connection = open_org(profile, secrets, SystemClock(), MarkedEntropy())
        attempt(connection.gateway.identity)
        attempt(lambda: connection.flow.sign_in(profile, lambda _page: None, lambda: True))
        session = connection.gateway._org.rest._transport.session("https://canary.my.salesforce.com")  # type: ignore[attr-defined]
        attempt(lambda: session.get("https://canary.my.salesforce.com/services/data/"))
        connection.lanes.close(1.0)


def use_a_key(org: Org, home: Path) -> None:
    """A run without a person, by a key file; refused, and with a file that is none."""
    from tests.access.test_signed_statements import opened

    broken = home / "broken.pem"
    broken.write_text(Path(org.ready["jwt_key_file"]).read_text(encoding="ascii").replace("\n", "\n \n", 3))
    for more in (
        {},
        {"CADENCE_DESK_JWT_USERNAME": "nobody@nowhere.example"},
        {"CADENCE_DESK_JWT_KEY_FILE": str(broken)},
    ):
        try:
            client, _ = opened(org, 0.0, **more)
            attempt(client.gateway.identity)
            client.lanes.close(1.0)
        except DeskError as error:
            tell(error)
    broken.unlink()


def die_twice(home: Path) -> None:
    """Crash as C code does, once by SIGABRT and once by SIGSEGV, with everything in memory."""
    for name, crash in (("abort", os.abort), ("segv", faulthandler._sigsegv)):  # type: ignore[attr-defined]
        file = (home / f"crash-{name}.txt").open("w")
        faulthandler.enable(file)
        child = os.fork()
        if not child:
            crash()
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{name}: died {os.WIFSIGNALED(status)}, core {os.WCOREDUMP(status)}\n")


def leave_everything(rig: Rig, home: Path) -> None:
    """Write the bundle for support, and what the system shows of this process to others."""
    files = next(home.rglob("outbox.db")).parent
    write_pages(home / "bundle", diagnose(rig.desk.profile, Paths(home / "desk"), files, "test"))
    for name in ("cmdline", "environ"):
        (home / f"proc-{name}").write_bytes(Path(f"/proc/self/{name}").read_bytes())


async def day(org: Org, home: Path) -> None:
    """The whole day."""
    leads, contacts = mark_people(org)
    rig = Rig(org, home / "desk", key_file=home / "keys")
    await rig.begin()
    known = rig.desk.person(contacts[0])
    assert known is not None
    assert known.email == canary.CONTACT_FIELDS["Email"]
    await work(rig, org, leads)
    await follow(rig, org, leads)
    leave_everything(rig, home)
    die_twice(home)
    await rig.desk.stop()


def main(ready_file: str, folder: str) -> None:
    """Run the day with everything logged."""
    home = Path(folder)
    hard = resource.getrlimit(resource.RLIMIT_CORE)[1]
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    if os.environ.get("PLANTED") != "cores":
        keep_none()
    logging.basicConfig(level=logging.DEBUG, filename=home / "debug.log", force=True)
    ready = json.loads(Path(ready_file).read_text())
    org = Org.__new__(Org)
    org.ready, org.used, org.killed = ready, set(), False
    org.settings_before = org.control("/settings")
    org.settings(colleagues=False)
    own = DeskLog(Paths(home / "desk").logs)
    own.begin()
    use_a_proxy(org, home)
    use_a_key(org, home)
    asyncio.run(day(org, home), debug=True)
    own.end()


if __name__ == "__main__":
    main(*sys.argv[1:])
