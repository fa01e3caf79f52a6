"""A process that writes notes until it is killed, and says after each commit what it was promised.

Run as ``python -m tests.engine.store_child FOLDER FIRST BOOT``; a line is ``op_id state``.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

from cadence_desk.domain.operations import OperationState
from tests.unit.store.desk_files import done, operation, outbox

S = OperationState


def say(op_id: str, state: OperationState) -> None:
    """Tell the parent in one system call, so that a kill cannot cut a line in two."""
    os.write(1, f"{op_id} {state.value}\n".encode())


def main(folder: Path, first: int, boot_id: str) -> None:
    """Write notes for ever."""
    file = outbox(folder / "outbox.db", boot_id=boot_id)
    done(file.open())
    for one in done(file.adopt_foreign()):
        say(one.op_id, one.state)
    number = first
    while True:
        op_id = f"op {number}"
        number += 1
        done(file.add([operation(op_id.replace(" ", "-"), payload={"notes": f"the note of {op_id} " * 20})]))
        op_id = op_id.replace(" ", "-")
        say(op_id, S.DRAFT)
        done(file.queue([op_id]))
        say(op_id, S.QUEUED)
        for to in (S.SENDING, S.ACCEPTED, S.SETTLED)[: number % 4]:
            done(file.move(op_id, to, "going on"))
            say(op_id, to)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
