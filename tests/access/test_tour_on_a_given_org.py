"""The tour on an org that only the environment names: nothing of a practice launcher, and reasons for what is skipped."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.house.source_tree import ROOT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole
NEVER_SKIPPED = {
    "Sign in",
    "Lists fill",
    "Filter as you type",
    "Filter, sort, scroll it all",
    "Add three, one refused",
    "Log a call",
    "A colleague's change",
    "Pause and resume",
    "Board equals the org",
    "Command palette",
    "Quit",
}
STEERED = "Event stream cut and back"
BLOCKER = """
import sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.startswith(("cadence_desk.launch.practice_process.", "cadence_desk.practice")):
            raise ImportError("the tour on a given org starts nothing")
sys.meta_path.insert(0, Blocked())
from cadence_desk.launch.main import run
sys.exit(run(sys.argv[1:]))
"""


def tour(org: Org, folder: Path, *arguments: str, **variables: str) -> tuple[int, dict[str, Any], str]:
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "CADENCE_DESK_ACCESS_TOKEN": org.ready["access_token"],
        "CADENCE_DESK_INSTANCE_URL": org.ready["rest_url"].replace("localhost", "127.0.0.1"),
        "CADENCE_DESK_EVENTS_ENDPOINT": org.ready["events_endpoint"].replace("localhost", "127.0.0.1"),
        "CADENCE_DESK_EXTRA_CA": org.ready["ca_file"],
        **variables,
    }
    file = folder / "tour.json"
    command = [sys.executable, "-c", BLOCKER, "tour", "--out", str(folder / "pictures"), "--json", str(file)]
    done = subprocess.run(
        [*command, *arguments],
        env=environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    report = json.loads(file.read_text()) if file.exists() else {}
    assert org.ready["access_token"] not in done.stdout + done.stderr + json.dumps(report)
    return done.returncode, report, done.stderr


def test_every_journey_that_the_org_can_do(org: Org, tmp_path: Path) -> None:
    home = tmp_path / "home"
    code, report, told = tour(org, tmp_path, "--home", str(home))
    results = {one["name"]: one for one in report.get("journeys", [])}
    assert (code, report.get("ok")) == (0, True), [one for one in results.values() if not one["ok"]] or told
    assert {name for name, one in results.items() if one["skipped"]} == {STEERED}
    assert set(results) >= NEVER_SKIPPED
    [place] = (home / "profiles").iterdir()
    assert f"{org.ready['organization_id']}-{org.me}" in {one.name for one in place.iterdir()}
    changed = [
        one
        for one in org.history()
        if one["kind"] == "invocation" and one["path"].rpartition("/")[0].endswith("Lead")
    ]
    titles = [one["body"]["Title"] for one in changed if one["method"] == "PATCH" and one["body"]]
    assert len(titles) == 2, "changed from outside, and put back"


def test_what_the_org_cannot_do_is_skipped_with_a_reason(org: Org, tmp_path: Path) -> None:
    org.settings(
        unavailable_actions=["pauseSalesCadenceTracker", "assignTargetToSalesCadence"], selected_entities=[]
    )
    code, report, told = tour(org, tmp_path)
    results = {one["name"]: one for one in report.get("journeys", [])}
    assert code == 0, [one for one in results.values() if not one["ok"]] or told
    skipped = {name: one["skipped"] for name, one in results.items() if one["skipped"]}
    assert set(skipped) == {STEERED, "Add three, one refused", "Pause and resume", "A colleague's change"}
    assert "does not offer" in skipped["Add three, one refused"]
    assert "no change events are selected" in skipped["A colleague's change"]


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        ({"CADENCE_DESK_ACCESS_TOKEN": "00D!nobody"}, "does not accept the access token"),
        ({"CADENCE_DESK_EXTRA_CA": ""}, "not trusted"),
    ],
)
def test_an_org_that_does_not_let_in(org: Org, tmp_path: Path, variables: dict[str, str], words: str) -> None:
    code, report, told = tour(org, tmp_path, **variables)
    assert code == 1, told
    [first, *_] = report["journeys"]
    assert (first["ok"], words in first["detail"]) == (False, True), first


def test_without_an_org_it_says_so(org: Org, tmp_path: Path) -> None:
    code, report, told = tour(org, tmp_path, CADENCE_DESK_ACCESS_TOKEN="", CADENCE_DESK_INSTANCE_URL="")
    assert (code, report) == (2, {})
    assert "Start it with --practice, or name an org" in told
