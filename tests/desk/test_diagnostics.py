"""A bundle for support: everything that helps, nothing of a person, written only where and when somebody wants it."""

from __future__ import annotations

import json
import os
import stat
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.bootstrap.compose import build_desk
from cadence_desk.bootstrap.diagnosis import write_pages
from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.domain.diagnosis import Page, last_codes, page
from cadence_desk.domain.errors import BadFile
from cadence_desk.launch.diagnosed import bundle_of
from cadence_desk.launch.tour.browser import PlayedBrowser
from cadence_desk.settings.paths import Paths
from cadence_desk.sync.parts import EngineOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from tests.desk.practice_org import Org

    Run = Callable[[Coroutine[Any, Any, Any]], Any]

NOTE = "CANARY-NOTE-7731"
TOKEN = "00D000000000001!AQEAQFtestTESTcanary"


@pytest.fixture
def bundle(org: Org, tmp_path: Path) -> dict[str, str]:
    """The bundle of a profile in which somebody has worked, with logs in which everything went wrong."""
    import asyncio

    paths, profile = Paths(tmp_path / "home"), org.profile()

    async def work() -> None:
        desk = build_desk(open_profile(profile, paths, tmp_path / "keys"), EngineOptions(live=False))
        await desk.start()
        await desk.sign_in.begin(PlayedBrowser(org.ready["ca_file"], org.me).open_page)
        await desk.idle()
        draft = await desk.calls.begin(next(iter(desk.people.ids())), None)
        draft.notes = NOTE
        await desk.calls.keep(draft)
        await desk.stop()

    asyncio.run(work())
    logs = paths.logs / "window-1"
    logs.mkdir(parents=True)
    line = {"words": f"mail maya@example.com {TOKEN} call +44 20 7946 0018", "fault": "CD-1900-ABCD KeyError"}
    (logs / "desk.jsonl").write_text(f"{json.dumps(line)}\nCD-1301 CD-1301\n", encoding="utf-8")
    folder = "/opt/maya/desk"
    (logs / "crash.txt").write_text(f'  File "{folder}/loop.py", line 3 in run\n', encoding="utf-8")
    return {one.name: one.text for one in bundle_of(profile, paths, {"up to 60 ms": 9})}


def test_a_bundle_tells_what_helps_and_nothing_of_a_person(bundle: dict[str, str], org: Org) -> None:
    text = "\n".join(bundle.values())
    people = org.query("SELECT Name, Email, Phone FROM Contact LIMIT 200")
    personal = [value for one in people for name in ("Name", "Email", "Phone") if (value := one.get(name))]
    for secret in (NOTE, TOKEN, "maya", "7946", "AQEAQF", *personal):
        assert str(secret) not in text, secret
    databases = json.loads(bundle["databases.json"])
    assert databases["outbox.db"]["rows"]["operation"] == {"draft": 1}
    assert databases["outbox.db"]["integrity"] == databases["cache.db"]["integrity"] == "ok"
    assert databases["outbox.db"]["journal_mode"] == "wal"
    assert bundle["error-codes.txt"].splitlines() == ["CD-1301 2", "CD-1900-ABCD 1"]
    network = json.loads(bundle["network.json"])
    assert network["TLS"].startswith("TLSv1.")
    assert network["proxy"] == "none"
    assert network["issuer"]
    assert network["clock"].endswith("s from the server's")
    assert json.loads(bundle["silences.json"]) == {"up to 60 ms": 9}
    assert "loop.py" in bundle["window-1-crash.txt"]
    assert "PySide6-Essentials" in bundle["versions.json"]
    assert json.loads(bundle["settings.json"])["org"]["extra authority"] == "set"


def test_it_is_written_once_and_for_this_user_only(tmp_path: Path) -> None:
    target = write_pages(tmp_path / "out", [Page("a.txt", "words\n")])
    assert (target / "a.txt").read_text("utf-8") == "words\n"
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o700
        assert stat.S_IMODE((target / "a.txt").stat().st_mode) == 0o600
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(BadFile):
        write_pages(tmp_path / "file", [])


def test_codes_come_newest_first_and_long_texts_keep_their_end() -> None:
    assert last_codes("CD-1301 CD-1104 CD-1301") == "CD-1301 2\nCD-1104 1"
    assert last_codes("") == "none"
    text = page("log", "x" * 300_000 + "\n" + "\n".join(f"line {n}" for n in range(40_000))).text
    assert text.endswith("line 39999\n")
    assert len(text) <= 400_001
