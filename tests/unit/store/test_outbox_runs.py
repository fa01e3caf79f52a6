"""Runs in the outbox: a plan is stored whole, rows enter once, every end of a row lengthens the receipt, files add up."""

from __future__ import annotations

import csv
import io
import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.domain.errors import BadValue, FileDamaged, StoreError
from cadence_desk.domain.operations import Hold, Kind, OperationState
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.planning.run import RUN_TRANSITIONS, Run, RunPlan, RunState, plan_hash
from cadence_desk.domain.record_ids import RecordId
from cadence_desk.domain.refusals import PlanRow, RefusalCode, Verdict
from cadence_desk.store.outbox_schema import MIGRATIONS
from cadence_desk.store.run_rows import RunRows
from tests.unit.store.desk_files import CADENCE, NOON, done, enrollment, opened, raw

if TYPE_CHECKING:
    from cadence_desk.domain.operations import Operation
    from cadence_desk.store.outbox import OutboxFile

S = OperationState
SAVED_V2 = Path(__file__).parent / "outbox_v2.sql"
WISH = {"cadence_id": CADENCE, "assignee_id": "005000000000001AAA"}


def target(number: int) -> RecordId:
    return RecordId(f"00Q{number:012d}AAA")


def planned(count: int, *refused: int, names: str = "=1+1 Person {}") -> RunPlan:
    rows = [
        PlanRow(target(number), names.format(number), Verdict.REFUSED, RefusalCode.DO_NOT_CALL)
        if number in refused
        else PlanRow(target(number), names.format(number), Verdict.WILL_ADD)
        for number in range(1, count + 1)
    ]
    wanted = count - len(refused)
    hashed = plan_hash(Kind.ENROLL, WISH, rows)
    return RunPlan(Run("run", Kind.ENROLL, hashed, RunState.PLANNED, WISH, NOON, count, wanted), rows)


def row(number: int, **values: Any) -> Operation:
    given = {"run_id": "run", "row_no": number, "target_id": target(number)}
    return enrollment(f"row {number}", **{**given, **values})


def go(file: OutboxFile, number: int, *states: OperationState, **fields: Any) -> None:
    for state in states:
        last = fields if state is states[-1] else {}
        done(file.move(f"row {number}", state, "test", **last))


def mixed(file: OutboxFile) -> None:
    """A run of eight rows, each in another place: two of them refused in the preview."""
    done(file.runs.plan(planned(8, 2, 5), [row(1)]))
    done(file.runs.enter([row(number) for number in (3, 4, 6, 7)]))
    done(file.runs.turn("run", RunState.RUNNING))
    go(file, 1, S.SENDING, S.ACCEPTED, S.SETTLED, evidence={"tracker_id": "77E1"})
    go(file, 3, S.SENDING, S.REFUSED, server_code="LOCKED", server_text="@locked by =HYPERLINK()")
    go(file, 4, S.SENDING, S.IN_DOUBT)
    go(file, 6, S.SENDING, S.ACCEPTED)


def test_a_plan_and_its_first_rows_are_there_as_a_whole_or_not_at_all(file: OutboxFile) -> None:
    with pytest.raises(BadValue):
        done(file.runs.plan(planned(3), [row(1), row(1)]))
    assert done(file.runs.load()) == []
    assert done(file.load()) == []
    done(file.runs.plan(planned(1_200, 7), [row(1)]))
    kept = done(file.runs.read_plan("run"))
    assert kept == planned(1_200, 7)
    assert kept.run.plan_hash == plan_hash(Kind.ENROLL, WISH, kept.rows)
    with pytest.raises(BadValue, match="no such run"):
        done(file.runs.report("another"))


def test_a_row_enters_once_and_not_beside_an_earlier_add(file: OutboxFile) -> None:
    done(file.add([enrollment("earlier", target_id=target(2))]))
    _run, entered = done(file.runs.plan(planned(3), [row(1), row(2)]))
    assert [one.state for one in entered] == [S.QUEUED, S.CANCELLED]
    with pytest.raises(BadValue, match="already"):
        done(file.runs.enter([replace(row(1), op_id="again")]))
    ledger = done(file.runs.report("run"))
    assert [one.bin for one in ledger.rows] == [Bin.SKIPPED] * 3
    assert ledger.rows[1].code == "ALREADY_IN_THIS_CADENCE"
    assert "on its way" in ledger.rows[1].reason
    assert ledger.whole


def test_only_the_changes_of_state_of_the_domain_are_stored(file: OutboxFile, outbox_path: Path) -> None:
    done(file.runs.plan(planned(1), []))
    done(file.runs.turn("run", RunState.HOLDING, "The org is busy.", Hold.ORG_LIMIT))
    assert done(file.runs.load())[0].words == "On hold: The org is busy."
    done(file.runs.turn("run", RunState.STOPPED, "You stopped it."))
    with pytest.raises(BadValue, match="stopped"):
        done(file.runs.turn("run", RunState.RUNNING))
    with raw(outbox_path) as link:
        for after in RunState:
            if after is not RunState.STOPPED and after not in RUN_TRANSITIONS[RunState.STOPPED]:
                with pytest.raises(sqlite3.IntegrityError, match="not allowed"):
                    link.execute("UPDATE run SET state = ?", (after.value,))
        for sql in ("DELETE FROM run", "UPDATE run SET wanted = 0", "UPDATE run SET plan_hash = ''"):
            with pytest.raises(sqlite3.IntegrityError):
                link.execute(sql)


def test_every_input_row_is_in_exactly_one_file(file: OutboxFile, tmp_path: Path) -> None:
    mixed(file)
    folder = tmp_path / "reports" / "today"
    paths = done(file.runs.write_report("run", folder))
    assert [path.name.rsplit("-", 1)[1] for path in paths] == [f"{one.value}.csv" for one in Bin]
    assert {stat.S_IMODE(path.stat().st_mode) for path in paths} == {0o600}
    assert sorted(folder.iterdir()) == sorted(paths), "no half file is left"
    found = {path: list(csv.reader(io.StringIO(path.read_text("utf-8-sig")))) for path in paths}
    numbers = [[int(one[0]) for one in lines[1:]] for lines in found.values()]
    assert numbers == [[1], [3], [4, 6], [2, 5, 7, 8]]
    success, error, unverified, skipped = found.values()
    assert success[0] == [
        "Row", "Target", "Target record id", "Outcome", "Code", "Reason", "Tracker or task record id", "Attempts",
    ]  # fmt: skip
    assert success[1][1:] == ["'=1+1 Person 1", target(1), "Confirmed", "", "", "77E1", "1"]
    assert error[1][4:6] == ["LOCKED", "'@locked by =HYPERLINK()"]
    assert [one[3] for one in unverified[1:]] == ["In doubt: checking with Salesforce", "Saved by Salesforce"]
    assert [one[3] for one in skipped[1:]] == ["Not added", "Not added", "Waiting", "Not sent"]


def test_a_report_that_cannot_be_written_leaves_the_earlier_one(
    file: OutboxFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mixed(file)
    before = {path: path.read_bytes() for path in done(file.runs.write_report("run", tmp_path))}
    go(file, 4, S.SETTLED)

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("cadence_desk.store.report_files.os.fsync", full)
    with pytest.raises(StoreError, match="full"):
        done(file.runs.write_report("run", tmp_path))
    assert {path: path.read_bytes() for path in tmp_path.glob("*.csv")} == before
    assert not list(tmp_path.glob(".*"))
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(StoreError, match="could not be written"):
        done(file.runs.write_report("run", blocked / "folder"))


def test_the_receipt_is_a_chain_over_the_ends_of_rows(file: OutboxFile, outbox_path: Path) -> None:
    mixed(file)
    assert done(file.runs.report("run")).whole
    first = done(file.runs.load())[0]
    go(file, 4, S.NEEDS_REVIEW)
    go(file, 4, S.SETTLED)
    run = done(file.runs.load())[0]
    assert (first.outcomes, run.outcomes) == (2, 4)
    assert run.receipt != first.receipt
    assert done(file.runs.report("run")).whole
    with raw(outbox_path) as link:
        for sql in ("DELETE FROM run_outcome", "UPDATE run_outcome SET state = 'refused'"):
            with pytest.raises(sqlite3.IntegrityError, match="append only"):
                link.execute(sql)


@pytest.mark.parametrize(
    "sql",
    [
        "DELETE FROM run_outcome WHERE number = 2",
        "UPDATE run_outcome SET state = 'settled' WHERE number = 2",
        "UPDATE run_outcome SET server_code = '' WHERE number = 2",
        "UPDATE run SET receipt = 'x'",
        "UPDATE run SET outcomes = 1",
    ],
)
def test_whoever_touches_ledger_or_receipt_is_seen(file: OutboxFile, outbox_path: Path, sql: str) -> None:
    mixed(file)
    with raw(outbox_path) as link:
        for guard in ("outcome_appended", "outcome_kept", "operation_moves"):
            link.execute(f"DROP TRIGGER {guard}")
        link.execute(sql)
    assert not done(file.runs.report("run")).whole


def test_whoever_touches_a_row_is_seen_before_any_report(file: OutboxFile, outbox_path: Path) -> None:
    mixed(file)
    with raw(outbox_path) as link:
        link.execute("DROP TRIGGER operation_moves")
        link.execute("UPDATE operation SET state = 'settled' WHERE op_id = 'row 3'")
    with pytest.raises(FileDamaged):
        done(file.runs.report("run"))


def test_names_are_sealed_and_can_be_forgotten(file: OutboxFile, outbox_path: Path) -> None:
    done(file.runs.plan(planned(3, names="Erika Mustermann {}"), []))
    found = [path for path in outbox_path.parent.iterdir() if path.name.startswith("outbox.db")]
    assert not any(b"Mustermann" in path.read_bytes() for path in found)
    assert done(file._writer.commit(lambda link: RunRows.purge_names(link, NOON + 1))) == 0
    done(file.runs.turn("run", RunState.STOPPED))
    assert done(file._writer.commit(lambda link: RunRows.purge_names(link, NOON + 1))) == 1
    assert [one.name for one in done(file.runs.report("run")).rows] == ["", "", ""]


def test_a_saved_file_from_before_there_were_runs_is_brought_up_to_date(outbox_path: Path) -> None:
    outbox_path.parent.mkdir(mode=0o700)
    with raw(outbox_path) as link:
        link.executescript(SAVED_V2.read_text(encoding="utf-8"))
    with opened(outbox_path, boot_id="later") as file:
        assert done(file.runs.load()) == []
        assert [one.op_id for one in done(file.adopt_foreign())] == ["row 2"]
        go(file, 1, S.SETTLED)
        assert {one.op_id: one.state for one in done(file.load())} == {
            "a": S.QUEUED, "b": S.DRAFT, "row 1": S.SETTLED, "row 2": S.IN_DOUBT, "row 3": S.QUEUED,
        }  # fmt: skip
        done(file.runs.plan(planned(9), [row(9)]))
    with raw(outbox_path) as link:
        assert link.execute("PRAGMA user_version").fetchone()[0] == max(MIGRATIONS)
    (kept,) = outbox_path.parent.joinpath("backups").glob("outbox.before-v3.db")
    with raw(kept) as link:
        assert link.execute("PRAGMA user_version").fetchone()[0] == 2
