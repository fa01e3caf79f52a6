"""kill -9 while notes are written: every note that was acknowledged is there, in its state or one step further."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.operations import TRANSITIONS, Operation, OperationState
from tests.unit.store.desk_files import done, opened, raw

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parents[2]
KILLS = 24
S = OperationState


def run_and_kill(folder: Path, first: int, boot_id: str, lines: int) -> list[tuple[str, OperationState]]:
    """Start the writing process, kill it after so many lines, and return everything it said."""
    command = [sys.executable, "-m", "tests.engine.store_child", str(folder), str(first), boot_id]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout is not None
        said = [child.stdout.readline() for _ in range(lines)]
        child.kill()
        said += child.stdout.read().splitlines(keepends=True)
    assert all(line.endswith("\n") for line in said), said
    return [(op_id, OperationState(state)) for op_id, state in (line.split() for line in said)]


def check(acknowledged: Mapping[str, OperationState], kept: Mapping[str, Operation]) -> None:
    """Compare what was promised with what is in the file."""
    assert acknowledged.keys() <= kept.keys()
    for op_id, promised in acknowledged.items():
        found = kept[op_id]
        assert found.state is promised or found.state in TRANSITIONS[promised], (op_id, promised, found.state)
        assert found.payload == {"notes": f"the note of {op_id.replace('-', ' ')} " * 20}


def test_no_acknowledged_note_is_lost_to_kill_nine(tmp_path: Path) -> None:
    dice = random.Random(7)
    promised: dict[str, OperationState] = {}
    for number in range(KILLS):
        boot_id = f"boot {number}"
        promised |= dict(run_and_kill(tmp_path, number * 1_000_000, boot_id, dice.randint(1, 60)))
        with raw(tmp_path / "outbox.db") as link:
            assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        with opened(tmp_path / "outbox.db", boot_id=boot_id) as file:
            kept = {one.op_id: one for one in done(file.load())}
            check(promised, kept)
            promised |= {op_id: one.state for op_id, one in kept.items()}
    assert len(promised) > KILLS
    with opened(tmp_path / "outbox.db", boot_id="last") as file:
        done(file.adopt_foreign())
        assert all(one.state is not S.SENDING for one in done(file.load()))
