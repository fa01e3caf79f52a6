"""The guards of conftest.py stop what they are for, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent

STOPPED = {
    "test_leaves_a_thread": "thread stray thread, started at",
    "test_leaves_a_task": "task stray task",
    "test_logs_an_error": "somewhere: went wrong",
    "test_leaves_the_machine": "connect to 198.51.100.7",
    "test_looks_up_a_foreign_name": "look-up of login.salesforce.com",
    "test_gives_no_reason": "the marker logs_errors needs a reason",
}


@pytest.fixture(scope="module")
def outcome() -> str:
    """Run the misbehaving tests under the real guards and settings."""
    command = [sys.executable, "-m", "pytest", "-q", "-rA", str(HERE / "misbehaving.py")]
    done = subprocess.run(
        command, cwd=HERE.parents[1], capture_output=True, text=True, check=False, timeout=120
    )
    return done.stdout


@pytest.mark.parametrize("name", STOPPED)
def test_guard_stops(name: str, outcome: str) -> None:
    assert re.search(rf"^ERROR \S*::{name}\b", outcome, re.MULTILINE), outcome
    assert STOPPED[name] in outcome


def test_guards_let_decent_tests_pass(outcome: str) -> None:
    stopped = set(re.findall(r"^ERROR \S*::(\w+)", outcome, re.MULTILINE))
    assert stopped == set(STOPPED), outcome
    assert not re.findall(r"^FAILED \S*::test_decent", outcome, re.MULTILINE), outcome
    assert len(re.findall(r"^PASSED \S*::test_decent", outcome, re.MULTILINE)) == 4
