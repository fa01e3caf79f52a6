"""Reads the arguments of `cadence-desk recover` and takes hold of the profile it is about. Called by launch.main."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.settings.environment import Environment
    from cadence_desk.settings.paths import Paths


def add_recover(verbs: Any, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command."""
    recover = verbs.add_parser("recover", help="look at files that cannot be opened, and mend them")
    common(recover)
    recover.set_defaults(verb="recover")
    ways = recover.add_mutually_exclusive_group()
    for flag, name, words in (
        ("--restore", "restore", "restore a damaged outbox; Salesforce is asked before anything is sent"),
        ("--without-texts", "without_texts", "go on without the texts whose key is missing"),
        ("--start-new", "start_new", "set the file aside and start a new one"),
        ("--key", "recovery_key", "type the recovery key that you wrote down"),
        ("--show-key", "show_key", "print the recovery key of this profile, to write it down"),
    ):
        ways.add_argument(flag, action="store_const", const=name, dest="way", help=words)
    recover.add_argument("--export", type=Path, metavar="FILE", help="write what can be read as a CSV table")
    recover.add_argument("--yes", action="store_true", dest="sure", help="do not ask")
    recover.add_argument("--json", action="store_true", dest="as_json", help="print what is wrong as JSON")


def run_recover(parsed: argparse.Namespace, paths: Paths, environment: Environment) -> int:
    """Do it and return the exit code. Raises DeskError when there is no org or its profile is in use."""
    from cadence_desk.bootstrap.choosing import choose_org
    from cadence_desk.bootstrap.mending import ProfileMending
    from cadence_desk.bootstrap.opening import open_profile
    from cadence_desk.commands import recover
    from cadence_desk.domain.mending import Remedy

    chosen = choose_org(paths, environment, parsed.org or "")
    opened = open_profile(chosen.profile, paths, parsed.key_file, chosen.access)
    show_key = parsed.way == "show_key"
    request = recover.Request(
        Remedy(parsed.way) if parsed.way and not show_key else None,
        parsed.export,
        show_key=show_key,
        sure=parsed.sure,
        as_json=parsed.as_json,
    )
    try:
        mending = ProfileMending(opened)
        return recover.recover(mending, mending.show_key, request)
    finally:
        opened.close()
