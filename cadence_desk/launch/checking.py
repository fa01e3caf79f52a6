"""Opens an org for `cadence-desk check`: the chosen one beside a window that may have it open, or a practice org.

Called by launch.main.
"""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from cadence_desk.domain.orgs import GivenAccess, WayIn
from cadence_desk.launch.arguments import practice_arguments

if TYPE_CHECKING:
    import argparse

    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


def run_check(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Run the check and return its exit code. Raises DeskError when there is no org to check."""
    from cadence_desk.commands import check

    if parsed.explain:
        return check.explain(parsed.explain)
    if parsed.practice:
        return _check_practice(parsed)
    from cadence_desk.bootstrap.choosing import choose_org
    from cadence_desk.bootstrap.opening import look_into_profile

    chosen = choose_org(paths, environment, parsed.org or "")
    return check.check(
        lambda: look_into_profile(chosen.profile, paths, parsed.key_file, chosen.access),
        as_json=parsed.as_json,
    )


def _check_practice(parsed: argparse.Namespace) -> int:
    """Check a practice org of this run; nobody sits at a browser, so its own token is used."""
    from cadence_desk.bootstrap.opening import look_into_profile
    from cadence_desk.commands import check
    from cadence_desk.launch.practice_process import PracticeProcess
    from cadence_desk.settings.paths import Paths as Folders

    practice = PracticeProcess(practice_arguments(parsed))
    with tempfile.TemporaryDirectory(prefix="cadence-desk-check-", ignore_cleanup_errors=True) as folder:
        try:
            practice.start()
            profile = replace(practice.profile(), way_in=WayIn.TOKEN)
            access = GivenAccess(token=str(practice.report["access_token"]))
            return check.check(
                lambda: look_into_profile(profile, Folders(Path(folder)), None, access),
                as_json=parsed.as_json,
            )
        finally:
            practice.stop()
