"""Reads that come back spoiled, limits that are reached, files and ports that cannot be used."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from cadence_desk.domain.changes import FeedState
from cadence_desk.domain.errors import DeskError, FileDamaged
from cadence_desk.domain.operations import Kind
from tests.desk.rig import Rig, desk_over, equal, options, titles, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
SPOILED: tuple[dict[str, Any], ...] = (
    {"fate": "status", "status": 503, "body": "<html>wait</html>", "headers": {"Content-Type": "text/html"}},
    {"fate": "status", "status": 500},
    {"fate": "status", "status": 429},
    {"fate": "truncate", "count": 40},
    {"fate": "bad_payload"},
    {"fate": "bad_payload", "body": "{}"},
    {"fate": "bad_payload", "body": '{"done": true}'},
    {"fate": "bad_payload", "body": '{"records": [{"Id": "nonsense"}], "done": true, "totalSize": 1}'},
    {"fate": "bad_payload", "body": '{"records": null, "done": true}'},
    {"fate": "bad_payload", "body": "[[[[1]]]]"},
    {"fate": "reset"},
    {"fate": "drop_before_commit"},
    {"fate": "delay", "seconds": 0.2},
)


@pytest.mark.parametrize("part", [0, 1])
def test_spoiled_reads_are_read_again_and_nothing_wrong_is_shown(org: Org, tmp_path: Path, part: int) -> None:
    async def scenario() -> None:
        async with desk_over(
            org, tmp_path, options(live=False, poll_seconds=0.2), state=FeedState.POLLING
        ) as rig:
            leads = [str(one.id) for one in rig.people(lambda one: one.id.startswith("00Q"))][-3:]
            version = f"v{rig.desk.capabilities.api_version.removeprefix('v')}"
            assert version != "v66.0", "what the test itself asks is not spoiled"
            for number, spoiled in enumerate(SPOILED[part::2]):
                for resource in ("query", "composite"):
                    org.fate(**spoiled, match={"path": f"/services/data/{version}/{resource}*"})
                titles(org, leads, f"spoiled {number}")
                try:
                    await equal(rig)
                except AssertionError as wrong:
                    raise AssertionError(f"after {spoiled}: {wrong}") from None
                org.control("/fates", method="DELETE")
                rig.desk._session.require_engine().monitor.try_now()

    asyncio.run(scenario())


def test_a_used_up_daily_limit_holds_the_work_and_says_so(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [tracker] = await rig.running(1)
            target = str(tracker.target_id)
            org.settings(api_daily_limit=1)
            await rig.log(tracker, "beyond the limit")
            await until(
                lambda: "Waiting: the org's limit" in rig.states_of(target, Kind.LOG_CALL), "the call waits"
            )
            org.settings(api_daily_limit=100_000)
            await rig.confirmed(target)

    asyncio.run(scenario())


# ---------------------------------------------------------------- ports


@pytest.fixture
def taken_ports(org: Org) -> Iterator[contextlib.ExitStack]:
    """Somebody else listens on every port that the sign-in may come back to."""
    with contextlib.ExitStack() as stack:
        for uri in org.ready["desk_redirect_uris"]:
            port = urlsplit(uri).port or 0
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
            with contextlib.suppress(OSError):
                stack.enter_context(socket.create_server(("::1", port), family=socket.AF_INET6))
        yield stack


def test_taken_sign_in_ports_are_told_and_the_next_try_works(
    org: Org, tmp_path: Path, taken_ports: contextlib.ExitStack
) -> None:
    async def scenario() -> None:
        rig = Rig(org, tmp_path)
        try:
            await rig.desk.start()
            with pytest.raises(DeskError) as told:
                await rig.sign_in()
            assert "port" in f"{told.value.message} {told.value.hint}".lower()
            assert rig.desk.sign_in.state == "signed_out"
            taken_ports.close()
            await rig.sign_in()
            await rig.at_rest()
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())


# ---------------------------------------------------------------- files


def _file(folder: Path, name: str) -> Path:
    [found] = folder.rglob(name)
    return found


@pytest.mark.parametrize("damage", ["garbage", "cut", "empty", "gone"])
def test_a_damaged_cache_is_read_anew(org: Org, tmp_path: Path, damage: str) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            await rig.desk.stop()
            cache = _file(tmp_path, "cache.db")
            content = cache.read_bytes()
            if damage == "gone":
                cache.unlink()
            else:
                cache.write_bytes({"garbage": b"no database" * 999, "cut": content[:5000]}.get(damage, b""))
            rig.desk = rig._open()
            await rig.desk.start()
            await rig.at_rest()
            await equal(rig)

    asyncio.run(scenario())


def test_a_damaged_outbox_is_told_and_not_overwritten(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with desk_over(org, tmp_path) as rig:
            [target] = rig.free(1)
            draft = await rig.desk.calls.begin(target, None)
            draft.notes = "in the damaged file"
            await rig.desk.calls.keep(draft)
            await rig.desk.stop()
            outbox = _file(tmp_path, "outbox.db")
            damaged = b"no database" * 999
            outbox.write_bytes(damaged)
            rig.desk = rig._open()
            with pytest.raises(FileDamaged):
                await rig.desk.start()
            kept = [one.read_bytes() for one in outbox.parent.iterdir() if one.is_file()]
            assert damaged in kept, "somebody may yet rescue it"

    asyncio.run(scenario())


def test_a_key_file_that_others_can_read_is_refused_in_words(org: Org, tmp_path: Path) -> None:
    async def scenario() -> None:
        keys = tmp_path / "keys"
        keys.write_text("{}", encoding="utf-8")
        keys.chmod(0o644)
        rig = Rig(org, tmp_path / "home", key_file=keys)
        try:
            with pytest.raises(DeskError) as told:
                await rig.desk.start()
            assert told.value.message
            keys.unlink()
            await rig.sign_in()
            await rig.at_rest()
        finally:
            await rig.desk.stop()

    asyncio.run(scenario())
