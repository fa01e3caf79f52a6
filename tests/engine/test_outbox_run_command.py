"""Runs on the command line: listed, told with their rows, their four files written, by exit codes that tell."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest

from cadence_desk.commands.outbox import EXIT_REFUSED, EXIT_UNCLEAR, EXIT_USAGE, EXIT_WAITS
from tests.engine.fates import Fate
from tests.engine.test_outbox_command import Shell
from tests.engine.test_runs import begun, in_the_middle, people

if TYPE_CHECKING:
    from pathlib import Path

    from tests.engine.conftest import Run
    from tests.engine.rig import Rig


@pytest.fixture
def shell(rig: Rig, run: Run[Any], capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(rig, run, capsys)


def numbers(path: Path) -> list[int]:
    rows = csv.reader(io.StringIO(path.read_text("utf-8-sig")))
    return [int(row[0]) for row in list(rows)[1:]]


def test_the_files_of_a_run_add_up_to_what_came_in(
    shell: Shell, rig: Rig, run: Run[Any], tmp_path: Path
) -> None:
    async def enrolled() -> str:
        targets = await people(rig, 20)
        rig.org.refused_targets[targets[4]] = ("LOCKED", "The target is locked.")
        rig.org.partial_save = True
        started = await begun(rig, [*targets, targets[0]])
        await rig.pass_time(60)
        return started.run_id

    run_id = run(enrolled())
    shell.close_window()
    code, told, _ = shell("runs")
    assert (code, told.split()[0]) == (0, run_id)
    assert "Add to cadence: Outbound: Finished, 21 of 21" in told
    code, told, _ = shell("run", run_id[-8:], file=tmp_path / "report")
    assert code == EXIT_REFUSED
    assert "      19  success" in told
    found = {path.stem.rsplit("-", 1)[1]: numbers(path) for path in (tmp_path / "report").iterdir()}
    assert found["error"] == [5]
    assert found["skipped"] == [21]
    assert found["unverified"] == []
    assert sorted(itertools.chain.from_iterable(found.values())) == list(range(1, 22))
    code, told, _ = shell("run", run_id, as_json=True)
    assert json.loads(told)["rows"] == {"success": 19, "error": 1, "unverified": 0, "skipped": 1}
    assert json.loads(told)["receipt_agrees"]


def test_what_is_unsure_or_not_over_is_told_by_the_exit_code(shell: Shell, rig: Rig, run: Run[Any]) -> None:
    async def doubtful() -> str:
        rig.org.fates.append(Fate.LOST)
        started = await begun(rig, await people(rig, 12))
        await rig.pass_time(30)
        return started.run_id

    run_id = run(doubtful())
    shell.close_window()
    assert shell("run", run_id)[0] == EXIT_UNCLEAR

    async def stopped() -> None:
        await rig.start()
        await rig.pass_time(800)
        await rig.desk.runs.view(run_id)

    run(stopped())
    shell.close_window()
    assert shell("run", run_id)[0] == 0


def test_a_stopped_run_is_not_called_done(shell: Shell, rig: Rig, run: Run[Any]) -> None:
    async def stopped() -> str:
        started = await begun(rig, await people(rig, 30))
        await in_the_middle(rig, 2)
        await rig.desk.runs.stop(started.run_id)
        rig.lanes.held.clear()
        rig.lanes.let_go(len(rig.lanes.waiting))
        await rig.pass_time(60)
        return started.run_id

    run_id = run(stopped())
    shell.close_window()
    code, told, _ = shell("run", run_id)
    assert code == EXIT_WAITS
    assert "Stopped: you stopped it." in told


@pytest.mark.parametrize("ids", [(), ("123456", "654321"), ("abc",), ("0000000000",)])
def test_a_run_that_is_not_there_is_said(ids: tuple[str, ...], shell: Shell, rig: Rig, run: Run[Any]) -> None:
    run(people(rig, 1))
    shell.close_window()
    code, _, said = shell("run", *ids)
    assert code == EXIT_USAGE
    assert "outbox runs" in said
    assert shell("runs")[1].strip() == "Nothing was changed for many at once."
