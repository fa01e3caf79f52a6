"""The log holds what helps and nothing personal, turns its files over, and never stands in anybody's way."""

from __future__ import annotations

import json
import logging
import os
import stat
import sys
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from cadence_desk.launch import desk_log
from cadence_desk.launch.desk_log import DeskLog
from cadence_desk.launch.terse import TerseFormatter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger("cadence_desk.test")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[DeskLog]:
    made = DeskLog(tmp_path / "logs")
    made.begin()
    yield made
    made.end()


def lines(log: DeskLog) -> list[dict[str, Any]]:
    """End the log and return what it holds."""
    log.end()
    return [json.loads(line) for line in log._files.path.read_text("utf-8").splitlines()]  # type: ignore[union-attr]


def test_a_line_is_json_with_both_clocks_and_the_codes(log: DeskLog) -> None:
    _log.info(
        "status %d after %.1f s", 503, 1.25, extra={"op_id": "0192f0c1", "status": 503, "note": "secret"}
    )
    [line] = lines(log)
    assert line.pop("at").endswith("+00:00")
    assert line.pop("mono") > 0
    assert line == {
        "level": "INFO",
        "from": "cadence_desk.test",
        "words": "status 503 after 1.2 s",
        "op_id": "0192f0c1",
        "status": 503,
    }


class Person:
    """Tells its name to whoever formats it."""

    @override
    def __str__(self) -> str:
        return "Maya Lindqvist"

    __repr__ = __str__


def test_nothing_personal_and_no_secret_is_written(log: DeskLog) -> None:
    _log.warning("server said: %s", "mail maya@example.com, call +44 20 7946 0018, Bearer abcdef123456")
    _log.warning("about %s", Person())
    _log.warning("token %s", "00D000000000001!AQEAQFtestTEST")
    try:
        dict[Person, str]()[Person()]
    except KeyError:
        _log.warning("it failed", exc_info=True)
    logging.getLogger("urllib3.connectionpool").warning("GET %s", "/query?q=SELECT Maya")
    logging.getLogger("other").warning("Maya said this")
    told = lines(log)
    text = json.dumps(told)
    for secret in ("Maya", "maya@", "7946", "abcdef123456", "AQEAQF"):
        assert secret not in text, secret
    assert told[1]["words"] == "about Person"
    assert told[3]["fault"].startswith("CD-1900-")
    assert told[4]["words"] == "GET %s"


def test_the_files_turn_over_and_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(desk_log, "FILE_BYTES", 2_000)
    log = DeskLog(tmp_path / "logs")
    log.begin()
    for number in range(200):
        _log.info("line %d", number)
    log.end()
    files = sorted((tmp_path / "logs" / "window-1").glob("desk.jsonl*"))
    assert len(files) == desk_log.FILES
    assert all(file.stat().st_size <= 2_000 for file in files)
    if os.name == "posix":
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    newest = json.loads(files[0].read_text("utf-8").splitlines()[-1])
    assert newest["words"] == "line 199"


def test_two_windows_write_to_folders_of_their_own(log: DeskLog, tmp_path: Path) -> None:
    second = DeskLog(tmp_path / "logs")
    second.begin()
    second.end()
    assert log.own_folder != second.own_folder
    third = DeskLog(tmp_path / "logs")
    third.begin()
    third.end()
    assert third.own_folder == second.own_folder, "a folder is free again when its window has gone"


def test_a_disk_that_hangs_or_fails_costs_lines_only(
    log: DeskLog, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(json, "dumps", lambda *_a, **_k: 1 / 0)
    _log.info("a line that cannot be made")
    monkeypatch.undo()
    monkeypatch.setattr(os, "open", _full_disk)
    for number in range(desk_log.WAITING + 50):
        _log.info("line %d", number)
    log.end()
    assert log.lost > 0
    assert "Traceback" not in capsys.readouterr().err


def _full_disk(*_arguments: object, **_options: object) -> int:
    raise OSError(28, "No space left on device")


def test_a_folder_that_cannot_be_made_means_no_log(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("a file", encoding="utf-8")
    log = DeskLog(tmp_path / "logs")
    log.begin()
    _log.info("unheard")
    log.end()
    assert log.own_folder is None


def test_the_terminal_hears_where_an_error_is_and_not_what_it_says() -> None:
    record = _log.makeRecord(_log.name, logging.ERROR, "", 0, "it failed", (), None)
    try:
        dict[str, int]()[str(Person())]
    except KeyError:
        record.exc_info = sys.exc_info()
    told = TerseFormatter("%(message)s").format(record)
    assert told.startswith("it failed")
    assert "KeyError" in told
    assert "Maya" not in told
