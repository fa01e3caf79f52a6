"""`cadence-desk org`: adds and lists org profiles. Plain text out; exit code 0, or 2 with a sentence on what is wrong."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cadence_desk.domain.errors import DeskError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from cadence_desk.domain.orgs import OrgProfile


def add(file: Path, import_file: Callable[[Path], OrgProfile]) -> int:
    """Add the profile of an admin's file and say what was added."""
    try:
        profile = import_file(file)
    except DeskError as error:
        hint = f" {error.hint}" if error.hint else ""
        print(f"cadence-desk: {error.message}{hint} ({error.code})", file=sys.stderr)
        return 2
    print(f"Added {profile.name}. Open it with: cadence-desk --org {profile.key}")
    return 0


def show(profiles: Sequence[OrgProfile]) -> int:
    """List the profiles."""
    if not profiles:
        print("No orgs yet. An admin hands out a small file: cadence-desk org add FILE")
        return 0
    for profile in profiles:
        print(f"{profile.key:24} {profile.name:28} {profile.banner.value:12} {profile.login_url}")
    return 0
