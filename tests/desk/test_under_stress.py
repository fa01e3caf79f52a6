"""The real window: a crash, a shutdown and a full disk cost no words; a safe start sends nothing and lets go again."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.desk.programs import OFFSCREEN, environment
from tests.desk.window_child import NOTE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.desk.practice_org import Org

ENDED = {"settled", "cancelled"}

pytestmark = [
    pytest.mark.whole,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a program in other ways"),
]


def played(org: Org, folder: Path, scene: str, *, home: Path | None = None, code: int = 0) -> dict[str, Any]:
    """Play a scene in a window of its own and return what it told; one that is killed tells nothing."""
    ready = folder / "ready.json"
    ready.write_text(json.dumps(org.ready), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "tests.desk.stress_child", scene, str(home or folder / "home"), str(ready)],
        env=environment(folder, **OFFSCREEN, TEST_KEY_FILE=str(folder / "keys")),
        capture_output=True,
        text=True,
        timeout=70,
        check=False,
    )
    assert "Traceback" not in done.stderr, done.stderr
    told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1]) if done.stdout else {}
    assert "failed" not in told, told
    assert done.returncode == code, (told, done.stderr)
    return told


@pytest.mark.parametrize("scene", ["crash_in_mid_call", "shut_down_in_mid_call"])
def test_every_field_of_a_call_is_there_again_after_the_end(org: Org, tmp_path: Path, scene: str) -> None:
    before, after = date.today(), org.now()  # noqa: DTZ011  # a local day, as on screen
    played(org, tmp_path, scene, code=-9)
    told = played(org, tmp_path, "go_on")
    assert any("1 call note was kept" in one for one in told["banners"])
    assert told["same target"]
    assert told["typed"] == ["Left Voicemail", NOTE, 125]
    assert date.fromisoformat(told["due"]) - before in {timedelta(days=3), timedelta(days=4)}
    assert not org.sends("record", NOTE, after), "nothing was sent that nobody saved"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes."""
    folder = tmp_path / "small"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24m,mode=700", "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode != 0:
        pytest.skip("no small disk can be made here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.mark.skipif(
    not sys.platform.startswith("linux"), reason="a small disk is made with Linux's own means"
)
def test_a_full_disk_keeps_the_words_sends_nothing_and_goes_on_by_itself(
    org: Org, tmp_path: Path, small_disk: Path
) -> None:
    after = org.now()
    told = played(org, tmp_path, "type_on_a_full_disk", home=small_disk)
    assert told["line"].startswith("Not saved: the disk is full.")
    assert told["text"] == NOTE
    assert any("Not saved: the disk is full" in one for one in told["trouble"])
    assert not set(told["states"]) - ENDED, "nothing is marked as sent"
    assert len(org.sends("record", NOTE, after)) == 1


def test_a_safe_start_sends_nothing_gives_the_texts_and_lets_go(org: Org, tmp_path: Path) -> None:
    after = org.now()
    told = played(org, tmp_path, "be_safe_then_normal")
    assert set(told["states"]) - ENDED == {"queued"}
    assert any(one.startswith("Safe mode") for one in told["banners"])
    assert told["exported"]
    assert not any(one.startswith("Safe mode") for one in told["banners after"])
    assert len(org.sends("record", NOTE, after)) == 1


def test_a_link_of_a_second_start_is_shown_before_it_is_followed(org: Org, tmp_path: Path) -> None:
    told = played(org, tmp_path, "follow_a_link")
    assert len(told["asked"]) == 1
