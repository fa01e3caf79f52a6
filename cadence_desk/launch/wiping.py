"""Reads the arguments of `cadence-desk wipe`. Called by launch.main."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


def add_wipe(verbs: Any, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command."""
    wipe = verbs.add_parser("wipe", help="remove an org, or everything, from this computer")
    common(wipe)
    wipe.set_defaults(verb="wipe")
    wipe.add_argument("--all", action="store_true", dest="everything", help="every org, preferences and logs")
    wipe.add_argument("--yes", action="store_true", dest="sure", help="do not ask")
    wipe.add_argument(
        "--even-unsent", action="store_true", help="also while changes wait that Salesforce does not have"
    )


def run_wipe(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Do it and return the exit code."""
    from cadence_desk.bootstrap.orgs import ComputerOrgs
    from cadence_desk.bootstrap.wiping import Wiping
    from cadence_desk.commands import wipe

    wiping = Wiping(ComputerOrgs(paths, environment, parsed.key_file), paths, parsed.key_file)
    request = wipe.Request(parsed.org or "", parsed.everything, parsed.sure, parsed.even_unsent)
    return wipe.wipe(wiping, request)
