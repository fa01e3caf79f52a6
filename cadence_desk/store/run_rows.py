"""Runs as rows of outbox.db, and the receipt that every end of a row lengthens by one link. Imports domain.

Works in the transaction of the caller. Called by OutboxRuns and, for receipts, by OutboxRows.
"""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import FileDamaged, KeyLost
from cadence_desk.domain.operations import OPEN_STATES, Hold, Kind, OperationState
from cadence_desk.domain.planning.pacing import ENDED
from cadence_desk.domain.planning.run import Run, RunPlan, RunState, clear_row, next_link, stored_row

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from cadence_desk.domain.operations import Operation
    from cadence_desk.domain.refusals import PlanRow
    from cadence_desk.store.ciphers import ColumnCipher

_OPEN = ", ".join(f"'{state.value}'" for state in sorted(OPEN_STATES, key=lambda state: state.value))

PART = 500
"""So many rows of a plan share one line of the table."""

_COLUMNS = (
    "run_id, kind, plan_hash, state, wish, created_wall, row_count, wanted, started_wall, ended_wall, hold, why, "
    "outcomes, receipt"
)
_OUTCOME = (
    "INSERT INTO run_outcome (run_id, number, op_id, row_no, seq, target_id, state, server_id, server_code, at_wall, "
    "link) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)


class RunRows:
    """Reads and writes runs and their plans on a connection."""

    def __init__(self, cipher: ColumnCipher) -> None:
        self._cipher = cipher

    def insert(self, connection: sqlite3.Connection, plan: RunPlan) -> None:
        """Add a run with its whole plan."""
        run = plan.run
        values = (
            run.run_id, run.kind.value, run.plan_hash, run.state.value, _text(dict(run.wish)), run.created, run.rows,
            run.wanted, run.started, run.ended, run.hold.value, run.why, run.outcomes, run.receipt,
        )  # fmt: skip
        connection.execute(f"INSERT INTO run ({_COLUMNS}) VALUES ({', '.join('?' * len(values))})", values)
        for part, start in enumerate(range(0, len(plan.rows), PART)):
            rows = plan.rows[start : start + PART]
            names = _text([[row.name, row.detail] for row in rows])
            connection.execute(
                "INSERT INTO run_part (run_id, part, rows, key_id, names_enc) VALUES (?, ?, ?, ?, ?)",
                (
                    run.run_id, part, _text([clear_row(row) for row in rows]), self._cipher.key_id,
                    self._cipher.seal(names, "run_part", f"{run.run_id}:{part}", "names"),
                ),
            )  # fmt: skip

    def write(self, connection: sqlite3.Connection, run: Run) -> None:
        """Store where a run stands."""
        connection.execute(
            "UPDATE run SET state = ?, hold = ?, why = ?, started_wall = ?, ended_wall = ? WHERE run_id = ?",
            (run.state.value, run.hold.value, run.why, run.started, run.ended, run.run_id),
        )

    def get(self, connection: sqlite3.Connection, run_id: str) -> Run | None:
        """Return one run, or None."""
        row = connection.execute(f"SELECT {_COLUMNS} FROM run WHERE run_id = ?", (run_id,)).fetchone()
        return None if row is None else _run(row)

    def all(self, connection: sqlite3.Connection) -> list[Run]:
        """Return all runs, oldest first."""
        rows = connection.execute(f"SELECT {_COLUMNS} FROM run ORDER BY created_wall, run_id").fetchall()
        return [_run(row) for row in rows]

    def plan(self, connection: sqlite3.Connection, run: Run) -> RunPlan:
        """Return a run with its rows. Raises FileDamaged when the plan cannot be read."""
        rows: list[PlanRow] = []
        parts = connection.execute(
            "SELECT part, rows, names_enc FROM run_part WHERE run_id = ? ORDER BY part", (run.run_id,)
        ).fetchall()
        for part, clear, names in parts:
            rows += self._rows(run.run_id, part, clear, names)
        if len(rows) != run.rows:
            raise FileDamaged("The plan of a run cannot be read.")
        return RunPlan(run, rows)

    def _rows(self, run_id: str, part: int, clear: str, names: bytes) -> Iterator[PlanRow]:
        try:
            told = json.loads(clear)
            named = self._names(run_id, part, names) or [["", ""]] * len(told)
            for row, (name, detail) in zip(told, named, strict=True):
                yield stored_row(row, name, detail)
        except (ValueError, KeyError, TypeError, KeyLost) as error:
            raise FileDamaged("The plan of a run cannot be read.") from error

    def _names(self, run_id: str, part: int, sealed: bytes) -> list[list[str]]:
        """Return names and details; none where they were purged, or sealed with a key that was given up."""
        if not sealed or self._cipher.is_given_up(sealed):
            return []
        names: list[list[str]] = json.loads(
            self._cipher.open(sealed, "run_part", f"{run_id}:{part}", "names")
        )
        return names

    @staticmethod
    def is_being_added(connection: sqlite3.Connection, operation: Operation) -> bool:
        """Return True when an earlier add of this target to this cadence has not come to its end."""
        if operation.kind is not Kind.ENROLL:
            return False
        found = connection.execute(
            f"SELECT 1 FROM operation WHERE target_id = ? AND cadence_id = ? AND kind = 'enroll' AND state IN ({_OPEN})",
            (operation.target_id, operation.cadence_id),
        ).fetchone()
        return found is not None

    @staticmethod
    def purge_names(connection: sqlite3.Connection, before: float) -> int:
        """Forget names and details of runs that ended before then (wall seconds); returns how many lines it was."""
        cursor = connection.execute(
            "UPDATE run_part SET names_enc = x'' WHERE names_enc <> x'' AND run_id IN "
            "(SELECT run_id FROM run WHERE ended_wall BETWEEN 1 AND ?)",
            (before,),
        )
        return cursor.rowcount

    @staticmethod
    def receipt_agrees(connection: sqlite3.Connection, run: Run, operations: Sequence[Operation]) -> bool:
        """Return True when the chain leads from the plan to the receipt, and its last word on each row is what is stored."""
        link, last = run.plan_hash, {}
        rows = connection.execute(
            "SELECT number, op_id, row_no, seq, target_id, state, server_id, server_code, link FROM run_outcome "
            "WHERE run_id = ? ORDER BY number",
            (run.run_id,),
        ).fetchall()
        known = {one.op_id: one for one in operations}
        for expected, (number, op_id, row_no, seq, target_id, state, server_id, code, stored) in enumerate(
            rows, 1
        ):
            operation = known.get(op_id)
            if operation is None or number != expected:
                return False
            told = replace(
                operation, row_no=row_no, seq=seq, target_id=target_id, state=OperationState(state),
                server_id=server_id, server_code=code,
            )  # fmt: skip
            link, last[op_id] = next_link(link, number, told), told
            if link != stored:
                return False
        ended = {one.op_id: one.state for one in operations if one.state in ENDED}
        agrees = {op_id: told.state for op_id, told in last.items() if op_id in ended} == ended
        return agrees and len(rows) == run.outcomes and (link == run.receipt or not rows)


def append_outcome(connection: sqlite3.Connection, operation: Operation, at: float) -> None:
    """Lengthen the receipt of a run by the end of one of its rows; does nothing for any other change."""
    if not operation.run_id or operation.state not in ENDED:
        return
    row = connection.execute(
        "SELECT outcomes, receipt, plan_hash FROM run WHERE run_id = ?", (operation.run_id,)
    ).fetchone()
    if row is None:  # made before there were runs
        return
    number, link = int(row[0]) + 1, next_link(row[1] or row[2], int(row[0]) + 1, operation)
    connection.execute(
        _OUTCOME,
        (
            operation.run_id, number, operation.op_id, operation.row_no, operation.seq, operation.target_id,
            operation.state.value, operation.server_id, operation.server_code, at, link,
        ),
    )  # fmt: skip
    connection.execute(
        "UPDATE run SET outcomes = ?, receipt = ? WHERE run_id = ?", (number, link, operation.run_id)
    )


def _run(row: tuple[Any, ...]) -> Run:
    try:
        return Run(
            run_id=row[0], kind=Kind(row[1]), plan_hash=row[2], state=RunState(row[3]), wish=json.loads(row[4]),
            created=row[5], rows=row[6], wanted=row[7], started=row[8], ended=row[9], hold=Hold(row[10]), why=row[11],
            outcomes=row[12], receipt=row[13],
        )  # fmt: skip
    except (ValueError, TypeError) as error:
        raise FileDamaged("A stored run cannot be read.") from error


def _text(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))
