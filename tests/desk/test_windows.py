"""The real window: what is typed outlives its closing, a hanging send holds nothing up, sign-in goes wrong in words."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.programs import OFFSCREEN, environment
from tests.desk.window_child import NOTE

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desk.practice_org import Org

pytestmark = pytest.mark.whole


def played(org: Org, folder: Path, scene: str, *, key_file: bool = True, code: int = 0) -> dict[str, Any]:
    """Play a scene in a window of its own and return what it told; one that is killed tells nothing."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(org.ready), encoding="utf-8")
    keys = {"TEST_KEY_FILE": str(folder / "keys")} if key_file else {}
    done = subprocess.run(
        [sys.executable, "-m", "tests.desk.window_child", scene, str(folder / "home"), str(ready)],
        env=environment(folder, **OFFSCREEN, **keys),
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    assert "failed" not in told, told
    assert done.returncode == code, told
    return told


def test_a_call_that_is_typed_when_the_window_closes_is_there_again(org: Org, tmp_path: Path) -> None:
    assert played(org, tmp_path, "type_and_close")["closed in"] < 5
    told = played(org, tmp_path, "look_for_the_draft")
    assert told["drafts"] == [NOTE]
    assert told["notes"] == NOTE
    assert any("call" in one.lower() for one in told["banners"]), "unfinished calls are told at the start"
    assert told["at first"]["rows"] > 20, "the rows of before are there before the desk is open"
    assert told["at first"]["opening"]
    assert "Test org" in told["at first"]["org"]
    assert len(told["refused"]) == 1, "nobody works on them before it is known what waits"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program in other ways")
@pytest.mark.parametrize(("scene", "code"), [("type_and_terminate", 0), ("type_and_crash", -9)])
def test_a_call_that_is_typed_outlives_a_plain_kill_and_a_crash(
    org: Org, tmp_path: Path, scene: str, code: int
) -> None:
    assert played(org, tmp_path, scene, code=code).get("closed in", 0.0) < 5
    assert played(org, tmp_path, "look_for_the_draft")["notes"] == NOTE


def test_a_second_start_brings_a_small_window_forward(org: Org, tmp_path: Path) -> None:
    assert played(org, tmp_path, "be_called")["left"] == []


def test_a_window_closes_while_an_answer_hangs_and_the_call_is_sent_once(org: Org, tmp_path: Path) -> None:
    after = org.now()
    org.fate("slow_body", match={"method": "PATCH"}, count=1)
    assert played(org, tmp_path, "close_while_sending")["closed in"] < 5.5
    told = played(org, tmp_path, "wait_for_the_call")
    assert told["words"] == "Confirmed", told
    assert len(org.sends("record", "sent into a slow answer", after)) == 1
    assert len(org.query(f"SELECT Id FROM Task WHERE WhoId = '{told['target']}'")) == 1


def test_without_a_key_store_the_notice_shows(org: Org, tmp_path: Path) -> None:
    told = played(org, tmp_path, "see_the_notice", key_file=False)
    assert "this session only" in told["notice"]
    assert told["shown"]


def test_a_canceled_sign_in_can_be_tried_again(org: Org, tmp_path: Path) -> None:
    told = played(org, tmp_path, "cancel_and_try_again")
    assert told["address"] == f"{org.ready['rest_url']}/services/oauth2/authorize"
    assert told["state"] == "signed_in"
    assert told["banners"] == [], "nothing is left to tell"


def test_a_denied_sign_in_is_told_in_a_sentence(org: Org, tmp_path: Path) -> None:
    told = played(org, tmp_path, "deny")
    [banner] = told["denied"]
    assert "den" in banner.lower(), banner
    assert told["state"] == "signed_in"
