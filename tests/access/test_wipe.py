"""Wipe removes sign-in, secrets and files, says what it could not, and asks before unsent work is lost."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from cadence_desk.bootstrap.opening import open_profile
from cadence_desk.bootstrap.orgs import ComputerOrgs
from cadence_desk.domain.operations import OperationState
from cadence_desk.domain.orgs import OrgProfile
from cadence_desk.launch.main import run
from cadence_desk.settings.environment import Environment
from cadence_desk.settings.key_file import KeyFileSecrets
from cadence_desk.settings.paths import Paths
from cadence_desk.store.keys import open_data_key
from tests.unit.store.desk_files import OWNER, done, opened, operation

if TYPE_CHECKING:
    from pathlib import Path

S = OperationState
CLOSED = "https://127.0.0.1:9"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """Two orgs that were used, with a sign-in and files of a user each; their servers are gone."""
    paths, keys = Paths(tmp_path / "home"), KeyFileSecrets(tmp_path / "keys.json")
    paths.ensure()
    book = ComputerOrgs(paths, Environment(), tmp_path / "keys.json")
    for key in ("acme", "other"):
        book._book.add(OrgProfile(key, key.title(), CLOSED, "id", ("http://localhost:1717/cb",)))
        keys.write(f"{key}/refresh-token", json.dumps({"refresh_token": f"secret of {key}"}))
        folder = paths.files(key, OWNER.org_id, OWNER.user_id)
        name = f"data-key-{folder.name}"
        cipher = open_data_key(folder, keys, name, "key file").cipher()
        with opened(folder / "outbox.db", with_cipher=cipher) as file:
            done(file.add([operation(f"note of {key}")]))
            done(file.move(f"note of {key}", S.CANCELLED, "by the user"))
    paths.preferences.write_text("{}")
    paths.logs.mkdir()
    (paths.logs / "desk.log").write_text("a line")
    return paths.root


def wipe(home: Path, *arguments: str) -> int:
    return run(["wipe", "--home", str(home), "--key-file", str(home.parent / "keys.json"), *arguments])


def secrets(home: Path) -> set[str]:
    content = json.loads((home.parent / "keys.json").read_text())
    return set(content["secrets"])


def test_one_org_is_removed_and_the_other_is_not_touched(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wipe(home, "--org", "acme", "--yes") == 1
    out, err = capsys.readouterr()
    assert "removed the sign-in on this computer" in out
    assert "did not confirm" in err, "its server cannot be reached"
    assert not (home / "profiles" / "acme").exists()
    shared = f"data-key-{OWNER.org_id}-{OWNER.user_id}"
    assert secrets(home) == {"other/refresh-token", shared}, "the same user's files elsewhere need that key"
    assert (home / "profiles" / "other").is_dir()
    assert (home / "logs" / "desk.log").exists()
    assert wipe(home, "--org", "acme", "--yes") == 2


def test_everything_is_removed_but_what_is_not_ours(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (home / "letter.txt").write_text("mine")
    assert wipe(home, "--all", "--yes") == 1
    assert "letter.txt" in capsys.readouterr().err
    assert [one.name for one in home.iterdir()] == ["letter.txt"]
    assert secrets(home) == set()


def test_unsent_work_is_counted_and_in_the_way(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = Paths(home).files("acme", OWNER.org_id, OWNER.user_id)
    keys = KeyFileSecrets(home.parent / "keys.json")
    cipher = open_data_key(folder, keys, f"data-key-{folder.name}", "key file").cipher()
    with opened(folder / "outbox.db", with_cipher=cipher) as file:
        done(file.add([operation("waits", state=S.QUEUED), operation("typed", target_id="00Q2")]))
    assert wipe(home, "--org", "acme", "--yes") == 4
    assert "acme has 2 changes" in capsys.readouterr().err
    assert (folder / "outbox.db").exists()
    assert wipe(home, "--org", "acme", "--yes", "--even-unsent") == 1
    assert not folder.exists()


def test_nobody_is_asked_without_a_terminal_and_nothing_is_removed(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert wipe(home, "--org", "acme") == 2
    assert wipe(home, "--yes") == 2
    assert wipe(home, "--org", "nobody", "--yes") == 2
    assert "--org KEY" in capsys.readouterr().err
    assert (home / "profiles" / "acme").is_dir()


def test_an_org_that_is_open_is_left_alone(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = Paths(home)
    held = open_profile(OrgProfile("acme", "Acme", CLOSED, "id", ()), paths)
    try:
        assert wipe(home, "--org", "acme", "--yes") == 75
        assert "open in a window" in capsys.readouterr().err
        assert (home / "profiles" / "acme").is_dir()
    finally:
        held.close()
