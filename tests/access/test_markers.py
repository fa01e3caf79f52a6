"""No token, cookie, code or verifier is left anywhere: planted words are looked for in all that a desk leaves behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.access.canary import ACCESS, CODE, COOKIE, REFRESH, VERIFIER
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.whole, pytest.mark.skipif(sys.platform == "win32", reason="os.abort")]
MARKS = (ACCESS, REFRESH, CODE, COOKIE, VERIFIER)
LOGGED = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, filename=sys.argv.pop(1), force=True)
logging.basicConfig = lambda **more: None
logging.Logger.setLevel = lambda logger, level: None
from cadence_desk.launch.main import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.access.marked_org", "--json", "--people", "40", "--seed", "5"]
    home = tmp_path_factory.mktemp("marked org")
    with subprocess.Popen(
        [*command, "--home", str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        found: dict[str, Any] = json.loads(process.stdout.readline())
        assert ACCESS in found["access_token"]
        yield found
        process.stdin.close()


def found_in(text: bytes) -> list[str]:
    return [mark for mark in MARKS if mark.encode() in text]


def files_with_marks(folder: Path, besides: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    found = {
        str(path.relative_to(folder)): found_in(path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and path.name not in besides
    }
    return {name: marks for name, marks in found.items() if marks}


def test_a_desk_that_meets_every_trouble_and_crashes(ready: dict[str, Any], tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    ready_file = tmp_path / "ready.json"
    ready_file.write_text(json.dumps(ready))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "tests.access.marked_desk", str(ready_file), str(home)],
        cwd=ROOT,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == -6, done.stderr[-3000:].decode()
    assert b"a thread dies" in done.stderr
    assert b"Fatal Python error: Aborted" in (home / "crash.txt").read_bytes()
    assert len((home / "debug.log").read_bytes()) > 20_000, "everything was logged"
    assert done.stdout.count(b"Traceback") > 10, "many things went wrong"
    assert found_in(done.stdout) == []
    assert found_in(done.stderr) == []
    assert files_with_marks(home, frozenset({"keys"})) == {}
    kept = b"".join(path.read_bytes() for path in home.rglob("keys"))
    assert found_in(kept) == [REFRESH], "a key file holds refresh tokens, and nothing else of these"


def test_a_window_on_a_given_org(ready: dict[str, Any], tmp_path: Path) -> None:
    home, out = tmp_path / "home", tmp_path / "out"
    token = _fresh_token(ready)
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONASYNCIODEBUG": "1",
        "TMPDIR": str(tmp_path),
        "CADENCE_DESK_ACCESS_TOKEN": token,
        "CADENCE_DESK_INSTANCE_URL": ready["rest_url"],
        "CADENCE_DESK_EVENTS_ENDPOINT": ready["events_endpoint"],
        "CADENCE_DESK_EXTRA_CA": ready["ca_file"],
    }
    arguments = ["tour", "--out", str(out), "--json", str(tmp_path / "tour.json"), "--home", str(home)]
    done = subprocess.run(
        [sys.executable, "-c", LOGGED, str(tmp_path / "debug.log"), *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:].decode()
    assert found_in(done.stdout + done.stderr) == []
    assert len((tmp_path / "debug.log").read_bytes()) > 10_000
    assert files_with_marks(tmp_path) == {}


def _fresh_token(ready: dict[str, Any]) -> str:
    import ssl
    import urllib.request

    address = f"{ready['rest_url']}/services/oauth2/token?grant_type=client_credentials&client_id={ready['client_id']}"
    tls = ssl.create_default_context(cafile=ready["ca_file"])
    with urllib.request.urlopen(urllib.request.Request(address, b"{}"), context=tls) as answer:
        return str(json.load(answer)["access_token"])
