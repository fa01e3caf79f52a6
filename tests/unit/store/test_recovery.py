"""A damaged outbox is never used and never thrown away; what comes back is asked for in the org before it is sent."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import DeskError, FileDamaged, InternalError, WrongOwner
from cadence_desk.domain.operations import OperationState
from cadence_desk.store import recovery
from cadence_desk.store.backups import daily_backups
from cadence_desk.store.owner import Owner
from cadence_desk.store.recovery import SERVER_SECONDS
from tests.unit.store.desk_files import NOON, done, enrollment, opened, operation, outbox, raw

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.store.outbox import OutboxFile

S = OperationState


class Killed(BaseException):
    """The process ends here."""


def filled(path: Path, count: int = 40) -> None:
    with opened(path) as file:
        done(file.add([operation(f"op {number:02}", created=NOON + number) for number in range(count)]))
        done(file.queue([f"op {number:02}" for number in range(count) if number % 2]))
        done(file.move("op 01", S.SENDING, "its turn"))


def found_damaged(path: Path) -> OutboxFile:
    file = outbox(path)
    with pytest.raises(FileDamaged) as told:
        done(file.open())
    assert "Nothing is sent" in told.value.hint
    with pytest.raises(DeskError):
        done(file.move("op 03", S.SENDING, "must not happen"))
    return file


def smash(path: Path) -> None:
    """Overwrite the middle of the file, where rows are."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 4096] = b"\xa5" * 4096
    path.write_bytes(content)


def test_a_damaged_file_is_copied_aside_once_and_kept(outbox_path: Path) -> None:
    filled(outbox_path)
    smash(outbox_path)
    before = outbox_path.read_bytes()
    for _ in range(2):
        assert found_damaged(outbox_path).close(30)
    copies = list(outbox_path.parent.glob("outbox.damaged-*.db"))
    assert [copy.read_bytes() for copy in copies] == [before]
    assert outbox_path.read_bytes() == before


def test_backup_and_salvage_bring_the_notes_back_in_doubt(outbox_path: Path) -> None:
    filled(outbox_path)
    smash(outbox_path)
    file = found_damaged(outbox_path)
    told = done(file.restore())
    assert told.backup.startswith("outbox-2025")
    kept = {one.op_id: one for one in done(file.load())}
    assert len(kept) == told.operations == 40
    assert {one.state for one in kept.values()} <= {S.DRAFT, S.IN_DOUBT}
    assert kept["op 01"].state is S.IN_DOUBT
    assert kept["op 01"].next_try == NOON + SERVER_SECONDS
    assert kept["op 00"].payload == {"notes": "note of op 00"}
    assert told.doubted == sum(one.state is S.IN_DOUBT for one in kept.values())
    done(file.move("op 01", S.SETTLED, "the org has it"))
    assert file.close(30)
    with opened(outbox_path) as again:
        assert len(done(again.load())) == 40
    assert told.kept_as.exists()


def test_a_missing_file_comes_back_from_its_backup(outbox_path: Path) -> None:
    filled(outbox_path)
    outbox_path.unlink()
    file = outbox(outbox_path)
    with pytest.raises(FileDamaged):
        done(file.open())
    assert done(file.restore()).operations == 40
    assert file.close(30)


def test_rows_that_stand_against_each_other_are_told(outbox_path: Path) -> None:
    with opened(outbox_path) as file:
        done(file.add([enrollment("first")]))
        done(file.load())
        done(file.move("first", S.CANCELLED, "by the user"))
        done(file.add([enrollment("second"), operation("third")]))
    with raw(outbox_path) as link:
        link.execute("UPDATE operation SET payload_hash = '' WHERE op_id = 'third'")
        link.execute("UPDATE operation SET row_mark = x'00' WHERE op_id = 'first'")
    file = found_damaged(outbox_path)
    told = done(file.restore())
    assert [one.op_id for one in done(file.load())] == ["second"], "the newer enrollment stands"
    assert (told.operations, told.left_out) == (1, 3), "two that cannot be read, and the older enrollment"
    assert file.close(30)


def test_a_row_that_does_not_prove_itself_stops_the_file(outbox_path: Path) -> None:
    filled(outbox_path)
    with raw(outbox_path) as link:
        link.execute("UPDATE operation SET payload_enc = (SELECT payload_enc FROM operation WHERE op_id = 'op 07') "
                     "WHERE op_id = 'op 05'")  # fmt: skip
    file = found_damaged(outbox_path)
    told = done(file.restore())
    assert (told.operations, told.left_out) == (40, 1)
    assert file.close(30)


def test_a_file_in_use_that_turns_out_damaged_is_not_used_on(outbox_path: Path) -> None:
    with opened(outbox_path) as file:
        done(file.add([operation("a"), operation("b", state=S.QUEUED)]))
        with raw(outbox_path) as link:
            link.execute("UPDATE operation SET payload_enc = x'0102' WHERE op_id = 'a'")
        with pytest.raises(FileDamaged):
            done(file.load())
        with pytest.raises(DeskError, match="not open"):
            done(file.move("b", S.SENDING, "must not happen"))
        assert done(file.restore()).operations >= 1


def test_only_damage_is_restored(outbox_path: Path) -> None:
    filled(outbox_path)
    with opened(outbox_path) as file:
        with pytest.raises(InternalError):
            done(file.restore())
        assert len(done(file.load())) == 40
    other = outbox(outbox_path, owner=Owner("00Dother", "005other"))
    with pytest.raises(WrongOwner):
        done(other.restore())
    assert other.close(30)


@pytest.mark.parametrize("step", ["move_aside", "sync_folder"])
def test_a_recovery_that_is_killed_can_be_asked_for_again(
    outbox_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    filled(outbox_path)
    for backup in daily_backups(outbox_path):
        backup.unlink()
    with raw(outbox_path) as link:
        link.execute("UPDATE operation SET row_mark = x'00' WHERE op_id = 'op 07'")
    file = found_damaged(outbox_path)
    real = getattr(recovery, step)

    def killed(*arguments: object) -> None:
        real(*arguments)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(recovery, step, killed)
        with pytest.raises(Killed):
            done(file.restore())
    assert file.close(30)
    again = outbox(outbox_path)
    with pytest.raises(FileDamaged):
        done(again.open())
    assert done(again.restore()).operations == 39, "all but the one row that could not be read"
    assert again.close(30)
    with opened(outbox_path) as mended:
        assert len(done(mended.load())) == 39


@pytest.mark.parametrize("seed", range(60))
def test_any_damage_ends_in_a_known_way(outbox_path: Path, seed: int) -> None:
    """Bytes are changed, cut or blanked anywhere: the file is refused, or everything in it is true."""
    filled(outbox_path, 12)
    with opened(outbox_path) as file:
        truth = done(file.load())
    dice = random.Random(seed)
    content = bytearray(outbox_path.read_bytes())
    where = dice.randrange(len(content))
    match seed % 3:
        case 0:
            content[where] ^= 1 << dice.randrange(8)
        case 1:
            del content[where:]
        case _:
            content[where : where + 512] = bytes(len(content[where : where + 512]))
    outbox_path.write_bytes(content)
    file = outbox(outbox_path)
    try:
        done(file.open())
        rows = done(file.load())
    except DeskError:
        rows = done(file.restore()).operations * [truth[0]]
        assert len(rows) == 12
        assert all(one.state is not S.QUEUED for one in done(file.load()))
    else:
        assert [one.payload for one in rows] == [one.payload for one in truth]
    assert file.close(30)
