"""An update that is killed anywhere leaves a file that the next start brings up to date: saved files of every version."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.operations import Kind
from cadence_desk.store.backups import backup_folder
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.outbox_schema import MIGRATIONS
from tests.unit.store.desk_files import done, opened, raw

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation

SAVED = sorted(Path(__file__).parent.glob("outbox_v*.sql"))


def saved(script: Path, path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True)
    with raw(path) as link:
        link.executescript(script.read_text(encoding="utf-8"))


def watched(path: Path, copies: Path) -> type[sqlite3.Connection]:
    """Return connections that leave a copy of the profile before each statement: what a kill there leaves behind."""

    class Watched(sqlite3.Connection):
        @override
        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            target = copies / f"{len(list(copies.iterdir())):03}"
            shutil.copytree(path.parent, target)
            (target / f"{path.name}-shm").unlink(missing_ok=True)
            return super().execute(*arguments)

    return Watched


def read(path: Path, **how: Any) -> list[Operation]:
    with opened(path, boot_id="later", **how) as file:
        return done(file.load())


def test_a_file_of_every_version_but_the_newest_is_saved() -> None:
    assert [int(one.stem.rpartition("v")[2]) for one in SAVED] == sorted(set(MIGRATIONS) - {max(MIGRATIONS)})


@pytest.mark.parametrize("script", SAVED, ids=lambda one: one.stem)
def test_a_kill_in_mid_migration_costs_nothing(script: Path, memory_folder: Path) -> None:
    first = memory_folder / "saved" / "outbox.db"
    saved(script, first)
    with raw(first) as link:
        (version,) = link.execute("PRAGMA user_version").fetchone()
    truth = memory_folder / "truth" / "outbox.db"
    shutil.copytree(first.parent, truth.parent)
    wanted = read(truth)
    copies = memory_folder / "copies"
    copies.mkdir()
    assert read(first, options=FileOptions(connection=watched(first, copies))) == wanted
    left = sorted(copies.iterdir())
    assert len(left) > 40
    versions = set()
    for folder in left:
        with raw(folder / "outbox.db") as link:
            versions.add(link.execute("PRAGMA user_version").fetchone()[0])
        assert read(folder / "outbox.db") == wanted, folder.name
    assert versions >= {version, max(MIGRATIONS)}


def test_what_needs_no_text_is_clear_after_the_update_and_the_rest_is_not(tmp_path: Path) -> None:
    path = tmp_path / "profile" / "outbox.db"
    saved(Path(__file__).parent / "outbox_v3.sql", path)
    kept = {one.op_id: one for one in read(path)}
    assert kept["c"].kind is Kind.ENROLL
    with raw(path) as link:
        rows = {
            op_id: (clear, sealed)
            for op_id, clear, sealed in link.execute(
                "SELECT op_id, payload_clear, payload_enc FROM operation"
            )
        }
    assert rows["c"] == ('{"assignee_id":"005000000000001AAA","cadence_name":"Welcome"}', b"")
    assert rows["a"][0] == "{}"
    assert len(rows["a"][1]) > 20
    assert kept["a"].payload == {"notes": "note of a"}
    assert [one.name for one in backup_folder(path).glob("outbox.before-*")] == [f"outbox.before-v{4}.db"]
