"""Reads the arguments of `cadence-desk updates`, and lets a window look once. Called by launch.main and launch.window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cadence_desk.launch.version import VERSION

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from cadence_desk.settings.paths import Paths
    from cadence_desk.settings.preferences import Preferences


def add_updates(verbs: Any, common: Callable[[argparse.ArgumentParser], None]) -> None:
    """Add the command."""
    updates = verbs.add_parser(
        "updates", help="tell or set where newer versions are announced; installs nothing"
    )
    common(updates)
    updates.add_argument(
        "--source", default="", metavar="WHERE", help="https address or path of the announcement"
    )
    updates.add_argument("--key", default="", help="Ed25519 public key of who signs it, as base64")
    updates.add_argument("--off", action="store_true", help="look nowhere")
    updates.set_defaults(verb="updates")


def run_updates(parsed: argparse.Namespace, paths: Paths, _environment: object) -> int:
    """Do it and return the exit code. Raises DeskError when something cannot be used."""
    from cadence_desk.bootstrap.updates import find_update, keep_plan, update_plan
    from cadence_desk.commands import updates
    from cadence_desk.domain.updates import UpdatePlan
    from cadence_desk.settings.preferences import Preferences

    preferences = Preferences.load(paths.preferences)

    def keep(plan: UpdatePlan) -> None:
        paths.ensure()
        keep_plan(preferences, plan, paths.preferences)

    if parsed.off:
        return updates.switch_off(keep)
    if parsed.source or parsed.key:
        return updates.change(UpdatePlan(parsed.source, parsed.key), keep)
    return updates.look(update_plan(preferences), VERSION, find_update)


async def news_of_updates(preferences: Preferences) -> str:
    """Return the line to show, looked for in a thread of its own; empty without news."""
    from cadence_desk.bootstrap.updates import update_plan, update_words
    from cadence_desk.launch.threads import in_thread

    plan = update_plan(preferences)
    return await in_thread(lambda: update_words(plan, VERSION)) if plan.wanted else ""
