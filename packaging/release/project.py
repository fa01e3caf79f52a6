"""Where things lie, which version this is and which moment every file of a release carries.

Standard library only. Used by all modules of release.
"""

import os
import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HERE = ROOT / "packaging" / "release"
DIST = ROOT / "dist"
WORK = ROOT / "build"
PROGRAM = DIST / "cadence-desk"
NAME = "cadence-desk"
TITLE = "Cadence Desk"
SUMMARY = "Desk for people who work with Salesforce Sales Engagement"
MAINTAINER = "Cadence Desk maintainers <maintainers@cadence-desk.invalid>"
_WITHOUT_HISTORY = 1_700_000_000
"""The moment of a source tree that came without its history."""


class BuildError(Exception):
    """Says in one sentence why no release was made, or what is wrong with it."""


def version() -> str:
    """Return the version that pyproject.toml states."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    found = re.search(r'^version = "([^"]+)"$', text, re.MULTILINE)
    if found is None:
        raise BuildError("pyproject.toml states no version.")
    return found.group(1)


def epoch() -> int:
    """Return the moment of this source: SOURCE_DATE_EPOCH, else that of the last commit."""
    given = os.environ.get("SOURCE_DATE_EPOCH", "")
    if given.isdecimal():
        return int(given)
    done = subprocess.run(
        ["git", "log", "-1", "--format=%ct"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    said = done.stdout.strip()
    return int(said) if said.isdecimal() else _WITHOUT_HISTORY


def run(command: list[str], *, what: str, environment: dict[str, str] | None = None) -> str:
    """Run a tool and return its output. Raises BuildError with its last line."""
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode != 0:
        lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
        raise BuildError(f"{what} failed: {lines[-1] if lines else 'it said nothing'}")
    return done.stdout


def megabytes(path: Path) -> float:
    """Return the size of a file or folder in MB of 1,000,000 bytes, links not followed."""
    files = (
        [path]
        if path.is_file()
        else [one for one in path.rglob("*") if not one.is_symlink() and one.is_file()]
    )
    return sum(one.stat().st_size for one in files) / 1e6
