"""Asks public advisories about the locked packages, and says so where none can be asked. Called by the command in __main__.

Needs pip-audit of the build environment. The license check needs no network and runs with every build.
"""

import json
import subprocess
import sys
from typing import Any

from release.project import ROOT, BuildError

LIMIT_SECONDS = 120


def audit() -> str:
    """Return what to tell. Raises BuildError when a locked version has a known hole."""
    lock = ROOT / "packaging" / "locks" / f"build-py{sys.version_info[0]}{sys.version_info[1]}.txt"
    command = [
        sys.executable,
        "-m",
        "pip_audit",
        "--requirement",
        str(lock),
        "--require-hashes",
        "--disable-pip",
    ]
    command += ["--progress-spinner", "off", "--format", "json", "--timeout", "10"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=LIMIT_SECONDS)
        found = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return "Audit: no source of advisories answers here, so nothing was audited."
    return verdict(found)


def verdict(found: list[dict[str, Any]]) -> str:
    """Say what the audit found. Raises BuildError when a locked version has a known hole."""
    holes = [
        f"{one['name']} {one['version']}: {hole['id']}" for one in found for hole in one.get("vulns", [])
    ]
    if holes:
        raise BuildError(f"Known holes in locked packages: {'; '.join(holes)}")
    asked = [one for one in found if "skip_reason" not in one]
    if not asked:
        return "Audit: no source of advisories answers here, so nothing was audited."
    left = f"; {len(found) - len(asked)} are not known there" if len(asked) < len(found) else ""
    return f"Audit: no known hole in {len(asked)} locked packages{left}."
