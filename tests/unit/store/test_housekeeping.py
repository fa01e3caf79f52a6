"""Once a week, and at the start of a small file, an outbox is checked as a whole: an index that lies is damage, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.domain.errors import FileDamaged, StoreError
from cadence_desk.domain.operations import OperationState
from tests.unit.store.desk_files import StillClock, done, opened, operation, outbox, raw

if TYPE_CHECKING:
    from pathlib import Path

S = OperationState
DAY = 86_400.0


def lie(path: Path) -> None:
    """Make an index stand for another column than it was filled from: rows are found that are not meant."""
    with raw(path) as link:
        link.execute("PRAGMA writable_schema=ON")
        link.execute(
            "UPDATE sqlite_master SET sql = replace(sql, '(state)', '(kind)') WHERE name = 'operation_by_state'"
        )
        (version,) = link.execute("PRAGMA schema_version").fetchone()
        link.execute(f"PRAGMA schema_version={version + 1}")
    with raw(path) as link:
        assert link.execute("PRAGMA quick_check").fetchone() == ("ok",), "the quick check does not see it"


def test_the_weekly_check_stops_a_file_that_is_in_use(outbox_path: Path) -> None:
    clock = StillClock()
    with opened(outbox_path, clock=clock) as file:
        done(file.add([operation("a"), operation("b", state=S.QUEUED, target_id="00Q2")]))
        done(file.load())
        lie(outbox_path)
        clock.now += 2 * DAY
        done(file.keep_house())
        assert len(done(file.load())) == 2, "checked two days ago"
        clock.now += 6 * DAY
        done(file.keep_house())
        with pytest.raises(StoreError, match="not open"):
            done(file.move("b", S.SENDING, "must not happen"))


def test_a_small_file_is_checked_as_a_whole_at_every_start(outbox_path: Path) -> None:
    with opened(outbox_path) as file:
        done(file.add([operation("a"), operation("b", state=S.QUEUED, target_id="00Q2")]))
        done(file.load())
    lie(outbox_path)
    file = outbox(outbox_path)
    with pytest.raises(FileDamaged):
        done(file.open())
    assert done(file.restore()).operations == 2
    assert {one.state for one in done(file.load())} == {S.DRAFT, S.IN_DOUBT}
    assert file.close(30)
