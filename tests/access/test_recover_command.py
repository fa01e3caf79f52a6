"""`cadence-desk recover` on real files: what is damaged or locked away is told, mended on a word, and nothing is sent."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest

from cadence_desk.bootstrap.orgs import ComputerOrgs
from cadence_desk.commands import recover
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import Identity, OrgProfile
from cadence_desk.launch.main import run
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.last_user import write_last_user
from cadence_desk.settings.paths import Paths
from cadence_desk.store.keys import key_name, open_data_key
from cadence_desk.store.owner import Owner
from tests.unit.store.desk_files import done, enrollment, opened, operation

if TYPE_CHECKING:
    from pathlib import Path

S = OperationState
OWNER = Owner("00D000000000001EAA", "005000000000001AAA")
WHO = Identity(OWNER.org_id, OWNER.user_id, "rep@acme.example", "Rep", "https://127.0.0.1:9")  # type: ignore[arg-type]


@pytest.fixture
def outbox(tmp_path: Path) -> Path:
    """Give the outbox of a profile that was used: a waiting call, and an enrollment that needs no text."""
    paths, keys = Paths(tmp_path / "home"), tmp_path / "keys"
    paths.ensure()
    ComputerOrgs(paths, Environment(), keys)._book.add(
        OrgProfile("acme", "Acme", "https://127.0.0.1:9", "id", ("http://localhost:1717/cb",))
    )
    write_last_user(paths.profile("acme"), WHO)
    folder = paths.files("acme", OWNER.org_id, OWNER.user_id)
    cipher = open_data_key(folder, KeyFileSecrets(keys), key_name(OWNER), "key file").cipher()
    with opened(folder / "outbox.db", owner=OWNER, with_cipher=cipher) as file:
        done(file.add([operation("call", state=S.QUEUED), enrollment("add", target_id="00Q2", payload={})]))
        done(file.load())
    return folder / "outbox.db"


def recovered(outbox: Path, *arguments: str) -> int:
    home = outbox.parents[3]
    return run(
        ["recover", "--home", str(home), "--key-file", str(home.parent / "keys"), "--org", "acme", *arguments]
    )


def states(outbox: Path) -> dict[str, OperationState]:
    keys = KeyFileSecrets(outbox.parents[4] / "keys")
    cipher = open_data_key(outbox.parent, keys, key_name(OWNER)).cipher()
    with opened(outbox, owner=OWNER, with_cipher=cipher) as file:
        return {one.op_id: one.state for one in done(file.load())}


def test_a_damaged_file_is_told_exported_and_restored(
    outbox: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert recovered(outbox) == 0
    outbox.write_bytes(outbox.read_bytes()[:4096])
    assert recovered(outbox) == 3
    assert "Only in the backup: 2 changes (2 Waiting)" in capsys.readouterr().out
    table = tmp_path / "out.csv"
    assert recovered(outbox, "--export", str(table)) == 3
    with table.open(encoding="utf-8-sig", newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [(row["id"], row["what was asked"]) for row in rows] == [
        ("call", "notes: note of call"),
        ("add", ""),
    ]
    assert recovered(outbox, "--restore") == 2, "nobody was asked"
    assert recovered(outbox, "--restore", "--yes") == 0
    assert "2 changes restored" in capsys.readouterr().out
    assert states(outbox) == {"call": S.IN_DOUBT, "add": S.IN_DOUBT}
    assert recovered(outbox) == 0


def test_a_recovery_key_brings_the_texts_back(
    outbox: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert recovered(outbox, "--show-key") == 0
    words = capsys.readouterr().out.strip()
    KeyFileSecrets(outbox.parents[4] / "keys").delete(key_name(OWNER))
    assert recovered(outbox) == 3
    told = capsys.readouterr().out
    assert "Key store now: key file with no key" in told
    assert "1 note to 00Q000000000001AAA cannot be read" in told
    monkeypatch.setattr(recover, "getpass", lambda _prompt: "AAAA-BBBB")
    assert recovered(outbox, "--key") == 2
    monkeypatch.setattr(recover, "getpass", lambda _prompt: words)
    assert recovered(outbox, "--key") == 0
    assert states(outbox) == {"call": S.QUEUED, "add": S.QUEUED}


def test_a_new_start_keeps_the_old_file(outbox: Path, capsys: pytest.CaptureFixture[str]) -> None:
    KeyFileSecrets(outbox.parents[4] / "keys").delete(key_name(OWNER))
    assert recovered(outbox, "--start-new", "--yes") == 0
    assert "is kept as outbox.lost-" in capsys.readouterr().out
    assert states(outbox) == {}
    assert len(list(outbox.parent.glob("outbox.lost-*.db"))) == 1
    assert recovered(outbox) == 0


def test_without_texts_what_needs_none_goes_on(outbox: Path) -> None:
    KeyFileSecrets(outbox.parents[4] / "keys").delete(key_name(OWNER))
    assert recovered(outbox, "--restore", "--yes") == 2, "nothing is damaged"
    assert recovered(outbox, "--without-texts", "--yes") == 0
    assert states(outbox) == {"call": S.NEEDS_REVIEW, "add": S.QUEUED}
