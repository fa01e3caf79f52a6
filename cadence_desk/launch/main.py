"""Reads the arguments and starts what was asked for. Called by __main__ only."""

from __future__ import annotations

import logging
import os
import sys
from typing import TYPE_CHECKING

from cadence_desk.launch.arguments import EXIT_IN_USE, EXIT_USAGE, parse, practice_arguments

if TYPE_CHECKING:
    import argparse

    from cadence_desk.domain.orgs import OrgProfile
    from cadence_desk.settings.paths import Paths


def run(arguments: list[str]) -> int:
    """Run Cadence Desk and return the exit code."""
    parsed = parse(arguments)
    _begin_log()
    from cadence_desk.settings.paths import Paths

    paths = Paths(parsed.home)
    if parsed.verb == "org":
        return _org(parsed, paths)
    problem = _missing_display()
    if problem:
        print(f"cadence-desk: {problem}", file=sys.stderr)
        return EXIT_USAGE
    if parsed.verb == "tour":
        from cadence_desk.launch.tour.tour import run_tour

        return run_tour(parsed)
    if parsed.practice:
        return _practice(parsed, paths)
    return _open(parsed, paths)


def _begin_log() -> None:
    """Log warnings to standard error; what a display plugin cannot do is no news to anybody."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    handler.addFilter(lambda record: "This plugin does not support" not in record.getMessage())
    logging.basicConfig(level=logging.WARNING, handlers=[handler])


def _org(parsed: argparse.Namespace, paths: Paths) -> int:
    from cadence_desk.commands import org
    from cadence_desk.settings.profile_book import ProfileBook

    paths.ensure()
    book = ProfileBook(paths.profile_book)
    return org.add(parsed.file, book.import_file) if parsed.org_verb == "add" else org.show(book.profiles())


def _missing_display() -> str:
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set). "
        "Set QT_QPA_PLATFORM=offscreen to run without one; the tour then still makes its pictures."
    )


def _practice(parsed: argparse.Namespace, paths: Paths) -> int:
    """Open the desk on a practice org; its files are as short-lived as the org itself."""
    import tempfile
    from pathlib import Path

    from cadence_desk.launch.practice_process import PracticeProcess
    from cadence_desk.launch.window import WindowRun
    from cadence_desk.settings.paths import Paths as Folders

    practice = PracticeProcess(practice_arguments(parsed))

    def find_profile() -> OrgProfile:
        practice.start()
        return practice.profile()

    with tempfile.TemporaryDirectory(prefix="cadence-desk-practice-", ignore_cleanup_errors=True) as folder:
        try:
            window = WindowRun(paths, find_profile)
            window.files = Folders(Path(folder))
            window.key_file = parsed.key_file
            window.options = window.all_people()
            return window.run()
        finally:
            practice.stop()


def _open(parsed: argparse.Namespace, paths: Paths) -> int:
    from cadence_desk.domain.errors import FileBusy
    from cadence_desk.settings.preferences import Preferences
    from cadence_desk.settings.profile_book import ProfileBook

    paths.ensure()
    profiles = ProfileBook(paths.profile_book).profiles()
    wanted = parsed.org or Preferences.load(paths.preferences).last_profile
    chosen = next((one for one in profiles if one.key == wanted), None)
    if chosen is None and not parsed.org and len(profiles) == 1:
        chosen = profiles[0]
    if chosen is None:
        return _no_org(parsed.org, [one.key for one in profiles])
    profile = chosen
    from cadence_desk.launch.window import WindowRun

    try:
        window = WindowRun(paths, lambda: profile)
        window.preferences.last_profile = profile.key
        window.key_file = parsed.key_file
        return window.run()
    except FileBusy:
        return _hand_over(paths, profile.key)


def _hand_over(paths: Paths, key: str) -> int:
    from cadence_desk.bridge.one_window import leave_arguments

    leave_arguments(paths.inbox(key), ["show"])
    print(
        "cadence-desk: this profile is already open; its window was asked to come forward.", file=sys.stderr
    )
    return EXIT_IN_USE


def _no_org(wanted: str | None, keys: list[str]) -> int:
    if wanted:
        known = f" Known: {', '.join(keys)}." if keys else ""
        print(f"cadence-desk: there is no org “{wanted}”.{known}", file=sys.stderr)
    elif keys:
        print(f"cadence-desk: choose an org with --org: {', '.join(keys)}.", file=sys.stderr)
    else:
        print(
            "cadence-desk: no org is set up yet. Try the desk on a practice org with --practice, "
            "or add your company's with: cadence-desk org add FILE",
            file=sys.stderr,
        )
    return EXIT_USAGE
