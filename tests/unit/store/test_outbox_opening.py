"""An outbox is used only when it is whole, ours, not too new and readable; whatever is wrong, nothing is lost."""

from __future__ import annotations

import sqlite3
import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.domain.errors import (
    FileBusy,
    FileDamaged,
    FileTooNew,
    KeyLost,
    StoreError,
    WrongOwner,
)
from cadence_desk.domain.operations import OperationState
from cadence_desk.store import connections
from cadence_desk.store.backups import daily_backups
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.mending import OutboxMending, read_states
from cadence_desk.store.outbox_schema import MIGRATIONS
from cadence_desk.store.owner import Owner
from tests.unit.store.desk_files import (
    OWNER,
    StillClock,
    cipher,
    done,
    enrollment,
    opened,
    operation,
    outbox,
    raw,
)

if TYPE_CHECKING:
    from cadence_desk.store.outbox import OutboxFile

S = OperationState
DAY = 86_400.0
SAVED_V1 = Path(__file__).parent / "outbox_v1.sql"


def filled(path: Path, **how: object) -> bytes:
    """Make a closed outbox with one note and return its bytes."""
    with opened(path, **how) as file:
        done(file.add([operation("a", state=S.QUEUED), operation("b")]))
    return path.read_bytes()


def refused(file: OutboxFile, error: type[StoreError | KeyLost]) -> str:
    """Expect that opening fails and that nothing works then; return the words."""
    with pytest.raises(error) as told:
        done(file.open())
    with pytest.raises(StoreError):
        done(file.move("a", S.SENDING, "must not happen"))
    with pytest.raises(StoreError):
        done(file.load())
    assert file.close(30)
    return f"{told.value.message} {told.value.hint}"


def test_the_promised_pragmas_are_in_force(file: OutboxFile, outbox_path: Path) -> None:
    link = done(file._writer.run(lambda connection: [
        connection.execute(f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys", "trusted_schema", "secure_delete")
    ]))  # fmt: skip
    assert link == ["wal", 2, 1, 0, 1]
    assert done(file._writer.run(lambda connection: connection.isolation_level)) is None


def test_files_are_private(file: OutboxFile, outbox_path: Path) -> None:
    done(file.add([operation("a")]))
    found = [path for path in outbox_path.parent.rglob("*") if path.is_file()]
    assert {path.name for path in found} >= {"outbox.db", "outbox.db-wal", "outbox.db-shm"}
    assert {stat.S_IMODE(path.stat().st_mode) for path in found} == {0o600}
    folders = [outbox_path.parent, *(path for path in outbox_path.parent.rglob("*") if path.is_dir())]
    assert {stat.S_IMODE(path.stat().st_mode) for path in folders} == {0o700}


def test_an_existing_open_folder_is_narrowed(outbox_path: Path) -> None:
    outbox_path.parent.mkdir(mode=0o755)
    outbox_path.touch(mode=0o644)
    filled(outbox_path)
    assert stat.S_IMODE(outbox_path.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(outbox_path.stat().st_mode) == 0o600


def test_another_writer_is_told_at_once(outbox_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "BUSY_SECONDS", 0.01)
    with opened(outbox_path) as file, raw(outbox_path) as intruder:
        intruder.execute("BEGIN IMMEDIATE")
        with pytest.raises(FileBusy):
            done(file.add([operation("a")]))
        intruder.execute("ROLLBACK")
        done(file.add([operation("a")]))
        assert len(done(file.load())) == 1


def test_a_disk_that_cannot_keep_its_promise_is_refused(outbox_path: Path) -> None:
    class Careless(sqlite3.Connection):
        @override
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            return super().execute(sql.replace("synchronous=FULL", "synchronous=OFF"), *values)

    assert "safely enough" in refused(
        outbox(outbox_path, options=FileOptions(connection=Careless)), StoreError
    )


def test_a_network_folder_gets_another_journal_and_a_word(outbox_path: Path) -> None:
    options = FileOptions(on_network=lambda _: True)
    with opened(outbox_path, options=options) as file:
        assert "network folder" in file.report.note
        done(file.add([operation("a")]))
        journal = done(file._writer.run(lambda link: link.execute("PRAGMA journal_mode").fetchone()[0]))
        level = done(file._writer.run(lambda link: link.execute("PRAGMA synchronous").fetchone()[0]))
        assert (journal, level) == ("delete", 3)
        assert len(done(file.load())) == 1


@pytest.mark.parametrize("other", [Owner("00Dother", OWNER.user_id), Owner(OWNER.org_id, "005other")])
def test_another_user_or_org_is_refused(outbox_path: Path, other: Owner) -> None:
    before = filled(outbox_path)
    refused(outbox(outbox_path, owner=other), WrongOwner)
    assert outbox_path.read_bytes() == before
    with opened(outbox_path) as file:
        assert len(done(file.load())) == 2


def test_a_newer_file_is_refused_unchanged(outbox_path: Path) -> None:
    filled(outbox_path)
    with raw(outbox_path) as link:
        link.execute(f"PRAGMA user_version={max(MIGRATIONS) + 1}")
        link.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    before = outbox_path.read_bytes()
    refused(outbox(outbox_path), FileTooNew)
    assert outbox_path.read_bytes() == before


def test_a_saved_older_file_is_brought_up_to_date(outbox_path: Path) -> None:
    outbox_path.parent.mkdir(mode=0o700)
    with raw(outbox_path) as link:
        link.executescript(SAVED_V1.read_text(encoding="utf-8"))
    with opened(outbox_path, boot_id="later") as file:
        assert [(one.op_id, one.state) for one in done(file.load())] == [("a", S.DRAFT), ("b", S.SENDING)]
        assert done(file.load())[0].payload == {"notes": "note of a"}
        assert [one.after for one in done(file.history("b"))] == [S.QUEUED, S.SENDING]
        assert [one.op_id for one in done(file.adopt_foreign())] == ["b"]
    with raw(outbox_path) as link:
        assert link.execute("PRAGMA user_version").fetchone()[0] == max(MIGRATIONS)
    (kept,) = outbox_path.parent.joinpath("backups").glob("outbox.before-v2.db")
    with raw(kept) as link:
        assert link.execute("PRAGMA user_version").fetchone()[0] == 1


def test_a_lost_key_never_means_an_empty_outbox(outbox_path: Path) -> None:
    before = filled(outbox_path)
    file = outbox(outbox_path, with_cipher=cipher(b"x" * 32, "k2"))
    with pytest.raises(KeyLost, match="not at hand"):
        done(file.open())
    with pytest.raises(StoreError):
        done(file.add([operation("new")]))
    clear = read_states(outbox_path)
    assert [(one.op_id, one.kind, one.state) for one in clear] == [
        ("a", "log_call", "queued"),
        ("b", "log_call", "draft"),
    ]
    assert outbox_path.read_bytes() == before
    assert file.close(30)
    with opened(outbox_path) as again:
        assert len(done(again.load())) == 2


def test_the_same_key_id_with_another_key_is_no_key(outbox_path: Path) -> None:
    filled(outbox_path)
    refused(outbox(outbox_path, with_cipher=cipher(b"x" * 32)), KeyLost)


def test_a_person_can_set_an_unreadable_outbox_aside(outbox_path: Path) -> None:
    before = filled(outbox_path)
    other = cipher(b"x" * 32, "k2")
    file = outbox(outbox_path, with_cipher=other)
    with pytest.raises(KeyLost):
        done(file.open())
    assert file.close(30)
    lost = OutboxMending(outbox_path, OWNER, other, StillClock()).set_aside()
    assert lost.states == {"queued": 1, "draft": 1}
    assert lost.path.read_bytes() == before
    with opened(outbox_path, with_cipher=other) as new:
        done(new.add([operation("new")]))
        assert [one.op_id for one in done(new.load())] == ["new"]


def test_what_a_session_key_sealed_is_over_at_the_next_start_and_the_rest_goes_on(outbox_path: Path) -> None:
    with opened(outbox_path, with_cipher=cipher(b"1" * 32, "s1", durable=False)) as file:
        done(
            file.add(
                [
                    operation("typed"),
                    operation("saved", state=S.QUEUED),
                    operation("on its way", state=S.QUEUED),
                ]
            )
        )
        done(file.add([enrollment("add", payload={"assignee_id": "005"})]))
        done(file.move("on its way", S.SENDING, "its turn"))
    with opened(outbox_path, with_cipher=cipher(b"2" * 32, "s2", durable=False)) as file:
        assert file.report.lost is not None
        assert file.report.lost.states == {"draft": 1, "queued": 1, "sending": 1}
        kept = {one.op_id: one.state for one in done(file.load())}
        assert kept == {
            "typed": S.CANCELLED, "saved": S.CANCELLED, "on its way": S.NEEDS_REVIEW, "add": S.QUEUED,
        }  # fmt: skip
        assert done(file.adopt_foreign()) == []
        assert done(file.move("add", S.SENDING, "its turn")).payload == {"assignee_id": "005"}


def test_a_copy_is_made_once_a_day_and_three_are_kept(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        done(file.load())
        assert daily_backups(outbox_path) == []
        for number in range(5):
            done(file.add([operation(f"op {number}")]))
            done(file.add([operation(f"op {number} b")]))
            clock.now += DAY
        done(file.load())
        kept = daily_backups(outbox_path)
        assert [path.name for path in kept] == [f"outbox-202506{day}.db" for day in (17, 18, 19)]
    with opened(kept[-1]) as copy:
        assert len(done(copy.load())) == 9


def test_a_missing_file_with_backups_is_damage_and_not_a_new_start(outbox_path: Path) -> None:
    filled(outbox_path)
    outbox_path.unlink()
    assert "gone or empty" in refused(outbox(outbox_path), FileDamaged)
    outbox_path.touch()
    refused(outbox(outbox_path), FileDamaged)


def test_an_empty_file_without_backups_is_a_new_start(outbox_path: Path) -> None:
    outbox_path.parent.mkdir()
    outbox_path.touch()
    with opened(outbox_path) as file:
        assert done(file.load()) == []
