"""A profile that cannot be opened: the window says what is known, does nothing by itself, and goes on when it is told to."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import Identity
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.last_user import write_last_user
from cadence_desk.settings.paths import Paths
from cadence_desk.store.keys import open_data_key
from cadence_desk.store.owner import Owner
from tests.desk.programs import OFFSCREEN, environment
from tests.unit.store.desk_files import done, enrollment, opened, operation

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.whole
S = OperationState
OWNER = Owner("00D000000000001EAA", "005000000000001AAA")
WHO = Identity(OWNER.org_id, OWNER.user_id, "rep@acme.example", "Rep", "https://127.0.0.1:9")  # type: ignore[arg-type]
NAME = f"data-key-{OWNER.org_id}-{OWNER.user_id}"


def used(home: Path) -> Path:
    """Return the outbox of a profile with a typed call, a waiting one and an enrollment."""
    paths = Paths(home)
    paths.ensure()
    write_last_user(paths.profile("acme"), WHO)
    folder = paths.files("acme", OWNER.org_id, OWNER.user_id)
    cipher = open_data_key(folder, KeyFileSecrets(home.parent / "keys"), NAME, "key file").cipher()
    with opened(folder / "outbox.db", owner=OWNER, with_cipher=cipher) as file:
        waiting = operation("waiting", state=S.QUEUED, target_id="00Q000000000002AAA")
        add = enrollment("add", target_id="00Q000000000003AAA", payload={"assignee_id": "005"})
        done(file.add([operation("typed"), waiting, add]))
        done(file.load())
    return folder / "outbox.db"


def pressed(home: Path, remedy: str) -> dict[str, Any]:
    child = [sys.executable, "-m", "tests.desk.mending_child", str(home), str(home.parent / "keys"), remedy]
    run = subprocess.run(
        child,
        env=environment(home.parent, **OFFSCREEN),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert "Traceback" not in run.stderr, run.stderr
    told: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    assert "failed" not in told, told
    return told


def test_a_damaged_outbox_is_restored_on_the_second_press_and_nothing_is_ready_to_be_sent(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    path = used(home)
    path.write_bytes(path.read_bytes()[:4096])
    told = pressed(home, "restore")
    assert told["title"] == "The file with your waiting changes is damaged"
    assert told["shown"]
    assert told["banners"] == [], "the page says it all"
    assert f"File: {path}" in told["facts"]
    assert any(one.startswith("Backups: outbox-") for one in told["facts"])
    assert "once more" in told["after one press"]
    assert told["answer"].startswith("3 changes restored, with the help of outbox-")
    assert told["outbox"] == {"typed": "draft", "waiting": "in_doubt", "add": "in_doubt"}
    assert told["page is gone"]
    assert list(path.parent.glob("outbox.damaged-*"))


def test_quitting_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = used(home)
    path.write_bytes(b"noise" * 2000)
    before = path.read_bytes()
    told = pressed(home, "quit")
    assert told["shown"]
    assert path.read_bytes() == before


def test_a_lost_key_leaves_what_needs_no_text(tmp_path: Path) -> None:
    home = tmp_path / "home"
    path = used(home)
    KeyFileSecrets(home.parent / "keys").delete(NAME)
    told = pressed(home, "without_texts")
    assert told["title"] == "The key to your notes is missing"
    assert "1 note to 00Q000000000001AAA cannot be read" in told["facts"]
    assert "Need no text and can go on: Add to cadence (1)" in told["facts"]
    assert told["outbox"] == {"typed": "needs_review", "waiting": "needs_review", "add": "queued"}
    assert told["drafts"] == []
    assert path.exists()
