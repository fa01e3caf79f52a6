"""The tests that show a fault, run by the rig: what did not run and pass does not stand in the table."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from tests.torture.fault_rows import FAULT_ROWS
from tests.torture.report import Tier

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

ROOT = Path(__file__).resolve().parents[2]
NOTHING_RAN = 5


def nodes(rows: Sequence[int]) -> list[str]:
    """Return the node ids of some rows, each once."""
    return list(dict.fromkeys(f"tests/{one}" for row in rows for one in FAULT_ROWS[row].tests))


def run(rows: Sequence[int], deadline: float, tell: Callable[[str], None]) -> Tier:
    """Run the tests of some rows and count what passed, by row."""
    tier, began = Tier("tests"), time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told.xml"
        command = [sys.executable, "-m", "pytest", "-q", f"--junitxml={told}", *nodes(rows)]
        left = max(deadline - began, 1.0)
        try:
            done = subprocess.run(
                command, cwd=ROOT, capture_output=True, text=True, timeout=left, check=False
            )
        except subprocess.TimeoutExpired:
            tier.fail(0, "the tests that show faults did not end in time")
            return tier
        if done.returncode not in {0, NOTHING_RAN}:
            tell(done.stdout[-4000:])
        results = read_results(told) if told.exists() else {}
    for row in rows:
        passed, failed = of_row(row, results)
        tier.met(row, passed + failed, bad=failed)
        if failed or (FAULT_ROWS[row].tests and not passed):
            tier.fail(row, f"tests of row {row}: {passed} passed, {failed} failed")
    tier.outcomes.append(f"{len(results)} tests that show faults")
    tier.seconds = time.monotonic() - began
    return tier


def read_results(told: Path) -> dict[str, str]:
    """Return what became of each test: passed, failed or skipped, under its node id without parameters."""
    results: dict[str, str] = {}
    for case in ET.parse(told).getroot().iter("testcase"):
        name = f"{case.get('classname', '').replace('.', '/')}.py::{case.get('name', '')}"
        kinds = {child.tag for child in case}
        results[name] = (
            "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        )
    return results


def of_row(row: int, results: dict[str, str]) -> tuple[int, int]:
    """Count the passed and the failed tests of a row."""
    passed = failed = 0
    for node in FAULT_ROWS[row].tests:
        wanted = f"tests/{node}"
        found = [
            kind
            for name, kind in results.items()
            if name == wanted or name.startswith((f"{wanted}[", f"{wanted}::"))
        ]
        passed += found.count("passed")
        failed += found.count("failed")
    return passed, failed
