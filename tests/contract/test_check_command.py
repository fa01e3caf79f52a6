"""The whole program: `cadence-desk check` against an org that the environment names, and on a practice org of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.contract.client_org import PracticeProcess, running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.whole


@pytest.fixture(scope="module")
def practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PracticeProcess]:
    yield from running("--people", "30", "--home", str(tmp_path_factory.mktemp("authority")))


def desk(
    home: Path, *arguments: str, practice: PracticeProcess | None = None
) -> subprocess.CompletedProcess[str]:
    given = {}
    if practice is not None:
        given = {
            "CADENCE_DESK_ACCESS_TOKEN": practice.ready["access_token"],
            "CADENCE_DESK_INSTANCE_URL": practice.ready["rest_url"],
            "CADENCE_DESK_EVENTS_ENDPOINT": practice.ready["events_endpoint"],
            "CADENCE_DESK_EXTRA_CA": practice.ready["ca_file"],
        }
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CADENCE_DESK")}
    return subprocess.run(
        [sys.executable, "-m", "cadence_desk", "check", "--home", str(home), *arguments],
        env={**environment, **given},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_an_org_of_the_environment(tmp_path: Path, practice: PracticeProcess) -> None:
    done = desk(tmp_path, "--json", practice=practice)
    assert done.returncode == 0, done.stderr
    checks = json.loads(done.stdout)["checks"]
    assert len(checks) >= 16
    assert {one["result"] for one in checks} <= {"pass", "unknown"}
    assert practice.ready["access_token"] not in done.stdout + done.stderr
    practice.control("/settings", {"unavailable_actions": ["assignTargetToSalesCadence"]})
    done = desk(tmp_path, practice=practice)
    assert done.returncode == 1
    assert "FAIL    CADENCE_ACTIONS" in done.stdout
    assert "Fix: Setup >" in done.stdout
    assert not [one.name for one in tmp_path.rglob("*.db")], "a check opens no files"


def test_a_practice_org_of_its_own(tmp_path: Path) -> None:
    done = desk(tmp_path, "--practice", "--people", "30", "--json")
    assert done.returncode == 0, done.stderr
    assert {one["code"] for one in json.loads(done.stdout)["checks"]} >= {"TLS", "EVENTS_TRACKER"}


def test_pages_and_wrong_words(tmp_path: Path) -> None:
    done = desk(tmp_path, "--explain", "call-protection")
    assert done.returncode == 0
    assert "CD_Op_Id" in done.stdout
    done = desk(tmp_path, "--explain", "weather")
    assert (done.returncode, "EVENTS_TASK" in done.stderr) == (2, True)
    assert desk(tmp_path).returncode == 2, "no org is set up"
