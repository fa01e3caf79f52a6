"""Texts of what is over are gone after some days, from the file, its log and its copies; what proves it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.operations import OperationState
from cadence_desk.store.backups import daily_backups
from cadence_desk.store.connections import FileOptions
from cadence_desk.store.mending import OutboxMending
from tests.unit.store.desk_files import NOON, OWNER, StillClock, cipher, done, opened, operation, raw

if TYPE_CHECKING:
    from pathlib import Path

    from cadence_desk.store.outbox import OutboxFile

S = OperationState
DAY = 86_400.0
SENT = ("settled", "refused and replaced", "canceled")


def sealed(path: Path) -> list[bytes]:
    """Return every sealed value of what is over."""
    with raw(path) as link:
        rows = link.execute(
            "SELECT payload_enc, expect_enc, evidence_enc, server_text_enc FROM operation WHERE op_id <> 'open'"
        ).fetchall()
        rows += link.execute("SELECT why_enc FROM operation_event WHERE op_id <> 'open'").fetchall()
    return [value for row in rows for value in row if value]


def hits(path: Path, values: list[bytes]) -> list[str]:
    """Return the files in which one of these values stands."""
    files = [one for one in path.parent.rglob("*") if one.is_file()]
    return sorted(one.name for one in files if any(value in one.read_bytes() for value in values))


def work(file: OutboxFile) -> None:
    """End three operations in three ways, with every text there is; a fourth stays open."""
    for op_id in (*SENT, "open"):
        done(file.add([operation(op_id, expect={"note": "as typed"}, target_id=f"00Q{op_id}")]))
        done(file.queue([op_id]))
    done(file.move("settled", S.SENDING, "its turn", evidence={"step": "Call", "task_id": "00T1"}))
    done(file.move("settled", S.ACCEPTED, "answered", server_id="00T1"))
    done(file.move("settled", S.SETTLED, "the org agrees"))
    done(file.move("refused and replaced", S.SENDING, "its turn"))
    done(file.move("refused and replaced", S.REFUSED, "a no", server_text="She is not to be called"))
    done(file.move("refused and replaced", S.SUPERSEDED, "edited and saved again"))
    done(file.move("canceled", S.CANCELLED, "by the user"))


def test_after_a_week_no_byte_of_the_texts_is_left(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        work(file)
        done(file.load())
        texts = sealed(outbox_path)
        assert len(texts) > 15
        clock.now = NOON + DAY
        done(file.add([operation("of the next day", target_id="00Qnext")]))
        done(file.load())
        assert len(daily_backups(outbox_path)) == 2
        assert len(hits(outbox_path, texts)) > 1
        clock.now = NOON + 6.9 * DAY
        done(file.keep_house())
        assert hits(outbox_path, texts)
        clock.now = NOON + 8 * DAY
        done(file.keep_house())
        assert hits(outbox_path, texts) == []
        kept = {one.op_id: one for one in done(file.load())}
        assert (kept["settled"].state, kept["settled"].server_id, kept["settled"].payload) == (
            S.SETTLED,
            "00T1",
            {},
        )
        assert kept["settled"].evidence == {"task_id": "00T1"}
        assert kept["open"].payload == {"notes": "note of open"}
        assert [event.why for event in done(file.history("settled"))] == [""] * 5
        assert len({event.after for event in done(file.history("settled"))}) == 5
    with opened(outbox_path, clock=clock) as again:
        assert len(done(again.load())) == 5


def test_the_start_removes_too_and_the_days_can_be_chosen(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        work(file)
        done(file.load())
        texts = sealed(outbox_path)
    clock.now += 1
    with opened(outbox_path, clock=clock, options=FileOptions(keep_days=365.0)) as file:
        done(file.keep_house())
        assert hits(outbox_path, texts)
    with opened(outbox_path, clock=clock, options=FileOptions(keep_days=0.0)) as file:
        done(file.load())
        done(file.keep_house())
        assert hits(outbox_path, texts) == []


def test_a_backup_learns_what_ended_and_nobody_sends_it_without_its_text(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        done(file.add([operation("settled", target_id="00Q1")]))
        done(file.queue(["settled"]))
        done(file.load())
        clock.now += DAY
        done(
            file.add([operation("open", target_id="00Q2")])
        )  # the backup of this day shows the first as waiting
        done(file.load())
        done(file.move("settled", S.SENDING, "its turn"))
        done(file.move("settled", S.ACCEPTED, "answered"))
        done(file.move("settled", S.SETTLED, "the org agrees"))
        clock.now += 8 * DAY
        done(file.keep_house())
    for backup in daily_backups(outbox_path):
        with raw(backup) as link:
            found = link.execute(
                "SELECT state, payload_enc FROM operation WHERE op_id = 'settled'"
            ).fetchall()
        assert found == [("settled", b"")]
    outbox_path.write_bytes(b"noise" * 1000)
    state = OutboxMending(outbox_path, OWNER, cipher(), clock)
    assert state.look().damage is not None
    assert state.restore().operations == 2
    with opened(outbox_path, clock=clock) as file:
        kept = {one.op_id: one.state for one in done(file.load())}
        assert kept == {"settled": S.SETTLED, "open": S.DRAFT}


def test_a_copy_that_cannot_be_read_does_not_keep_texts(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        work(file)
        done(file.load())
        backup = daily_backups(outbox_path)[0]
        backup.write_bytes(backup.read_bytes()[:5000])
        clock.now += 8 * DAY
        done(file.keep_house())
        assert [one.name for one in daily_backups(outbox_path)] == ["outbox-20250623.db"]


@pytest.mark.parametrize("state", [S.QUEUED, S.DRAFT])
def test_what_is_not_over_is_kept_however_old(outbox_path: Path, state: OperationState) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        done(file.add([operation("old", state=state)]))
        clock.now += 400 * DAY
        done(file.keep_house())
        assert done(file.load())[0].payload == {"notes": "note of old"}
