"""What was spent is kept by the hour, for a day in figures and for a week as a rate; a broken file costs nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cadence_desk.settings.usage_log import HOUR, UsageLog

if TYPE_CHECKING:
    from pathlib import Path

NOW = 1_790_000_000.0


def test_a_day_by_purpose_and_a_week_as_a_rate(tmp_path: Path) -> None:
    path = tmp_path / "usage.json"
    log = UsageLog()
    log.add(NOW - 30 * HOUR, {"people": 5}, 40, 1800.0)
    log.add(NOW - 2 * HOUR, {"people": 3, "tasks": 4}, 10, 900.0)
    log.add(NOW, {"people": 1}, 10, 900.0)
    log.save(path, NOW)

    seen = UsageLog.load(path)
    assert seen.calls(NOW) == {"people": 4, "tasks": 4}
    assert (seen.rate().events, seen.rate().seconds) == (60, 3600.0)


def test_old_hours_leave(tmp_path: Path) -> None:
    path = tmp_path / "usage.json"
    log = UsageLog()
    log.add(NOW - 9 * 24 * HOUR, {"people": 5}, 40, 1800.0)
    log.save(path, NOW)
    assert UsageLog.load(path).rate().events == 0


@pytest.mark.parametrize(
    "content", [b"", b"[]", b'{"hours": 3}', b'{"hours": {"x": {}}}', b'{"hours": {"1": {"calls": 1}}}']
)
def test_a_broken_file_is_empty(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "usage.json"
    path.write_bytes(content)
    log = UsageLog.load(path)
    assert log.calls(NOW) == {}
    assert log.rate().seconds == 0.0
    assert UsageLog.load(tmp_path / "none.json").calls(NOW) == {}
