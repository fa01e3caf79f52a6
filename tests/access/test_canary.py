"""Marks in every secret and every personal field: after a day with every trouble and two crashes none is left anywhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.access import canary
from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.whole, pytest.mark.skipif(sys.platform == "win32", reason="fork and signals")]


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    command = [sys.executable, "-m", "tests.access.marked_org", "--json", "--people", "60", "--seed", "5"]
    home = tmp_path_factory.mktemp("marked org of the day")
    with subprocess.Popen(
        [*command, "--home", str(home)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield json.loads(process.stdout.readline())
        process.stdin.close()


def key_lines(ready: dict[str, Any]) -> tuple[str, ...]:
    """Return the lines of the private key that signs statements."""
    lines = Path(ready["jwt_key_file"]).read_text(encoding="ascii").splitlines()
    return tuple(line for line in lines if len(line) == 64)


def test_a_day_with_every_trouble_and_two_crashes_leaves_no_mark(
    ready: dict[str, Any], tmp_path: Path
) -> None:
    home, folder, temporary = tmp_path / "home", tmp_path / "where it runs", tmp_path / "temp"
    for one in (home, folder, temporary):
        one.mkdir()
    ready_file = tmp_path / "ready.json"
    ready_file.write_text(json.dumps(ready))
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "tests.access.marked_day", str(ready_file), str(home)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        capture_output=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, canary.pattern().sub(b"[mark]", done.stderr[-3000:]).decode()
    for name in ("abort", "segv"):
        assert f"{name}: died True, core False".encode() in done.stdout, "no image of the memory is written"
        assert b"Fatal Python error" in (home / f"crash-{name}.txt").read_bytes()
    names = {one.name for one in home.rglob("*") if one.is_file()}
    assert {"outbox.db", "cache.db", "debug.log", "desk.jsonl", "versions.json", "proc-environ"} <= names
    assert len((home / "debug.log").read_bytes()) > 20_000, "everything was logged"
    (bundled,) = home.glob("bundle/*/window-1-desk.jsonl")
    assert "could not be read" in bundled.read_text(encoding="utf-8"), (
        "support hears of events that were not read"
    )
    words = (*canary.MARKS, *key_lines(ready))
    assert canary.files_with_marks(tmp_path, words=words) == {}
    assert canary.found_in(done.stdout + done.stderr, words) == []
    kept = b"".join(path.read_bytes() for path in home.rglob("keys"))
    assert canary.found_in(kept, canary.PERSONAL) == [], "a key file holds keys and tokens, and nothing else"
    assert canary.PROXY_PASSWORD.encode() in kept


@pytest.mark.parametrize("word", canary.MARKS)
def test_a_mark_would_be_found(word: str, tmp_path: Path) -> None:
    written = [tmp_path / str(number) for number in range(len(canary.forms(word)))]
    for path, form in zip(written, canary.forms(word), strict=True):
        path.write_bytes(b"\0" * 4096 + form + b"\0" * 100)
    found = canary.files_with_marks(tmp_path)
    for path in written:
        path.unlink()  # the run as a whole is looked through as well
    assert len(found) == len(written)
