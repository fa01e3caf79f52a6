"""Six hundred people are enrolled from the dialog while thousands of events a second arrive: the window stays smooth.

The small edition of tests.bench.enroll_under_load, in a process of its own.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
ATTEMPTS = 2
"""What else runs on a machine reaches even a thread's own CPU time, through its caches: only what repeats is ours."""

BETWEEN_BEATS_MS = 100.0
"""Between two beats of 10 ms several callbacks may run, those of Qt's timers and painting included."""


def measured(folder: Path) -> tuple[int, dict[str, Any]]:
    file = folder / "figures.json"
    done = subprocess.run(
        [
            sys.executable, "-m", "tests.bench.enroll_under_load", "--enroll", "600", "--rate", "3000", "--undo", "0",
            "--warm", "1", "--patience", "150", "--json", str(file),
        ],
        cwd=ROOT, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"}, capture_output=True, text=True, timeout=240,
        check=False,
    )  # fmt: skip
    assert file.exists(), done.stderr[-3000:]
    return done.returncode, json.loads(file.read_text(encoding="utf-8"))


@pytest.mark.whole
def test_no_callback_takes_long_and_the_ledger_equals_the_org(tmp_path: Path) -> None:
    code, told = measured(tmp_path)
    for _ in range(ATTEMPTS - 1):
        if not told["callbacks_over_50_ms"] and told["most_cpu_between_beats_ms"] < BETWEEN_BEATS_MS:
            break
        code, told = measured(tmp_path)
    assert told["callbacks_over_50_ms"] == []
    assert told["most_cpu_between_beats_ms"] < BETWEEN_BEATS_MS, "work inside Qt's own callbacks"
    assert told["ledger_equals_org"], told
    assert told["receipt_agrees"], told
    assert told["doubled"] == 0
    assert sum(told["ledger"].values()) == 600
    assert told["ledger"]["success"] > 500
    assert told["preview_calls"].get("trackers", 0) == 1, "a thousand people per read"
    assert told["run_calls"]["action assignTargetToSalesCadence"] <= 2 + 600 // 50 + 1
    assert code == 0
