"""After a day's work nothing personal and no token lies readable in a file or was said in a log, DEBUG included."""

from __future__ import annotations

import asyncio
import io
import json
import logging
import re
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from cadence_desk.desk.enrollment import WishInput
from cadence_desk.domain.calls import FollowUp
from tests.desk.rig import CALLS_FIRST, Rig, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
NOTE = "Zimmerpflanze-Kanarienvogel"
FOLLOW_UP = "Rückruf-Kanarienvogel"
TOKENS = re.compile(rb"00D\w{12}(?:\w{3})?!\S{20}|5Aep\S{20}")


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that any library says, at DEBUG."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(logging.Formatter("%(name)s %(message)s"))
    root, web = logging.getLogger(), logging.getLogger("urllib3")
    before = {one: one.level for one in (root, web)}
    root.addHandler(handler)
    for one in before:
        one.setLevel(logging.DEBUG)
    yield said
    root.removeHandler(handler)
    for one, level in before.items():
        one.setLevel(level)


def test_nothing_personal_is_readable_anywhere(org: Org, tmp_path: Path, log: io.StringIO) -> None:
    home = tmp_path / "home"
    home.mkdir()

    async def scenario() -> None:
        rig = Rig(org, home, key_file=tmp_path / "keys")
        try:
            await rig.begin()
            await _a_day(rig)
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())
    rows = org.query("SELECT Name, Email, Phone FROM Lead") + org.query(
        "SELECT Name, Email, Phone FROM Contact"
    )
    secrets = {NOTE, FOLLOW_UP, *(one[name] or "" for one in rows for name in ("Name", "Email", "Phone"))}
    kept = json.loads((tmp_path / "keys").read_text(encoding="utf-8"))["secrets"]
    stored = " ".join(map(str, kept.values()))
    secrets |= set(re.findall(r"5Aep[\w.]{20,}|[\w+/=-]{40,}", stored))
    assert len(secrets) > 300
    words = sorted(one for one in secrets if len(one) >= 8)
    files = [one for one in home.rglob("*") if one.is_file()]
    assert {one.name for one in files} >= {"outbox.db", "cache.db"}
    texts = {str(one.relative_to(home)): one.read_bytes() for one in files}
    texts["the log"] = log.getvalue().encode()
    assert len(texts["the log"]) > 1000, "libraries did speak"
    found = [
        f"{word[:6]}… in {place}"
        for place, text in texts.items()
        for word in words
        if any(form in text for form in _forms(word))
    ]
    found += [f"a token in {place}" for place, text in texts.items() if TOKENS.search(text)]
    assert found == []


def _forms(word: str) -> list[bytes]:
    """Return how a word may be written down."""
    return [
        word.encode(),
        word.encode("utf-16-le"),
        quote(word).encode(),
        quote_plus(word).encode(),
        json.dumps(word)[1:-1].encode(),
    ]


async def _a_day(rig: Rig) -> None:
    """Log calls, add people, meet every kind of trouble."""
    org = rig.org
    calls = await rig.running(3)
    outside, added, lost = rig.free(3)
    refused = next(one for one in rig.free(6) if one.startswith("00Q"))
    for tracker in calls:
        await rig.log(tracker, NOTE)
    org.fate("bad_payload", match={"method": "PATCH"})
    org.fate("commit_then_drop", match={"method": "PATCH"}, after=1)
    org.control("/tokens", {"action": "expire", "user": rig.me})
    for target in (outside, lost):
        draft = await rig.desk.calls.begin(target, None)
        draft.result, draft.notes = rig.result().text, f"{NOTE} with {target}"
        draft.follow_up = FollowUp(FOLLOW_UP, date(2026, 12, 1))
        await rig.desk.calls.save(draft)
    wish = WishInput(rig.cadence(CALLS_FIRST), rig.me)
    rows = await rig.desk.enrollment.preview([added, str(calls[0].target_id)], wish)
    await rig.desk.enrollment.start(rows, wish)
    draft = await rig.desk.calls.begin(refused, None)
    draft.result, draft.notes = rig.result().text, f"{NOTE} refused"
    org.delete("Lead", refused)
    await rig.desk.calls.save(draft)
    kept = await rig.desk.calls.begin(rig.free(1)[0], None)
    kept.notes = f"{NOTE} draft"
    await rig.desk.calls.keep(kept)
    await rig.ended(*(str(one.target_id) for one in calls), outside, lost, added, refused, seconds=15)
    org.stream("corrupt", count=2)
    org.edit(
        "Lead", next(str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))), Title=NOTE
    )
    org.stream("drop", status="INTERNAL")
    await until(lambda: not org.control("/fates")["fates"], "every disturbance was met")
    await rig.at_rest()
