"""Opens an org for `cadence-desk budget`, beside a window that may have it open. Called by launch.main."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import argparse

    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


def run_budget(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Print the budget and return the exit code. Raises DeskError when there is no org to ask."""
    from cadence_desk.bootstrap.choosing import choose_org
    from cadence_desk.bootstrap.opening import look_into_profile
    from cadence_desk.commands import budget
    from cadence_desk.settings.preferences import Preferences

    chosen = choose_org(paths, environment, parsed.org or "")
    return budget.budget(
        lambda: look_into_profile(chosen.profile, paths, parsed.key_file, chosen.access),
        desks=parsed.desks,
        reserved_percent=Preferences.load(paths.preferences).reserved_percent,
        as_json=parsed.as_json,
    )
