"""The files of a run's ledger: one CSV file per bin, its own owner's to read, each there as a whole or not at all.

Imports domain. Called by OutboxRuns on the reader thread.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.csv_cells import csv_lines
from cadence_desk.domain.errors import DiskFull, StoreError
from cadence_desk.domain.planning.ledger import COLUMNS, Bin
from cadence_desk.store.folders import sync_folder

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cadence_desk.domain.planning.ledger import Ledger

_NO_SPACE = frozenset({28, 122})
"""ENOSPC and EDQUOT."""


def write_ledger(ledger: Ledger, folder: Path) -> list[Path]:
    """Write success, error, unverified and skipped files into a folder; returns their paths.

    All four are always written: an empty one says that nothing of that kind happened. Raises DiskFull, StoreError.
    """
    stem = f"{ledger.run.kind.value}-{ledger.run.run_id[:13]}"
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for which in Bin:
            rows = (row.cells for row in ledger.rows if row.bin is which)
            written.append(replace_file(folder / f"{stem}-{which.value}.csv", csv_lines(COLUMNS, rows)))
        with contextlib.suppress(
            OSError
        ):  # a folder of the person's choice may lie where that cannot be said
            sync_folder(folder)
    except OSError as error:
        if error.errno in _NO_SPACE:
            raise DiskFull("The report could not be written: the disk is full.") from error
        raise StoreError(
            f"The report could not be written: {error.strerror or 'the folder cannot be used'}.",
            hint="Choose another folder.",
        ) from error
    return written


def replace_file(path: Path, lines: Iterable[str]) -> Path:
    """Write a file beside its place, readable by its owner only, and let it take that place when it is whole."""
    handle, name = tempfile.mkstemp(prefix=f".{path.stem[:40]}-", suffix=".part", dir=path.parent)
    fresh = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.writelines(lines)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            fresh.unlink()
        raise
    return path
