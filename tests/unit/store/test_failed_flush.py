"""A commit whose flush failed was told as failed: it does not come back, neither at once nor after a crash."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import StoreError
from cadence_desk.domain.operations import OperationState
from cadence_desk.store.connections import FileOptions
from tests.unit.store.desk_files import done, opened, operation, raw
from tests.unit.store.failing_disk import FailingDisk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="wraps the file layer of SQLite on Linux only"
)
S = OperationState


@pytest.fixture
def disk() -> Iterator[FailingDisk]:
    with FailingDisk("failing") as one:
        yield one


def crash(path: Path) -> Path:
    """Return a copy of the files as a killed process leaves them."""
    left = path.parent.with_name("after the crash")
    shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(path.parent, left)
    (left / "outbox.db-shm").unlink(missing_ok=True)
    return left / path.name


def states(path: Path) -> dict[str, OperationState]:
    with opened(path, boot_id="next start") as file:
        return {one.op_id: one.state for one in done(file.load())}


def test_one_failed_flush_leaves_nothing_behind(outbox_path: Path, disk: FailingDisk) -> None:
    with opened(outbox_path, options=FileOptions(connection=disk.connection())) as file:
        done(file.add([operation("before")]))
        done(file.load())  # behind the day's backup, which flushes too
        disk.left = 1
        with pytest.raises(StoreError):
            done(file.add([operation("told as failed", state=S.QUEUED)]))
        assert disk.failed == 1
        assert states(crash(outbox_path)) == {"before": S.DRAFT}
        done(file.add([operation("after", state=S.QUEUED)]))
        assert {one.op_id for one in done(file.load())} == {"before", "after"}
        assert states(crash(outbox_path)) == {"before": S.DRAFT, "after": S.QUEUED}


def test_while_no_flush_works_nothing_is_written_and_a_crash_brings_nothing_back(
    outbox_path: Path, disk: FailingDisk
) -> None:
    with opened(outbox_path, options=FileOptions(connection=disk.connection())) as file:
        done(file.add([operation("typed"), operation("before")]))
        done(file.load())
        disk.left, disk.dies = -1, True
        with pytest.raises(StoreError):
            done(file.add([operation("told as failed", state=S.QUEUED)]))
        left = crash(outbox_path)
        with raw(left) as link:
            found = link.execute("SELECT state FROM operation WHERE op_id = 'told as failed'").fetchone()
        assert found == ("queued",), "this is what the promise is about: it lies in the log"
        with pytest.raises(StoreError):
            done(file.move("before", S.CANCELLED, "by the user"))
        assert states(crash(outbox_path)) == {
            "typed": S.DRAFT, "before": S.DRAFT, "told as failed": S.CANCELLED,
        }  # fmt: skip
        disk.left = 0
        done(file.queue(["typed"]))
        assert {one.op_id: one.state for one in done(file.load())} == {"typed": S.QUEUED, "before": S.DRAFT}
        assert states(crash(outbox_path)) == {"typed": S.QUEUED, "before": S.DRAFT}


def test_a_call_whose_saving_was_told_as_failed_is_a_draft_again(
    outbox_path: Path, disk: FailingDisk
) -> None:
    with opened(outbox_path, options=FileOptions(connection=disk.connection())) as file:
        done(file.add([operation("call"), operation("sent", state=S.QUEUED)]))
        done(file.load())
        disk.left, disk.dies = -1, True
        with pytest.raises(StoreError):
            done(file.queue(["call"]))
        left = crash(outbox_path)
        with opened(left, boot_id="next start") as after:
            assert after.report.taken_back == 1
            kept = {one.op_id: one for one in done(after.load())}
            assert kept["call"].state is S.DRAFT
            assert kept["call"].payload == {"notes": "note of call"}
            why = [event.why for event in done(after.history("call"))]
            assert why[-1] == "the commit before this was told as failed"
            done(after.queue(["call"]))
        disk.left = 0
