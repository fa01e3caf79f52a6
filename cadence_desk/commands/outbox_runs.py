"""`cadence-desk outbox runs` and `outbox run`: where many changes at once stand, and the four files of their ledger.

Called by the outbox command. Exit codes: 0 every row that was to be changed is confirmed, 1 some were refused, 3 some are
not confirmed, 4 the run is not over, or was stopped.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from cadence_desk.domain.errors import BadValue
from cadence_desk.domain.planning.ledger import Bin
from cadence_desk.domain.planning.run import RunState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cadence_desk.desk.desk import Desk
    from cadence_desk.domain.planning.ledger import Ledger
    from cadence_desk.domain.planning.run import Run

_FINE, _REFUSED, _UNCLEAR, _NOT_OVER = 0, 1, 3, 4


def list_runs(desk: Desk, *, as_json: bool) -> int:
    """Print every run, newest first."""
    runs = desk.runs.in_short()
    if as_json:
        print(json.dumps({"runs": [{**_as_dict(run), "ended": ended} for run, ended in runs]}, indent=2))
    elif not runs:
        print("Nothing was changed for many at once.")
    else:
        print(
            "\n".join(
                f"{run.run_id}  {run.title}: {run.words}, {ended:,} of {run.rows:,}" for run, ended in runs
            )
        )
    return _FINE


async def tell_run(desk: Desk, part: str, folder: Path | None, *, as_json: bool) -> int:
    """Print what became of a run's rows; with a folder, write success, error, unverified and skipped file.

    Raises BadValue, StoreError.
    """
    run = desk.runs.find(part)
    ledger = await desk.runs.report(run.run_id)
    files = await desk.runs.write_report(run.run_id, folder) if folder is not None else []
    if as_json:
        counts = {which.value: ledger.count(which) for which in Bin}
        told = {**_as_dict(ledger.run), "rows": counts, "receipt_agrees": ledger.whole}
        print(json.dumps({**told, "files": [str(one) for one in files]}, indent=2))
    else:
        print("\n".join(_lines(ledger, files)))
    return _exit_code(ledger)


def one_id(ids: Sequence[str]) -> str:
    """Return the one id that was given. Raises BadValue."""
    if len(ids) != 1:
        raise BadValue("Name one run.", hint="“cadence-desk outbox runs” lists them.")
    return ids[0]


def _lines(ledger: Ledger, files: Sequence[Path]) -> list[str]:
    run = ledger.run
    lines = [f"{run.title}: {run.words}", f"Plan {run.plan_hash[:16]}, receipt {run.receipt[:16] or 'empty'}"]
    lines += [f"{ledger.count(which):>8,}  {which.value}" for which in Bin]
    lines.append(f"{len(ledger.rows):>8,}  rows came in")
    if not ledger.whole:
        lines.append(
            "The receipt does not agree with what is stored: the file was changed by something else."
        )
    return lines + [f"Written: {one}" for one in files]


def _as_dict(run: Run) -> Mapping[str, Any]:
    return {
        "id": run.run_id, "what": run.title, "state": run.state.value, "why": run.why, "rows": run.rows,
        "wanted": run.wanted, "plan": run.plan_hash, "receipt": run.receipt,
    }  # fmt: skip


def _exit_code(ledger: Ledger) -> int:
    if ledger.count(Bin.UNVERIFIED) or not ledger.whole:
        return _UNCLEAR
    if ledger.run.state is not RunState.FINISHED:
        return _NOT_OVER
    return _REFUSED if ledger.count(Bin.ERROR) else _FINE
